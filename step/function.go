package step

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/folding"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
	"fold.example/fold/step/argument"
)

// Function is the step function of a recursion: the transition of a run's state, with the
// verifier of the step's argument inside. Constrain writes it over any backend.
//
// The advice of a step is the advice of the transition, the limbs of the step's points, and
// the messages that the argument's verifier reads. Every point is advice and is constrained to
// be canonical, also a point whose limbs are in the state: in a recursion, the state is known
// to come from a step only if the operations on points hold, and this depends on the range of
// the limbs.
type Function struct {
	p        *Params
	uniform  *argument.Uniform
	messages int // number of elements of a proof's messages
}

var _ folding.Step = (*Function)(nil)

// PointLimbs is the number of limbs of a point in a circuit (r1cs.PointLimbs).
const PointLimbs = 2 * r1cs.Limbs

// Operands lists the points of each operation of a step, its inputs and then its result, as
// indices of the list of points: C + rho (w + rho (S + rho (h + rho (X_in + rho X_out)))),
// KV_old + KV_new, and C + rho (KV + rho KV_new).
func Operands() [][]int {
	return [][]int{
		{pointCells, pointW, pointS, pointH, pointInput, pointOutput, pointCellsAfter},
		{pointCacheBefore, pointAdded, pointCacheAfter},
		{pointCache, pointCacheAfter, pointAdded, pointCacheClaimAfter},
	}
}

// Operations returns the operations of every step: the step's commitments are folded into a
// running claim, the commitment to the pass's keys and values is added to the cache's
// commitment, and both are folded into the running claim on the cache.
func (*Function) Operations() []folding.Operation {
	return []folding.Operation{folding.Horner(5), folding.Sum(), folding.Horner(2)}
}

// ByOperation lists the points of each operation, given those of a step in their order.
func ByOperation[P any](points []P) (lists [][]P) {
	for _, operands := range Operands() {
		var list []P
		for _, i := range operands {
			list = append(list, points[i])
		}
		lists = append(lists, list)
	}
	return lists
}

// Digest identifies the function beyond its circuit. It covers everything that determines the
// arguments of the steps and the settlement, except the model, whose id is in the state.
func (f *Function) Digest() [32]byte {
	p, h := f.p, sha256.New()
	h.Write([]byte("fold/step/function/v3"))
	put := func(x int) { h.Write(binary.BigEndian.AppendUint64(nil, uint64(x))) }
	for _, x := range []int{p.PositionBits, p.Blocks, p.Model.Layout.ColumnBits, p.Model.Layout.SegmentBits,
		len(p.Classes)} {
		put(x)
	}
	for i, bits := range p.Classes {
		put(bits)
		for _, a := range p.classes[i].arguments {
			b := a.Digest.Bytes()
			h.Write(b[:])
		}
	}
	return [32]byte(h.Sum(nil))
}

// Width returns the number of elements of the state.
func (f *Function) Width() int { return f.p.Width() }

// Advice returns the number of elements that the circuit reads besides the state.
func (f *Function) Advice() int {
	return len(flatten(newTransitionAdvice[fr.Element](f.p))) + PointLimbs*numPoints + f.messages
}

// FunctionInput is the input of a step. Points returns the limbs of a point, as a transcript
// absorbs them, from the limbs in the advice, and constrains the latter to be canonical
// coordinates. It does not constrain the point to be on the curve; the operations on points
// do.
type FunctionInput[E any] struct {
	Context   E   // first element of the step's statement
	Z, Advice []E // Width and Advice elements
	Points    func(limbs [PointLimbs]E) [4]E
}

// FunctionOutput is the output of a step.
type FunctionOutput[E any] struct {
	Z   []E // the next state
	Rho []E // bits of rho, lowest first
}

// Mux makes the argument and the settlement share one backend; a step needs only one of the
// two. It runs settle with a backend of its own and returns the backend of the argument. lent
// is 1 in steps of a settlement. The caller must call finish after the argument.
type Mux[E any] func(lent E, settle func(RangeBackend[E]) error) (argument transcript.Backend[E], finish func() error)

