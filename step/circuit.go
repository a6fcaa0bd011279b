package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"

	"fold/internal/transcript"
	"fold/r1cs"
)

// Inputs is all that the verifier of a step reads. Its types are those of any
// arithmetic, so that it is also the layout of a circuit's variables.
type Inputs[E any] struct {
	Context  E
	Record   []E
	Points   Points[E]
	Pass     Pass[E]
	Running  [2]Running[E] // cells, cache
	Messages Messages[E]
}

// Points are a step's commitments as a transcript absorbs them: the limbs of
// transcript.PointLimbs.
type Points[E any] struct {
	Input, Cache                            [4]E
	Cells, Outputs, Inverses, Output, Added [4]E
}

// Inputs returns what Verify reads of a statement and a proof. The context is
// the statement's digest: a circuit that takes another one must bind the pass
// and the running claims by itself.
func (a *Argument) Inputs(s *Statement, proof *Proof) (*Inputs[fr.Element], error) {
	if err := a.check(s); err != nil {
		return nil, err
	}
	pass, err := NewPass(a.shape, s.Geometry)
	if err != nil {
		return nil, err
	}
	m := s.native(&proof.Commitments)
	return &Inputs[fr.Element]{
		Context: m.context, Record: m.record,
		Points: Points[fr.Element]{m.input, m.cache, m.cells, m.outputs, m.inverses, m.output, m.added},
		Pass:   *pass, Messages: proof.Messages,
		Running: [2]Running[fr.Element]{s.Running[SlotCells].Running, s.Running[SlotCache].Running},
	}, nil
}

// Variables returns inputs of the argument's shape without values: a circuit is
// compiled from them.
func (a *Argument) Variables() *Inputs[frontend.Variable] {
	pass := layPass(a.shape, Geometry{Prompt: 1, Tokens: []int{0}})
	in := &Inputs[fr.Element]{
		Record: make([]fr.Element, a.plan.RecordSlots), Pass: *pass, Messages: *a.blank(),
		Running: [2]Running[fr.Element]{
			{Point: make([]fr.Element, a.reduction.slots.Cells)}, {Point: make([]fr.Element, a.reduction.slots.Cache)},
		},
	}
	return convert(in, func(fr.Element) frontend.Variable { return nil })
}

// Assignment returns values for Variables.
func Assignment(in *Inputs[fr.Element]) *Inputs[frontend.Variable] {
	return convert(in, func(x fr.Element) frontend.Variable { return x })
}

// Constrain adds the verifier of a step to a circuit. What it leaves to the
// caller is what Verify does outside the field: that the points are on their
// curve and that the limbs are those of coordinates below the modulus, that the
// pass is what NewPass makes of a valid geometry, that the context binds the
// pass and the running claims, and to combine the commitments by the bits of rho.
func (a *Argument) Constrain(api frontend.API, in *Inputs[frontend.Variable]) (*Folded[frontend.Variable], error) {
	c, err := r1cs.NewCircuit(api)
	if err != nil {
		return nil, err
	}
	return constrain[frontend.Variable](a, c, in)
}

// constrain runs the verifier over any backend.
func constrain[E any](a *Argument, b transcript.Backend[E], in *Inputs[E]) (*Folded[E], error) {
	if len(in.Record) != a.plan.RecordSlots {
		return nil, fmt.Errorf("%w: %d constants of the record, want %d", ErrShape, len(in.Record), a.plan.RecordSlots)
	}
	v := newVerifier(a, b, in.Record, &in.Pass, &in.Messages)
	p := &in.Points
	return v.verify(a.reduction, &message[E]{
		context: in.Context, record: in.Record,
		input: p.Input, cache: p.Cache, cells: p.Cells, outputs: p.Outputs,
		output: p.Output, added: p.Added, inverses: p.Inverses,
	}, in.Running[SlotCells], in.Running[SlotCache])
}

// convert maps every element of the inputs.
func convert[A, B any](in *Inputs[A], f func(A) B) *Inputs[B] {
	list := func(v []A) []B { return mapped(v, f) }
	lists := func(v [][]A) [][]B { return mapped(v, list) }
	point := func(l [4]A) [4]B { return [4]B(mapped(l[:], f)) }
	running := func(r Running[A]) Running[B] { return Running[B]{list(r.Point), f(r.Value)} }
	p, m := &in.Points, &in.Messages
	out := &Inputs[B]{
		Context: f(in.Context), Record: list(in.Record),
		Points: Points[B]{
			point(p.Input), point(p.Cache), point(p.Cells), point(p.Outputs), point(p.Inverses), point(p.Output), point(p.Added),
		},
		Pass: Pass[B]{
			list(in.Pass.Below), list(in.Pass.Start), list(in.Pass.Live), list(in.Pass.Picks),
			lists(in.Pass.Tokens), lists(in.Pass.Nexts),
		},
		Running: [2]Running[B]{running(in.Running[SlotCells]), running(in.Running[SlotCache])},
	}
	out.Messages.Sums, out.Messages.Values = list(m.Sums), list(m.Values)
	out.Messages.Elementwise = lists(m.Elementwise)
	for _, l := range m.Levels {
		out.Messages.Levels = append(out.Messages.Levels, lists(l))
	}
	out.Messages.Reduction.Rounds = lists(m.Reduction.Rounds)
	out.Messages.Reduction.Values = list(m.Reduction.Values)
	return out
}

func mapped[A, B any](v []A, f func(A) B) []B {
	w := make([]B, len(v))
	for i, x := range v {
		w[i] = f(x)
	}
	return w
}
