package poly

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Spec describes the sum
//
//	sum_x eq(Eq, x) sum_Weighted coef prod columns(x) + sum_x sum_Plain coef prod columns(x)
//
// over x in {0,1}^Vars. The cube is divided into rows of 2^RowBits cells; the cells of a
// row share the first Vars-RowBits variables. Columns are read row by row. Rows without
// live cells are not read.
type Spec struct {
	Vars    int      // number of variables
	RowBits int      // RowBitsFor(Vars), or less if the tensor has shorter rows
	Columns []Column // read by the terms
	// Live returns m such that only the first m cells of row t can be nonzero, in any column.
	// All other cells must be zero in every column. Nil means that all cells are live.
	Live     func(t int) int
	Eq       []fr.Element // Vars coordinates; required if there are weighted terms
	Weighted []Term       // terms with the factor eq(Eq, x)
	Plain    []Term       // terms without it
	// Vanishes states that the weighted terms add up to zero in every cell, as a satisfied
	// constraint does. Their sums are then not computed.
	Vanishes bool
	// KeepRows keeps the columns bound to the challenges of the row variables, for Rows.
	KeepRows bool
	// Arena provides the memory, which Release returns to it. Nil: the Sum makes its own.
	Arena *Arena
}

// RowBitsFor returns the usual RowBits for a number of variables: a row is at most the
// block of a vector kernel.
func RowBitsFor(vars int) int { return min(vars, rowVars) }

// Sum is the Instance for sums of products of up to four columns. It binds the row
// variables first, and keeps for every row t and group of terms q
//
//	V[t] = sum_k eq(tau_k, k) q(t, k),
//
// where tau_k is the part of tau = Eq within a row. V[t] and V[t+h] are the values at 0 and
// 1 of the polynomial of row pair t. A round therefore computes only the samples beyond
// these two, and the next round's V follows from the samples. The factor eq costs one table
// over a row and scalars. (Gruen, eprint 2024/108, likewise takes eq out of the round
// polynomial.)
type Sum struct {
	spec   Spec
	groups []group
	e      fr.Vector
	prefix fr.Element  // eq(Eq, r) over the bound variables
	data   []fr.Vector // the columns, once a variable is bound
	live   []int       // live cells of the unbound rows
	width  int         // cells in a row; below 2^RowBits once the rows are bound
	round  int
	total  fr.Element
	kept   []fr.Vector
}

var _ Instance = (*Sum)(nil)

// NewSum reads the columns once and returns the instance. It returns an error if the parts
// of spec are inconsistent.
func NewSum(spec Spec) (*Sum, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	if spec.Arena == nil {
		spec.Arena = new(Arena)
	}
	rows := 1 << (spec.Vars - spec.RowBits)
	s := &Sum{spec: spec, width: 1 << spec.RowBits, prefix: fr.One(), live: make([]int, rows)}
	for t := range s.live {
		s.live[t] = s.width
		if spec.Live != nil {
			s.live[t] = min(max(spec.Live(t), 0), s.width)
		}
	}
	s.addGroups(spec.Weighted, true)
	s.addGroups(spec.Plain, false)
	if len(spec.Weighted) > 0 {
		s.e = EqTable(spec.Eq[spec.Vars-spec.RowBits:])
	}
	s.first()
	for i := range s.groups {
		v := s.groups[i].total(s.rowWeights(0))
		s.total.Add(&s.total, &v)
	}
	return s, nil
}

