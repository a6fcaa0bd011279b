package poly

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/arith"
)

func randomPoint(rng *rand.Rand, n int) []fr.Element {
	p := make([]fr.Element, n)
	for i := range p {
		p[i] = randomElement(rng)
	}
	return p
}

func indicator(b bool) (z fr.Element) {
	if b {
		z.SetOne()
	}
	return
}

// Every closed form equals the multilinear extension of its table.
func TestClosedForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 6).Draw(t, "n")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
		x, y, ar := randomPoint(rng, n), randomPoint(rng, n), new(arith.Native)
		size := 1 << n

		ex, ey := EqTable(x), EqTable(y)
		limit := uint64(rapid.IntRange(0, size).Draw(t, "limit"))
		live := make(fr.Vector, size)
		for i := range live {
			require.True(t, ex[i] == EqBits(ar, uint64(i), x))
			live[i] = indicator(uint64(i) < limit)
		}
		require.True(t, Eval(live, x) == Live(ar, limit, x))
		require.True(t, ex.InnerProduct(ey) == Eq(ar, x, y))

		var less, lessEqual fr.Element
		for a := range size {
			for b := range size {
				var w fr.Element
				w.Mul(&ex[a], &ey[b])
				if a < b {
					less.Add(&less, &w)
				}
				if a <= b {
					lessEqual.Add(&lessEqual, &w)
				}
			}
		}
		require.True(t, less == Less(ar, x, y))
		require.True(t, lessEqual == LessEqual(ar, x, y))
		require.NoError(t, ar.Err())
	})
}

// The first variable is the most significant bit of the index.
func TestConvention(t *testing.T) {
	v := fr.Vector{fr.NewElement(10), fr.NewElement(20), fr.NewElement(30), fr.NewElement(40)}
	zero, one := fr.Element{}, fr.One()
	require.Equal(t, v[1], Eval(v, []fr.Element{zero, one}))
	require.Equal(t, v[2], Eval(v, []fr.Element{one, zero}))
	require.Equal(t, fr.Vector{v[2], v[3]}, Bind(append(fr.Vector{}, v...), &one))
}

// Eval and Bind agree, above and below the size of a block.
func TestEvalIsBinding(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, n := range []int{0, 1, 9, 10, 11, 13} {
		v, p := fr.Vector(randomPoint(rng, 1<<n)), randomPoint(rng, n)
		want := Eval(v, p)
		for i := range p {
			v = Bind(v, &p[i])
		}
		require.True(t, want == v[0], "%d variables", n)
	}
}

func TestVars(t *testing.T) {
	n, err := Vars(1024)
	require.NoError(t, err)
	require.Equal(t, 10, n)
	for _, bad := range []int{-4, 0, 3, 1023} {
		_, err := Vars(bad)
		require.Error(t, err)
	}
}
