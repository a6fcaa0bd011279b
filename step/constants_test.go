package step

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/r1cs/gadget"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// TestRuleS2Lifts: the lift of an exponent's bits is 2^e in a step of blocks, for all exponents of
// all sizes, and zero in other steps. Six bits of 48 and more are refused.
func TestRuleS2Lifts(t *testing.T) {
	lift := func(block int, bits []fr.Element) (fr.Element, error) {
		m := newNativeRanges()
		p := &Params{exponents: exponentPlan{bits: []int{len(bits)}}}
		tr := &transition[fr.Element]{logic: logic[fr.Element]{m}, p: p, block: fr.NewElement(uint64(block))}
		return tr.liftsOf(bits)[0], m.Err()
	}
	for size := 4; size <= 6; size++ {
		for e := range 1 << size {
			have, err := lift(1, argument.Bits(e, size))
			if e >= 48 {
				require.ErrorContains(t, err, "below 48", "%d", e)
				continue
			}
			require.NoError(t, err)
			var want fr.Element
			want.SetBigInt(relation.Pow2(e))
			require.Equal(t, want, have, "2^%d of %d bits", e, size)
		}
		none, err := lift(0, make([]fr.Element, size))
		require.NoError(t, err)
		require.True(t, none.IsZero())
	}
}

// TestExponentPlan: for all numbers of layers and blocks a step, each block of each group reads the
// bits of its layer's exponents, and the lifts are the constants of the step.
func TestExponentPlan(t *testing.T) {
	for layers := 1; layers <= 12; layers++ {
		for blocks := 1; blocks <= layers; blocks++ {
			if layers%blocks != 0 {
				continue
			}
			c := llamatest.SmallConfig
			c.Layers = layers
			m := &weights.ModelCommitment{Description: weights.Description{Config: c, Scheme: llama.W16, DownLimbs: 3,
				Scales: llama.Scales{Softmax: 32, Eps: 1}}}
			m.Description.Config.Rope.Theta, m.Description.Config.RMSEps = 10000, 1e-5
			shape, err := m.Description.Shape(0, 3, blocks)
			require.NoError(t, err)
			rng := rand.New(rand.NewPCG(uint64(layers), uint64(blocks)))
			for range layers {
				var es relation.LayerExponents
				for _, bits := range shape.ExponentBits() {
					es = append(es, rng.IntN(min(48, 1<<bits)))
				}
				m.Exponents = append(m.Exponents, es)
			}
			p := &Params{Model: m, Blocks: blocks, classes: []class{{shape: shape}}}
			p.packed, err = m.PackedExponents()
			require.NoError(t, err)
			require.NoError(t, p.planExponents())
			program, err := relation.NewBlock(shape)
			require.NoError(t, err)
			digest := weights.ConstantsDigest(transcript.NewField(), p.packed, m.Salt)
			for group := range p.groups() {
				want, err := m.StepConstants(program, group*blocks, blocks)
				require.NoError(t, err)
				in := &transitionAdvice[fr.Element]{constantAdvice: newConstantAdvice[fr.Element](p)}
				p.setConstants(group, &in.constantAdvice)
				ranges := newNativeRanges()
				tr := &transition[fr.Element]{logic: logic[fr.Element]{ranges}, p: p, in: in, block: fr.One(),
					z: &stateVector[fr.Element]{Constants: digest, Group: fr.NewElement(uint64(group))}}
				tr.openConstants()
				require.NoError(t, ranges.Err())
				require.Equal(t, want.Elements(), tr.constantsOf(program), "%d layers by %d, group %d", layers, blocks,
					group)
			}
		}
	}
}

// TestBoolsOfManyFlags: more flags than the field has bits are bits one by one, natively and in a
// circuit. A run of 300 groups has so many.
func TestBoolsOfManyFlags(t *testing.T) {
	for _, at := range []int{0, maxCompared - 1, maxCompared, 299} {
		flags := make([]fr.Element, 300)
		m := newNativeRanges()
		flags[at].SetOne()
		logic[fr.Element]{m}.bools(flags, "flags")
		require.NoError(t, m.Err())
		flags[at].SetUint64(2)
		logic[fr.Element]{m}.bools(flags, "flags")
		require.ErrorContains(t, m.Err(), "flags")
	}
	_, err := gadget.Compile[fr.Element](&manyFlags{})
	require.NoError(t, err)
}

// manyFlags is a circuit of 300 flags.
type manyFlags struct{ Flags [300]frontend.Variable }

func (c *manyFlags) Define(api frontend.API) error {
	g, err := gadget.NewCircuit(api)
	if err == nil {
		logic[frontend.Variable]{g}.bools(c.Flags[:], "flags")
	}
	return err
}
