package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// shapes includes non-multiples of a vector, a tile and a block, a matrix of several
// strips, and one larger than a block in both dimensions.
var shapes = [][2]int{{1, 1}, {3, 2}, {5, 31}, {7, 33}, {17, 161}, {61, 67}, {243, 19}, {9, 1283}, {500, 517}}

// allWays runs f with the portable kernels and, if available, with the vector kernels
// without and with AMX. Each is compared with the definition, and so with its twins.
func allWays(t *testing.T, f func(t *testing.T, r *rand.Rand)) {
	hasVectors, hasTiles := vectorised, tiled
	defer func() { vectorised, tiled = hasVectors, hasTiles }()
	for _, way := range []struct {
		name           string
		vectors, tiles bool
	}{{"portable", false, false}, {"vector", true, false}, {"tiles", true, true}} {
		t.Run(way.name, func(t *testing.T) {
			if way.vectors && !hasVectors || way.tiles && !hasTiles {
				t.Skip("not on this machine")
			}
			vectorised, tiled = way.vectors, way.tiles
			f(t, rand.New(rand.NewPCG(1, 2)))
		})
	}
}

// forEach runs f by allWays on every format, fill and shape.
func forEach(t *testing.T, f func(t *testing.T, r *rand.Rand, m Matrix, how fill)) {
	allWays(t, func(t *testing.T, r *rand.Rand) {
		for _, format := range formats {
			t.Run(format, func(t *testing.T) {
				for _, shape := range shapes {
					for how := range fills {
						f(t, r, newMatrix(r, format, shape[0], shape[1], how), how)
					}
				}
			})
		}
	})
}

func TestMul(t *testing.T) {
	forEach(t, func(t *testing.T, r *rand.Rand, m Matrix, how fill) {
		rows, cols := m.Dims()
		for _, tokens := range []int{1, 1 + r.IntN(15)} {
			x := newInputs(r, cols*tokens, how)
			wide := make([]int64, len(x))
			for i := range x {
				wide[i] = int64(x[i])
			}
			got := make([]int64, rows*tokens)
			Mul(got, m, x, tokens)
			for i, want := range naiveMul(m, wide, tokens) {
				require.Equal(t, want.Int64(), got[i])
			}
		}
	})
}

func TestMulWide(t *testing.T) {
	bits := []int{16, 17, 31, 32, 33, 47, 48, 49, 63, 64}
	forEach(t, func(t *testing.T, r *rand.Rand, m Matrix, how fill) {
		rows, cols := m.Dims()
		tokens := 1 + r.IntN(3)
		h := make([]int64, cols*tokens)
		limit := int64(math.MinInt64) >> (64 - bits[r.IntN(len(bits))])
		for i := range h {
			h[i] = r.Int64() & ^limit ^ -r.Int64N(2)
			if how != random {
				h[i] = pick(r, how, limit, ^limit)
			}
		}
		got := make([]Int128, rows*tokens)
		MulWide(got, m, h, tokens)
		for i, want := range naiveMul(m, h, tokens) {
			require.Equal(t, want.String(), got[i].String())
		}
	})
}

func TestVecMat(t *testing.T) {
	forEach(t, func(t *testing.T, r *rand.Rand, m Matrix, how fill) {
		rows, cols := m.Dims()
		e := newElements(r, rows, how)
		got := make([]fr.Element, cols)
		VecMat(got, e, m)
		require.Equal(t, naiveVecMat(e, m), got)
	})
}

func TestMatVec(t *testing.T) {
	forEach(t, func(t *testing.T, r *rand.Rand, m Matrix, how fill) {
		rows, cols := m.Dims()
		f := newElements(r, cols, how)
		got := make([]fr.Element, rows)
		MatVec(got, f, m)
		require.Equal(t, naiveMatVec(f, m), got)
	})
}

// VecMats gives the same results as VecMat for each vector, even if rows are skipped
// because all vectors are zero there.
func TestVecMats(t *testing.T) {
	const vectors = 3
	forEach(t, func(t *testing.T, r *rand.Rand, m Matrix, how fill) {
		rows, cols := m.Dims()
		step := 1 + r.IntN(4) // one row in step is read
		e, want, got := make([][]fr.Element, vectors), make([][]fr.Element, vectors), make([][]fr.Element, vectors)
		for i := range got {
			got[i], e[i] = make([]fr.Element, cols), newElements(r, rows, how)
			for y := range e[i] {
				if y%step != 0 || how == random && r.IntN(5) == 0 {
					e[i][y].SetZero()
				}
			}
			want[i] = naiveVecMat(e[i], m)
		}
		VecMats(got, e, m)
		require.Equal(t, want, got)
	})
}

