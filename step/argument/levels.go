package argument

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
	"fold.example/fold/step/relation"
)

// planLevels orders the contractions: one whose factor is itself the output of
// a contraction comes before it, since it leaves a claim on it.
func (l *plan) planLevels() {
	height := l.heights()
	for h := slices.Max(append(height, -1)); h >= 0; h-- {
		l.planLevel(func(contraction int) bool { return height[contraction] == h })
	}
	for len(l.levels) < len(l.frame.levels) {
		l.planLevel(func(int) bool { return false })
	}
}

// heights gives each contraction the length of the longest chain of
// contractions below it.
func (l *plan) heights() []int {
	of := map[relation.TensorID]int{}
	for i := range l.Contractions {
		of[l.Contractions[i].Out] = i
	}
	height := make([]int, len(l.Contractions))
	for i := range l.Contractions { // factors are declared before their uses
		for _, f := range l.Contractions[i].Factors {
			for _, r := range f {
				if j, ok := of[r.Tensor]; ok {
					height[i] = max(height[i], height[j]+1)
				}
			}
		}
	}
	return height
}

// planLevel adds the batch of the contractions that in selects: an instance for
// each claim on their outputs so far.
func (l *plan) planLevel(in func(contraction int) bool) {
	var v level
	var f frameLevel
	if i := len(l.levels); i < len(l.frame.levels) {
		f = l.frame.levels[i]
	}
	from := len(l.claims)
	v.vars, v.degree = f.Rounds, f.Degree
	for i := range l.Contractions {
		if !in(i) {
			continue
		}
		vars, shared := l.variables(&l.Contractions[i])
		v.degree = max(v.degree, l.degree(&l.Contractions[i], vars, shared))
		for j, c := range l.claims {
			if c.tensor == l.Contractions[i].Out {
				v.instances = append(v.instances, instance{contraction: i, claim: j, vars: vars, shared: shared})
				v.vars = max(v.vars, l.Extents.Bits(vars))
			}
		}
	}
	v.base = l.draw(v.vars)
	for i := range v.instances {
		n := &v.instances[i]
		out := l.claims[n.claim]
		at := l.split(l.Tensor(out.tensor).Space, out.at)
		for a, p := range l.points(n.vars, v.base+v.vars-l.Extents.Bits(n.vars)) {
			if len(p) > 0 || n.vars.Has(relation.Axis(a)) {
				at[a] = p
			}
		}
		for _, f := range l.Contractions[n.contraction].Factors {
			n.factors = append(n.factors, l.readings(f, &at))
		}
	}
	v.end = l.pad(from, f.values)
	l.levels = append(l.levels, v)
}

// degree is the largest degree of a contraction's sum in any variable: how many
// factors have its axis, and eq where the axis is shared. A round of up to three
// coefficients costs the verifier one permutation, so it is worth being exact.
func (l *plan) degree(c *relation.Contraction, vars relation.Space, shared int) (d int) {
	for i, a := range vars {
		n := 0
		for _, f := range c.Factors {
			if slices.ContainsFunc(f, func(r relation.Read) bool { return l.Tensor(r.Tensor).Space.Has(a) }) {
				n++
			}
		}
		if i < shared {
			n++
		}
		d = max(d, n)
	}
	return max(d, 1)
}

// capped is a prover's instance of a level: a sum of products whose columns have
// different axes has a lower degree than it has factors, and the coefficients
// above are zero.
type capped struct {
	poly.Instance
	degree int
}

func (c capped) Degree() int { return min(c.degree, c.Instance.Degree()) }

func (c capped) Round() []fr.Element {
	r := c.Instance.Round()
	return r[:min(len(r), c.degree+1)]
}

// split gives each axis of a space its part of a point.
func (l *plan) split(s relation.Space, point []coord) (at [relation.NumAxes][]coord) {
	for _, a := range s {
		n := l.Extents[a].Bits
		at[a], point = point[:n], point[n:]
	}
	return at
}

// variables returns the axes that a contraction's sumcheck binds: those of the
// output that several factors have (their product is not multilinear there, so
// they are summed against eq), then those that the output lacks. The other axes
// stand in one factor alone, which is read at the claim's own coordinates.
func (l *plan) variables(c *relation.Contraction) (vars relation.Space, shared int) {
	out := l.Tensor(c.Out).Space
	var count [relation.NumAxes]int
	for _, f := range c.Factors {
		var has [relation.NumAxes]bool
		for _, r := range f {
			for _, a := range l.Tensor(r.Tensor).Space {
				has[a] = true
			}
		}
		for a, h := range has {
			if h {
				count[a]++
			}
		}
	}
	var summed relation.Space
	for a := range relation.NumAxes {
		switch {
		case out.Has(a) && count[a] > 1:
			vars = append(vars, a)
		case !out.Has(a) && count[a] > 0:
			summed = append(summed, a)
		}
	}
	return slices.Concat(vars, summed), len(vars)
}
