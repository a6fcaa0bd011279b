package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// NewFunction prepares the step function of runs with parameters p.
func NewFunction(p *Params) (*Function, error) {
	var all []*argument.Argument
	for i := range p.classes {
		all = append(all, p.classes[i].arguments[:]...)
	}
	u, err := argument.NewUniform(all...)
	if err != nil {
		return nil, err
	}
	return &Function{p: p, uniform: u, messages: u.Messages()}, nil
}

// messagesOf returns the messages that the argument's verifier reads for a step: zeros for a
// step without a proof.
func (f *Function) messagesOf(s *Step) (list []fr.Element) {
	if s.Proof == nil {
		return make([]fr.Element, f.messages)
	}
	for _, l := range s.Proof.Messages.Lists() {
		list = append(list, l...)
	}
	return list
}

// argumentVerifier constrains the argument of a transition after begin, for the statement
// begins. It returns the new claims and the bits of rho. In a step of a
// settlement its results are not used.
type argumentVerifier[E any] func(
	b transcript.Backend[E], t *transition[E], begins argument.StatementElements[E], messages []E,
) (*verified[E], []E, error)

// verifyUniform returns the verifier of the steps of a pass, of all kinds and classes. Flag 3
// c + k is the flag of kind k in size class c.
func verifyUniform[E any](f *Function) argumentVerifier[E] {
	return func(
		b transcript.Backend[E], t *transition[E], begins argument.StatementElements[E], messages []E,
	) (*verified[E], []E, error) {
		in := argument.BlankInputs[E](f.uniform)
		for _, l := range in.Messages.Lists() {
			copy(l, messages)
			messages = messages[len(l):]
		}
		for i, class := range t.classes {
			for kind, flag := range []E{relation.Embed: t.embed, relation.Block: t.block, relation.Head: t.head} {
				in.Flags[i*int(relation.Head+1)+kind] = b.Mul(class, flag)
			}
		}
		p := &t.in.Points
		in.Statement = begins
		copy(in.Record, t.constantsOf(f.p.classes[0].programs[relation.Block]))
		in.Points = argument.Points[E]{
			Input: p[pointInput], Cache: p[pointCacheBefore],
			Cells: p[pointW], Outputs: p[pointS], Inverses: p[pointH], Output: p[pointOutput], Added: p[pointAdded],
		}
		in.Pass = t.pass
		for i, r := range []argument.EvalClaim[E]{t.in.Cells, t.in.Cache} {
			in.Running[i] = argument.EvalClaim[E]{Point: argument.Last(r.Point, len(in.Running[i].Point)),
				Value: r.Value}
		}
		folded, err := argument.VerifyInputs(f.uniform, b, in)
		if err != nil {
			return nil, nil, err
		}
		return &verified[E]{
			Cells:   argument.ExtendedClaim(b, folded.Running[argument.AccumulatorCells]),
			Cache:   argument.ExtendedClaim(b, folded.Running[argument.AccumulatorCache]),
			Weights: folded.Weights,
		}, folded.RhoBits, nil
	}
}
