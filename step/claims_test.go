package step

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// logOf returns the log of the honest run and its claim chain.
func logOf(t testing.TB) (*Params, *ClaimLog, fr.Element) {
	t.Helper()
	r, moments := runMoments(t)
	f := r.protocol.Track(2)
	for _, m := range moments {
		require.NoError(t, f.advance(m.step, m.result))
	}
	return r.protocol, &f.Log, f.State.Claims
}

func (g *ClaimLog) clone() *ClaimLog {
	h := &ClaimLog{slices.Clone(g.Steps)}
	for i := range h.Steps {
		c := &h.Steps[i].WeightClaims
		c.Coordinates, c.Values = slices.Clone(c.Coordinates), slices.Clone(c.Values)
	}
	return h
}

// TestClaimChain: the chain binds every step's kind, records and pass, each coordinate and
// each value. A log with another chain is neither checked nor settled.
func TestClaimChain(t *testing.T) {
	p, honest, chain := logOf(t)
	have, err := p.Chain(honest)
	require.NoError(t, err)
	require.Equal(t, chain, have)
	_, err = p.settled(honest, chain)
	require.NoError(t, err)

	alterations := map[string]func(g *ClaimLog){
		"a step dropped":  func(g *ClaimLog) { g.Steps = g.Steps[1:] },
		"the last one":    func(g *ClaimLog) { g.Steps = g.Steps[:len(g.Steps)-1] },
		"a step repeated": func(g *ClaimLog) { g.Steps = append(g.Steps, g.Steps[0]) },
		"steps exchanged": func(g *ClaimLog) { g.Steps[1], g.Steps[2] = g.Steps[2], g.Steps[1] },
		"no steps":        func(g *ClaimLog) { g.Steps = nil },
		"another layer":   func(g *ClaimLog) { g.Steps[1].Record++ },
		"no such record":  func(g *ClaimLog) { g.Steps[1].Record = 99 },
		"negative record": func(g *ClaimLog) { g.Steps[1].Record = -1 },
		"another start":   func(g *ClaimLog) { g.Steps[1].Start++ },
		"no such start":   func(g *ClaimLog) { g.Steps[1].Start = 1 << 40 },
		"another size":    func(g *ClaimLog) { g.Steps[1].Bits ^= 1 },
		"a huge size":     func(g *ClaimLog) { g.Steps[1].Bits = 60 },
		"another kind":    func(g *ClaimLog) { g.Steps[0].Kind = relation.Head },
		"no such kind":    func(g *ClaimLog) { g.Steps[0].Kind = 77 },
		"a value less":    func(g *ClaimLog) { c := &g.Steps[1]; c.Values = c.Values[1:] },
		"a value more":    func(g *ClaimLog) { c := &g.Steps[0]; c.Values = append(c.Values, fr.Element{}) },
		"no coordinates":  func(g *ClaimLog) { g.Steps[1].Coordinates = nil },
	}
	for name, alter := range alterations {
		g := honest.clone()
		alter(g)
		_, err := p.settled(g, chain)
		require.Error(t, err, name)
	}
	g := honest.clone()
	for i := range g.Steps {
		for _, list := range [][]fr.Element{g.Steps[i].Coordinates, g.Steps[i].Values} {
			for k := range list {
				was := list[k]
				arithtest.Bump(&list[k])
				_, err := p.settled(g, chain)
				require.ErrorIs(t, err, ErrClaims, "step %d, element %d", i, k)
				list[k] = was
			}
		}
	}
	_, err = p.settled(g, chain)
	require.NoError(t, err)
}

// TestClaimsOfClasses: a pass in a small class leaves as many claims as in the largest class,
// on the same tensors. Each claim has the model's value at its point.
func TestClaimsOfClasses(t *testing.T) {
	r, moments := runMoments(t)
	names := map[relation.Kind][]string{}
	seen := map[[2]int]bool{}
	for i := range moments {
		m := &moments[i]
		f := m.before.clone()
		a, st, err := f.statement(m.step)
		require.NoError(t, err)
		ds, err := a.Deferred(st.Geometry.Start, st.Geometry.Bits, &m.result.Weights)
		require.NoError(t, err)
		var have []string
		for _, d := range ds {
			have = append(have, d.Name)
			v := relationtest.EvalWeight(t, r.model, a.Shape, f.State.Group*f.Blocks, d.Name, d.Point)
			require.True(t, v.Equal(&d.Value), "%s, %s", a.Plan.Kind, d.Name)
		}
		k := a.Plan.Kind
		if names[k] == nil {
			names[k] = have
		}
		require.Equal(t, names[k], have)
		seen[[2]int{int(k), a.Shape.TokenBits}] = true
	}
	require.Len(t, seen, 6)
}
