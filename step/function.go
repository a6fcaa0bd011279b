package step

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"

	"fold/internal/transcript"
	"fold/r1cs"
	"fold/r1cs/gadget"
)

// Function is the step function of a recursion: the transition of a run's state with
// the verifier of the step's argument inside, as a circuit.
//
// Its advice is that of the transition, the limbs of its points, and what the
// argument's verifier reads. Every point is advice and constrained to be canonical,
// those that the state has the limbs of included: that the state was made by a step
// is known of a recursion only if the points' operations hold, and that they hold
// rests on the limbs' range.
type Function struct {
	p        *Protocol
	argument argumentCircuit
}

// argumentCircuit is the verifier of a step's argument in the circuit.
type argumentCircuit interface {
	// advice is how many elements it reads.
	advice() int
	// messages is what it reads for a step that holds.
	messages(s *Step) []fr.Element
	// verify constrains that the argument holds for a transition that has begun, in
	// a transcript that begins with the statement. It returns what the argument leaves
	// and the bits of rho, and needs to say nothing in a step of a settlement.
	verify(c transcript.Backend[frontend.Variable], t *transition[frontend.Variable], begins statement[frontend.Variable], advice []frontend.Variable) (*verified[frontend.Variable], []frontend.Variable, error)
}

// FunctionOutput is what a step states.
type FunctionOutput struct {
	Z      []frontend.Variable              // the next state
	Rho    []frontend.Variable              // bits of rho, lowest first
	Points [numPoints]gadget.NonNativePoint // in the order of Operands
}

// pointLimbs is the number of limbs of a point in a circuit.
const pointLimbs = 6

// Operands lists the points of a step's operations, each operation's inputs and then
// its result, as places in the list of points: C + rho (w + rho (S + rho (h + rho
// (X_in + rho X_out)))), KV_old + KV_new, and C + rho (KV + rho KV_new).
func Operands() [][]int {
	return [][]int{
		{pointCells, pointW, pointS, pointH, pointInput, pointOutput, pointCellsAfter},
		{pointCacheBefore, pointAdded, pointCacheAfter},
		{pointCache, pointCacheAfter, pointAdded, pointCacheClaimAfter},
	}
}

// Digest identifies the function beyond its circuit: everything that its steps'
// arguments, and the settlement, are derived from but the model itself, whose id is in
// the state.
func (f *Function) Digest() [32]byte {
	p, h := f.p, sha256.New()
	h.Write([]byte("fold/step/function/v2"))
	put := func(x int) { h.Write(binary.BigEndian.AppendUint64(nil, uint64(x))) }
	for _, x := range []int{p.PositionBits, p.Blocks, p.Model.Layout.ColumnBits, p.Model.Layout.SegmentBits, len(p.Classes)} {
		put(x)
	}
	for i, bits := range p.Classes {
		put(bits)
		for _, a := range p.classes[i].arguments {
			b := a.digest.Bytes()
			h.Write(b[:])
		}
	}
	return [32]byte(h.Sum(nil))
}

// Width is the number of elements of the state.
func (f *Function) Width() int { return f.p.Width() }

// Advice is the number of elements that the circuit reads besides the state.
func (f *Function) Advice() int {
	return len(flatten(newTransitionAdvice[fr.Element](f.p))) + pointLimbs*numPoints + f.argument.advice()
}

// Define adds one step to a circuit: from state z, in a transcript that begins with
// the context.
func (f *Function) Define(c *gadget.Circuit, context frontend.Variable, z, advice []frontend.Variable) (*FunctionOutput, error) {
	if len(z) != f.Width() || len(advice) != f.Advice() {
		return nil, fmt.Errorf("step: a state of %d and advice of %d elements, expected %d and %d", len(z), len(advice), f.Width(), f.Advice())
	}
	v, in := newStateVector[frontend.Variable](f.p), newTransitionAdvice[frontend.Variable](f.p)
	if err := fill(v, z); err != nil {
		return nil, err
	}
	n := len(flatten(in))
	if err := fill(in, advice[:n]); err != nil {
		return nil, err
	}
	advice = advice[n:]
	out := &FunctionOutput{}
	for i := range out.Points {
		out.Points[i] = c.NonNativePoint([pointLimbs]frontend.Variable(advice[pointLimbs*i:][:pointLimbs]))
		in.Points[i] = limbsOf[frontend.Variable](out.Points[i].Encode(c))
	}
	t := newTransition(f.p, c, v, in)
	t.begin()
	left, rho, err := f.prove(c, t, context, advice[pointLimbs*numPoints:])
	if err != nil {
		return nil, err
	}
	for i, bit := range rho {
		out.Rho = append(out.Rho, t.Select(t.inPass, bit, t.settling.rho[i]))
	}
	out.Z = flatten(t.finish(left))
	return out, nil
}

// prove adds what a step proves: the argument, in steps of a pass, and what those of a
// settlement do instead, which borrows of it.
func (f *Function) prove(c *gadget.Circuit, t *transition[frontend.Variable], context frontend.Variable, advice []frontend.Variable) (*verified[frontend.Variable], []frontend.Variable, error) {
	begins := t.context(context)
	l := lend(c, t.not(t.inPass), func(m machine[frontend.Variable]) error {
		t.machine = m
		defer func() { t.machine = c }()
		return t.settle(context)
	})
	left, rho, err := f.argument.verify(l, t, begins, advice)
	return left, rho, errors.Join(err, l.finish())
}

// FunctionWitness is what a prover hands over for one step.
type FunctionWitness struct {
	Advice []fr.Element
	Z      []fr.Element // the next state
	Rho    fr.Element
	Points [numPoints]bn254.G1Affine // in the order of Operands
}

// Witness takes a follower over a step of a pass and returns what the circuit reads
// for it. The step's proof is verified: a circuit would refuse a wrong one with less to
// say. The follower's Context must be the one that the step was proven in.
func (f *Function) Witness(g *Follower, s *Step) (*FunctionWitness, error) {
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
	w.Advice = append(adviceOf(g.passAdvice(st), &w.Points), f.argument.messages(s)...)
	if err := g.advance(s, r); err != nil {
		return nil, err
	}
	w.Z = g.Elements(&g.State)
	return w, nil
}

// adviceOf lists a step's advice but for that of the argument.
func adviceOf(in *transitionAdvice[fr.Element], points *[numPoints]bn254.G1Affine) []fr.Element {
	list := flatten(in)
	for i := range points {
		l := r1cs.PointLimbs(&points[i])
		list = append(list, l[:]...)
	}
	return list
}
