package step

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/poly"
)

// polyID numbers the committed polynomials of a step.
type polyID int

// The polynomials, in the order in which they are folded into their slots.
const (
	polyCells polyID = iota
	polyOutputs
	polyInverses
	polyInput
	polyOutput
	polyCache // after the pass
	polyAdded // what the pass adds to the cache
	polyRunningCells
	polyRunningCache
	numPolys
)

// Slots are the sizes, in variables, of the running polynomials: one for the
// cells of steps of a shape and one for the cache.
type Slots struct{ Cells, Cache int }

// reduction is the last sumcheck: every claim on a committed polynomial, and
// the running claims, become one claim a polynomial at one point.
type reduction struct {
	slots Slots
	polys []polyID // those that take part
	// rowBits is how many variables are bound first, those within a row: no
	// polynomial and no window of the cache is smaller than a row.
	rowBits int
	sizes   [numPolys]int
	parts   [numPolys][]reduced
}

// reduced is a claim as one on its polynomial.
type reduced struct {
	claim int
	at    []coord
}

func (l *plan) planReduction(slots Slots) *reduction {
	r := &reduction{slots: slots, rowBits: maxRowBits}
	x := l.Extents.Bits(perChannel)
	r.sizes = [numPolys]int{slots.Cells, slots.Cells, slots.Cells, x, x, slots.Cache, slots.Cache, slots.Cells, slots.Cache}
	windows := map[TensorID]int{}
	for i, w := range l.Windows {
		windows[w.Cache] = i
		r.rowBits = min(r.rowBits, l.Extents.Bits(l.tensor(w.Cache).Space))
	}
	for i, c := range l.claims {
		if c.tensor == cacheAdded {
			r.add(polyAdded, i, c.at)
			continue
		}
		switch t := l.tensor(c.tensor); t.Home {
		case Cells:
			r.add(polyCells, i, l.place(t, c.at, slots.Cells))
		case Outputs:
			r.add(polyOutputs, i, l.place(t, c.at, slots.Cells))
		case Inverses:
			r.add(polyInverses, i, l.place(t, c.at, slots.Cells))
		case Input:
			r.add(polyInput, i, c.at)
		case Output:
			r.add(polyOutput, i, c.at)
		case Cache:
			r.add(polyCache, i, l.cachePoint(windows[c.tensor], c.at))
		}
	}
	for p := range numPolys {
		running := p == polyRunningCells || p == polyRunningCache && len(l.Windows) > 0
		if running || len(r.parts[p]) > 0 {
			r.polys = append(r.polys, p)
			r.rowBits = min(r.rowBits, r.sizes[p])
		}
	}
	return r
}

func (r *reduction) add(p polyID, claim int, at []coord) {
	r.parts[p] = append(r.parts[p], reduced{claim, at})
}

// place is the point of a polynomial of n variables for a claim on a tensor: its
// offset's high bits, then the claim's point.
func (l *plan) place(t *Tensor, at []coord, n int) []coord {
	return append(bitsOf(t.Offset>>len(at), n-len(at)), at...)
}

// maxRowBits is the usual row of a polynomial: long enough for vector kernels.
const maxRowBits = 10

func (r *reduction) shape() poly.ReduceShape {
	s := poly.ReduceShape{RowBits: r.rowBits}
	for _, p := range r.polys {
		s.Vars = append(s.Vars, r.sizes[p])
		s.Rounds = max(s.Rounds, r.sizes[p])
	}
	return s
}

// Running is a claim that earlier steps left open: the slot's polynomial has
// Value at Point. What it is a claim on is the caller's: the slot's commitment.
type Running[E any] struct {
	Point []E
	Value E
}

// Folded is what a step leaves: the running claims after it, and by what the
// commitments are to be combined, rho.
type Folded[E any] struct {
	Cells, Cache Running[E]
	Rho          E
	RhoBits      []E
	Deferred     []Deferred[E]
}

// Deferred is a claim on the model: tensor name, of the program, has Value at
// Point. It goes into the chain that is settled once, at the end.
type Deferred[E any] struct {
	Name  string
	Point []E
	Value E
}

// pointClaims are all claims on committed polynomials, the running ones
// included, as the reduction numbers them.
func (v *verifier[E]) pointClaims(r *reduction, cells, cache Running[E]) (claims []poly.PointClaim[E]) {
	for i, p := range r.polys {
		switch p {
		case polyRunningCells:
			claims = append(claims, poly.PointClaim[E]{Poly: i, Point: cells.Point, Value: cells.Value})
		case polyRunningCache:
			claims = append(claims, poly.PointClaim[E]{Poly: i, Point: cache.Point, Value: cache.Value})
		}
		for _, c := range r.parts[p] {
			claims = append(claims, poly.PointClaim[E]{Poly: i, Point: v.point(c.at), Value: v.m.Values[c.claim]})
		}
	}
	return claims
}