// Constrain writes one step over a backend. It returns an error if the lengths of in do not
// match the function. A step that does not hold is an error or an unsatisfied constraint of
// the backend.
func Constrain[E any](f *Function, m RangeBackend[E], in *FunctionInput[E], mux Mux[E]) (*FunctionOutput[E], error) {
	return constrainWith(f, m, in, mux, verifyUniform[E](f))
}

// constrainWith is Constrain with the verifier of the step's argument as a parameter.
func constrainWith[E any](
	f *Function, m RangeBackend[E], in *FunctionInput[E], mux Mux[E], verify argumentVerifier[E],
) (*FunctionOutput[E], error) {
	t, messages, err := openFunction(f, m, in)
	if err != nil {
		return nil, err
	}
	t.begin()
	begins := t.context(in.Context)
	argument, finish := mux(t.not(t.inPass), func(m RangeBackend[E]) error {
		before := t.RangeBackend
		t.RangeBackend = m
		defer func() { t.RangeBackend = before }()
		return t.settle(in.Context)
	})
	left, rho, err := verify(argument, t, begins, messages)
	if err := errors.Join(err, finish()); err != nil {
		return nil, err
	}
	out := &FunctionOutput[E]{}
	for i, bit := range rho {
		out.Rho = append(out.Rho, t.Select(t.inPass, bit, t.settling.rho[i]))
	}
	out.Z = flatten(t.finish(left))
	return out, nil
}

// openFunction reads the state and the advice of a step. It returns the transition and the
// rest of the advice, which is the messages of the argument.
func openFunction[E any](f *Function, m RangeBackend[E], in *FunctionInput[E]) (*transition[E], []E, error) {
	if len(in.Z) != f.Width() || len(in.Advice) != f.Advice() {
		return nil, nil, fmt.Errorf("step: a state of %d and advice of %d elements, expected %d and %d", len(in.Z),
			len(in.Advice), f.Width(), f.Advice())
	}
	z, advice, rest := newStateVector[E](f.p), newTransitionAdvice[E](f.p), in.Advice
	if err := fill(z, in.Z); err != nil {
		return nil, nil, err
	}
	n := len(flatten(advice))
	if err := fill(advice, rest[:n]); err != nil {
		return nil, nil, err
	}
	rest = rest[n:]
	for i := range advice.Points {
		advice.Points[i] = argument.Limbs[E](in.Points([PointLimbs]E(rest[PointLimbs*i:])))
	}
	return newTransition(f.p, m, z, advice), rest[PointLimbs*numPoints:], nil
}

// FunctionWitness is the witness of one step.
type FunctionWitness struct {
	Advice []fr.Element              // the input of the circuit besides the state
	Z      []fr.Element              // the next state
	Rho    fr.Element                // the challenge of the operations on points
	Points [numPoints]bn254.G1Affine // in the order of Operands
}

// Witness verifies a step of a pass, advances the tracker over it and returns the input of the
// circuit. It verifies the step's proof because a circuit would refuse a wrong proof with a
// less precise error. The tracker's Context must be the one under which the step was proven.
func (f *Function) Witness(g *StateTracker, s *Step) (*FunctionWitness, error) {
	if s.Proof == nil {
		return nil, fmt.Errorf("%w: a step without a proof", ErrRun)
	}
	a, st, err := g.statement(s)
	if err != nil {
		return nil, err
	}
	r, err := a.Verify(st, s.Proof)
	if err != nil {
		return nil, err
	}
	w := &FunctionWitness{Rho: r.Rho, Points: stepPoints(st, &s.Proof.Commitments, r)}
	w.Advice = append(adviceOf(g.passAdvice(st), &w.Points), f.messagesOf(s)...)
	if err := g.advance(s, r); err != nil {
		return nil, err
	}
	w.Z = g.Elements(&g.State)
	return w, nil
}

// Folding returns the witness in the form of package folding.
func (w *FunctionWitness) Folding() *folding.StepWitness {
	return &folding.StepWitness{Advice: w.Advice, Z: w.Z, Rho: w.Rho, Points: ByOperation(w.Points[:])}
}

// adviceOf returns the advice of a step without the messages of the argument.
func adviceOf(in *transitionAdvice[fr.Element], points *[numPoints]bn254.G1Affine) []fr.Element {
	list := flatten(in)
	for i := range points {
		l := r1cs.PointLimbs(&points[i])
		list = append(list, l[:]...)
	}
	return list
}
