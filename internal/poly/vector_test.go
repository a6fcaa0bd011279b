package poly

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// extreme returns n elements, many of them with raw limbs at the ends of the range.
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

// The kernels agree with gnark-crypto at every length around their step and up to the
// maximum length of the columns.
func TestVectorKernels(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	for _, n := range []int{0, 1, 7, 8, 9, 15, 16, 64, 1000, 1024, 3200, 3208, 7001} {
		for range 3 {
			a, b := extreme(rng, n), extreme(rng, n)
			if n > 2000 { // the largest possible column sums
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

			line := newLine(&r)
			line.portable(want, a, b, tmp)
			line.lerp(got, a, b, tmp)
			require.True(t, want.Equal(got), "line of %d", n)
			line.lerp(a, a, b, b) // in place, as Bind does
			require.True(t, want.Equal(a), "line of %d in place", n)
		}
	}
}

// A line whose sum before reduction is twice the modulus, a case that random inputs do not
// reach: x is r - 1 in raw limbs, and r (y - x) is 1, which the kernel's product represents
// as r + 1.
func TestLineIsReducedTwice(t *testing.T) {
	const n = 16
	x, y, tmp := make(fr.Vector, n), make(fr.Vector, n), make(fr.Vector, n)
	top, raw, z := fr.Element(modulus), fr.Element{1}, random(1)[0]
	top[0]--
	var r fr.Element
	r.Sub(&z, &top)
	r.Inverse(&r)
	r.Mul(&r, &raw)
	for i := range x {
		x[i], y[i] = top, z
	}
	newLine(&r).lerp(x, x, y, tmp)
	require.True(t, x.Equal(make(fr.Vector, n)))
}

// fromColumns agrees with big integers, with all lanes full.
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
