package poly

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// extreme returns n elements, many of them at the ends of the raw range.
func extreme(rng *rand.Rand, n int) fr.Vector {
	v := fr.Vector(randomPoint(rng, n))
	top := fr.Element(modulus)
	top[0]-- // r - 1 as limbs
	for i := range v {
		switch rng.IntN(5) {
		case 0:
			v[i] = fr.Element{}
		case 1:
			v[i] = top
		case 2:
			v[i] = fr.Element{1}
		}
	}
	return v
}

// The kernels against the library, at every length around their step and up to
// where the columns are full.
func TestVectorKernels(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	for _, n := range []int{0, 1, 7, 8, 9, 15, 16, 64, 1000, 1024, 3200, 3208, 7001} {
		for range 3 {
			a, b := extreme(rng, n), extreme(rng, n)
			if n > 2000 { // as large as a column can become
				for i := range a {
					a[i], b[i] = fr.Element(modulus), fr.Element(modulus)
					a[i][0]--
					b[i][0]--
				}
			}
			r := extreme(rng, 1)[0]
			require.True(t, a.InnerProduct(b) == innerProduct(a, b), "inner product of %d", n)

			want, got, tmp := make(fr.Vector, n), make(fr.Vector, n), make(fr.Vector, n)
			want.Mul(a, b)
			multiply(got, a, b)
			require.True(t, want.Equal(got), "product of %d", n)

			lerpPortable(want, a, b, tmp, &r)
			lerp(got, a, b, tmp, &r)
			require.True(t, want.Equal(got), "line of %d", n)
			lerp(a, a, b, b, &r) // in place, as Bind does
			require.True(t, want.Equal(a), "line of %d in place", n)
		}
	}
}

// The sum x + r (y - x) at its largest before it is reduced, where r must be
// subtracted twice: the factor 16 r and y at the top of the range, x near it.
// About one pair in two hundred gets there.
func TestLineIsReducedTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 14))
	top := fr.Element(modulus)
	top[0]--
	r, sixteen := top, fr.NewElement(16)
	sixteen.Inverse(&sixteen)
	r.Mul(&r, &sixteen)
	const n = 4096
	x, y := make(fr.Vector, n), make(fr.Vector, n)
	for i := range x {
		x[i], y[i] = top, top
		x[i][3] -= rng.Uint64N(modulus[3] / 100)
	}
	want, got, tmp := make(fr.Vector, n), make(fr.Vector, n), make(fr.Vector, n)
	lerpPortable(want, x, y, tmp, &r)
	lerp(got, x, y, tmp, &r)
	require.True(t, want.Equal(got))
}

// fromColumns against the integers, every lane full.
func TestFromColumns(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 13))
	var columns [10][8]uint64
	want := new(big.Int)
	for i := range columns {
		for j := range columns[i] {
			columns[i][j] = rng.Uint64()
			if i == 9 {
				columns[i][j] >>= 8 // 520 bits in all
			}
			v := new(big.Int).SetUint64(columns[i][j])
			want.Add(want, v.Lsh(v, uint(52*i)))
		}
	}
	var z, u fr.Element
	z.SetBigInt(want)
	z.Mul(&z, &unscale)
	u = fromColumns(&columns)
	require.True(t, z == u)
}