// reduce is exact for lanes at their bounds and for values around multiples of r.
func TestReduce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	check := func(s laneSum) {
		v := new(big.Int)
		for l := lanes - 1; l >= 0; l-- {
			v.Add(v.Lsh(v, 16), big.NewInt(s[l]))
		}
		e, got := s.reduce(), new(big.Int)
		for i := len(e) - 1; i >= 0; i-- {
			got.Or(got.Lsh(got, 64), new(big.Int).SetUint64(e[i]))
		}
		require.Equal(t, v.Mod(v, fr.Modulus()).String(), got.String())
	}
	for _, bound := range []int64{math.MinInt64 >> 1, math.MaxInt64 >> 1, 0, 1, -1} {
		var s laneSum
		for l := range s {
			s[l] = bound
		}
		check(s)
	}
	for range 2000 {
		var s laneSum
		shift := r.IntN(63) + 1
		for l := range s {
			s[l] = r.Int64() >> shift * int64(1-2*r.IntN(2))
		}
		check(s)
		for l := range s { // a small multiple of r, or one more or less
			s[l] = int64(uint16(modulus[l/4]>>(16*(l%4)))) * int64(1+shift)
		}
		s[0] += int64(r.IntN(3) - 1)
		check(s)
	}
}

// The kernels are exact for weights and digits with all bytes at their bounds, and more rows
// and columns than a 32-bit sum can hold.
func TestSumBounds(t *testing.T) {
	const n = 66000
	allWays(t, func(t *testing.T, r *rand.Rand) {
		for _, format := range formats {
			for _, how := range []fill{lowest, highest} {
				for _, sign := range []fill{lowest, highest} {
					e := newElements(r, n, sign)
					m := newMatrix(r, format, n, 2, how)
					got := make([]fr.Element, 2)
					VecMat(got, e, m)
					require.Equal(t, naiveVecMat(e, m), got)
					m = newMatrix(r, format, 2, n, how)
					MatVec(got, e, m)
					require.Equal(t, naiveMatVec(e, m), got)
				}
			}
		}
	})
}

// Mul is exact for W8 weights with all planes at their bounds, -2^8 in the low one, and more
// columns than a 32-bit sum can hold.
func TestPlaneBounds(t *testing.T) {
	const n = 500
	allWays(t, func(t *testing.T, r *rand.Rand) {
		for _, w := range []int8{1, -1, 127} {
			m := newMatrix(r, "w8", 3, n, highest).(*W8)
			for i := range m.Mul {
				m.Mul[i] = 768
			}
			for i := range m.Data {
				m.Data[i] = w
			}
			x, wide, got := newInputs(r, n, lowest), make([]int64, n), make([]int64, 3)
			for i := range x {
				wide[i] = int64(x[i])
			}
			Mul(got, m, x, 1)
			for i, want := range naiveMul(m, wide, 1) {
				require.Equal(t, want.Int64(), got[i])
			}
		}
	})
}

func TestRowsOfAttention(t *testing.T) {
	allWays(t, func(t *testing.T, r *rand.Rand) {
		for _, n := range []int{0, 1, 7, 8, 9, 31, 32, 33, 64, 100, 131} {
			for how := range fills {
				testRows(t, r, n, how)
			}
		}
	})
}

func testRows(t *testing.T, r *rand.Rand, n int, how fill) {
	rows, stride := 1+r.IntN(20), n+r.IntN(40)
	v := newInputs(r, (rows-1)*stride+n, how)
	q, e := newInputs(r, n, how), newInputs(r, rows, how)
	scores, sums := make([]int64, rows), make([]int64, n)
	DotRows(scores, q, v, stride)
	SumRows(sums, e, v, stride)
	wantScores, wantSums := make([]int64, rows), make([]int64, n)
	for j := range rows {
		for i := range n {
			wantScores[j] += int64(q[i]) * int64(v[j*stride+i])
			wantSums[i] += int64(e[j]) * int64(v[j*stride+i])
		}
	}
	require.Equal(t, wantScores, scores)
	require.Equal(t, wantSums, sums)
}

func TestLengthsAreChecked(t *testing.T) {
	m := &W16{Rows: 2, Cols: 3, Data: make([]int16, 6)}
	e := make([]fr.Element, 3)
	require.Panics(t, func() { Mul(make([]int64, 2), m, make([]int16, 2), 1) })
	require.Panics(t, func() { MulWide(make([]Int128, 3), m, make([]int64, 3), 1) })
	require.Panics(t, func() { VecMat(e[:2], e[:2], m) })
	require.Panics(t, func() { VecMat(e, e, m) })
	require.Panics(t, func() { MatVec(e, e, m) })
	wide := &W16{Rows: 1, Cols: MaxCols + 1}
	require.Panics(t, func() { Mul(make([]int64, 1), wide, make([]int16, MaxCols+1), 1) })
}
