package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"

	"fold/internal/transcript"
)

// NewFunction prepares the step function of a protocol.
func NewFunction(p *Protocol) (*Function, error) {
	u, err := p.Uniform()
	if err != nil {
		return nil, err
	}
	return &Function{p, &uniformCircuit{p, u}}, nil
}

// uniformCircuit is the verifier of the steps of a pass, of all kinds and classes. A
// step that is of no pass has messages of zeros.
type uniformCircuit struct {
	p *Protocol
	u *Uniform
}

// advice is the messages of a proof.
func (k *uniformCircuit) advice() (n int) {
	for _, l := range k.u.arguments[0].blank().lists() {
		n += len(l)
	}
	return n
}

func (k *uniformCircuit) messages(s *Step) (list []fr.Element) {
	if s.Proof == nil {
		return make([]fr.Element, k.advice())
	}
	for _, l := range s.Proof.Messages.lists() {
		list = append(list, l...)
	}
	return list
}

func (k *uniformCircuit) verify(c transcript.Backend[frontend.Variable], t *transition[frontend.Variable], begins statement[frontend.Variable], advice []frontend.Variable) (*verified[frontend.Variable], []frontend.Variable, error) {
	in := k.u.Variables()
	for _, l := range in.Messages.lists() {
		copy(l, advice)
		advice = advice[len(l):]
	}
	for i, class := range t.classes {
		for kind, flag := range []frontend.Variable{Embed: t.embed, Block: t.block, Head: t.head} {
			in.Flags[i*int(Head+1)+kind] = c.Mul(class, flag)
		}
	}
	p := &t.in.Points
	in.Statement = begins
	// A head's constants are the first of a block's, and an embedding has none.
	copy(in.Record, t.constantsOf(k.p.classes[0].programs[Block]))
	in.Points = Points[frontend.Variable]{
		Input: p[pointInput], Cache: p[pointCacheBefore],
		Cells: p[pointW], Outputs: p[pointS], Inverses: p[pointH], Output: p[pointOutput], Added: p[pointAdded],
	}
	in.Pass = t.pass
	for i, r := range []Running[frontend.Variable]{t.in.Cells, t.in.Cache} {
		in.Running[i] = Running[frontend.Variable]{Point: last(r.Point, len(in.Running[i].Point)), Value: r.Value}
	}
	folded, err := constrain[frontend.Variable](k.u, c, in)
	if err != nil {
		return nil, nil, err
	}
	return &verified[frontend.Variable]{
		Cells:   extended[frontend.Variable](c, folded.Running[SlotCells]),
		Cache:   extended[frontend.Variable](c, folded.Running[SlotCache]),
		Weights: folded.Weights,
	}, folded.RhoBits, nil
}
