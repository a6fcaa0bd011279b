package circuit

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/math/bits"

	"fold.example/fold/folding"
	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/r1cs/gadget"
)

// variables is what the augmented circuit reads.
type variables = folding.AugmentedInputs[frontend.Variable]

// augmentedCircuit is F' over Fr: it checks that the public input of the instance u_i
// is the hash of where the run stands, folds u_i into U_i, runs the step, folds the
// step's CycleFold instance into cfU_i, and outputs the hash of where the run stands
// then. PROTOCOL.md, section 6, is its text.
type augmentedCircuit struct {
	Inputs variables

	step  Step
	trace func(part string) // sees the end of each part, if it is not nil
}

func newAugmentedCircuit(step Step) *augmentedCircuit {
	return &augmentedCircuit{Inputs: *folding.NewAugmentedInputs[frontend.Variable](step), step: step}
}

// augmenter is the circuit while it is made.
type augmenter struct {
	*variables
	step  Step
	trace func(part string)
	c     *gadget.Circuit
	curve *gadget.Curve
	base  frontend.Variable     // 1 if i = 0
	w, e  gadget.NonNativePoint // of U_i
	x     []gadget.LimbInt      // of cfU_i
}

func (a *augmentedCircuit) Define(api frontend.API) error {
	c, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	curve, err := gadget.NewCurve(api)
	if err != nil {
		return err
	}
	return (&augmenter{
		variables: &a.Inputs, step: a.step, trace: a.trace, c: c, curve: curve, base: api.IsZero(a.Inputs.I),
	}).define()
}

func (a *augmenter) define() error {
	a.checkRunning()
	a.part("ranges of the running instances")
	now := a.here()
	hash := now.Public(a.c)
	fresh := a.c.Mul(a.c.Sub(1, a.base), hash) // 0 at step 0
	a.part("state and hash before")
	a.forceDefaults()
	a.part("base case")
	main := a.foldMain(now, fresh)
	a.part("fold on BN254")
	out, err := a.runStep(protocol.Context[frontend.Variable](a.c, now.PP, now.I, now.Z))
	if err != nil {
		return err
	}
	a.part("step")
	cycle := a.foldCycle(now, hash, main, out)
	next := protocol.IVCIO[frontend.Variable]{
		PP: a.PP, I: a.c.Add(a.I, 1), Width: now.Width, First: now.First,
		Z: protocol.StateDigest[frontend.Variable](a.c, out.Z), Main: main.digest, Cycle: cycle,
	}
	a.c.AssertEqual(next.Public(a.c), a.Public, "public input")
	a.part("state and hash after")
	return nil
}

// part marks the end of a part.
func (a *augmenter) part(name string) {
	if a.trace != nil {
		a.trace(name)
	}
}

// checkRunning constrains the integers of the running instances to their ranges. That an
// earlier step did the same is not enough: it is known only once the folds are known to be
// right, and the folds compute with these integers (PROTOCOL.md, section 10).
func (a *augmenter) checkRunning() {
	a.w, a.e = a.c.NonNativePoint(a.Main.W), a.c.NonNativePoint(a.Main.E)
	for _, x := range a.Cycle.X {
		a.x = append(a.x, a.c.NonNative(x))
	}
	bits.ToBinary(a.c.API(), a.Cycle.U, bits.WithNbDigits(protocol.FactorBits))
}

// here is where the run stands before the step. At step 0, z_0 is the current state.
func (a *augmenter) here() protocol.IVCIO[frontend.Variable] {
	z := protocol.StateDigest[frontend.Variable](a.c, a.Z)
	m, y := &a.Main, &a.Cycle
	cycle := slices.Concat(y.First[:], y.Second[:], y.E[:], []frontend.Variable{y.U})
	for _, x := range y.X {
		cycle = append(cycle, x[:]...)
	}
	return protocol.IVCIO[frontend.Variable]{
		PP: a.PP, I: a.I, Width: len(a.Z), First: a.c.Select(a.base, z, a.First), Z: z,
		Main:  protocol.RunningDigest[frontend.Variable](a.c, protocol.BN254, append(a.pack(a.w, a.e), m.U, m.X)),
		Cycle: cycle,
	}
}

func (a *augmenter) pack(points ...gadget.NonNativePoint) (out []frontend.Variable) {
	for _, p := range points {
		packed := p.Pack(a.c)
		out = append(out, packed[:]...)
	}
	return
}

// forceDefaults constrains, if i = 0, every number of both running instances, of u_0 and of
// T on BN254 to be zero, so that a prover chooses none of them (PROTOCOL.md, section 6,
// rule 2).
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
