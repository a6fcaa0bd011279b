package step

import (
	"maps"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark/constraint"
	"github.com/consensys/gnark/frontend"
	gnarkr1cs "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/r1cs/gadget"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// transitionParts names the parts of a transition by its functions.
var transitionParts = map[string]string{
	"kinds": "kinds", "laySize": "pass", "layChoices": "pass", "layPass": "pass", "layTokens": "tokens",
	"openConstants": "constants", "openRecords": "records", "openSlots": "running claims",
	"nextSlots": "running claims",
	"claimed":   "digest of claims", "linkPoints": "points", "nextChains": "chains", "finish": "chains",
	"context":    "context",
	"playRounds": "settlement: rounds", "openPoint": "settlement: point", "linkOmegas": "settlement: omegas",
	"openClaims": "settlement: digest of claims", "readClaims": "settlement: claims", "foldClaims": "settlement: fold",
	"extendChunk": "settlement: commitments", "settleNext": "settlement: state", "settle": "settlement: state",
	"claimRho": "settlement: fold",
	"points":   "points",
}

// countedMachine is a circuit that counts its rows by the part of the transition that adds
// them.
type countedMachine struct {
	*gadget.Circuit
	rows  func() int
	parts map[string]int
}

func (c *countedMachine) count(f func()) {
	before := c.rows()
	f()
	n := c.rows() - before
	if n == 0 {
		return
	}
	pc := make([]uintptr, 60)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		name := strings.TrimSuffix(f.Function, "[...]")
		name = strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "[...]")
		if part, ok := transitionParts[name]; ok {
			c.parts[part] += n
			return
		}
	}
	c.parts["other"] += n
}

func (c *countedMachine) Mul(a, b frontend.Variable) (v frontend.Variable) {
	c.count(func() { v = c.Circuit.Mul(a, b) })
	return v
}

func (c *countedMachine) Select(bit, a, b frontend.Variable) (v frontend.Variable) {
	c.count(func() { v = c.Circuit.Select(bit, a, b) })
	return v
}

func (c *countedMachine) AssertEqual(a, b frontend.Variable, what string) {
	c.count(func() { c.Circuit.AssertEqual(a, b, what) })
}

func (c *countedMachine) AssertBool(a frontend.Variable, what string) {
	c.count(func() { c.Circuit.AssertBool(a, what) })
}

func (c *countedMachine) AssertAtMost(b []frontend.Variable, top *big.Int, what string) {
	c.count(func() { c.Circuit.AssertAtMost(b, top, what) })
}

func (c *countedMachine) Bits(x frontend.Variable) (v []frontend.Variable) {
	c.count(func() { v = c.Circuit.Bits(x) })
	return v
}

func (c *countedMachine) Wire(x frontend.Variable) (v frontend.Variable) {
	c.count(func() { v = c.Circuit.Wire(x) })
	return v
}

func (c *countedMachine) Permute(s []frontend.Variable) { c.count(func() { c.Circuit.Permute(s) }) }

// countedCircuit is a transition after anyArgument.
type countedCircuit struct {
	*functionCircuit
	rows  *func() int
	parts map[string]int
}

func (c *countedCircuit) Define(api frontend.API) error {
	circuit, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	m := &countedMachine{circuit, *c.rows, c.parts}
	z, in, rest, err := c.read(func(p [PointLimbs]frontend.Variable) argument.Limbs[frontend.Variable] {
		before := m.rows()
		limbs := circuit.NonNativePoint(p).Encode(circuit)
		c.parts["points"] += m.rows() - before
		return argument.Limbs[frontend.Variable](limbs)
	})
	if err != nil {
		return err
	}
	t := newTransition[frontend.Variable](c.f.p, m, z, in)
	t.begin()
	t.context(c.Context)
	if err := t.settle(c.Context); err != nil {
		return err
	}
	left, _, err := c.verify(circuit, t, t.context(c.Context), rest)
	if err != nil {
		return err
	}
	t.finish(left)
	return nil
}

// blankProtocol returns parameters for a model of the given shape, with zero commitments.
func blankProtocol(t testing.TB, config llama.Config, softmax, positions, segmentBits int, classes ...int) *Params {
	t.Helper()
	config.Rope.Theta, config.RMSEps = 10000, 1e-5
	c := &weights.ModelCommitment{Description: weights.Description{Config: config, Scheme: llama.W8, DownLimbs: 2,
		Scales: llama.Scales{Softmax: softmax, Eps: 1}}}
	shape, err := c.Description.WholeShape()
	require.NoError(t, err)
	c.Layout, err = weights.NewLayout(shape, segmentBits)
	require.NoError(t, err)
	for range config.Layers {
		c.Exponents = append(c.Exponents, slices.Repeat(relation.LayerExponents{3}, len(shape.ExponentBits())))
	}
	for record := range weights.RecordCount(config) {
		r := weights.ModelRecord{}
		for _, tensor := range c.Layout.TensorsOf(shape, record) {
			r.Commitments = append(r.Commitments, make([]bn254.G1Affine, tensor.Segments(c.Layout)))
		}
		c.Records = append(c.Records, r)
	}
	p, err := NewParams(c, positions, 1, classes)
	require.NoError(t, err)
	return p
}

// TestTransitionSize counts the rows of the state's rules for the demo model's shape
// and for a large one, and prints them by part.
func TestTransitionSize(t *testing.T) {
	for _, c := range llamatest.Configs {
		p := blankProtocol(t, c.Config, c.Softmax, c.Positions, 24, 0, 6)
		parts := map[string]int{}
		var rows func() int
		builder := func(field *big.Int, config frontend.CompileConfig) (frontend.Builder[constraint.U64], error) {
			b, err := gnarkr1cs.NewBuilder[constraint.U64](field, config)
			if err != nil {
				return nil, err
			}
			system, err := b.Compile()
			rows = system.GetNbConstraints
			return b, err
		}
		circuit := &countedCircuit{newFunctionCircuit(anyFunction(p), (&anyArgument{p: p}).verify), &rows, parts}
		cs, err := frontend.Compile(ecc.BN254.ScalarField(), builder, circuit, frontend.IgnoreUnconstrainedInputs())
		require.NoError(t, err)
		sum := 0
		text := ""
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			sum += parts[name]
			text += "\n" + strings.Repeat(" ", 4) + name + ": " + big.NewInt(int64(parts[name])).String()
		}
		t.Logf("%s: %d constraints, a state of %d elements, advice of %d%s", c.Name, cs.GetNbConstraints(), p.Width(),
			circuit.f.Advice(), text)
		require.Equal(t, cs.GetNbConstraints(), sum, "rows that no part has")
		require.Zero(t, parts["other"])
	}
}
