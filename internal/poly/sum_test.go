package poly

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
)

// drawn is a random column and a dense copy of it.
type drawn struct {
	column Column
	dense  fr.Vector
}

// drawColumn returns a random column of one of the kinds, zero except in live cells.
func drawColumn(rng *rand.Rand, kind, vars, rowBits int, live func(int) int) drawn {
	w, rows := 1<<rowBits, 1<<(vars-rowBits)
	dense := make(fr.Vector, 1<<vars)
	each := func(f func(i int)) {
		for t := range rows {
			for k := range live(t) {
				f(t*w + k)
			}
		}
	}
	switch kind {
	case 0:
		each(func(i int) { dense[i] = randomElement(rng) })
		return drawn{Field(dense, rowBits), dense}
	case 1:
		return drawCells[uint8](rng, each, dense, w, live)
	case 2:
		return drawCells[int16](rng, each, dense, w, live)
	case 3:
		return drawCells[uint16](rng, each, dense, w, live)
	case 4:
		return drawCells[int32](rng, each, dense, w, live)
	case 5:
		return drawCells[int64](rng, each, dense, w, live)
	case 6:
		each(func(i int) { dense[i] = randomElement(rng) })
		return drawn{Virtual(func(dst fr.Vector, t int) { copy(dst, dense[t*w:]) }), dense}
	}
	table, x := make(fr.Vector, 1<<16), make([]uint16, 1<<vars)
	for i := range table {
		table[i].SetUint64(rng.Uint64())
	}
	each(func(i int) { x[i] = uint16(rng.Uint32()); dense[i] = table[x[i]] })
	return drawn{Lookup(table, func(t int) []uint16 { return x[t*w:][:live(t)] }), dense}
}

func drawCells[T Small](rng *rand.Rand, each func(func(int)), dense fr.Vector, w int, live func(int) int) drawn {
	v := make([]T, len(dense))
	each(func(i int) {
		v[i] = T(rng.Uint64())
		if rng.IntN(4) == 0 {
			v[i] = []T{0, 1, T(1) << 7, ^T(0)}[rng.IntN(4)]
		}
		dense[i].SetInt64(int64(v[i]))
	})
	return drawn{Cells(func(t int) []T { return v[t*w:][:live(t)] }), dense}
}

func randomElement(rng *rand.Rand) (z fr.Element) {
	var b [32]byte
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	z.SetBytes(b[:])
	return
}

// at returns the summand of a spec at a vertex or, given values of the columns, at a point.
func at(terms []Term, value func(c int) fr.Element) (sum fr.Element) {
	for _, t := range terms {
		v := t.Coef
		for _, c := range t.Factors {
			x := value(c)
			v.Mul(&v, &x)
		}
		sum.Add(&sum, &v)
	}
	return
}

type example struct {
	spec  Spec
	dense []fr.Vector
}

func drawExample(rng *rand.Rand, vars, rowBits int) (e example) {
	w := 1 << rowBits
	lives := make([]int, 1<<(vars-rowBits))
	for t := range lives {
		lives[t] = []int{0, w, rng.IntN(w + 1)}[rng.IntN(3)]
	}
	live := func(t int) int { return lives[t] }
	e.spec = Spec{Vars: vars, RowBits: rowBits, Live: live}
	for range 1 + rng.IntN(6) {
		d := drawColumn(rng, rng.IntN(8), vars, rowBits, live)
		e.spec.Columns = append(e.spec.Columns, d.column)
		e.dense = append(e.dense, d.dense)
	}
	for range vars {
		e.spec.Eq = append(e.spec.Eq, randomElement(rng))
	}
	terms := func() (ts []Term) {
		for range rng.IntN(4) {
			t := Term{Coef: randomElement(rng)}
			if rng.IntN(2) == 0 {
				t.Coef = fr.One()
			}
			for range 1 + rng.IntN(4) {
				t.Factors = append(t.Factors, rng.IntN(len(e.dense)))
			}
			ts = append(ts, t)
		}
		return
	}
	e.spec.Weighted, e.spec.Plain = terms(), terms()
	return
}

// sum returns the sum of the summand over the cube.
func (e *example) sum() (sum fr.Element) {
	eq := EqTable(e.spec.Eq)
	for i := range eq {
		value := func(c int) fr.Element { return e.dense[c][i] }
		a, b := at(e.spec.Weighted, value), at(e.spec.Plain, value)
		a.Mul(&a, &eq[i])
		sum.Add(&sum, &a).Add(&sum, &b)
	}
	return
}

// value returns the summand at a point.
func (e *example) value(point []fr.Element) fr.Element {
	value := func(c int) fr.Element { return Eval(e.dense[c], point) }
	a, b := at(e.spec.Weighted, value), at(e.spec.Plain, value)
	eq := Eq(new(arith.Native), e.spec.Eq, point)
	a.Mul(&a, &eq)
	a.Add(&a, &b)
	return a
}

