package argument

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/constraint"
	"github.com/consensys/gnark/frontend"
	gnarkr1cs "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/r1cs/gadget"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// stepCircuit is the verifier of a step as a circuit of its own. What it leaves
// is given as public variables, so that it is seen to be what Verify leaves.
type stepCircuit struct {
	In     *Inputs[frontend.Variable]
	Leaves []frontend.Variable `gnark:",public"`

	u *Uniform
}

func (c *stepCircuit) Define(api frontend.API) error {
	circuit, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	f, err := VerifyInputs[frontend.Variable](c.u, circuit, c.In)
	if err != nil {
		return err
	}
	for i, x := range leaves(f) {
		api.AssertIsEqual(x, c.Leaves[i])
	}
	return nil
}

// leaves lists everything that a step leaves.
func leaves[E any](f *Folded[E]) []E {
	out := append([]E{f.Rho}, f.RhoBits...)
	for _, r := range f.Running {
		out = append(append(out, r.Value), r.Point...)
	}
	return append(append(out, f.Weights.Coordinates...), f.Weights.Values...)
}

// leavesOf lists what Verify says that a step leaves, at the lengths of the circuit.
func leavesOf(u *Uniform, r *Result) []fr.Element {
	f := u.frame()
	want := &Folded[fr.Element]{Rho: r.Rho, RhoBits: transcript.NewField().Bits(r.Rho)[:transcript.ChallengeBits]}
	for i, n := range []int{f.slots.Cells, f.slots.Cache} {
		o := r.Running[i].EvalClaim
		want.Running[i] = EvalClaim[fr.Element]{append(make([]fr.Element, n-len(o.Point)), o.Point...), o.Value}
	}
	want.Weights = WeightClaims[fr.Element]{r.Weights.Coordinates,
		transcript.Padded[fr.Element](transcript.NewField(), r.Weights.Values, f.Weighed)}
	return leaves(want)
}

// uniformRun is the circuit for steps of three kinds and two size classes, with the inputs
// of each kind and class.
type uniformRun struct {
	u     *Uniform
	ccs   constraint.ConstraintSystem
	cases []uniformCase // by flag
}

type uniformCase struct {
	argument  *Argument
	statement *Statement
	proof     *Proof
	result    *Result
	in        *Inputs[fr.Element]
	leaves    []fr.Element
}

var honestUniform = sync.OnceValue(func() *uniformRun { return new(uniformRun) })

