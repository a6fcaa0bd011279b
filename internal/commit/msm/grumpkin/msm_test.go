// Code generated from ../msm_test.go by gen.go. DO NOT EDIT.

package grumpkin

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/commit/msm/partition"
)

// expected returns Σ w_i P_i, computed with gnark-crypto.
func expected(t require.TestingT, pts []curve.G1Affine, w []fr.Element) curve.G1Jac {
	var sum curve.G1Jac
	if len(pts) == 0 {
		return sum
	}
	_, err := sum.MultiExp(pts, w, ecc.MultiExpConfig{})
	require.NoError(t, err)
	return sum
}

func fromInts[T Integer](w []T) []fr.Element {
	e := make([]fr.Element, len(w))
	for i, x := range w {
		e[i].SetInt64(int64(x))
	}
	return e
}

func requireSame(t require.TestingT, want, got curve.G1Jac, what string) {
	require.True(t, want.Equal(&got), what)
}

// generator returns a generator of the group.
func generator() (g curve.G1Affine) {
	var one fr.Element
	one.SetOne()
	p, err := curve.HashToG1([]byte("g"), []byte("msm test"))
	if err != nil {
		panic(err)
	}
	return p
}

// randomPoints returns n distinct points i·G + Q.
func randomPoints(n int) []curve.G1Affine {
	g := generator()
	var p curve.G1Jac
	p.FromAffine(&g)
	jac := make([]curve.G1Jac, n)
	for i := range jac {
		p.DoubleAssign()
		p.AddMixed(&g)
		jac[i] = p
	}
	return affine(jac)
}

func affine(jac []curve.G1Jac) []curve.G1Affine {
	pts := make([]curve.G1Affine, len(jac))
	for i := range pts {
		pts[i].FromJacobian(&jac[i])
	}
	return pts
}

// awkward returns points that additions must treat as special cases: repetitions, opposites
// and infinity.
func awkward(r *rand.Rand, pts []curve.G1Affine) []curve.G1Affine {
	out := make([]curve.G1Affine, len(pts))
	few := pts[:min(3, len(pts))]
	for i := range out {
		switch r.IntN(4) {
		case 0:
			out[i] = few[r.IntN(len(few))]
		case 1:
			out[i].Neg(&few[r.IntN(len(few))])
		case 2: // infinity
		default:
			out[i] = pts[i]
		}
	}
	return out
}

var pool = randomPoints(1 << 15)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// columns returns random columns of one type: a function that draws a cell, by name.
func columns[T Integer](lo, hi int64) map[string]func(r *rand.Rand) T {
	return map[string]func(r *rand.Rand) T{
		"random":   func(r *rand.Rand) T { return T(lo + r.Int64N(hi-lo+1)) },
		"zero":     func(*rand.Rand) T { return 0 },
		"low":      func(*rand.Rand) T { return T(lo) },
		"high":     func(*rand.Rand) T { return T(hi) },
		"equal":    func(*rand.Rand) T { return T(lo/3 + hi/5) },
		"extremes": func(r *rand.Rand) T { return []T{T(lo), T(hi), 0, 1}[r.IntN(4)] },
		"sparse": func(r *rand.Rand) T {
			if r.IntN(50) > 0 {
				return 0
			}
			return T(lo + r.Int64N(hi-lo+1))
		},
	}
}

func testSmall[T Integer](t *testing.T, name string, lo, hi int64) {
	r := newRand(7)
	for kind, cell := range columns[T](lo, hi) {
		for _, n := range []int{0, 1, 2, 3, 63, 700, 1<<14 + 5} {
			w := make([]T, n)
			for i := range w {
				w[i] = cell(r)
			}
			for _, pts := range [][]curve.G1Affine{pool[:n], awkward(r, pool[:n])} {
				requireSame(t, expected(t, pts, fromInts(w)), Small(pts, partition.Run[T]{Cells: w}),
					fmt.Sprint(name, kind, n))
			}
		}
	}
}

func TestSmall(t *testing.T) {
	testSmall[int8](t, "s8 ", math.MinInt8, math.MaxInt8)
	testSmall[int8](t, "ternary ", -1, 1)
	testSmall[uint8](t, "u8 ", 0, math.MaxUint8)
	testSmall[int16](t, "s16 ", math.MinInt16, math.MaxInt16)
	testSmall[uint16](t, "u16 ", 0, math.MaxUint16)
	testSmall[int32](t, "s32 ", math.MinInt32, math.MaxInt32)
	testSmall[uint32](t, "u32 ", 0, math.MaxUint32)
}

func TestFull(t *testing.T) {
	r := newRand(3)
	for _, n := range []int{0, 1, 2, 100, 5000} {
		for kind := range 4 {
			w := make([]fr.Element, n)
			for i := range w {
				w[i] = fullScalar(r, kind)
			}
			for _, pts := range [][]curve.G1Affine{pool[:n], awkward(r, pool[:n])} {
				requireSame(t, expected(t, pts, w), Full(pts, w), fmt.Sprint(kind, n))
			}
		}
	}
}

// fullScalar returns a scalar of a kind: uniform, extreme, as in a witness, or all equal.
func fullScalar(r *rand.Rand, kind int) (e fr.Element) {
	uniform := func() { e.SetUint64(r.Uint64()).Exp(e, fr.Modulus().Rsh(fr.Modulus(), 3)) }
	switch kind {
	case 0:
		uniform()
	case 1:
		half := fr.Modulus()
		half.Rsh(half, 1)
		e.SetBigInt(half)
		e.SetInt64(int64(r.IntN(3)-1)).Add(&e, new(fr.Element).SetBigInt(half))
	case 2:
		switch r.IntN(4) {
		case 0:
			e.SetInt64(int64(r.IntN(3) - 1))
		case 1:
			e.SetInt64(r.Int64N(1<<20) - 1<<19)
		case 2:
			uniform()
		}
	default:
		e.SetInt64(-5).Inverse(&e)
	}
	return
}

func TestBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.Uint64(), 0, 40).Draw(t, "words")
		n := 64 * len(words)
		w := make([]uint8, n)
		for i := range w {
			w[i] = uint8(words[i/64] >> (i % 64) & 1)
		}
		requireSame(t, expected(t, pool[:n], fromInts(w)), Bits(pool[:n], words), "bits")
	})
}

// TestShapes compares results for random lengths, magnitudes and windows.
func TestShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3000).Draw(t, "n")
		shift := rapid.IntRange(0, 31).Draw(t, "shift")
		r := newRand(rapid.Uint64().Draw(t, "seed"))
		w := make([]int32, n)
		for i := range w {
			w[i] = int32(r.Uint32()) >> shift
		}
		pts := awkward(r, pool[:n])
		requireSame(t, expected(t, pts, fromInts(w)), Small(pts, partition.Run[int32]{Cells: w}), "s32")
	})
}
