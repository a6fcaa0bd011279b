package mercury

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/poly"
)

// view returns everything that a proof's elements are functions of, next to the
// challenges and the blind: h, g and f(τ). All of it is linear in f.
func view(s shape, f fr.Vector, eqCols fr.Vector, alpha, tau *fr.Element) fr.Vector {
	out := make(fr.Vector, 0, s.rows+s.cols+1)
	g := make(fr.Vector, s.cols)
	for hi := s.rows - 1; hi >= 0; hi-- {
		row := f[hi*s.cols : (hi+1)*s.cols]
		out = append(out, row.InnerProduct(eqCols))
		g.ScalarMul(g, alpha)
		g.Add(g, row)
	}
	return append(append(out, g...), horner(f, tau))
}

// rank returns the rank of the rows of m, which it destroys.
func rank(m []fr.Vector) (r int) {
	for col := 0; r < len(m) && col < len(m[0]); col++ {
		at := r
		for at < len(m) && m[at][col].IsZero() {
			at++
		}
		if at == len(m) {
			continue
		}
		m[r], m[at] = m[at], m[r]
		var c fr.Element
		c.Inverse(&m[r][col])
		m[r].ScalarMul(m[r], &c)
		for i := r + 1; i < len(m); i++ {
			c.Neg(&m[i][col])
			addScaled(m[i], m[r], &c)
		}
		r++
	}
	return
}

// The mask moves the view through all values that any polynomial can give it,
// the one dependence h(α) = <g, eq> included: adding it hides as well as adding a
// full random polynomial. Points of the hypercube are the hard case.
func TestMaskHidesTheView(t *testing.T) {
	r := seeded(17)
	for n := range 8 {
		s := newShape(n)
		random, corner := randomVector(r, n), make(fr.Vector, n)
		if n > 0 {
			corner[n-1].SetOne()
		}
		for _, z := range [][]fr.Element{random, corner, make(fr.Vector, n)} {
			challenges := randomVector(r, 2)
			_, cols := s.halves(z)
			of := func(f fr.Vector) fr.Vector { return view(s, f, poly.EqTable(cols), &challenges[0], &challenges[1]) }

			var all, masked []fr.Vector
			for i := range 1 << n {
				f := make(fr.Vector, 1<<n)
				f[i].SetOne()
				all = append(all, of(f))
			}
			for i := range s.rows + s.cols + 1 {
				unit := make(fr.Vector, s.rows+s.cols+1)
				unit[i].SetOne()
				m := mask{a: unit[:s.rows], c: unit[s.rows : s.rows+s.cols], e: unit[s.rows+s.cols]}
				masked = append(masked, of(expand(s, &m)))
			}
			require.Equal(t, rank(all), rank(masked), "n = %d, z = %v", n, z)
		}
	}
}

func expand(s shape, m *mask) fr.Vector {
	f := make(fr.Vector, s.rows*s.cols)
	c := combination{shape: s, mask: m}
	c.read(f, 0)
	return f
}

func TestMaskCommitment(t *testing.T) {
	pk := testKey()
	for n := range testVars + 1 {
		s := newShape(n)
		m, err := newMask(s, seeded(byte(n)))
		require.NoError(t, err)
		require.Equal(t, commitTo(pk, expand(s, m), m.blind), m.commit(pk, pk.keySums(s)))
		z := randomVector(seeded(1), n)
		rows, cols := s.halves(z)
		require.Equal(t, poly.Eval(expand(s, m), z), m.eval(poly.EqTable(rows), poly.EqTable(cols)))
	}
}
