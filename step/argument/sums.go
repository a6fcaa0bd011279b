package argument

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
	"fold.example/fold/step/relation"
)

// spaceProver is the prover of one claim of a batch: a sum of products of
// columns, and which column's value answers which claim.
type spaceProver struct {
	sum    *poly.Sum
	spec   poly.Spec
	byRead map[readKey]int
	reads  []columnRead // of each column

	// In the elementwise sums, reads of tensors that lack axes of the space are
	// summed up to one column a form, and their claims answered on their own.
	joins  bool
	byForm map[string]int
	joined []reading
}

// columnRead is the reading that a column was made for first, if it was for one
// tensor alone, and whether the column is that tensor, cell by cell.
type columnRead struct {
	reading
	whole bool
}

// ofForm is the columnRead of a column that combines several tensors.
var ofForm = columnRead{reading: reading{tensor: -1, claims: [2]int{-1, -1}}}

type readKey struct {
	tensor relation.TensorID
	turned bool
}

// newSpaceProver is a sum over n variables without columns yet. Where its rows are
// those of the reduction, they are kept for it.
func (p *stepProver) newSpaceProver(n int) *spaceProver {
	q := &spaceProver{byRead: map[readKey]int{}, byForm: map[string]int{}}
	q.spec = poly.Spec{Vars: n, RowBits: poly.RowBitsFor(n), Arena: &p.arena}
	q.spec.KeepRows = q.spec.RowBits == p.a.reduction.rowBits
	return q
}

// proveSpace prepares the sum over one space of the elementwise sumcheck.
func (p *stepProver) proveSpace(s *spaceSum, tau, lambda []fr.Element) (*spaceProver, error) {
	n := p.Extents.Bits(s.space)
	q := p.newSpaceProver(n)
	q.spec.Eq, q.spec.Vanishes = tau[len(tau)-n:], true
	q.joins = true
	add := func(rs []resolved, to *[]poly.Term) error {
		terms := newTermSet()
		for _, r := range rs {
			for _, t := range r.terms {
				c := p.coef(t.coef)
				c.Mul(&c, &lambda[r.weight])
				if err := p.expand(q, s.space, terms, product{coef: c}, t.factors); err != nil {
					return err
				}
			}
		}
		*to = terms.list
		return nil
	}
	if err := add(s.constraints, &q.spec.Weighted); err != nil {
		return nil, err
	}
	if err := add(s.balance, &q.spec.Plain); err != nil {
		return nil, err
	}
	live := p.skippable(q, s.space)
	q.spec.Live = func(t int) int { return p.liveInRow(s.space, &live, t, q.spec.RowBits) }
	var err error
	q.sum, err = poly.NewSum(q.spec)
	return q, err
}

// termSet collects terms, adding up the coefficients of equal products.
type termSet struct {
	list []poly.Term
	at   map[string]int
}

func newTermSet() *termSet { return &termSet{at: map[string]int{}} }

func (s *termSet) add(coef fr.Element, factors []int) {
	f := slices.Sorted(slices.Values(factors))
	k := fmt.Sprint(f)
	if i, ok := s.at[k]; ok {
		s.list[i].Coef.Add(&s.list[i].Coef, &coef)
		return
	}
	s.at[k] = len(s.list)
	s.list = append(s.list, poly.Term{Coef: coef, Factors: f})
}

// product is a coefficient times columns.
type product struct {
	coef    fr.Element
	columns []int
}

// times is the product with one more factor.
func (t *product) times(f *product) (u product) {
	u.coef.Mul(&t.coef, &f.coef)
	u.columns = slices.Concat(t.columns, f.columns)
	return u
}

// expand multiplies a product of forms out into products of columns. The columns of
// every form are made also where another form has none and the product is zero: all
// reads have claims, and the values of these come from the columns.
func (p *stepProver) expand(q *spaceProver, s relation.Space, terms *termSet, first product, forms [][]reading) error {
	products := []product{first}
	for _, form := range forms {
		factors, err := p.columnsOf(q, s, form)
		if err != nil {
			return err
		}
		var longer []product
		for i := range products {
			for j := range factors {
				longer = append(longer, products[i].times(&factors[j]))
			}
		}
		products = longer
	}
	for _, t := range products {
		terms.add(t.coef, t.columns)
	}
	return nil
}

