package commit

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestPieces commits to one vector whose pieces arrive in every form.
func TestPieces(t *testing.T) {
	k, err := testKey().Truncate(3000)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		r := newRand(rapid.Uint64().Draw(t, "seed"))
		want := make(fr.Vector, k.Len())
		a := k.NewAccumulator()
		place := func(w fr.Vector) (offset int) {
			offset = r.IntN(k.Len() - len(w) + 1)
			for i := range w {
				want[offset+i].Add(&want[offset+i], &w[i])
			}
			return offset
		}
		n := rapid.IntRange(0, 400).Draw(t, "n")
		u, s, q := make([]uint8, n), make([]int16, n), make([]uint32, n)
		for i := range u {
			u[i], s[i], q[i] = uint8(r.Uint32()), int16(r.Uint32()), r.Uint32()
		}
		require.NoError(t, AddInts(a, place(toElements(u)), u))
		require.NoError(t, AddInts(a, place(toElements(s)), s))
		require.NoError(t, AddInts(a, place(toElements(q)), q))
		f := randomElements(r, n)
		require.NoError(t, a.AddElements(place(f), f))
		words := make([]uint64, (n+63)/64)
		bits := make(fr.Vector, n)
		for i := range bits {
			if r.IntN(2) == 1 {
				words[i/64] |= 1 << (i % 64)
				bits[i].SetOne()
			}
		}
		require.NoError(t, a.AddBits(place(bits), words, n))
		blind := randomElement(r)
		a.AddBlind(&blind)

		pts := append(append([]bn254.G1Affine{}, k.Points()...), k.BlindingBase())
		require.Equal(t, reference(t, pts, append(want, blind)), a.Commitment())
		a.Reset()
		require.Equal(t, bn254.G1Affine{}, a.Commitment())
	})
}

// TestCommitmentsToZero: values of zero, given in any form, add nothing to a commitment,
// which is infinity or its blind.
func TestCommitmentsToZero(t *testing.T) {
	const n = 1000
	k := testKey()
	b := NewBuckets(k)
	require.NoError(t, b.Add(5, Grid{1, n, n, n}, make([]uint16, n)))
	b.Sum()
	empty := NewBuckets(k)
	empty.Sum()
	g, err := NewGrumpkinKey(n)
	require.NoError(t, err)
	for _, blind := range []uint64{0, 99} {
		a := k.NewAccumulator()
		require.NoError(t, AddInts(a, 7, make([]uint8, n)))
		require.NoError(t, AddInts(a, 7, make([]int16, n)))
		require.NoError(t, AddInts(a, 7, make([]int32, n)))
		require.NoError(t, AddInts(a, 7, []int16{}))
		require.NoError(t, a.AddElements(7, make(fr.Vector, n)))
		require.NoError(t, a.AddBits(7, make([]uint64, 2), 100))
		a.AddBucketInts([]*Buckets{b, empty}, func(_ int, v uint16) int32 { return int32(v) })
		a.AddBucketElements([]*Buckets{b, empty}, func(_ int, v uint16) fr.Element { return fr.NewElement(uint64(v)) })
		e := fr.NewElement(blind)
		a.AddBlind(&e)
		require.Equal(t, reference(t, []bn254.G1Affine{k.BlindingBase()}, fr.Vector{e}), a.Commitment())

		f := fq.NewElement(blind)
		c, err := g.Commit(make([]fq.Element, n), &f)
		require.NoError(t, err)
		h := g.BlindingBase()
		require.Equal(t, *h.ScalarMultiplication(&h, f.BigInt(new(big.Int))), c)
	}
}

func TestGrid(t *testing.T) {
	k := testKey()
	rapid.Check(t, func(t *rapid.T) {
		r := newRand(rapid.Uint64().Draw(t, "seed"))
		live := rapid.IntRange(0, 60).Draw(t, "live")
		g := Grid{
			Rows: rapid.IntRange(0, 40).Draw(t, "rows"), Live: live,
			Pitch: live + rapid.IntRange(0, 9).Draw(t, "pitch"), Stride: live + rapid.IntRange(0, 90).Draw(t, "stride"),
		}
		cells := make([]int16, g.Rows*g.Pitch)
		want := make(fr.Vector, 7+g.Rows*g.Stride)
		for i := range cells {
			cells[i] = int16(r.Uint32())
			if c := i % g.Pitch; c < live {
				want[7+i/g.Pitch*g.Stride+c].SetInt64(int64(cells[i]))
			}
		}
		a := k.NewAccumulator()
		require.NoError(t, AddGrid(a, 7, g, cells))
		require.Equal(t, reference(t, k.Points(), want), a.Commitment())
	})
}

