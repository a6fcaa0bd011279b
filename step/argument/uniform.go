package argument

import (
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// Inputs holds all elements that the verifier of a step reads. E is the element type of any arithmetic,
// so Inputs is also the layout of a circuit's variables. Lists have the lengths of the UniformLayout:
// the layer constants are padded with zeros at the end, the point of a running claim at the front, and
// the pass has the lengths of the largest size class.
type Inputs[E any] struct {
	Flags     []E  // one per argument: 1 for the argument of the step, 0 for the others
	Statement [5]E // StatementElements, in the first message of the transcript
	Record    []E  // relation.LayerConstants
	Points    Points[E]
	Pass      Pass[E]
	Running   [2]EvalClaim[E] // cells, cache
	Messages  Messages[E]
}

// Points are the commitments of a step's statement and proof as Limbs.
type Points[E any] struct {
	Input, Cache                            [4]E
	Cells, Outputs, Inverses, Output, Added [4]E
}

// Uniform is the verifier of several arguments as one circuit. One circuit serves every kind of step
// and every size class of passes among Arguments.
type Uniform struct{ Arguments []*Argument }

// NewUniform prepares the circuit for arguments of one UniformLayout (NewArguments). Inputs.Flags has
// the order of arguments. NewUniform returns an error without arguments or for different layouts.
func NewUniform(arguments ...*Argument) (*Uniform, error) {
	if len(arguments) == 0 {
		return nil, errors.New("step: a circuit for no arguments")
	}
	for _, a := range arguments {
		if a.Frame != arguments[0].Frame {
			return nil, errors.New("step: arguments of different frames in one circuit")
		}
	}
	return &Uniform{arguments}, nil
}

func (u *Uniform) frame() *UniformLayout { return u.Arguments[0].Frame }

// shape returns the shape of the largest size class.
func (u *Uniform) shape() relation.Shape {
	return slices.MaxFunc(u.Arguments, func(a, b *Argument) int { return a.Shape.TokenBits - b.Shape.TokenBits }).Shape
}

// Inputs returns the inputs of the verifier of argument number i for a statement and a proof. It returns
// an error if the statement does not fit the argument. The first message of the transcript contains the
// statement's digests of the pass and the running claims. A circuit that absorbs other elements must
// bind the pass and the running claims itself.
func (u *Uniform) Inputs(i int, s *Statement, proof *Proof) (*Inputs[fr.Element], error) {
	if err := u.Arguments[i].check(s); err != nil {
		return nil, err
	}
	f, m := u.frame(), s.native(&proof.Commitments)
	in := &Inputs[fr.Element]{
		Flags: make([]fr.Element, len(u.Arguments)), Statement: m.statement,
		Record: transcript.Padded[fr.Element](transcript.NewField(), m.record, f.record),
		Points: Points[fr.Element]{m.input, m.cache, m.cells, m.outputs, m.inverses, m.output, m.added},
		Pass:   *LayPass(u.shape(), s.Geometry), Messages: proof.Messages,
	}
	in.Flags[i].SetOne()
	for k, n := range []int{f.slots.Cells, f.slots.Cache} {
		r := s.Running[k].EvalClaim
		in.Running[k] = EvalClaim[fr.Element]{append(make([]fr.Element, n-len(r.Point)), r.Point...), r.Value}
	}
	return in, nil
}

// VerifyInputs runs the verifier of a step over a backend: field elements, or variables of a circuit.
// It returns ErrShape if a list of in has another length than the layout's. The caller has to ensure:
//
//   - exactly one flag is 1, all others are 0, and the flag is that of the step's argument. If all
//     flags are 0, the verifier accepts messages of zeros and its result has no meaning; a circuit
//     uses this case for steps of another kind;
//   - the points are on their curve, and the limbs are those of coordinates below the modulus (Verify
//     checks both outside the field);
//   - the pass is the result of NewPass for a valid geometry of the step's size class, and every
//     element beyond the pass's tokens is zero;
//   - the statement's elements bind the pass and the running claims, and both belong to the step's
//     size class;
//   - the commitments are combined by the bits of rho.
//
// A padding element may have any value: either only the transcript reads it, or it is a claim that
// holds for the value zero only.
func VerifyInputs[E any](u *Uniform, b transcript.Backend[E], in *Inputs[E]) (*Folded[E], error) {
	f := u.frame()
	for _, l := range []struct {
		name       string
		have, want int
	}{
		{"flags", len(in.Flags), len(u.Arguments)}, {"constants of the record", len(in.Record), f.record},
		{"coordinates of the running cells", len(in.Running[AccumulatorCells].Point), f.slots.Cells},
		{"coordinates of the running cache", len(in.Running[AccumulatorCache].Point), f.slots.Cache},
		{"tokens", len(in.Pass.Live), 1 << f.tokenBits},
	} {
		if l.have != l.want {
			return nil, fmt.Errorf("%w: %d %s, want %d", ErrShape, l.have, l.name, l.want)
		}
	}
	return newVerifier(u.Arguments, b, in.Flags, in.Record, &in.Pass, &in.Messages).verify(in.message(), in.Running)
}

// BlankInputs returns inputs of the lengths that VerifyInputs expects, with zero values of E: the layout
// of a circuit's variables.
func BlankInputs[E any](u *Uniform) *Inputs[E] {
	f := u.frame()
	in := &Inputs[fr.Element]{
		Flags: make([]fr.Element, len(u.Arguments)), Record: make([]fr.Element, f.record),
		Pass:     *LayPass(u.shape(), relation.Geometry{Prompt: 1, Tokens: []int{0}}),
		Messages: *u.Arguments[0].Blank(),
		Running: [2]EvalClaim[fr.Element]{
			{Point: make([]fr.Element, f.slots.Cells)}, {Point: make([]fr.Element, f.slots.Cache)},
		},
	}
	return ConvertInputs(in, func(fr.Element) (zero E) { return zero })
}

// message returns the elements of the inputs that the first messages of the transcript contain.
func (in *Inputs[E]) message() *message[E] {
	p := &in.Points
	return &message[E]{
		statement: in.Statement, record: in.Record,
		input: p.Input, cache: p.Cache, cells: p.Cells, outputs: p.Outputs,
		output: p.Output, added: p.Added, inverses: p.Inverses,
	}
}

// ConvertInputs returns a copy of the inputs with f applied to every element.
func ConvertInputs[A, B any](in *Inputs[A], f func(A) B) *Inputs[B] {
	list := func(v []A) []B { return mapped(v, f) }
	lists := func(v [][]A) [][]B { return mapped(v, list) }
	point := func(l [4]A) [4]B { return [4]B(mapped(l[:], f)) }
	running := func(r EvalClaim[A]) EvalClaim[B] { return EvalClaim[B]{list(r.Point), f(r.Value)} }
	p, m := &in.Points, &in.Messages
	out := &Inputs[B]{
		Flags: list(in.Flags), Statement: [5]B(list(in.Statement[:])), Record: list(in.Record),
		Points: Points[B]{
			point(p.Input), point(p.Cache), point(p.Cells), point(p.Outputs), point(p.Inverses),
			point(p.Output), point(p.Added),
		},
		Pass: Pass[B]{
			list(in.Pass.Below), list(in.Pass.Start), list(in.Pass.Live), list(in.Pass.Picks),
			lists(in.Pass.Tokens), lists(in.Pass.Nexts),
		},
		Running: [2]EvalClaim[B]{running(in.Running[AccumulatorCells]), running(in.Running[AccumulatorCache])},
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

// Messages returns the number of elements of a proof's messages, padding included.
func (u *Uniform) Messages() (n int) {
	for _, l := range u.Arguments[0].Blank().Lists() {
		n += len(l)
	}
	return n
}
