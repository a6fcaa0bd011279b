package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/poly"
)

// proveReduction brings all claims on the committed polynomials to one point.
func (p *prover) proveReduction(s *Statement, secrets *Secrets) (*Folded[fr.Element], error) {
	r := p.a.reduction
	mu := poly.Powers[fr.Element](p.ar, p.tr.Challenge(), len(p.claims))
	p.polys[polyRunningCells] = secrets.Running[SlotCells].Values
	p.polys[polyRunningCache] = secrets.Running[SlotCache].Values
	sums := make([]*poly.Sum, len(r.polys))
	ins := make([]poly.Instance, len(r.polys))
	for i, id := range r.polys {
		n := r.sizes[id]
		p.polys[id] = padded(p.polys[id], n)
		rowBits := poly.RowBitsFor(n)
		one := fr.One()
		spec := poly.Spec{
			Vars: n, RowBits: rowBits,
			Columns: []poly.Column{poly.Field(p.polys[id], rowBits), poly.Field(p.eqSide(id, s, mu), rowBits)},
			Plain:   []poly.Term{{Coef: one, Factors: []int{0, 1}}},
		}
		var err error
		if sums[i], err = poly.NewSum(spec); err != nil {
			return nil, err
		}
		ins[i] = sums[i]
	}
	proof, point, err := poly.ProveBatch(p.tr, r.shape(), ins)
	if err != nil {
		return nil, err
	}
	p.m.Reduction = proof
	final := make([]fr.Element, len(r.polys))
	for i, id := range r.polys {
		final[i] = sums[i].Values()[0]
		p.m.Final[id] = final[i]
	}
	p.tr.Absorb("final", final...)
	return p.fold(r, point), nil
}

// eqSide is sum_k mu^k eq(z_k, x) over the claims on a polynomial.
func (p *prover) eqSide(id polyID, s *Statement, mu []fr.Element) fr.Vector {
	switch id {
	case polyRunningCells:
		return poly.EqTable(s.Running[SlotCells].Point)
	case polyRunningCache:
		return poly.EqTable(s.Running[SlotCache].Point)
	}
	e := make(fr.Vector, 1<<p.a.reduction.sizes[id])
	for _, c := range p.a.reduction.parts[id] {
		fixed, offset := 0, 0
		for fixed < len(c.at) && c.at[fixed] < 0 { // the constant coordinates in front: an offset
			offset = offset<<1 | int(coordZero-c.at[fixed])
			fixed++
		}
		eq := poly.EqTable(p.point(c.at[fixed:]))
		eq.ScalarMul(eq, &mu[c.claim])
		part := e[offset*len(eq):][:len(eq)]
		part.Add(part, eq)
	}
	return e
}

// padded extends a polynomial with zeros to n variables.
func padded(v fr.Vector, n int) fr.Vector {
	if len(v) == 1<<n {
		return v
	}
	w := make(fr.Vector, 1<<n)
	copy(w, v)
	return w
}

// update folds the step's polynomials into the running ones, as fold does with
// their values and result with their commitments.
func (p *prover) update(f *Folded[fr.Element], secrets *Secrets) *Open {
	open := &Open{Output: p.blinds.output}
	open.Cache.Add(&secrets.Cache, &p.blinds.added)
	combine(&secrets.Running[SlotCells], f.Rho, []Polynomial{
		{p.polys[polyCells], p.blinds.cells}, {p.polys[polyOutputs], p.blinds.outputs},
		{p.polys[polyInverses], p.blinds.inverses}, {p.polys[polyInput], secrets.Input},
		{p.polys[polyOutput], p.blinds.output},
	})
	if len(p.Windows) > 0 {
		combine(&secrets.Running[SlotCache], f.Rho, []Polynomial{
			{p.polys[polyCache], open.Cache}, {p.polys[polyAdded], p.blinds.added},
		})
	}
	return open
}

// combine is Horner in rho over polynomials and blinds.
func combine(running *Polynomial, rho fr.Element, parts []Polynomial) {
	power := fr.One()
	for _, q := range parts {
		power.Mul(&power, &rho)
		n := len(q.Values)
		scaled := make(fr.Vector, n)
		scaled.ScalarMul(q.Values, &power)
		sum := running.Values[:n]
		sum.Add(sum, scaled)
		var b fr.Element
		b.Mul(&q.Blind, &power)
		running.Blind.Add(&running.Blind, &b)
	}
}