func TestMisfits(t *testing.T) {
	k, err := testKey().Truncate(100)
	require.NoError(t, err)
	a, b := k.NewAccumulator(), NewBuckets(k)
	one := Grid{Rows: 1, Live: 1, Pitch: 1, Stride: 1}
	require.ErrorIs(t, AddInts(a, 1, make([]int8, 100)), ErrTooShort)
	require.ErrorIs(t, AddInts(a, -1, make([]int8, 1)), ErrTooShort)
	require.ErrorIs(t, a.AddElements(101, nil), ErrTooShort)
	require.ErrorIs(t, a.AddBits(90, make([]uint64, 1), 11), ErrTooShort)
	require.Error(t, a.AddBits(0, []uint64{8}, 3), "a bit beyond the end")
	require.Error(t, a.AddBits(0, nil, 3), "too few words")
	require.ErrorIs(t, b.Add(100, one, make([]uint16, 1)), ErrTooShort)
	require.ErrorIs(t, b.AddPoint(1, 100), ErrTooShort)
	require.Error(t, b.Add(0, Grid{Rows: 3, Live: 2, Pitch: 2, Stride: 5}, make([]uint16, 5)))
	require.Error(t, b.Add(0, Grid{Rows: 2, Live: 2, Pitch: 2, Stride: 1}, make([]uint16, 4)), "rows overlap")
	require.ErrorIs(t, b.Add(0, Grid{Rows: 2, Live: 1, Pitch: 1, Stride: 1 << 62}, make([]uint16, 4)), ErrTooShort)
	_, err = k.Commit(make(fr.Vector, 101))
	require.ErrorIs(t, err, ErrTooShort)
	_, err = MSM(k.Points(), make(fr.Vector, 99))
	require.ErrorIs(t, err, ErrTooShort)
	_, err = WeightedSum(k.Points(), make([]int32, 101))
	require.ErrorIs(t, err, ErrTooShort)
	require.Equal(t, bn254.G1Affine{}, a.Commitment(), "what was refused added nothing")
}

// TestBuckets commits to cells, a looked-up output and inverses of two slots from one
// accumulation each, with table rows as further points.
func TestBuckets(t *testing.T) {
	k, err := testKey().Truncate(1700)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		r := newRand(rapid.Uint64().Draw(t, "seed"))
		spread := rapid.IntRange(1, 1<<16).Draw(t, "spread")
		output := func(slot int, v uint16) int32 { return int32(int16(v))*int32(3-slot) - int32(v)*int32(slot) }
		salt := [2]fr.Element{randomElement(r), randomElement(r)}
		inverse := func(slot int, v uint16) (h fr.Element) {
			if v != 0 {
				h.SetUint64(uint64(v))
				h.Add(&h, &salt[slot])
				h.Inverse(&h)
			}
			return
		}
		cells, outputs, inverses := make(fr.Vector, k.Len()), make(fr.Vector, k.Len()), make(fr.Vector, k.Len())
		put := func(slot, i int, v uint16) {
			cells[i].SetInt64(int64(int16(v)))
			outputs[i].SetInt64(int64(output(slot, v)))
			inverses[i] = inverse(slot, v)
		}
		sets := []*Buckets{NewBuckets(k), NewBuckets(k)}
		for slot, b := range sets {
			first := 850 * slot
			g := Grid{Rows: 3, Live: 200, Pitch: 203, Stride: 250}
			v := make([]uint16, g.Rows*g.Pitch)
			for i := range v {
				v[i] = uint16(r.IntN(spread))
				if c := i % g.Pitch; c < g.Live {
					put(slot, first+i/g.Pitch*g.Stride+c, v[i])
				}
			}
			require.NoError(t, b.Add(first, g, v))
			for i := range 50 {
				x := uint16(r.IntN(spread))
				put(slot, first+750+i, x)
				require.NoError(t, b.AddPoint(x, first+750+i))
			}
			b.Sum()
			require.Len(t, b.Points(), len(b.Values()))
		}
		check := func(want fr.Vector, add func(a *Accumulator)) {
			a := k.NewAccumulator()
			add(a)
			require.Equal(t, reference(t, k.Points(), want), a.Commitment())
		}
		check(cells, func(a *Accumulator) {
			a.AddBucketInts(sets, func(_ int, v uint16) int32 { return int32(int16(v)) })
		})
		check(outputs, func(a *Accumulator) { a.AddBucketInts(sets, output) })
		check(inverses, func(a *Accumulator) { a.AddBucketElements(sets, inverse) })
	})
}

// TestBucketsAreReused checks that nothing of one step is left in the next.
func TestBucketsAreReused(t *testing.T) {
	k := testKey()
	b := NewBuckets(k)
	for n := range 4 {
		b.Reset()
		require.Empty(t, b.Values())
		cells := make([]uint16, 1000>>n)
		for i := range cells {
			cells[i] = uint16(i * n)
		}
		g := Grid{Rows: 1, Live: len(cells), Pitch: len(cells), Stride: len(cells)}
		require.NoError(t, b.Add(n, g, cells))
		b.Sum()
		w := make([]int32, len(b.Values()))
		for i, v := range b.Values() {
			w[i] = int32(v)
		}
		got, err := WeightedSum(b.Points(), w)
		require.NoError(t, err)
		require.Equal(t, reference(t, k.Points()[n:], toElements(cells)), got)
	}
}