func uniformOf(t testing.TB) *uniformRun {
	q := honestUniform()
	if q.u != nil {
		return q
	}
	rng := rand.New(rand.NewPCG(21, 22))
	m := llamatest.Small(t, rng, 0)
	var classes []relation.Shape
	for bits := range 2 {
		shape, err := relation.NewShape(m, bits, 2, 1)
		require.NoError(t, err)
		classes = append(classes, shape)
	}
	all := argumentsOf(t, classes...)
	u, err := NewUniform(all...)
	require.NoError(t, err)
	for bits, shape := range classes { // a token at position 2, or two from position 0
		p := relationtest.NewPass(t, rng, m, 1, 2*(1-bits), bits)
		p.Shape = shape
		q.cases = append(q.cases, uniformCases(t, u, all[3*bits:][:3], p)...)
	}
	blank := &stepCircuit{In: BlankInputs[frontend.Variable](u), Leaves: make([]frontend.Variable,
		len(q.cases[0].leaves)), u: u}
	q.ccs, err = frontend.Compile(ecc.BN254.ScalarField(), gnarkr1cs.NewBuilder, blank,
		frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	q.u = u
	return q
}

// uniformCases proves the steps of a pass under arguments of the uniform circuit.
func uniformCases(t testing.TB, u *Uniform, arguments []*Argument, p *relationtest.Pass) (cases []uniformCase) {
	r := newRunOf(t, p, arguments)
	r.fillRunning(t)
	for _, witness := range []func() *relation.Witness{
		func() *relation.Witness { return r.Embed(t) },
		func() *relation.Witness { return r.Blocks(t, 0) },
		func() *relation.Witness { return r.Head(t) },
	} {
		s := r.step(t, witness())
		in, err := u.Inputs(slices.Index(u.Arguments, s.argument), s.statement, s.proof)
		require.NoError(t, err)
		cases = append(cases, uniformCase{s.argument, s.statement, s.proof, s.result, in, leavesOf(u, s.result)})
	}
	return cases
}

func (q *uniformRun) solves(t testing.TB, in *Inputs[fr.Element], leaves []fr.Element) error {
	t.Helper()
	w, err := frontend.NewWitness(&stepCircuit{In: assignment(in), Leaves: variables(leaves)}, ecc.BN254.ScalarField())
	require.NoError(t, err)
	return q.ccs.IsSolved(w)
}

func assignment(in *Inputs[fr.Element]) *Inputs[frontend.Variable] {
	return ConvertInputs(in, func(x fr.Element) frontend.Variable { return x })
}

func variables(v []fr.Element) []frontend.Variable {
	return mapped(v, func(x fr.Element) frontend.Variable { return x })
}

// copied returns a deep copy of inputs.
func (in *Inputs[E]) copied() *Inputs[E] { return ConvertInputs(in, func(x E) E { return x }) }

// eachCase runs a test on a step of every kind and class.
func (q *uniformRun) eachCase(t *testing.T, test func(t *testing.T, c *uniformCase)) {
	for i := range q.cases {
		c := &q.cases[i]
		t.Run(fmt.Sprint(c.argument.Plan.Kind, " of 2^", c.argument.Shape.TokenBits), func(t *testing.T) { test(t, c) })
	}
}

// TestCircuitAgrees: one circuit accepts the honest proof of every kind and class,
// and leaves exactly what Verify leaves.
func TestCircuitAgrees(t *testing.T) {
	q, rng := uniformOf(t), rand.New(rand.NewPCG(7, 8))
	q.eachCase(t, func(t *testing.T, c *uniformCase) {
		require.NoError(t, q.solves(t, c.in, c.leaves))
		other := slices.Clone(c.leaves)
		arithtest.Bump(&other[rng.IntN(len(other))])
		require.Error(t, q.solves(t, c.in, other), "another result")
	})
}

// TestCircuitRefuses: with an element altered, in each list of the messages and in
// the rest of the inputs, the circuit refuses the step wherever Verify does.
func TestCircuitRefuses(t *testing.T) {
	q, rng := uniformOf(t), rand.New(rand.NewPCG(9, 10))
	q.eachCase(t, func(t *testing.T, c *uniformCase) {
		m := &c.in.copied().Messages
		var lists [][]fr.Element
		c.argument.own(m, func(l []fr.Element) { lists = append(lists, l) })
		for range 6 {
			l := lists[rng.IntN(len(lists))]
			x := &l[rng.IntN(len(l))]
			was := *x
			arithtest.Bump(x)
			in := *c.in
			in.Messages = *m
			require.Error(t, q.solves(t, &in, c.leaves), "an element of a message")
			*x = was
		}
		for name, alter := range map[string]func(in *Inputs[fr.Element]){
			"context": func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Statement[0]) },
			"claim":   func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Statement[4]) },
			"record":  func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Record[0]) },
			"cells":   func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Points.Cells[0]) },
			"input":   func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Points.Input[1]) },
			"output":  func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Points.Output[2]) },
			"added":   func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Points.Added[3]) },
			"running": func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Running[AccumulatorCells].Value) },
			"point":   func(in *Inputs[fr.Element]) { arithtest.Bump(&Last(in.Running[AccumulatorCells].Point, 1)[0]) },
			"balance": func(in *Inputs[fr.Element]) { arithtest.Bump(&in.Messages.Sums[len(in.Messages.Sums)-1]) },
			"no flag": func(in *Inputs[fr.Element]) { clear(in.Flags) },
		} {
			if name == "point" && c.in.Running[AccumulatorCells].Value.IsZero() {
				continue // a claim that zero is zero holds at any point: the context binds it
			}
			in := c.in.copied()
			alter(in)
			require.Error(t, q.solves(t, in, c.leaves), name)
		}
	})
}