// columnsOf finds or makes the columns that a form is the sum of. A tensor of zeros
// has none: it adds nothing, and every claim on it has the value zero.
func (p *stepProver) columnsOf(q *spaceProver, s relation.Space, form []reading) (sum []product, err error) {
	add := func(coef fr.Element, column int) { sum = append(sum, product{coef, []int{column}}) }
	if q.joins {
		var narrow []reading
		if form, narrow = p.narrowReads(form, s); len(narrow) > 0 {
			c, err := p.joinedColumn(q, s, narrow)
			if err != nil {
				return nil, err
			}
			add(fr.One(), c)
		}
	}
	for _, r := range form {
		if p.zero[r.tensor] {
			continue
		}
		c, err := p.columnOf(q, s, r)
		if err != nil {
			return nil, err
		}
		add(p.coef(r.coef), c)
	}
	return sum, nil
}

// narrowReads parts a form into reads of tensors over the whole space and of those
// that lack axes of it, which are the same all along these. Tensors with two claims, which some
// constraint reads turned, count as wide.
func (p *stepProver) narrowReads(form []reading, s relation.Space) (wide, narrow []reading) {
	for _, r := range form {
		if r.claims[1] >= 0 || len(p.Tensor(r.tensor).Space) == len(s) {
			wide = append(wide, r)
		} else if !p.zero[r.tensor] {
			narrow = append(narrow, r)
		}
	}
	return wide, narrow
}

// joinedColumn finds or makes the column of a form of narrow tensors.
func (p *stepProver) joinedColumn(q *spaceProver, s relation.Space, form []reading) (int, error) {
	key := ""
	var has relation.Space
	for _, r := range form {
		key += fmt.Sprint(r.tensor, r.coef.Slot, r.coef.Int, ";")
		for _, a := range p.Tensor(r.tensor).Space {
			if !has.Has(a) {
				has = append(has, a)
			}
		}
	}
	if i, ok := q.byForm[key]; ok {
		return i, nil
	}
	slices.Sort(has)
	sum := &relation.Column{Field: make(fr.Vector, 1<<p.Extents.Bits(has))}
	for _, r := range form {
		c, err := p.column(r.tensor)
		if err != nil {
			return 0, err
		}
		k, index := p.coef(r.coef), p.indexMap(p.Tensor(r.tensor).Space, has)
		for i := range sum.Field {
			v := c.At(index(i))
			v.Mul(&v, &k)
			sum.Field[i].Add(&sum.Field[i], &v)
		}
	}
	i := len(q.reads)
	q.byForm[key] = i
	q.joined = append(q.joined, form...)
	q.reads = append(q.reads, ofForm)
	q.spec.Columns = append(q.spec.Columns, p.rows(sum, has, s, q.spec.RowBits, false))
	return i, nil
}

// columnOf finds or makes the column of a reading.
func (p *stepProver) columnOf(q *spaceProver, s relation.Space, r reading) (int, error) {
	k := readKey{r.tensor, r.turned}
	if i, ok := q.byRead[k]; ok {
		return i, nil
	}
	c, err := p.column(r.tensor)
	if err != nil {
		return 0, err
	}
	i, from := len(q.reads), p.Tensor(r.tensor).Space
	q.byRead[k] = i
	q.reads = append(q.reads, columnRead{r, !r.turned && slices.Equal(from, s)})
	q.spec.Columns = append(q.spec.Columns, p.rows(c, from, s, q.spec.RowBits, r.turned))
	return i, nil
}

// rows makes a column over space s of a tensor over some of its axes.
func (p *stepProver) rows(c *relation.Column, from, s relation.Space, rowBits int, turn bool) poly.Column {
	if slices.Equal(from, s) && !turn {
		return c.Rows(rowBits)
	}
	index := p.indexMap(from, s)
	low := make([]int, 1<<rowBits)
	for k := range low {
		if turn {
			low[k] = index(k ^ 1) // the part is the lowest bit
		} else {
			low[k] = index(k)
		}
	}
	if c.Field != nil && !turn {
		return poly.Virtual(func(dst fr.Vector, t int) {
			v := c.Field[index(t<<rowBits):]
			for k := range dst {
				dst[k] = v[low[k]]
			}
		})
	}
	return poly.Virtual(func(dst fr.Vector, t int) {
		high := index(t << rowBits)
		for k := range dst {
			dst[k] = c.At(high | low[k])
			if turn && k&1 == 0 {
				dst[k].Neg(&dst[k])
			}
		}
	})
}

