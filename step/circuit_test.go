package step

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/constraint"
	"github.com/consensys/gnark/frontend"
	gnarkr1cs "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/stretchr/testify/require"

	"fold/internal/arith"
	"fold/internal/transcript"
	"fold/llama"
	"fold/r1cs"
)

// stepCircuit is the verifier of a step as a circuit of its own. What it leaves
// is given as public variables, so that it is seen to be what Verify leaves.
type stepCircuit struct {
	In     *Inputs[frontend.Variable]
	Leaves []frontend.Variable `gnark:",public"`

	a *Argument
}

func (c *stepCircuit) Define(api frontend.API) error {
	f, err := c.a.Constrain(api, c.In)
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
	for _, r := range []Running[E]{f.Cells, f.Cache} {
		if r.Point != nil {
			out = append(append(out, r.Value), r.Point...)
		}
	}
	for _, d := range f.Deferred {
		out = append(append(out, d.Value), d.Point...)
	}
	return out
}

// TestCircuitAgrees: the circuit accepts the honest proof of every kind and
// leaves what Verify leaves; with one message altered it does not.
func TestCircuitAgrees(t *testing.T) {
	for _, s := range honestSteps(t) {
		t.Run(s.argument.plan.Kind.String(), func(t *testing.T) {
			in, err := s.argument.Inputs(s.statement, s.proof)
			require.NoError(t, err)
			want, err := constrain[fr.Element](s.argument, transcript.Field{Native: new(arith.Native)}, in)
			require.NoError(t, err)

			public := leaves(want)
			blank := &stepCircuit{In: s.argument.Variables(), Leaves: make([]frontend.Variable, len(public)), a: s.argument}
			ccs, err := frontend.Compile(ecc.BN254.ScalarField(), gnarkr1cs.NewBuilder, blank)
			require.NoError(t, err)
			solves := func(in *Inputs[fr.Element], public []fr.Element) error {
				w, err := frontend.NewWitness(&stepCircuit{In: Assignment(in), Leaves: variables(public)}, ecc.BN254.ScalarField())
				require.NoError(t, err)
				return ccs.IsSolved(w)
			}
			require.NoError(t, solves(in, public))

			one := fr.One()
			rng := rand.New(rand.NewPCG(7, 8))
			other := slices.Clone(public)
			x := &other[rng.IntN(len(other))]
			x.Add(x, &one)
			require.Error(t, solves(in, other), "another result")
			var all []*fr.Element
			altered := convert(in, func(x fr.Element) *fr.Element { all = append(all, &x); return &x })
			for range 6 {
				x := all[rng.IntN(len(all))]
				was := *x
				x.Add(x, &one)
				in := convert(altered, func(x *fr.Element) fr.Element { return *x })
				*x = was
				if _, err := replay(s.argument, in, public); err != nil { // what no check sees is no check's: a token bit of a block
					require.Error(t, solves(in, public))
				}
			}
			m := convert(altered, func(x *fr.Element) fr.Element { return *x })
			m.Messages.Values[0].Add(&m.Messages.Values[0], &one)
			require.Error(t, solves(m, public), "another value")
		})
	}
}

func variables(v []fr.Element) []frontend.Variable {
	return mapped(v, func(x fr.Element) frontend.Variable { return x })
}

// replay runs the native verifier on inputs and compares what it leaves.
func replay(a *Argument, in *Inputs[fr.Element], want []fr.Element) (*Folded[fr.Element], error) {
	n := new(arith.Native)
	f, err := constrain[fr.Element](a, transcript.Field{Native: n}, in)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(leaves(f), want) {
		return nil, fmt.Errorf("the step leaves something else")
	}
	return f, n.Err()
}

// tally counts a circuit's constraints by what asks for them.
type tally struct {
	*r1cs.Circuit
	rows  func() int
	parts map[string]int
	label string // of the message that is being absorbed
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
	{"verifyRounds", "rounds: evaluation"}, {"Powers", "powers"}, {"drawLookups", "poles"}, {"Challenge126", "rho: bits"},
	{"formulas", "masks"}, {"deferred", "masks"}, {"points", "points"}, {"verifyReduction", "points"},
	{"verifyElementwise", "expressions"}, {"verifyLevel", "expressions"}, {"verifyWindow", "window"}, {"assertAbsent", "absent"},
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
	a    *Argument
	rows *func() int
	out  map[string]int
}

