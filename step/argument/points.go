package argument

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
)

// points evaluates eq between points given by coordinates and one point that is
// drawn, and multiplies nothing twice: the claims of a step share most of their
// coordinates, and in a circuit every product is a constraint.
type points[E any] struct {
	ar      arith.Arithmetic[E]
	chal    []E // by coord
	drawn   []E // the point of all claims; a shorter claim has its last coordinates
	single  map[string]E
	prefix  map[string]E
	suffix  map[string]E
	running map[string]E
}

func newPoints[E any](ar arith.Arithmetic[E], chal, drawn []E) *points[E] {
	return &points[E]{ar, chal, drawn, map[string]E{}, map[string]E{}, map[string]E{}, map[string]E{}}
}

// remember computes the value of a key once.
func remember[E any](m map[string]E, key string, f func() E) E {
	v, ok := m[key]
	if !ok {
		v = f()
		m[key] = v
	}
	return v
}

// one is eq in one variable: of coordinate c and the i-th of the drawn point.
func (p *points[E]) one(c coord, i int) E {
	one, x := p.ar.Const(fr.One()), p.drawn[i]
	switch c {
	case coordZero:
		return p.ar.Sub(one, x)
	case coordOne:
		return x
	}
	return remember(p.single, fmt.Sprint(c, i), func() E { return p.equal(p.chal[c], x) })
}

// equal is eq in one variable.
func (p *points[E]) equal(x, y E) E {
	xy := p.ar.Mul(x, y)
	return p.ar.Add(p.ar.Const(fr.One()), p.ar.Sub(p.ar.Add(xy, xy), p.ar.Add(x, y)))
}

// eqRunning is eq of a running claim's point and the last coordinates of the drawn
// one, from the last on: the points of all size classes are ends of one.
func (p *points[E]) eqRunning(slot int, at []E) E {
	if len(at) == 0 {
		return p.ar.Const(fr.One())
	}
	return remember(p.running, fmt.Sprint(slot, len(at)), func() E {
		one := p.equal(at[0], p.drawn[len(p.drawn)-len(at)])
		return p.ar.Mul(one, p.eqRunning(slot, at[1:]))
	})
}

// eqSuffix is eq of at and the last coordinates of the drawn point, from the
// last on: what claims share when they are made at one point.
func (p *points[E]) eqSuffix(at []coord) E {
	from := len(p.drawn) - len(at)
	switch len(at) {
	case 0:
		return p.ar.Const(fr.One())
	case 1:
		return p.one(at[0], from)
	}
	return remember(p.suffix, fmt.Sprint(at), func() E {
		return p.ar.Mul(p.one(at[0], from), p.eqSuffix(at[1:]))
	})
}

// eqPrefix is eq of at and the drawn point's coordinates from the given one on,
// from the first on: what tensors share that are neighbours in a polynomial.
func (p *points[E]) eqPrefix(at []coord, from int) E {
	n := len(at)
	switch n {
	case 0:
		return p.ar.Const(fr.One())
	case 1:
		return p.one(at[0], from)
	}
	return remember(p.prefix, fmt.Sprint(from, at), func() E {
		return p.ar.Mul(p.eqPrefix(at[:n-1], from), p.one(at[n-1], from+n-1))
	})
}

// constants returns how many coordinates of a point, from the first on, are
// constant: for a claim on a tensor, those of its offset.
func constants(at []coord) int {
	for i, c := range at {
		if c >= 0 {
			return i
		}
	}
	return len(at)
}

// weighted is sum_k weights[k] eq(the point of claims[k], the drawn point).
func (p *points[E]) weighted(claims []reduced, weights []E) E {
	type group struct {
		at  []coord
		sum E
	}
	var groups []*group
	byKey := map[string]*group{}
	for k, c := range claims {
		n := constants(c.at)
		key := fmt.Sprint(c.at[n:])
		g := byKey[key]
		if g == nil {
			g = &group{c.at[n:], p.ar.Const(fr.Element{})}
			byKey[key] = g
			groups = append(groups, g)
		}
		w := p.ar.Mul(weights[k], p.eqPrefix(c.at[:n], len(p.drawn)-len(c.at)))
		g.sum = p.ar.Add(g.sum, w)
	}
	sum := p.ar.Const(fr.Element{})
	for _, g := range groups {
		sum = p.ar.Add(sum, p.ar.Mul(g.sum, p.eqSuffix(g.at)))
	}
	return sum
}