// indexMap returns the map of indices of space s to those of a tensor over some
// of its axes; it is additive over disjoint bits.
func (p *stepProver) indexMap(from, s relation.Space) func(int) int {
	type move struct{ shift, mask, to int }
	var moves []move
	to := p.Extents.Bits(from)
	for _, a := range from {
		n := p.Extents[a].Bits
		to -= n
		i := slices.Index(s, a)
		moves = append(moves, move{p.Extents.Bits(s[i+1:]), 1<<n - 1, to})
	}
	return func(x int) (y int) {
		for _, m := range moves {
			y |= x >> m.shift & m.mask << m.to
		}
		return y
	}
}

// skippable returns how many indices of each axis may be other than zero in some
// column. A tensor that lacks an axis is the same all along it, padding
// included, so that this axis has no dead part.
func (p *stepProver) skippable(q *spaceProver, s relation.Space) (live [relation.NumAxes]int) {
	for _, a := range s {
		live[a] = p.w.Geometry.Live(&p.Extents, a)
		lacks := func(id relation.TensorID) bool { return !p.Tensor(id).Space.Has(a) }
		if slices.ContainsFunc(q.joined, func(r reading) bool { return lacks(r.tensor) }) ||
			slices.ContainsFunc(q.reads, func(r columnRead) bool { return r.tensor >= 0 && lacks(r.tensor) }) {
			live[a] = 1 << p.Extents[a].Bits
		}
	}
	return live
}

// liveInRow returns how many cells of row t, of 2^rowBits cells, lie before the
// end of its last live one.
func (p *stepProver) liveInRow(s relation.Space, live *[relation.NumAxes]int, t, rowBits int) int {
	index, end := t<<rowBits, 0
	shift := p.Extents.Bits(s)
	for _, a := range s {
		n := p.Extents[a].Bits
		shift -= n
		at := index >> shift & (1<<n - 1)
		inRow := min(max(rowBits-shift, 0), n) // bits of the axis that vary within the row
		count := min(live[a]-at, 1<<inRow)
		if count <= 0 {
			return 0
		}
		end += (count - 1) << shift
	}
	return end + 1
}

// values answers the claims of a finished sum from its columns' values, keeps the
// rows that the reduction will want, and gives the memory back.
func (p *stepProver) values(q *spaceProver) {
	v, rows := q.sum.Values(), q.sum.Rows()
	q.sum.Release()
	for _, r := range q.joined {
		if c := r.claims[0]; c >= 0 {
			value := poly.Eval(p.columns[r.tensor].Dense(), p.point(p.claims[c].at))
			p.m.Values[c] = p.unmasked(c, value)
		}
	}
	for i, r := range q.reads {
		if r.whole && rows != nil && r.claims[0] >= 0 && r.claims[1] < 0 {
			p.rowsOf[r.claims[0]] = rows[i]
		}
		switch {
		case r.claims[0] < 0:
		case r.claims[1] < 0:
			p.m.Values[r.claims[0]] = p.unmasked(r.claims[0], v[i])
		case !r.turned:
			// With A = (1-x) a + x b and B = -(1-x) b + x a:
			// a = ((1-x) A + x B)/d, b = (x A - (1-x) B)/d, d = (1-x)^2 + x^2.
			j := q.byRead[readKey{r.tensor, true}]
			p.m.Values[r.claims[0]], p.m.Values[r.claims[1]] = unturn(p.point(r.public)[0], v[i], v[j])
		}
	}
}

func unturn(x, a, b fr.Element) (first, second fr.Element) {
	y, d, t := fr.One(), fr.Element{}, fr.Element{}
	y.Sub(&y, &x)
	d.Square(&x)
	t.Square(&y)
	d.Add(&d, &t).Inverse(&d)
	first.Mul(&y, &a)
	t.Mul(&x, &b)
	first.Add(&first, &t).Mul(&first, &d)
	second.Mul(&x, &a)
	t.Mul(&y, &b)
	second.Sub(&second, &t).Mul(&second, &d)
	return first, second
}

// unmasked is the value to send for a claim whose reading is masked.
func (p *stepProver) unmasked(claim int, v fr.Element) fr.Element {
	c := p.claims[claim]
	t := p.Tensor(c.tensor)
	if t.Oracle != relation.Weights || !t.Space.Has(relation.Token) {
		return v
	}
	at := p.split(t.Space, c.at)
	live := p.f.liveTokens(p.point(at[relation.Token]))
	live.Inverse(&live)
	return *v.Mul(&v, &live)
}