// TestCircuitKinds: a step under the flag of another kind or class is refused, also
// with its messages moved to where that one has them.
func TestCircuitKinds(t *testing.T) {
	q := uniformOf(t)
	for i := range q.cases {
		for j := range q.cases {
			if i == j {
				continue
			}
			in := q.cases[i].in.copied()
			clear(in.Flags)
			in.Flags[j].SetOne()
			require.Error(t, q.solves(t, in, q.cases[i].leaves), "argument %d as %d", i, j)
			v, n := newVerifierOf(q.u, in)
			_, err := v.verify(in.message(), in.Running)
			require.NoError(t, err)
			require.Error(t, n.Err(), "argument %d as %d", i, j)
		}
	}
}

// newVerifierOf is the circuit's verifier over field elements.
func newVerifierOf(u *Uniform, in *Inputs[fr.Element]) (*verifier[fr.Element], *arith.Native) {
	n := new(arith.Native)
	return newVerifier(u.Arguments, transcript.Field{Native: n}, in.Flags, in.Record, &in.Pass, &in.Messages), n
}

// TestPaddingIsNoClaim: what fills the frame up is absorbed, so that another element
// there is another transcript: a proof made with it would have to be made anew. Sums
// and rounds that a program does not have must be zero even then.
func TestPaddingIsNoClaim(t *testing.T) {
	q := uniformOf(t)
	q.eachCase(t, func(t *testing.T, c *uniformCase) {
		m := &c.in.copied().Messages
		count := 0
		require.NoError(t, c.argument.each(m, func(l []fr.Element, own bool) error {
			if own || count > 8 {
				return nil
			}
			count++
			in := *c.in
			in.Messages = *m
			arithtest.Bump(&l[0])
			require.Error(t, q.solves(t, &in, c.leaves))
			_, err := c.argument.Verify(c.statement, &Proof{c.proof.Commitments, *m})
			require.ErrorIs(t, err, ErrShape)
			l[0].SetZero()
			return nil
		}))
		_, err := c.argument.Verify(c.statement, &Proof{c.proof.Commitments, *m})
		require.NoError(t, err)
	})
}

// tally counts a circuit's constraints by what asks for them.
type tally struct {
	*gadget.Circuit
	rows  func() int
	parts map[string]int
	label string // of what is being absorbed or hashed
}

// Const takes the label from the header of a message or of a hash.
func (c *tally) Const(x fr.Element) frontend.Variable {
	if h, ok := transcripttest.ParseHeader(x); ok && h.Mode != transcripttest.More {
		c.label = h.Text
	}
	return c.Circuit.Const(x)
}

// Every operation that may add rows is counted where it was called.
func (c *tally) Mul(a, b frontend.Variable) (v frontend.Variable) {
	c.count(func() { v = c.Circuit.Mul(a, b) })
	return v
}

func (c *tally) Inverse(a frontend.Variable) (v frontend.Variable) {
	c.count(func() { v = c.Circuit.Inverse(a) })
	return v
}

func (c *tally) Select(bit, a, b frontend.Variable) (v frontend.Variable) {
	c.count(func() { v = c.Circuit.Select(bit, a, b) })
	return v
}

func (c *tally) AssertEqual(a, b frontend.Variable, what string) {
	c.count(func() { c.Circuit.AssertEqual(a, b, what) })
}

func (c *tally) Bits(x frontend.Variable) (v []frontend.Variable) {
	c.count(func() { v = c.Circuit.Bits(x) })
	return v
}

func (c *tally) Wire(x frontend.Variable) (v frontend.Variable) {
	c.count(func() { v = c.Circuit.Wire(x) })
	return v
}

func (c *tally) Permute(s []frontend.Variable) {
	before := c.rows()
	c.Circuit.Permute(s)
	c.parts["hash: "+c.label] += c.rows() - before
}

func (c *tally) count(f func()) {
	before := c.rows()
	f()
	if n := c.rows() - before; n > 0 {
		c.parts[caller()] += n
	}
}

