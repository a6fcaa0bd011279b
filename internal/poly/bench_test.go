package poly

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/transcript"
)

// cpuNs reports the process's core time in cpu-ns per element. run does the setup of an
// iteration and returns the function to measure.
func cpuNs(b *testing.B, elements int, run func() func()) {
	var spent int64
	for b.Loop() {
		b.StopTimer()
		f := run()
		b.StartTimer()
		start := int64(host.CPUTime())
		f()
		spent += int64(host.CPUTime()) - start
	}
	b.ReportMetric(float64(spent)/float64(b.N)/float64(elements), "cpu-ns/element")
}

var arena Arena // shared, as in a prover: memory is warm after the first sum

func random(n int) fr.Vector {
	v := make(fr.Vector, n)
	v.MustSetRandom()
	return v
}

// naiveProduct is the sumcheck for a product of two columns with a plain loop over
// gnark-crypto's elements, the baseline of the benchmarks.
func naiveProduct(tr *transcript.Native, f, g fr.Vector) (proof Proof[fr.Element]) {
	for h := len(f) / 2; h > 0; h /= 2 {
		var c0, c2, t, df, dg fr.Element
		for i := range h {
			t.Mul(&f[i], &g[i])
			c0.Add(&c0, &t)
			df.Sub(&f[i+h], &f[i])
			dg.Sub(&g[i+h], &g[i])
			t.Mul(&df, &dg)
			c2.Add(&c2, &t)
		}
		tr.Absorb("round", c0, c2)
		r := tr.Challenge()
		for i := range h {
			df.Sub(&f[i+h], &f[i])
			df.Mul(&df, &r)
			f[i].Add(&f[i], &df)
			dg.Sub(&g[i+h], &g[i])
			dg.Mul(&dg, &r)
			g[i].Add(&g[i], &dg)
		}
		proof = append(proof, []fr.Element{c0, c2})
	}
	return
}

func TestNaiveProductAgrees(t *testing.T) {
	const n = 12
	f, g := random(1<<n), random(1<<n)
	sum := f.InnerProduct(g)
	tr := transcript.New("bench")
	tr.Absorb("sumcheck", fr.NewElement(n), fr.NewElement(2), sum)
	want := naiveProduct(tr, append(fr.Vector{}, f...), append(fr.Vector{}, g...))
	in, err := NewSum(productSpec(n, Field(f, 10), Field(g, 10)))
	require.NoError(t, err)
	proof, _ := Prove(transcript.New("bench"), in)
	require.Equal(t, want, proof)
	_, _, err = Verify(new(arith.Native), transcript.New("bench"), Shape{n, 2}, sum, proof)
	require.NoError(t, err)
}

func productSpec(vars int, f, g Column) Spec {
	return Spec{Vars: vars, Arena: &arena, RowBits: RowBitsFor(vars), Columns: []Column{f, g},
		Plain: []Term{{fr.One(), []int{0, 1}}}}
}

// productColumns returns pairs of columns of 2^vars elements, by kind.
func productColumns(vars int) (names []string, pairs [][2]Column) {
	f, g, table := random(1<<vars), random(1<<vars), random(1<<16)
	small := make([]int16, 1<<vars)
	index := make([]uint16, 1<<vars)
	for i := range small {
		small[i] = int16(rand.Uint32())
		index[i] = uint16(rand.NormFloat64() * 1000) // distributed like activations
	}
	ints := Cells(func(t int) []int16 { return small[t<<10 : (t+1)<<10] })
	tabled := Lookup(table, func(t int) []uint16 { return index[t<<10 : (t+1)<<10] })
	dense, other := Field(f, 10), Field(g, 10)
	return []string{"dense", "s16-s16", "s16-dense", "table-s16", "table-table"},
		[][2]Column{{dense, other}, {ints, ints}, {ints, dense}, {tabled, ints}, {tabled, tabled}}
}

