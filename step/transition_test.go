package step

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/constraint"
	"github.com/consensys/gnark/frontend"
	gnarkr1cs "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs/gadget"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// functionCircuit is a step function as a separate circuit: as package circuit defines the
// function, or with another verifier in place of the argument's.
type functionCircuit struct {
	Context         frontend.Variable
	Z, Advice, Next []frontend.Variable

	f      *Function
	verify argumentVerifier[frontend.Variable] // nil for the argument's
}

func newFunctionCircuit(f *Function, verify argumentVerifier[frontend.Variable]) *functionCircuit {
	list := func(n int) []frontend.Variable { return make([]frontend.Variable, n) }
	return &functionCircuit{Z: list(f.Width()), Advice: list(f.Advice()), Next: list(f.Width()), f: f, verify: verify}
}

func (c *functionCircuit) Define(api frontend.API) error {
	circuit, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	z, err := c.define(circuit)
	if err != nil {
		return err
	}
	for i, x := range z {
		api.AssertIsEqual(x, c.Next[i])
	}
	return nil
}

// define returns the next state.
func (c *functionCircuit) define(circuit *gadget.Circuit) ([]frontend.Variable, error) {
	if c.verify == nil {
		return DefineFunction(circuit, c.f, c.Context, c.Z, c.Advice)
	}
	in := &FunctionInput[frontend.Variable]{
		Context: c.Context, Z: c.Z, Advice: c.Advice,
		Points: func(limbs [PointLimbs]frontend.Variable) [4]frontend.Variable {
			p := circuit.NonNativePoint(limbs)
			return [4]frontend.Variable(p.Encode(circuit))
		},
	}
	out, err := constrainWith(c.f, circuit, in, MuxOf(circuit), c.verify)
	if err != nil {
		return nil, err
	}
	return out.Z, nil
}

// read gives state and advice their variables. points reads a point's limbs; rest is the advice for the
// argument.
func (c *functionCircuit) read(points func([PointLimbs]frontend.Variable) argument.Limbs[frontend.Variable]) (
	z *stateVector[frontend.Variable], in *transitionAdvice[frontend.Variable], rest []frontend.Variable, err error,
) {
	z, in = newStateVector[frontend.Variable](c.f.p), newTransitionAdvice[frontend.Variable](c.f.p)
	if err := fill(z, c.Z); err != nil {
		return nil, nil, nil, err
	}
	n := len(flatten(in))
	if err := fill(in, c.Advice[:n]); err != nil {
		return nil, nil, nil, err
	}
	for i := range in.Points {
		in.Points[i] = points([PointLimbs]frontend.Variable(c.Advice[n+PointLimbs*i:][:PointLimbs]))
	}
	return z, in, c.Advice[n+PointLimbs*numPoints:], nil
}

// compiled is a step function's circuit.
type compiled struct {
	f  *Function
	cs constraint.ConstraintSystem
}

