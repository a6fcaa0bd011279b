package argument

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
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

// AccumulatorSizes are the numbers of variables of the running polynomials: Cells for the polynomial
// that cells, outputs, inverses and streams are folded into, Cache for the polynomial of the cache.
type AccumulatorSizes struct{ Cells, Cache int }

// reduction is the plan of the last sumcheck. The sumcheck reduces all claims on committed polynomials
// and the running claims to one claim per polynomial, all at one point.
type reduction struct {
	slots AccumulatorSizes
	polys []polyID // those that take part
	// rowBits is the number of variables within a row. The sumcheck binds them first. Every
	// polynomial and every window of the cache has at least this number of variables.
	rowBits int
	sizes   [numPolys]int
	parts   [numPolys][]reduced
}

// reduced is a claim on a tensor, translated to a point of the polynomial that contains the tensor.
type reduced struct {
	claim int
	at    []coord
}

func (l *plan) planReduction(slots AccumulatorSizes) *reduction {
	r := &reduction{slots: slots, rowBits: relation.MaxRowBits}
	x := l.Extents.Bits(relation.PerChannel)
	r.sizes = [numPolys]int{
		slots.Cells, slots.Cells, slots.Cells, x, x, slots.Cache, slots.Cache, slots.Cells, slots.Cache,
	}
	windows := map[relation.TensorID]int{}
	for i, w := range l.CacheWrites {
		windows[w.Cache] = i
		r.rowBits = min(r.rowBits, l.Extents.Bits(l.Tensor(w.Cache).Space))
	}
	for i, c := range l.claims {
		switch {
		case l.isPadding(i):
			continue
		case c.tensor == cacheAdded:
			r.add(polyAdded, i, c.at)
			continue
		}
		switch t := l.Tensor(c.tensor); t.Oracle {
		case relation.Cells:
			r.add(polyCells, i, l.place(t, c.at, slots.Cells))
		case relation.Outputs:
			r.add(polyOutputs, i, l.place(t, c.at, slots.Cells))
		case relation.Inverses:
			r.add(polyInverses, i, l.place(t, c.at, slots.Cells))
		case relation.Input:
			r.add(polyInput, i, c.at)
		case relation.Output:
			r.add(polyOutput, i, c.at)
		case relation.Cache:
			r.add(polyCache, i, l.cachePoint(windows[c.tensor], c.at))
		}
	}
	for p := range numPolys {
		running := p == polyRunningCells || p == polyRunningCache && len(l.CacheWrites) > 0
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

// place returns the point of a polynomial of n variables for a claim on a tensor: the high bits of the
// tensor's offset, then the claim's point.
func (l *plan) place(t *relation.Tensor, at []coord, n int) []coord {
	return append(bitsOf(t.Offset>>len(at), n-len(at)), at...)
}

// claims returns the number of claims, including the running claims.
func (r *reduction) claims() int {
	n := 0
	r.each(func(int, *reduced) { n++ })
	return n
}

// each visits all claims on committed polynomials in the order of their weights: the
// place of the polynomial in polys, and the claim, nil for a running one.
func (r *reduction) each(visit func(i int, c *reduced)) {
	for i, p := range r.polys {
		if p == polyRunningCells || p == polyRunningCache {
			visit(i, nil)
		}
		for j := range r.parts[p] {
			visit(i, &r.parts[p][j])
		}
	}
}

// EvalClaim is an evaluation claim: a polynomial takes the value Value at Point. The caller holds the
// commitment to the polynomial (CommittedClaim).
type EvalClaim[E any] struct {
	Point []E
	Value E
}

// Folded is the output of the verifier: the running claims after the step, the challenge rho whose
// endoscalar's powers combine the commitments (RhoBits: its 126 bits, lowest first), and the claims on weights.
//
// In a circuit of several size classes the point of the running claim on the cells has the length of
// the largest slot; a shorter point is padded with zeros at its front. A step that writes to no cache
// returns the claim on the cache unchanged.
type Folded[E any] struct {
	Running [2]EvalClaim[E]
	Rho     E
	RhoBits []E
	Weights WeightClaims[E]
}

// value returns the value of a claim of the reduction; c is nil for a running claim.
func (v *verifier[E]) value(p polyID, c *reduced, running [2]EvalClaim[E]) E {
	if c != nil {
		return v.m.Values[c.claim]
	}
	return running[p-polyRunningCells].Value
}

// reductionSum returns the sum that the reduction begins with: the weighted claims on committed polynomials.
func (v *verifier[E]) reductionSum(weights []E, running [2]EvalClaim[E]) E {
	return v.chosen(func(b *variantVerifier[E]) E {
		var values []E
		b.reduction.each(func(i int, c *reduced) {
			values = append(values, v.value(b.reduction.polys[i], c, running))
		})
		return inner[E](v.ar, weights, values)
	})
}

// assertReduction asserts that the polynomials' values at the last point give the reduction's last value. bound
// is that point in the order of the rounds.
func (v *verifier[E]) assertReduction(weights []E, running [2]EvalClaim[E], bound []E, value E) {
	eqs := map[int]*points[E]{}
	for _, b := range v.branches {
		n := b.reduction.rowBits
		if v.ends[n] == nil {
			v.ends[n] = poly.RowsFirst(bound, n)
			eqs[n] = newPoints[E](v.ar, v.chal, v.ends[n])
		}
	}
	want := v.chosen(func(b *variantVerifier[E]) E {
		return b.reducedAt(eqs[b.reduction.rowBits], weights, running)
	})
	v.ar.AssertEqual(value, want, "values of the polynomials")
}

// reducedAt returns the value of the reduction's summand at the last point.
func (b *variantVerifier[E]) reducedAt(eq *points[E], weights []E, running [2]EvalClaim[E]) E {
	sum := b.ar.Const(fr.Element{})
	for _, p := range b.reduction.polys {
		var share E
		if p == polyRunningCells || p == polyRunningCache {
			at := running[p-polyRunningCells].Point
			share = b.ar.Mul(weights[0], eq.eqRunning(int(p-polyRunningCells), Last(at, b.reduction.sizes[p])))
			weights = weights[1:]
		} else {
			share = eq.weighted(b.reduction.parts[p], weights)
			weights = weights[len(b.reduction.parts[p]):]
		}
		share = b.late(share, b.common.rounds()-b.reduction.sizes[p])
		sum = b.ar.Add(sum, b.ar.Mul(share, b.final(p)))
	}
	return sum
}

// final returns the value of a polynomial at the last point, or zero if the program lacks the
// polynomial.
func (b *variantVerifier[E]) final(p polyID) E {
	if !slices.Contains(b.reduction.polys, p) {
		return b.ar.Const(fr.Element{})
	}
	return b.m.Reduction.Values[slices.Index(b.common.polys, p)]
}

// fold combines the polynomials' values with the powers of the endoscalar of f.Rho, as method result of
// Argument combines the commitments. The running polynomial has the power 0. fold sets f.Running.
func (v *verifier[E]) fold(f *Folded[E], running [2]EvalClaim[E]) {
	rho := transcript.Endoscalar(v.ar, f.RhoBits)
	n, m := len(running[AccumulatorCells].Point), len(running[AccumulatorCache].Point)
	type end struct{ size, rowBits int }
	f.Running[AccumulatorCells] = EvalClaim[E]{
		chosenBy(v, n, func(b *variantVerifier[E]) end {
			return end{b.reduction.slots.Cells, b.reduction.rowBits}
		}, func(e end) []E {
			return append(transcript.Padded(v.ar, nil, n-e.size), Last(v.ends[e.rowBits], e.size)...)
		}),
		v.chosen(func(b *variantVerifier[E]) E {
			return b.folded(rho, polyRunningCells, polyCells, polyOutputs, polyInverses, polyInput, polyOutput)
		}),
	}
	f.Running[AccumulatorCache] = EvalClaim[E]{
		chosenBy(v, m, func(b *variantVerifier[E]) int {
			if len(b.CacheWrites) == 0 {
				return -1
			}
			return b.reduction.rowBits
		}, func(rowBits int) []E {
			if rowBits < 0 {
				return running[AccumulatorCache].Point
			}
			return Last(v.ends[rowBits], m)
		}),
		v.chosen(func(b *variantVerifier[E]) E {
			if len(b.CacheWrites) == 0 {
				return running[AccumulatorCache].Value
			}
			return b.folded(rho, polyRunningCache, polyCache, polyAdded)
		}),
	}
}

// Last returns the last n elements of a list of at least n elements, without copying them.
func Last[E any](list []E, n int) []E { return list[len(list)-n:] }

// folded returns the value of a folded polynomial: the sum of rho^k times the value of part k. A smaller
// polynomial is extended by zeros, so its value is multiplied by eq(0, the coordinates that it lacks).
func (b *variantVerifier[E]) folded(rho E, running polyID, parts ...polyID) E {
	sizes, end := &b.reduction.sizes, b.ends[b.reduction.rowBits]
	sum := b.ar.Const(fr.Element{})
	for i := len(parts) - 1; i >= 0; i-- {
		if slices.Contains(b.reduction.polys, parts[i]) { // otherwise its commitment is infinity
			here := Last(end, sizes[running])
			lift := poly.EqBits[E](b.ar, 0, here[:sizes[running]-sizes[parts[i]]])
			sum = b.ar.Add(b.ar.Mul(lift, b.final(parts[i])), sum)
		}
		sum = b.ar.Mul(rho, sum)
	}
	return b.ar.Add(b.final(running), sum)
}
