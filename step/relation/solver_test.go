package relation

import (
	"math/big"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// solver computes a witness from the committed weights and tables alone, which may be any
// field elements, also in the padding. It computes the cells in the order of their
// dependencies. Where it solves for a cell it has several candidates: the value of the
// definition, if the cell has such a value at all, and values that a forger would try.
type solver struct {
	*Checker
	t      testing.TB
	prefix string
	name   string            // name of the tensor for which another candidate is taken
	choice int               // number of that candidate
	cell   int               // the cell, or -1 for all cells whose constraint the candidate satisfies
	others map[otherWay]bool // the other candidates that satisfy their cell's constraint
}

// candidate is a value for a cell, with its dependent cells: the digits of a remainder, and
// the excess that a saturation cuts off. It holds if all of them are in their ranges.
type candidate struct {
	value *big.Int
	rest  []*big.Int
	holds bool
}

func element(x *big.Int) (e fr.Element) {
	e.SetBigInt(x)
	return e
}

func within(x, lo, hi *big.Int) bool { return x.Cmp(lo) >= 0 && x.Cmp(hi) <= 0 }

// take chooses among the candidates for a cell: the first that holds, or the one that the way
// names.
func (s *solver) take(name string, i int, list []candidate) candidate {
	at := max(0, slices.IndexFunc(list, func(c candidate) bool { return c.holds }))
	for k, c := range list {
		if c.holds && !c.equal(&list[at]) {
			s.others[otherWay{name, k, -1}] = true
		}
	}
	if name == s.name && s.choice < len(list) && (i == s.cell || s.cell < 0 && list[s.choice].holds) {
		at = s.choice
	}
	return list[at]
}

func (c *candidate) equal(d *candidate) bool {
	return c.value.Cmp(d.value) == 0 &&
		slices.EqualFunc(c.rest, d.rest, func(a, b *big.Int) bool { return a.Cmp(b) == 0 })
}

func (s *solver) id(name string) TensorID {
	id, ok := s.Program.Find(s.prefix + name)
	if !ok {
		id, ok = s.Program.Find(name)
	}
	require.True(s.t, ok, s.prefix+name)
	return id
}

func (s *solver) set(name string, i int, x *big.Int) { s.Columns[s.id(name)].Field[i] = element(x) }

// split writes x into n cells of 16 bits; the highest cell takes the rest.
func (s *solver) split(name string, i, n int, x *big.Int) {
	for k := range n {
		digit := x
		if k < n-1 {
			digit = new(big.Int).And(x, maxU16)
		}
		s.set(Numbered(name, k), i, digit)
		x = new(big.Int).Rsh(x, 16)
	}
}

// left returns the sum of a constraint's terms in a cell, for the present witness.
func (s *solver) left(name string, at *[NumAxes]int) *big.Int {
	i := slices.IndexFunc(s.Program.Constraints, func(c Constraint) bool { return c.Name == s.prefix+name })
	require.GreaterOrEqual(s.t, i, 0, s.prefix+name)
	var sum fr.Element
	for _, term := range s.Program.Constraints[i].Terms {
		p := s.coef(term.Coef)
		for _, f := range term.Factors {
			v := s.form(f, at)
			p.Mul(&p, &v)
		}
		sum.Add(&sum, &p)
	}
	return integer(sum)
}

// cells visits the cells of a tensor.
func (s *solver) cells(name string, visit func(i int, at *[NumAxes]int)) {
	space := s.Program.Tensor(s.id(name)).Space
	var at [NumAxes]int
	_ = s.each(space, &at, func() error {
		visit(s.Index(space, &at), &at)
		return nil
	})
}

// contraction evaluates the contraction that defines a tensor.
func (s *solver) contraction(name string) {
	i := slices.IndexFunc(s.Program.Contractions, func(c Contraction) bool { return c.Out == s.id(name) })
	require.GreaterOrEqual(s.t, i, 0, name)
	k := &s.Program.Contractions[i]
	summed := k.summed(s.Program)
	s.cells(name, func(i int, at *[NumAxes]int) { s.Columns[k.Out].Field[i] = s.sum(k, summed, at) })
}

// quotients returns candidates for y in acc = 2^(16 n) y + r: the quotients of acc and of acc
// plus multiples of the modulus, the first of them plus and minus one, zero, and its low 16
// bits.
func quotients(acc *big.Int, n int, lo, hi *big.Int) (list []candidate) {
	unit, half := Pow2(16*n), Pow2(16*n-1)
	add := func(y *big.Int) {
		r := new(big.Int).Sub(acc, Mul(y, unit))
		r = integer(element(r))
		centred := within(r, new(big.Int).Neg(half), new(big.Int).Sub(half, One))
		list = append(list, candidate{y, []*big.Int{r}, within(y, lo, hi) && centred})
	}
	floor := func(a *big.Int) *big.Int { return new(big.Int).Rsh(new(big.Int).Add(a, half), uint(16*n)) }
	for _, wraps := range []int64{0, 1, -1, 2} {
		add(floor(new(big.Int).Add(acc, Mul(big.NewInt(wraps), fr.Modulus()))))
	}
	first := list[0].value
	add(new(big.Int).Add(first, One))
	add(new(big.Int).Sub(first, One))
	add(zero)
	low := new(big.Int).And(first, maxU16)
	if low.Cmp(maxS16) > 0 {
		low.Sub(low, Pow2(16))
	}
	add(low)
	return list
}

// rescale solves for a rescaled cell of 16 bits, or of 32 in two cells, and its remainder.
func (s *solver) rescale(name, remainder string, n int, wide bool) {
	if wide {
		s.cells(name+".lo", func(i int, at *[NumAxes]int) {
			c := s.take(name, i, quotients(s.left(remainder, at), n, minS32, maxS32))
			s.split(remainder+".r", i, n, c.rest[0])
			s.set(name+".lo", i, new(big.Int).And(c.value, maxU16))
			s.set(name+".hi", i, new(big.Int).Rsh(c.value, 16))
		})
		return
	}
	s.cells(name, func(i int, at *[NumAxes]int) {
		c := s.take(name, i, quotients(s.left(remainder, at), n, minS16, maxS16))
		s.set(name, i, c.value)
		s.split(remainder+".r", i, n, c.rest[0])
	})
}

// saturated solves for a cell that is a rescale saturated to 16 bits.
func (s *solver) saturated(name, constraint string, n int) {
	lo, hi := new(big.Int).Sub(minS16, OnesBelow(32)), new(big.Int).Add(maxS16, OnesBelow(32))
	s.cells(name, func(i int, at *[NumAxes]int) {
		var list []candidate
		for _, q := range quotients(s.left(constraint, at), n, lo, hi) {
			for _, y := range []*big.Int{minOf(maxOf(q.value, minS16), maxS16), maxS16, minS16, q.value} {
				over := new(big.Int).Sub(q.value, y)
				under := new(big.Int).Neg(over)
				over, under = maxOf(over, zero), maxOf(under, zero)
				holds := q.holds && within(y, minS16, maxS16) &&
					(over.Sign() == 0 || y.Cmp(maxS16) == 0) && (under.Sign() == 0 || y.Cmp(minS16) == 0)
				list = append(list, candidate{y, []*big.Int{over, under, q.rest[0]}, holds})
			}
		}
		c := s.take(name, i, list)
		s.set(name, i, c.value)
		s.split(constraint+".over", i, 2, c.rest[0])
		s.split(constraint+".under", i, 2, c.rest[1])
		s.split(constraint+".r", i, n, c.rest[2])
	})
}

// fraction finds p/q = v with q below 2^49, if v is such a small fraction.
func fraction(v *big.Int) (p, q *big.Int) {
	a, b := fr.Modulus(), new(big.Int).Mod(v, fr.Modulus())
	x, y := big.NewInt(0), big.NewInt(1)
	for b.BitLen() > 98 {
		k := new(big.Int).Div(a, b)
		a, b = b, new(big.Int).Sub(a, Mul(k, b))
		x, y = y, new(big.Int).Sub(x, Mul(k, y))
	}
	if y.Sign() < 0 {
		return new(big.Int).Neg(b), new(big.Int).Neg(y)
	}
	return b, y
}

// root solves for an inverse root: of v as a small fraction, as an integer, one more, one
// less, zero, and the largest number.
func (s *solver) root(name string) {
	s.contraction(name + ".square")
	s.cells(name+".inv.square", func(i int, at *[NumAxes]int) {
		c := s.left(name+".inv.below", at) // c live, because the other terms are zero
		live := s.value(s.id("live.token"), at)
		v := new(big.Int).Add(s.left(name+".inv.above", at), c) // v - c live - live
		if live.IsOne() {
			v.Add(v, One)
		}
		var list []candidate
		add := func(inv *big.Int) {
			next := new(big.Int).Add(inv, One)
			below := integer(element(new(big.Int).Sub(c, Mul(Mul(inv, inv), v))))
			above := new(big.Int).Sub(Mul(Mul(next, next), v), c)
			if live.IsOne() {
				above.Sub(above, One)
			} else {
				above.Sub(above, v) // without the one of a live token
			}
			above = integer(element(above))
			list = append(list, candidate{inv, []*big.Int{below, above},
				within(inv, zero, OnesBelow(48)) && within(below, zero, OnesBelow(96)) &&
					within(above, zero, OnesBelow(96))})
		}
		for _, of := range []*big.Int{v, new(big.Int).Add(v, fr.Modulus())} {
			p, q := fraction(of)
			for _, w := range [][2]*big.Int{{p, q}, {of, One}} {
				if w[0].Sign() > 0 && c.Sign() > 0 {
					add(new(big.Int).Sqrt(new(big.Int).Div(Mul(c, w[1]), w[0])))
				}
			}
		}
		add(zero)
		first := list[0].value
		add(new(big.Int).Add(first, One))
		add(new(big.Int).Sub(first, One))
		add(OnesBelow(48))
		k := s.take(name+".inv", i, list)
		s.split(name+".inv", i, 3, k.value)
		s.set(name+".inv.square", i, Mul(k.value, k.value))
		s.split(name+".below", i, 6, k.rest[0])
		s.split(name+".above", i, 6, k.rest[1])
	})
}

// lookup solves for the output of a table of pairs. The candidates are the output of the row
// and, for a zero cell, zero, which the inverses allow.
func (s *solver) lookup(table, in, out string) {
	rows := s.Columns[s.id(table)].Field
	s.cells(in, func(i int, at *[NumAxes]int) {
		x := integer(s.Columns[s.id(in)].Field[i])
		if out == "e" && s.masked(at) {
			return // the candidate is zero
		}
		list := []candidate{{value: zero}}
		if row := new(big.Int).And(x, maxU16); x.BitLen() <= 16 {
			list[0] = candidate{value: integer(rows[row.Int64()]), holds: true}
		}
		list = append(list, candidate{value: zero, holds: x.Sign() == 0}, candidate{value: One})
		s.set(out, i, s.take(out, i, list).value)
	})
}