// callers tells parts by the innermost function of the stack that is named here.
var callers = []struct{ function, part string }{
	{"verifyRounds", "rounds: evaluation"}, {"Powers", "powers"}, {"drawLookups", "poles"},
	{"Challenge126", "rho: bits"},
	{"formulas", "masks"}, {"oneHot", "masks"}, {"points", "points"}, {"assertAbsent", "absent"}, {"weightClaims",
		"claims on weights"},
	{"folded", "fold"}, {").fold", "fold"}, {"reducedAt", "points"}, {"assertReduction", "sums of claims"},
	{"assertElementwise", "expressions"}, {"levelAt", "expressions"}, {"assertLevel", "sums of claims"},
	{"assertWindow", "window"}, {"levelSum", "sums of claims"},
	{"reductionSum", "sums of claims"}, {"inner", "sums of claims"}, {"drawPoint", "powers"}, {"drawWindow", "window"},
}

func caller() string {
	pc := make([]uintptr, 40)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		for _, c := range callers {
			if strings.Contains(f.Function, c.function) {
				return c.part
			}
		}
		if !more {
			return "other"
		}
	}
}

type tallyCircuit struct {
	In   *Inputs[frontend.Variable]
	u    *Uniform
	rows *func() int
	out  map[string]int
}

func (c *tallyCircuit) Define(api frontend.API) error {
	circuit, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	b := &tally{circuit, *c.rows, c.out, "start"}
	v := newVerifier[frontend.Variable](c.u.Arguments, b, c.In.Flags, c.In.Record, &c.In.Pass, &c.In.Messages)
	_, err = v.verify(c.In.message(), c.In.Running)
	return err
}

// constraints compiles the verifier and counts its rows by part.
func constraints(t testing.TB, u *Uniform) (total int, parts map[string]int) {
	t.Helper()
	parts = map[string]int{}
	var rows func() int
	builder := func(field *big.Int, config frontend.CompileConfig) (frontend.Builder[constraint.U64], error) {
		b, err := gnarkr1cs.NewBuilder[constraint.U64](field, config)
		if err != nil {
			return nil, err
		}
		system, err := b.Compile() // the system that the builder fills
		rows = system.GetNbConstraints
		return b, err
	}
	c := &tallyCircuit{In: BlankInputs[frontend.Variable](u), u: u, rows: &rows, out: parts}
	ccs, err := frontend.Compile(ecc.BN254.ScalarField(), builder, c, frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	sum := 0
	for _, n := range parts {
		sum += n
	}
	require.Equal(t, ccs.GetNbConstraints(), sum, "rows that no part has")
	return sum, parts
}

// TestCircuitSize compiles the verifier of the demo model's steps, and of a large
// one's, for one size class and for two, and prints the constraints by part.
func TestCircuitSize(t *testing.T) {
	most := map[string]int{"bard 6": 39_000, "bard 0 6": 40_500, "llama-3-8b 6": 48_000, "llama-3-8b 0 6": 49_500}
	for _, c := range llamatest.Configs {
		for _, classes := range [][]int{{6}, {0, 6}} {
			name := c.Name
			var shapes []relation.Shape
			for _, bits := range classes {
				s := relation.Shape{Config: c.Config, Softmax: c.Softmax, DownLimbs: 2, Eps: 1, TokenBits: bits,
					PositionBits: c.Positions, Blocks: 1}
				s.Config.Rope.Theta = 10000
				shapes, name = append(shapes, s), fmt.Sprint(name, " ", bits)
			}
			u, err := NewUniform(argumentsOf(t, shapes...)...)
			require.NoError(t, err)
			total, parts := constraints(t, u)
			text := ""
			for _, part := range slices.Sorted(maps.Keys(parts)) {
				text += fmt.Sprintf("\n  %7d  %s", parts[part], part)
			}
			t.Logf("%s, passes of up to 2^%v tokens: %d constraints%s", c.Name, classes, total, text)
			require.Less(t, total, most[name])
		}
	}
}
