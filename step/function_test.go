package step

import (
	"slices"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

var compiledFunction struct {
	sync.Once
	c *compiled
}

// functionOf returns the circuit of the honest run's step function.
func functionOf(t testing.TB) *compiled {
	r, _ := runMoments(t)
	compiledFunction.Do(func() {
		f, err := NewFunction(r.protocol)
		require.NoError(t, err)
		compiledFunction.c = compileFunction(t, f, nil)
	})
	require.NotNil(t, compiledFunction.c)
	return compiledFunction.c
}

// TestFunction: the step function, with the argument inside, maps honest steps of each kind to
// the tracker's next state. With any element of the state altered it fails, because the step's
// transcript begins with the state's digest.
func TestFunction(t *testing.T) {
	r, moments := runMoments(t)
	circuit := functionOf(t)
	f := circuit.f
	t.Logf("%d constraints", circuit.cs.GetNbConstraints())
	for _, c := range []struct {
		at    int
		kind  relation.Kind
		class int
	}{{firstEmbed, relation.Embed, 1}, {secondBlock, relation.Block, 0}, {firstHead, relation.Head, 1}} {
		t.Run(c.kind.String(), func(t *testing.T) {
			m := &moments[c.at]
			g := m.before.clone()
			z, of := g.Elements(&g.State), g.context()
			w, err := f.Witness(g, m.step)
			require.NoError(t, err)
			require.NoError(t, circuit.solves(t, of, z, w.Advice, w.Z))

			require.Error(t, circuit.solves(t, fr.Element{}, z, w.Advice, w.Z), "another context")
			for k := range z {
				other := append([]fr.Element{}, z...)
				arithtest.Bump(&other[k])
				context := r.protocol.digestOf(other)
				require.NotEqual(t, of, context)
				require.Error(t, circuit.solves(t, context, other, w.Advice, w.Z), "element %d of the state", k)
			}
			for i, x := range w.Advice[len(w.Advice)-f.messages:] {
				if i%97 != 0 {
					continue
				}
				advice := append([]fr.Element{}, w.Advice...)
				arithtest.Bump(&x)
				advice[len(w.Advice)-f.messages+i] = x
				require.Error(t, circuit.solves(t, of, z, advice, w.Z), "message %d", i)
			}
			checkOperations(t, w)
		})
	}
}

// TestFunctionSettles: the same circuit accepts the steps of a settlement. The argument then
// reads zeros, and all flags of its variants are zero.
func TestFunctionSettles(t *testing.T) {
	steps, before := settleSteps(t)
	c := functionOf(t)
	for i, s := range steps {
		g := before[i].clone()
		z, of := g.Elements(&g.State), g.context()
		w, err := c.f.SettleWitness(g, s)
		require.NoError(t, err)
		require.NoError(t, c.solves(t, of, z, w.Advice, w.Z), "step %d, %s", i, before[i].State.Phase)
		other := slices.Clone(w.Z)
		arithtest.Bump(&other[i%len(other)])
		require.Error(t, c.solves(t, of, z, w.Advice, other), "step %d, another state", i)
	}
}

// checkOperations checks that the points of a step satisfy its operations.
func checkOperations(t *testing.T, w *FunctionWitness) {
	at := Operands()
	points := func(of []int) (p []bn254.G1Affine) {
		for _, i := range of {
			p = append(p, w.Points[i])
		}
		return p
	}
	for _, i := range []int{0, 2} {
		p := points(at[i])
		require.Equal(t, p[len(p)-1], argument.Horner(w.Rho, p[0], p[1:len(p)-1]...))
	}
	p := points(at[1])
	var sum bn254.G1Affine
	require.Equal(t, p[2], *sum.Add(&p[0], &p[1]))
}

// TestSettlementOperations: the steps of a settlement satisfy the same operations.
func TestSettlementOperations(t *testing.T) {
	r, _ := runMoments(t)
	steps, before := settleSteps(t)
	f := anyFunction(r.protocol)
	g := before[0].clone()
	for _, s := range steps {
		w, err := f.SettleWitness(g, s)
		require.NoError(t, err)
		require.Len(t, w.Advice, f.Advice())
		require.Equal(t, g.Elements(&g.State), w.Z)
		checkOperations(t, w)
	}
	require.Equal(t, relation.Settled, g.State.Phase)
}

// TestFunctionDigest: functions of different parameters have different digests.
func TestFunctionDigest(t *testing.T) {
	seen := map[[32]byte]bool{}
	for _, c := range []struct {
		positions, segment int
		classes            []int
	}{{8, 24, []int{0, 6}}, {7, 24, []int{0, 6}}, {8, 20, []int{0, 6}}, {8, 24, []int{6}}, {8, 24, []int{0, 5}}} {
		p := blankProtocol(t, llamatest.Configs[0].Config, 32, c.positions, c.segment, c.classes...)
		seen[anyFunction(p).Digest()] = true
	}
	require.Len(t, seen, 5)
}