// verifyReduction brings all claims to one point and folds them.
func (v *verifier[E]) verifyReduction(r *reduction, cells, cache Running[E]) (*Folded[E], error) {
	if len(v.m.Reduction.Values) != len(r.polys) {
		return nil, fmt.Errorf("%w: %d final values, want %d", ErrShape, len(v.m.Reduction.Values), len(r.polys))
	}
	claims, shape := v.pointClaims(r, cells, cache), r.shape()
	weights := poly.Powers[E](v.ar, v.tr.Challenge(), len(claims))
	sum := v.ar.Const(fr.Element{})
	for k, c := range claims {
		sum = v.ar.Add(sum, v.ar.Mul(weights[k], c.Value))
		weights[k] = v.ar.Mul(weights[k], v.ar.Const(poly.Halves(shape.Rounds-shape.Vars[c.Poly])))
	}
	bound, value, err := poly.Rounds[E](v.ar, v.tr, poly.Shape{Rounds: shape.Rounds, Degree: 2}, sum, v.m.Reduction.Rounds)
	if err != nil {
		return nil, err
	}
	point := poly.RowsFirst(bound, shape.RowBits)
	v.tr.Absorb("values", v.m.Reduction.Values...)
	running := map[polyID][]E{polyRunningCells: cells.Point, polyRunningCache: cache.Point}
	eq := newPoints[E](v.ar, v.chal, point)
	want := v.ar.Const(fr.Element{})
	for i, p := range r.polys { // in the order of pointClaims
		var share E
		if at, ok := running[p]; ok {
			share = v.ar.Mul(weights[0], poly.Eq[E](v.ar, at, point[len(point)-len(at):]))
			weights = weights[1:]
		} else {
			share = eq.weighted(r.parts[p], weights)
			weights = weights[len(r.parts[p]):]
		}
		want = v.ar.Add(want, v.ar.Mul(share, v.m.Reduction.Values[i]))
	}
	v.ar.AssertEqual(value, want, "values of the polynomials")
	return v.fold(r, point), nil
}

// final is the value of a polynomial at the last point, zero if it takes no
// part.
func (v *verifier[E]) final(r *reduction, p polyID) E {
	if i := slices.Index(r.polys, p); i >= 0 {
		return v.m.Reduction.Values[i]
	}
	return v.ar.Const(fr.Element{})
}

// fold combines the polynomials' values as their commitments will be: by Horner
// in rho, the running one first. A smaller polynomial is zero-extended, so its
// value is lifted with eq(0, the coordinates that it lacks).
func (v *verifier[E]) fold(r *reduction, point []E) *Folded[E] {
	f := &Folded[E]{}
	f.Rho, f.RhoBits = v.tr.Challenge126()
	horner := func(slot int, running polyID, parts ...polyID) Running[E] {
		here := point[len(point)-slot:]
		sum := v.ar.Const(fr.Element{})
		for i := len(parts) - 1; i >= 0; i-- {
			if !slices.Contains(r.polys, parts[i]) { // its commitment is infinity
				sum = v.ar.Mul(f.Rho, sum)
				continue
			}
			lift := poly.EqBits[E](v.ar, 0, here[:slot-r.sizes[parts[i]]])
			sum = v.ar.Mul(f.Rho, v.ar.Add(v.ar.Mul(lift, v.final(r, parts[i])), sum))
		}
		return Running[E]{here, v.ar.Add(v.final(r, running), sum)}
	}
	f.Cells = horner(r.slots.Cells, polyRunningCells, polyCells, polyOutputs, polyInverses, polyInput, polyOutput)
	if len(v.Windows) > 0 {
		f.Cache = horner(r.slots.Cache, polyRunningCache, polyCache, polyAdded)
	}
	for i, c := range v.claims {
		if c.tensor != cacheAdded && v.tensor(c.tensor).Home == Weights {
			f.Deferred = append(f.Deferred, v.deferred(c, v.m.Values[i]))
		}
	}
	return f
}

// deferred turns a claim on a weight into one on the model's own tensor: tables
// of positions are read at the tokens' positions.
func (v *verifier[E]) deferred(c claim, value E) Deferred[E] {
	t := v.tensor(c.tensor)
	at := v.split(t.Space, c.at)
	var point []E
	for _, a := range t.Space {
		p := v.point(at[a])
		if a == Token {
			p = v.f.positions(p)
		}
		point = append(point, p...)
	}
	return Deferred[E]{t.Name, point, value}
}
