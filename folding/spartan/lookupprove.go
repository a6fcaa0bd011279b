package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// lookupProver is the prover's side of lookups.
type lookupProver struct {
	*lookups[fr.Element, bn254.G1Affine]
	list   *matrixList
	tables [axes]tableProver
	sums   [1 + axes]*poly.Sum // over the entries, then over each axis' indices
}

// tableProver is the columns of an axis' table.
type tableProver struct {
	*axis
	x    fr.Vector // the table
	inv  fr.Vector // 1/w where the index is used, else 0
	pole fr.Vector // w
	g    fr.Vector
}

// proveLookups commits to everything that the matrices' product with z needs. commit is
// that of the key.
func (l *matrixList) proveLookups(
	p *mainProver, tr *transcript.Native, m *matrixProof[fr.Element, bn254.G1Affine],
	commit func(fr.Vector) (bn254.G1Affine, error),
) (*lookupProver, error) {
	out := &lookupProver{list: l, lookups: &lookups[fr.Element, bn254.G1Affine]{side: p.side, matrixKey: &l.matrixKey}}
	for a, x := range [axes]fr.Vector{p.rowTables(), p.z()} {
		out.tables[a] = tableProver{axis: &l.axes[a], x: x}
		m.looked[a] = l.axes[a].look(x)
	}
	// P -> V: the tables' values at the entries' indices. V -> P: alpha, beta.
	transcript.AbsorbPoints(tr, "looked", m.looked[:]...)
	out.alpha, out.beta = tr.Challenge(), tr.Challenge()
	for a := range out.tables {
		t := &out.tables[a]
		t.invert(out.lookups)
		m.inverses[a] = t.look(t.inv)
		var err error
		if m.inverses[axes+a], err = commit(t.g); err != nil {
			return nil, err
		}
	}
	// P -> V: h and g of both axes. V -> P: sigma, omega.
	transcript.AbsorbPoints(tr, "inverses", m.inverses[:]...)
	sigma := challenges(tr, l.sigmaVars(p.form))
	out.enter(m, sigma, tr.Challenge())
	return out, out.prepare()
}

// rowTables returns rho^matrix eq(rx, row), the rows' table, for A, B, C and zeros.
func (p *prover[E, C]) rowTables() []E {
	rows := p.c.EqTable(p.rx)
	tables := make([]E, 4*len(rows))
	for k, rho := range p.rho {
		p.c.Scale(tables[k*len(rows):(k+1)*len(rows)], rows, rho)
	}
	return tables
}

// invert computes w, its inverses and g.
func (t *tableProver) invert(l *lookups[fr.Element, bn254.G1Affine]) {
	n := len(t.x)
	t.pole, t.inv, t.g = make(fr.Vector, n), make(fr.Vector, n), make(fr.Vector, n)
	t.pole.ScalarMul(t.x, &l.beta)
	w, one := l.alpha, fr.One() // alpha - i
	for i := range t.pole {
		t.pole[i].Sub(&w, &t.pole[i])
		w.Sub(&w, &one)
	}
	used := make([]fr.Element, len(t.used))
	for k, i := range t.used {
		used[k] = t.pole[i]
	}
	var count fr.Element
	for k, inverse := range fr.BatchInvert(used) {
		i := t.used[k]
		count.SetUint64(uint64(t.counts[i]))
		t.inv[i] = inverse
		t.g[i].Mul(&inverse, &count)
	}
}

// gathered is the column table[index_j] over the entries.
func gathered(table fr.Vector, index []uint32, rowBits int) poly.Column {
	return poly.Virtual(func(dst fr.Vector, t int) {
		live := rowOf(index, t, rowBits)
		n := min(len(live), len(dst))
		for k, i := range live[:n] {
			dst[k] = table[i]
		}
		clear(dst[n:])
	})
}

// counted is a column of integers.
func counted(v []uint32, rowBits int) poly.Column {
	return poly.Cells(func(t int) []uint32 { return rowOf(v, t, rowBits) })
}

// rowOf is row t of a column that may end before it.
func rowOf[T any](v []T, t, rowBits int) []T {
	lo := min(t<<rowBits, len(v))
	return v[lo:min(lo+1<<rowBits, len(v))]
}

// Columns of the sum over the entries, each axis' from cellColumns(axis) on, and of the
// sum over an axis' indices.
const (
	columnX = iota
	columnH
	columnIndex
	axisColumns

	columnG     = 0
	columnPole  = 1
	columnCount = 2
)

func cellColumns(axis int) int { return 1 + axis*axisColumns }

