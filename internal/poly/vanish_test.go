package poly

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
)

// TestVanishingSums: a sum with only zero terms or with no terms is proven, and gives the
// values of nonzero columns.
func TestVanishingSums(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	for _, size := range [][2]int{{0, 0}, {3, 3}, {6, 2}, {12, 10}} {
		vars, rowBits := size[0], size[1]
		all, none := func(int) int { return 1 << rowBits }, func(int) int { return 0 }
		e := example{spec: Spec{Vars: vars, RowBits: rowBits, Eq: randomPoint(rng, vars), Vanishes: true}}
		for kind := range 8 {
			live := none
			if kind%2 == 0 {
				live = all
			}
			d := drawColumn(rng, kind, vars, rowBits, live)
			e.spec.Columns, e.dense = append(e.spec.Columns, d.column), append(e.dense, d.dense)
		}
		some := []Term{{fr.One(), []int{0, 1}}, {fr.NewElement(7), []int{3, 2, 4}}, {fr.Element{}, []int{1}}}
		for _, terms := range [][]Term{nil, some} {
			e.spec.Weighted, e.spec.Plain = terms, terms
			in, err := NewSum(e.spec)
			require.NoError(t, err)
			total := in.Sum()
			require.True(t, total.IsZero())
			proof, point := Prove(transcript.New("test"), in)
			_, value, err := Verify(new(arith.Native), transcript.New("test"), Shape{vars, in.Degree()}, fr.Element{},
				proof)
			require.NoError(t, err)
			require.True(t, value.IsZero())
			for c, v := range in.Values() {
				require.Equal(t, Eval(e.dense[c], point), v, "column %d, %d variables", c, vars)
			}
		}
	}
}

// TestVanishingReduction reduces claims on a polynomial without segments, on one without
// live cells, and on another.
func TestVanishingReduction(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 13))
	const rowBits, vars = 2, 5
	d := drawColumn(rng, 2, vars, rowBits, func(int) int { return 3 })
	dead := drawColumn(rng, 1, vars, rowBits, func(int) int { return 0 })
	x := reduction{shape: ReduceShape{[]int{vars, vars, vars}, rowBits, vars + 1}}
	x.dense = []fr.Vector{make(fr.Vector, 1<<vars), dead.dense, d.dense}
	x.sparse = []*Sparse{
		{Vars: vars, RowBits: rowBits},
		{vars, rowBits, []Segment{{0, 8, dead.column, func(int) int { return 0 }}}},
		{vars, rowBits, []Segment{{0, 8, d.column, nil}}},
	}
	for p := range 3 {
		for _, point := range [][]fr.Element{randomPoint(rng, vars), make([]fr.Element, vars)} {
			x.claims = append(x.claims, PointClaim[fr.Element]{p, point, Eval(x.dense[p], point)})
		}
	}
	for _, claims := range [][]PointClaim[fr.Element]{x.claims, x.claims[:4]} {
		var err error
		x.claims = claims
		x.proof, _, err = Reduce(transcript.New("test"), x.shape.Rounds, x.sparse, x.claims, nil)
		require.NoError(t, err)
		require.NoError(t, x.verify())
		one := fr.One()
		x.claims[0].Value = one
		require.Error(t, x.verify(), "zero claimed to be one")
		x.claims[0].Value.SetZero()
	}
}