// proveInstance prepares the sum of one contraction's claim.
func (p *stepProver) proveInstance(n *instance) (*spaceProver, error) {
	bits := p.Extents.Bits(n.vars)
	q := p.newSpaceProver(bits)
	out := p.claims[n.claim]
	at := p.split(p.Tensor(out.tensor).Space, out.at)
	for _, f := range n.factors {
		for _, r := range f {
			if err := p.addFactor(q, n, r, &at); err != nil {
				return nil, err
			}
		}
	}
	prefix := product{coef: fr.One()}
	if n.shared > 0 {
		var old []coord
		for _, a := range n.vars[:n.shared] {
			old = append(old, at[a]...)
		}
		c := &relation.Column{Field: poly.EqTable(p.point(old))}
		prefix.columns = []int{len(q.spec.Columns)}
		q.spec.Columns = append(q.spec.Columns, p.rows(c, n.vars[:n.shared], n.vars, q.spec.RowBits, false))
	}
	terms := newTermSet()
	if err := p.expand(q, n.vars, terms, prefix, n.factors); err != nil {
		return nil, err
	}
	q.spec.Plain = terms.list
	var err error
	q.sum, err = poly.NewSum(q.spec)
	return q, err
}

// addFactor adds the column of a factor's tensor, read at the claim's point on
// the axes that the sum does not bind.
func (p *stepProver) addFactor(q *spaceProver, n *instance, r reading, at *[relation.NumAxes][]coord) error {
	k := readKey{r.tensor, false}
	if _, ok := q.byRead[k]; ok {
		return nil
	}
	t := p.Tensor(r.tensor)
	var free, fixed relation.Space
	for _, a := range t.Space {
		if n.vars.Has(a) {
			free = append(free, a)
		} else {
			fixed = append(fixed, a)
		}
	}
	slices.Sort(free)
	c, err := p.partial(r.tensor, free, fixed, at)
	if err != nil {
		return err
	}
	q.byRead[k] = len(q.reads)
	q.reads = append(q.reads, columnRead{r, slices.Equal(t.Space, n.vars)})
	q.spec.Columns = append(q.spec.Columns, p.rows(c, free, n.vars, q.spec.RowBits, false))
	return nil
}

// partial evaluates a tensor on its fixed axes and leaves a function of the
// free ones.
func (p *stepProver) partial(
	id relation.TensorID, free, fixed relation.Space, at *[relation.NumAxes][]coord,
) (*relation.Column, error) {
	t := p.Tensor(id)
	eq := poly.EqTable(p.point(pointOf(fixed, at)))
	if t.Oracle == relation.Weights && len(fixed) > 0 { // a matrix
		read := p.model.Columns
		if slices.Contains(fixed, t.Space[0]) {
			read = p.model.Rows
		}
		v, err := read(t.Name, eq)
		return &relation.Column{Field: v}, err
	}
	c, err := p.column(id)
	if err != nil || len(fixed) == 0 && slices.Equal(free, t.Space) {
		return c, err
	}
	dst := make(fr.Vector, 1<<p.Extents.Bits(free))
	if c.Signed != nil && len(fixed) > 0 {
		m := &kernel.W16{Rows: len(eq), Cols: len(dst), Data: p.ordered(c.Signed, t.Space, slices.Concat(fixed, free))}
		kernel.VecMat(dst, eq, m)
		return &relation.Column{Field: dst}, nil
	}
	to, weight := p.indexMap(free, t.Space), p.indexMap(fixed, t.Space)
	for i := range c.Len() {
		v := c.At(i)
		if v.IsZero() {
			continue
		}
		v.Mul(&v, &eq[weight(i)])
		d := &dst[to(i)]
		d.Add(d, &v)
	}
	return &relation.Column{Field: dst}, nil
}

// ordered returns the cells of a tensor over space from in the order of the axes to.
func (p *stepProver) ordered(cells []int16, from, to relation.Space) []int16 {
	if slices.Equal(from, to) {
		return cells
	}
	out, index := make([]int16, len(cells)), p.indexMap(from, to)
	kernel.For(len(out), relation.ParallelGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			out[i] = cells[index(i)]
		}
	})
	return out
}