func (spec *Spec) check() error {
	if spec.Vars < 0 || spec.RowBits < 0 || spec.RowBits > spec.Vars {
		return fmt.Errorf("poly: rows of 2^%d cells in %d variables", spec.RowBits, spec.Vars)
	}
	if len(spec.Weighted) > 0 && len(spec.Eq) != spec.Vars {
		return fmt.Errorf("poly: eq at a point of %d coordinates, want %d", len(spec.Eq), spec.Vars)
	}
	for _, terms := range [][]Term{spec.Weighted, spec.Plain} {
		for i, term := range terms {
			if n := len(term.Factors); n < 1 || n > maxDegree {
				return fmt.Errorf("poly: term %d has %d factors, want 1 to %d", i, n, maxDegree)
			}
			for _, c := range term.Factors {
				if c < 0 || c >= len(spec.Columns) {
					return fmt.Errorf("poly: term %d reads column %d of %d", i, c, len(spec.Columns))
				}
			}
		}
	}
	return nil
}

// Vars returns the number of variables.
func (s *Sum) Vars() int { return s.spec.Vars }

// Degree returns the maximum degree of a round polynomial.
func (s *Sum) Degree() int {
	d := 1
	for i := range s.groups {
		d = max(d, s.groups[i].messageDegree())
	}
	return d
}

// Sum returns the sum over the cube, before any variable is bound.
func (s *Sum) Sum() fr.Element { return s.total }

// Values returns the columns' values at the point of the challenges. All variables must be
// bound.
func (s *Sum) Values() []fr.Element {
	v := make([]fr.Element, len(s.data))
	for c := range v {
		scale := s.spec.Columns[c].scale()
		v[c].Mul(&s.data[c][0], &scale)
	}
	return v
}

// Rows returns for each column c the 2^RowBits values c~(r, .), where r are the challenges
// of the row variables. These must be bound. Rows returns nil unless Spec.KeepRows is set.
// A reduction of a claim on the column starts from these values (see Reduce).
func (s *Sum) Rows() []fr.Vector { return s.kept }

// keepRows stores the columns for Rows. It is called when one row is left.
func (s *Sum) keepRows() {
	if !s.spec.KeepRows {
		return
	}
	for c, column := range s.spec.Columns {
		row, scale := make(fr.Vector, s.width), column.scale()
		row.ScalarMul(s.data[c], &scale)
		s.kept = append(s.kept, row)
	}
}

// Release returns the memory to the arena. The Sum must not be used afterwards.
func (s *Sum) Release() {
	s.spec.Arena.elements.put(s.data...)
	s.data = nil
}

// Round returns the coefficients of the current round's polynomial, lowest degree first.
func (s *Sum) Round() []fr.Element {
	out := make([]fr.Element, s.Degree()+1)
	for i := range s.groups {
		g := &s.groups[i]
		var p samples
		if len(s.live) > 1 {
			p = g.collect(s.rowWeights(s.round + 1))
		} else {
			p = s.inRow(g)
		}
		c := p.coefficients(g.degree)
		poly := c[:]
		if g.weighted {
			poly = append(poly, fr.Element{})
			timesEq(poly, &s.prefix, &s.spec.Eq[s.round])
		}
		for j := range g.messageDegree() + 1 {
			out[j].Add(&out[j], &poly[j])
		}
	}
	return out
}

// rowWeights returns eq(tau, t) over the row variables from number i on, or nil without
// weighted terms.
func (s *Sum) rowWeights(i int) fr.Vector {
	if len(s.spec.Weighted) == 0 {
		return nil
	}
	return EqTable(s.spec.Eq[i:max(i, s.spec.Vars-s.spec.RowBits)])
}

// Bind binds the round's variable to r and prepares the next round.
func (s *Sum) Bind(r *fr.Element) {
	if len(s.spec.Weighted) > 0 {
		tau := &s.spec.Eq[s.round]
		t := fr.One() // eq(tau, r) = 1 - tau - r + 2 tau r
		var u fr.Element
		u.Mul(tau, r).Double(&u)
		t.Add(&t, &u).Sub(&t, tau).Sub(&t, r)
		s.prefix.Mul(&s.prefix, &t)
	}
	s.round++
	if len(s.live) > 1 {
		s.bindRow(r)
	} else {
		s.bindCell(r)
	}
}