// Random sums over random columns of every kind, with dead cells and rows of all lengths:
// the sum, every round and the final values are correct.
func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vars := rapid.IntRange(0, 7).Draw(t, "vars")
		rowBits := rapid.IntRange(0, vars).Draw(t, "rowBits")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		e := drawExample(rng, vars, rowBits)
		e.spec.KeepRows, e.spec.Arena = true, new(Arena)
		warm, err := NewSum(e.spec) // leaves nonzero memory in the arena
		require.NoError(t, err)
		Prove(transcript.New("other"), warm)
		warm.Release()
		spare := e.spec.Arena.elements.count()
		in, err := NewSum(e.spec)
		require.NoError(t, err)
		require.True(t, e.sum() == in.Sum(), "the sum")

		shape := Shape{in.Vars(), in.Degree()}
		proof, point := Prove(transcript.New("test"), in)
		got, value, err := Verify(new(arith.Native), transcript.New("test"), shape, e.sum(), proof)
		require.NoError(t, err)
		require.Equal(t, point, got)
		for c, v := range in.Values() {
			require.True(t, v == Eval(e.dense[c], point), "column %d of %d", c, len(e.dense))
			require.True(t, v == Eval(in.Rows()[c], point[vars-rowBits:]), "rows of column %d", c)
		}
		require.True(t, value == e.value(point), "the last value")
		in.Release()
		require.Equal(t, spare, e.spec.Arena.elements.count(), "sums of one size take no new memory")
	})
}

// The usual row length, both ways to bind a looked-up column, and a vanishing constraint, h
// (alpha - c) = 1 in the shifted form, which dead cells satisfy.
func TestSumOfConstraint(t *testing.T) {
	const vars, width = 13, 700
	rng := rand.New(rand.NewPCG(7, 1))
	alpha := randomElement(rng)
	var shift fr.Element
	shift.Inverse(&alpha)
	table := make(fr.Vector, 1<<16)
	for v := range table {
		d := fr.NewElement(uint64(v))
		table[v].Sub(&alpha, &d)
	}
	table = fr.BatchInvert(table)
	for v := range table {
		table[v].Sub(&table[v], &shift)
	}
	x := make([]uint16, 1<<vars)
	rows := func(t int) []uint16 { return x[t<<10:][:width] }
	for t := range 1 << (vars - 10) {
		for k := range rows(t) {
			rows(t)[k] = uint16(rng.Uint32())
		}
	}
	// alpha h - c h - c/alpha = 0, and the sum of h
	var minusOne, minusShift fr.Element
	minusOne.SetInt64(-1)
	minusShift.Neg(&shift)
	e := example{spec: Spec{
		Vars: vars, RowBits: RowBitsFor(vars), Live: func(int) int { return width }, Vanishes: true,
		Columns:  []Column{Cells(rows), Lookup(table, rows)},
		Weighted: []Term{{alpha, []int{1}}, {minusOne, []int{0, 1}}, {minusShift, []int{0}}},
		Plain:    []Term{{fr.One(), []int{1}}},
	}}
	for range vars {
		e.spec.Eq = append(e.spec.Eq, randomElement(rng))
	}
	e.dense = []fr.Vector{make(fr.Vector, 1<<vars), make(fr.Vector, 1<<vars)}
	for i, v := range x {
		e.dense[0][i].SetUint64(uint64(v))
		e.dense[1][i] = table[v]
	}
	in, err := NewSum(e.spec)
	require.NoError(t, err)
	require.True(t, e.sum() == in.Sum())
	require.Equal(t, 3, in.Degree())
	proof, _ := Prove(transcript.New("test"), in)
	point, value, err := Verify(new(arith.Native), transcript.New("test"), Shape{vars, 3}, e.sum(), proof)
	require.NoError(t, err)
	require.True(t, value == e.value(point))
}

func TestSpecIsChecked(t *testing.T) {
	column := Field(make(fr.Vector, 4), 2)
	for name, s := range map[string]Spec{
		"rows too long":   {Vars: 2, RowBits: 3},
		"eq too short":    {Vars: 2, RowBits: 2, Columns: []Column{column}, Weighted: []Term{{fr.One(), []int{0}}}},
		"no factor":       {Vars: 2, RowBits: 2, Columns: []Column{column}, Plain: []Term{{fr.One(), nil}}},
		"five factors":    {Vars: 2, RowBits: 2, Columns: []Column{column}, Plain: []Term{{fr.One(), make([]int, 5)}}},
		"no such column":  {Vars: 2, RowBits: 2, Columns: []Column{column}, Plain: []Term{{fr.One(), []int{1}}}},
		"negative column": {Vars: 2, RowBits: 2, Columns: []Column{column}, Plain: []Term{{fr.One(), []int{-1}}}},
	} {
		_, err := NewSum(s)
		require.Error(t, err, name)
	}
}