// BenchmarkProduct measures the whole sumcheck for sum f g over 2^20 elements, by kind of
// column, and the plain loop over field elements.
func BenchmarkProduct(b *testing.B) {
	const vars = 20
	b.Run("naive", func(b *testing.B) {
		f, g := random(1<<vars), random(1<<vars)
		x, y := make(fr.Vector, len(f)), make(fr.Vector, len(g))
		cpuNs(b, 1<<vars, func() func() {
			copy(x, f)
			copy(y, g)
			return func() { naiveProduct(transcript.New("bench"), x, y) }
		})
	})
	names, pairs := productColumns(vars)
	for i, p := range pairs {
		b.Run(names[i], func(b *testing.B) {
			cpuNs(b, 1<<vars, func() func() {
				return func() {
					in, err := NewSum(productSpec(vars, p[0], p[1]))
					require.NoError(b, err)
					Prove(transcript.New("bench"), in)
					in.Release()
				}
			})
		})
	}
}

// BenchmarkFirstRound measures the part of BenchmarkProduct that reads the columns: the sum
// and the first round's polynomial.
func BenchmarkFirstRound(b *testing.B) {
	const vars = 20
	names, pairs := productColumns(vars)
	for i, p := range pairs {
		b.Run(names[i], func(b *testing.B) {
			cpuNs(b, 1<<vars, func() func() {
				return func() {
					in, err := NewSum(productSpec(vars, p[0], p[1]))
					require.NoError(b, err)
					in.Round()
				}
			})
		})
	}
}

// BenchmarkLogUp measures the elementwise sumcheck of a range lookup: cells, inverses from
// a table, a constraint weighted by eq, and the sum of the inverses.
func BenchmarkLogUp(b *testing.B) {
	const vars = 20
	table, index := random(1<<16), make([]uint16, 1<<vars)
	for i := range index {
		index[i] = uint16(rand.Uint32())
	}
	rows := func(t int) []uint16 { return index[t<<10 : (t+1)<<10] }
	cpuNs(b, 1<<vars, func() func() {
		return func() {
			in, err := NewSum(Spec{
				Arena: &arena, Vars: vars, RowBits: 10, Eq: random(vars), Vanishes: true,
				Columns: []Column{Cells(rows), Lookup(table, rows)},
				Weighted: []Term{{fr.NewElement(3), []int{1}}, {fr.NewElement(5), []int{0, 1}},
					{fr.NewElement(7), []int{0}}},
				Plain: []Term{{fr.One(), []int{1}}},
			})
			require.NoError(b, err)
			Prove(transcript.New("bench"), in)
			in.Release()
		}
	})
}

// BenchmarkReduce measures the reduction of three claims on a polynomial of 2^20 cells: one
// on each of two tensors of half its size, and one on the whole polynomial.
func BenchmarkReduce(b *testing.B) {
	const vars, rowBits = 20, 10
	small, index := make([]int16, 1<<vars), make([]uint16, 1<<vars)
	dense, table := random(1<<vars), random(1<<16)
	for i := range small {
		small[i], index[i] = int16(rand.Uint32()), uint16(rand.Uint32())
	}
	first, second, whole := random(vars), random(vars), random(vars)
	first[0].SetZero()
	second[0].SetOne()
	for _, k := range []struct {
		name   string
		column Column
	}{
		{"s16", Cells(func(t int) []int16 { return small[t<<rowBits : (t+1)<<rowBits] })},
		{"table", Lookup(table, func(t int) []uint16 { return index[t<<rowBits : (t+1)<<rowBits] })},
		{"dense", Field(dense, rowBits)},
	} {
		b.Run(k.name, func(b *testing.B) {
			p := []*Sparse{{Vars: vars, RowBits: rowBits,
				Segments: []Segment{{0, 1 << (vars - rowBits), k.column, nil}}}}
			claims := []PointClaim[fr.Element]{{Point: first}, {Point: second}, {Point: whole}}
			cpuNs(b, 1<<vars, func() func() {
				return func() {
					_, _, err := Reduce(transcript.New("bench"), vars, p, claims, nil)
					require.NoError(b, err)
				}
			})
		})
	}
}

func BenchmarkEqTable(b *testing.B) {
	q := random(20)
	cpuNs(b, 1<<20, func() func() { return func() { EqTable(q) } })
}
