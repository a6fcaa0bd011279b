package folding

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/math/bits"

	"fold/r1cs"
)

// foreign and foreignPoint are the limbs of an element of Fq and of a point of BN254.
type (
	foreign      = [3]frontend.Variable
	foreignPoint = [6]frontend.Variable
	nativePoint  = [2]frontend.Variable
)

// augmentedCircuit is F' over Fr: it checks that the public input of the instance u_i
// is the hash of where the run stands, folds u_i into U_i, runs the step, folds the
// step's CycleFold instance into cfU_i, and outputs the hash of where the run stands
// then.
type augmentedCircuit struct {
	// Public is the hash for i+1, the only public input.
	Public frontend.Variable `gnark:",public"`

	PP, I     frontend.Variable
	First     frontend.Variable // digest of z_0, of no account if i = 0
	Z, Advice []frontend.Variable

	Main  mainAdvice
	Cycle cycleAdvice

	step  Step
	trace func(part string) // sees the end of each part, if it is not nil
}

// mainAdvice is U_i, the commitments of u_i and to T, and of U_{i+1} what needs
// point arithmetic.
type mainAdvice struct {
	W, E         foreignPoint
	U, X         frontend.Variable
	Fresh, Cross foreignPoint
	NextW, NextE foreignPoint
}

// cycleAdvice is cfU_i, and the commitments of the step's instance and to its T.
type cycleAdvice struct {
	First, Second, E               nativePoint
	U                              frontend.Variable
	X                              [cyclePublic]foreign
	FreshFirst, FreshSecond, Cross nativePoint
}

// cyclePublic is the number of public inputs of a CycleFold instance: the words and phi.
const cyclePublic = fingerprintWords + 1

func newAugmentedCircuit(step Step) *augmentedCircuit {
	return &augmentedCircuit{
		step: step, Z: make([]frontend.Variable, step.Width()), Advice: make([]frontend.Variable, step.Advice()),
	}
}

// augmenter is the circuit while it is made.
type augmenter struct {
	*augmentedCircuit
	c     *r1cs.Circuit
	curve *r1cs.Curve
	base  frontend.Variable // 1 if i = 0
	w, e  r1cs.ForeignPoint // of U_i
	x     []r1cs.Long       // of cfU_i
}

func (a *augmentedCircuit) Define(api frontend.API) error {
	c, err := r1cs.NewCircuit(api)
	if err != nil {
		return err
	}
	curve, err := r1cs.NewCurve(api)
	if err != nil {
		return err
	}
	return (&augmenter{augmentedCircuit: a, c: c, curve: curve, base: api.IsZero(a.I)}).define()
}

func (a *augmenter) define() error {
	a.checkRunning()
	a.part("ranges of the running instances")
	now := a.here()
	hash := now.public(a.c)
	fresh := a.c.Mul(a.c.Sub(1, a.base), hash) // 0 at step 0
	a.part("state and hash before")
	a.forceDefaults()
	a.part("base case")
	main := a.foldMain(now, fresh)
	a.part("fold on BN254")
	out, err := a.runStep(contextOf[frontend.Variable](a.c, now.pp, now.i, now.z))
	if err != nil {
		return err
	}
	a.part("step")
	cycle := a.foldCycle(now, hash, main, out)
	next := place[frontend.Variable]{
		pp: a.PP, i: a.c.Add(a.I, 1), width: now.width, first: now.first,
		z: stateDigest[frontend.Variable](a.c, out.Z), main: main.digest, cycle: cycle,
	}
	a.c.AssertEqual(next.public(a.c), a.Public, "public input")
	a.part("state and hash after")
	return nil
}

// part marks the end of a part.
func (a *augmenter) part(name string) {
	if a.trace != nil {
		a.trace(name)
	}
}

// checkRunning constrains the integers of the running instances to their ranges. The
// step that wrote them did so too, but that they come from such a step is what the folds
// are to show, and these compute with the integers.
func (a *augmenter) checkRunning() {
	a.w, a.e = a.c.ForeignPoint(a.Main.W), a.c.ForeignPoint(a.Main.E)
	for _, x := range a.Cycle.X {
		a.x = append(a.x, a.c.Foreign(x))
	}
	bits.ToBinary(a.c.API(), a.Cycle.U, bits.WithNbDigits(factorBits))
}

// here is where the run stands before the step. At step 0, z_0 is the current state.
func (a *augmenter) here() place[frontend.Variable] {
	z := stateDigest[frontend.Variable](a.c, a.Z)
	m, y := &a.Main, &a.Cycle
	cycle := slices.Concat(y.First[:], y.Second[:], y.E[:], []frontend.Variable{y.U})
	for _, x := range y.X {
		cycle = append(cycle, x[:]...)
	}
	return place[frontend.Variable]{
		pp: a.PP, i: a.I, width: len(a.Z), first: a.c.Select(a.base, z, a.First), z: z,
		main:  runningDigest[frontend.Variable](a.c, mainGroup{}.name(), append(a.pack(a.w, a.e), m.U, m.X)),
		cycle: cycle,
	}
}

func (a *augmenter) pack(points ...r1cs.ForeignPoint) (out []frontend.Variable) {
	for _, p := range points {
		packed := p.Pack(a.c)
		out = append(out, packed[:]...)
	}
	return
}

// forceDefaults makes both running instances and u_0 the default ones if i = 0, and
// T nothing: what they commit to is then no one's choice.
func (a *augmenter) forceDefaults() {
	m, y := &a.Main, &a.Cycle
	values := slices.Concat(m.W[:], m.E[:], m.Fresh[:], m.Cross[:], y.First[:], y.Second[:], y.E[:])
	values = append(values, m.U, m.X, y.U)
	for _, x := range y.X {
		values = append(values, x[:]...)
	}
	for _, v := range values {
		a.c.AssertEqual(a.c.Mul(a.base, v), 0, "default at step 0")
	}
}

// runStep adds the step and checks the form of what it says.
func (a *augmenter) runStep(context frontend.Variable) (*StepOutput, error) {
	out, err := a.step.Define(a.c, &StepInput{Context: context, Z: a.Z, Advice: a.Advice})
	if err != nil {
		return nil, fmt.Errorf("the step's circuit: %w", err)
	}
	if err := checkOutput(a.step, out); err != nil {
		return nil, fmt.Errorf("the step's circuit: %w", err)
	}
	return out, nil
}