func compileFunction(t testing.TB, f *Function, verify argumentVerifier[frontend.Variable]) *compiled {
	t.Helper()
	cs, err := frontend.Compile(ecc.BN254.ScalarField(), gnarkr1cs.NewBuilder, newFunctionCircuit(f, verify),
		frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	return &compiled{f, cs}
}

// solves returns an error unless the circuit accepts the step from z to next.
func (c *compiled) solves(t testing.TB, of fr.Element, z, advice, next []fr.Element) error {
	t.Helper()
	w, err := frontend.NewWitness(&functionCircuit{
		Context: of, Z: variablesOf(z), Advice: variablesOf(advice), Next: variablesOf(next),
	}, ecc.BN254.ScalarField())
	require.NoError(t, err)
	return c.cs.IsSolved(w)
}

func variablesOf(v []fr.Element) []frontend.Variable {
	out := make([]frontend.Variable, len(v))
	for i, x := range v {
		out[i] = x
	}
	return out
}

// anyArgument replaces the argument by arbitrary results that a prover chooses. It serves to
// test the rules of the state alone.
type anyArgument struct {
	p    *Params
	left verified[fr.Element]
}

func (a *anyArgument) list() []fr.Element {
	l := append(slices.Clone(a.left.Cells.Point), a.left.Cells.Value)
	l = append(append(l, a.left.Cache.Point...), a.left.Cache.Value)
	l = append(l, a.left.Weights.Coordinates...)
	return append(l, transcript.Padded(transcript.NewField(), a.left.Weights.Values, a.p.frame().Weighed)...)
}

func (a *anyArgument) advice() int {
	return 2*(argument.ClaimVars+1) + len(a.p.frame().Coordinates) + a.p.frame().Weighed
}

// anyFunction returns the step function with anyArgument.
func anyFunction(p *Params) *Function {
	return &Function{p: p, messages: (&anyArgument{p: p}).advice()}
}

func (a *anyArgument) verify(_ transcript.Backend[frontend.Variable], _ *transition[frontend.Variable],
	_ argument.StatementElements[frontend.Variable], x []frontend.Variable) (*verified[frontend.Variable],
	[]frontend.Variable, error) {
	const n = argument.ClaimVars
	rest := x[2*n+2:]
	return &verified[frontend.Variable]{
		Cells: argument.EvalClaim[frontend.Variable]{Point: x[:n], Value: x[n]},
		Cache: argument.EvalClaim[frontend.Variable]{Point: x[n+1 : 2*n+1], Value: x[2*n+1]},
		Weights: argument.WeightClaims[frontend.Variable]{
			Coordinates: rest[:len(a.p.frame().Coordinates)], Values: rest[len(a.p.frame().Coordinates):],
		},
	}, nil, nil
}

// moment is a step of an honest run: the tracker before it, and its results.
type moment struct {
	before *StateTracker
	step   *Step
	result *argument.Result
}

// honestRun is a run with two classes and two groups of blocks, shared by tests: a pass of two
// tokens with a head, and passes of one token.
var honestRun = struct {
	sync.Once
	run     *provenRun
	prover  *RunProver
	moments []moment
}{}

func runMoments(t testing.TB) (*provenRun, []moment) {
	h := &honestRun
	h.Do(func() {
		h.run = newProvenRun(t, 0, 2, 2, PlanOptions{PassBits: 1, Blocks: 1})
		h.prover = h.run.prover(t)
		_, err := ProveRun(context.Background(), h.prover, h.run.run.Prompt, h.run.plan, h.run.keep)
		require.NoError(t, err)
		f := h.run.protocol.Track(2)
		for i := range h.run.run.Steps {
			s := &h.run.run.Steps[i]
			before := *f
			before.State.Cells = slices.Clone(f.State.Cells)
			a, st, err := f.statement(s)
			require.NoError(t, err)
			r, err := a.Verify(st, s.Proof)
			require.NoError(t, err)
			h.moments = append(h.moments, moment{&before, s, r})
			require.NoError(t, f.advance(s, r))
		}
	})
	require.NotEmpty(t, h.moments)
	return h.run, h.moments
}

// clone returns a tracker in the same state.
func (f *StateTracker) clone() *StateTracker {
	g := *f
	g.State.Cells = slices.Clone(f.State.Cells)
	return &g
}

// attempt is a step as a forger makes it.
type attempt struct {
	p    *Params
	z    *stateVector[fr.Element]
	in   *transitionAdvice[fr.Element]
	left *verified[fr.Element]
	of   fr.Element // the context

	// settles runs the settlement's part of the native transition, before finish.
	settles func(*transition[fr.Element])
}

func (m *moment) attempt(t testing.TB) *attempt {
	t.Helper()
	f := m.before.clone()
	st, _, err := f.start(m.step)
	require.NoError(t, err)
	a := &attempt{p: f.Params, z: f.vector(&f.State), in: f.passAdvice(st)}
	a.in.Points = limbsOfPoints(stepPoints(st, &m.step.Proof.Commitments, m.result))
	a.left = &verified[fr.Element]{
		m.result.Running[argument.AccumulatorCells].Extended(), m.result.Running[argument.AccumulatorCache].Extended(),
		m.result.Weights,
	}
	return a
}

// next runs the native transition without regard to broken rules.
func (a *attempt) next(p *Params) (*stateVector[fr.Element], error) {
	m := newNativeRanges()
	tr := newTransition(p, m, a.z, a.in)
	tr.begin()
	if err := tr.settle(a.of); err != nil {
		return nil, err
	}
	if next := a.settles; next != nil {
		next(tr)
	}
	z := tr.finish(a.left)
	return z, m.Err()
}

// advice returns the input of the circuit.
func (a *attempt) advice() []fr.Element {
	list := flatten(a.in)
	for _, p := range a.in.Points {
		for i := range 2 {
			var low, high, v big.Int
			v.Or(p[2*i].BigInt(&low), v.Lsh(p[2*i+1].BigInt(&high), 128))
			for range 3 {
				var limb fr.Element
				list = append(list, *limb.SetBigInt(new(big.Int).And(&v, relation.OnesBelow(86))))
				v.Rsh(&v, 86)
			}
		}
	}
	return append(list, (&anyArgument{a.p, *a.left}).list()...)
}

// try runs the transition natively and in the circuit. Both must agree.
func (a *attempt) try(t testing.TB, c *compiled) error {
	t.Helper()
	next, err := a.next(c.f.p)
	advice := a.advice()
	solved := c.solves(t, a.of, flatten(a.z), advice, flatten(next))
	require.Equal(t, err == nil, solved == nil, "natively: %v; the circuit: %v", err, solved)
	return err
}

var compiledTransition struct {
	sync.Once
	c *compiled
}

// transitionCircuit returns the circuit of the honest run's transition, with anyArgument.
func transitionCircuit(t testing.TB) *compiled {
	r, _ := runMoments(t)
	compiledTransition.Do(func() {
		compiledTransition.c = compileFunction(t, anyFunction(r.protocol), (&anyArgument{p: r.protocol}).verify)
	})
	require.NotNil(t, compiledTransition.c)
	return compiledTransition.c
}

// TestTransitionAgrees: for every step of an honest run, of all kinds and of several classes,
// the circuit accepts the tracker's next state and no other.
func TestTransitionAgrees(t *testing.T) {
	r, moments := runMoments(t)
	c := transitionCircuit(t)
	t.Logf("%d constraints", c.cs.GetNbConstraints())
	kinds := map[string]bool{}
	for i := range moments {
		a := moments[i].attempt(t)
		require.NoError(t, a.try(t, c), "step %d", i)
		next, err := a.next(r.protocol)
		require.NoError(t, err)
		f := moments[i].before.clone()
		kinds[fmt.Sprint(f.State.Phase, f.bitsOf(moments[i].step))] = true
		require.NoError(t, f.advance(moments[i].step, moments[i].result))
		require.Equal(t, f.Elements(&f.State), flatten(next))

		advice := a.advice()
		for k := range f.Width() {
			other := flatten(next)
			arithtest.Bump(&other[k])
			if k%8 != i {
				continue
			}
			require.Error(t, c.solves(t, fr.Element{}, flatten(a.z), advice, other),
				"step %d, element %d of the next state", i,
				k)
		}
	}
	require.Len(t, kinds, 6)
}