// prepare sets up the sums.
func (p *lookupProver) prepare() (err error) {
	rowBits := poly.RowBitsFor(p.entryVars())
	spec := poly.Spec{
		Vars: p.entryVars(), RowBits: rowBits,
		Columns: []poly.Column{gathered(p.list.coefficients, p.list.values, rowBits)},
		Live:    func(t int) int { return len(rowOf(p.list.values, t, rowBits)) },
		Eq:      p.sigma[len(p.sigma)-p.entryVars():],
		Plain: []poly.Term{{Coef: curve.Fr.One,
			Factors: []int{0, cellColumns(byRow) + columnX, cellColumns(byColumn) + columnX}}},
	}
	for a := range p.tables {
		t, at := &p.tables[a], cellColumns(a)
		spec.Columns = append(spec.Columns, gathered(t.x, t.index, rowBits), gathered(t.inv, t.index, rowBits),
			counted(t.index, rowBits))
		minus := curve.Fr.Sub(curve.Fr.Zero, p.omega[weightCells+a])
		spec.Weighted = append(spec.Weighted,
			poly.Term{Coef: curve.Fr.Mul(p.omega[weightCells+a], p.alpha), Factors: []int{at + columnH}},
			poly.Term{Coef: minus, Factors: []int{at + columnH, at + columnIndex}},
			poly.Term{Coef: curve.Fr.Mul(minus, p.beta), Factors: []int{at + columnH, at + columnX}})
		spec.Plain = append(spec.Plain, poly.Term{Coef: p.omega[weightSums+a], Factors: []int{at + columnH}})
		if p.sums[1+a], err = p.tableSum(a); err != nil {
			return err
		}
	}
	p.sums[0], err = poly.NewSum(spec)
	return err
}

func (p *lookupProver) tableSum(axis int) (*poly.Sum, error) {
	t := &p.tables[axis]
	rowBits := poly.RowBitsFor(t.vars)
	weight := p.omega[weightTable+axis]
	return poly.NewSum(poly.Spec{
		Vars: t.vars, RowBits: rowBits,
		Columns: []poly.Column{poly.Field(t.g, rowBits), poly.Field(t.pole, rowBits), counted(t.counts, rowBits)},
		Eq:      p.sigma[len(p.sigma)-t.vars:],
		Weighted: []poly.Term{
			{Coef: weight, Factors: []int{columnG, columnPole}},
			{Coef: curve.Fr.Sub(curve.Fr.Zero, weight), Factors: []int{columnCount}}},
		Plain: []poly.Term{{Coef: curve.Fr.Sub(curve.Fr.Zero, p.omega[weightSums+axis]), Factors: []int{columnG}}},
	})
}

// summands are the sums of the claim in a batch of n variables.
func (p *lookupProver) summands(n int) (out []summand[fr.Element]) {
	for _, s := range p.sums {
		out = append(out,
			&delayed[fr.Element]{f: curve.Fr, wait: n - s.Vars(), scale: curve.Fr.One, value: s.Sum(), inner: s})
	}
	return
}

// values are those of the columns that are sent.
func (p *lookupProver) values() (out [3 * axes]fr.Element) {
	cells := p.sums[0].Values()
	for a := range p.tables {
		out[a], out[axes+a] = cells[cellColumns(a)+columnX], cells[cellColumns(a)+columnH]
		out[2*axes+a] = p.sums[1+a].Values()[columnG]
	}
	return
}

// open adds the polynomials, with their factors, to what is opened. What is looked up by
// one index is one table.
func (p *lookupProver) open(to *blend, factors []fr.Element) {
	f := curve.Fr
	for a := range p.tables {
		t := &p.tables[a]
		table, own, tmp := make(fr.Vector, len(t.x)), make(fr.Vector, len(t.x)), make(fr.Vector, len(t.x))
		table.ScalarMul(t.x, &factors[p.sent(a)])
		tmp.ScalarMul(t.inv, &factors[p.sent(axes+a)])
		table.Add(table, tmp)
		own.ScalarMul(t.g, &factors[p.sent(2*axes+a)])
		var index fr.Element
		for i := range table {
			table[i].Add(&table[i], &index)
			index.Add(&index, &factors[p.index(a)])
			own[i].Add(&own[i],
				new(fr.Element).Mul(&factors[p.counts(a)], new(fr.Element).SetUint64(uint64(t.counts[i]))))
		}
		to.add(lookedUp{table, t.index}, len(t.index), f.One)
		to.add(poly.Dense(own), len(own), f.One)
	}
	to.add(lookedUp{p.list.coefficients, p.list.values}, len(p.list.values), factors[p.first+fixedValues])
}

// lookedUp is the vector table[index_j].
type lookedUp struct {
	table fr.Vector
	index []uint32
}

// AddScaled adds c times the values from at on to dst.
func (l lookedUp) AddScaled(dst fr.Vector, at int, c *fr.Element) {
	var t fr.Element
	for k, i := range l.index[at : at+len(dst)] {
		t.Mul(&l.table[i], c)
		dst[k].Add(&dst[k], &t)
	}
}