func (c *tallyCircuit) Define(api frontend.API) error {
	circuit, err := r1cs.NewCircuit(api)
	if err != nil {
		return err
	}
	b := &tally{circuit, *c.rows, c.out, "start"}
	v := newVerifier[frontend.Variable](c.a, b, c.In.Record, &c.In.Pass, &c.In.Messages)
	v.tr.Intercept(func(m transcript.Message[frontend.Variable]) []transcript.Message[frontend.Variable] {
		b.label = m.Label
		return []transcript.Message[frontend.Variable]{m}
	})
	p := &c.In.Points
	_, err = v.verify(c.a.reduction, &message[frontend.Variable]{
		context: c.In.Context, record: c.In.Record,
		input: p.Input, cache: p.Cache, cells: p.Cells, outputs: p.Outputs,
		output: p.Output, added: p.Added, inverses: p.Inverses,
	}, c.In.Running[SlotCells], c.In.Running[SlotCache])
	return err
}

// constraints compiles the verifier of an argument and counts its rows by part.
func constraints(t testing.TB, a *Argument) (total int, parts map[string]int) {
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
	c := &tallyCircuit{In: a.Variables(), a: a, rows: &rows, out: parts}
	ccs, err := frontend.Compile(ecc.BN254.ScalarField(), builder, c, frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	sum := 0
	for _, n := range parts {
		sum += n
	}
	require.Equal(t, ccs.GetNbConstraints(), sum, "rows that no part has")
	return sum, parts
}

// testConfigs are the shapes whose verifiers are counted.
var testConfigs = []struct {
	name      string
	config    llama.Config
	positions int
	softmax   int
}{
	{"bard", llama.Config{Dim: 128, Hidden: 352, Layers: 4, Heads: 8, KVHeads: 2, HeadDim: 16, Vocab: 512, Context: 256}, 8, 32},
	{"llama-3-8b", llama.Config{Dim: 4096, Hidden: 14336, Layers: 32, Heads: 32, KVHeads: 8, HeadDim: 128, Vocab: 128256, Context: 2048}, 11, 48},
}

// TestCircuitSize compiles the verifiers of the demo model's shape, and of a
// large one, and prints their constraints by part.
func TestCircuitSize(t *testing.T) {
	for _, c := range testConfigs {
		shape := Shape{Config: c.config, Softmax: c.softmax, DownLimbs: 2, TokenBits: 6, PositionBits: c.positions, Blocks: 1}
		shape.Config.Rope.Theta = 10000
		for _, a := range argumentsOf(t, shape) {
			total, parts := constraints(t, a)
			text := ""
			for _, name := range slices.Sorted(maps.Keys(parts)) {
				text += fmt.Sprintf("\n  %7d  %s", parts[name], name)
			}
			rounds := a.plan.elementwise.vars + len(a.blank().Reduction.Rounds)
			for _, l := range a.plan.levels {
				rounds += l.vars
			}
			t.Logf("%s %s: %d constraints, %d rounds, %d claims, proof of %d bytes%s",
				c.name, a.plan.Kind, total, rounds, len(a.plan.claims), a.ProofSize(), text)
			require.Less(t, total, 96_000)
		}
	}
}

// argumentsOf builds the arguments of all kinds for a shape, in common slots.
func argumentsOf(t testing.TB, s Shape) (as []*Argument) {
	t.Helper()
	var slots Slots
	var programs []*Program
	for _, build := range []func(Shape) (*Program, error){NewEmbed, NewBlock, NewHead} {
		p, err := build(s)
		require.NoError(t, err)
		programs = append(programs, p)
		slots.Cells = max(slots.Cells, p.CellBits, p.Extents.Bits(perChannel))
		slots.Cache = max(slots.Cache, newPlan(p).cacheBits)
	}
	for _, p := range programs {
		a, err := NewArgument(p, s, slots)
		require.NoError(t, err)
		as = append(as, a)
	}
	return as
}
