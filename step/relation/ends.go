package relation

import (
	"fmt"
	"math/big"

	"fold.example/fold/llama"
)

// NewEmbed builds the program of the step that starts a pass: the residual stream is the
// embedding's row of every token. The error is the error of NewBuilder or Finish.
func NewEmbed(s Shape) (*Program, error) {
	b, err := NewBuilder(Embed, s)
	if err != nil {
		return nil, err
	}
	in := b.public("token", OneHotIn, Token, Vocab)
	symbol := b.arch.Weight(llama.Embedding).Symbol
	embedding := b.given(symbol, Weights, minS16, maxS16, Vocab, Width)
	x := b.Contract("x", PerChannel, Of(in), Of(embedding))
	out := b.given("y", Output, minS32, maxS32, PerChannel...)
	b.Constrain("y", PerChannel, Plus1(Of(out)), minus1(Of(x)))
	return b.Finish()
}

// leadLimbs is the number of 16-bit cells of the lead of the chosen logit over another one. It
// limits the width of a model.
const leadLimbs = 3

// NewHead builds the program of the step that ends a pass: the final norm, the logits, and the
// choices. At every position from the prompt's last one on, the token that follows must be the
// argmax, the lowest id on ties. The program reads the logit of the chosen token by its
// one-hot row. Its lead over each other logit, minus one for lower ids, is a number of 48
// bits. A width whose logits may differ by 2^48 or more is an error.
func NewHead(s Shape) (*Program, error) {
	b, err := NewBuilder(Head, s)
	if err != nil {
		return nil, err
	}
	x := b.given("x", Input, minS32, maxS32, PerChannel...)
	n := b.norm("final", llama.FinalNorm, Of(x))
	perLogit := Space{Token, Vocab}
	acc := b.Contract("logit", perLogit, Of(n), Of(b.matrix(llama.Head)))
	t := b.Tensor(acc)
	if apart := new(big.Int).Sub(t.Hi, t.Lo); apart.Cmp(Pow2(16*leadLimbs)) >= 0 {
		return nil, fmt.Errorf("relation: a head of width %d, whose logits may be 2^%d apart, expected less than 2^%d",
			s.Config.Dim, apart.BitLen()-1, 16*leadLimbs)
	}
	next := b.public("next", OneHot, Token, Vocab)
	chosen := b.Contract("chosen", PerToken, Of(next), Of(acc))
	chooses := Of(b.public("chooses", Chooses, Token, Vocab))
	lower := Of(b.public("lower", BeforeNext, Token, Vocab))
	b.Constrain("argmax", perLogit,
		Plus1(chooses, Of(chosen).minus(Of(acc))), minus1(lower),
		minus1(b.limbs("lead", perLogit, leadLimbs)))
	return b.Finish()
}

// NewProgram builds the program of a step of kind Embed, Block or Head.
func NewProgram(k Kind, s Shape) (*Program, error) {
	switch k {
	case Embed:
		return NewEmbed(s)
	case Head:
		return NewHead(s)
	}
	return NewBlock(s)
}
