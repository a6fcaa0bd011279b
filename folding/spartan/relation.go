package spartan

import (
	"fmt"
	"math/bits"

	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// Relation is a relaxed R1CS whose private variables are committed to in parts:
// first the first Parts[0] of them, then the next Parts[1], and so on. Part p has
// generators of its own, those with the indices of its variables, and so the sum of
// its commitments is the commitment to all of them.
type Relation[E curve.Element] struct {
	Shape *r1cs.Shape[E]
	Parts []int
}

// form returns the relation's sizes.
func (r Relation[E]) form() (form, error) {
	f := form{rows: r.Shape.Rows(), public: r.Shape.Public(), parts: r.Parts}
	for i, n := range r.Parts {
		if n < 0 || n > r.Shape.Private() {
			return f, fmt.Errorf("%w: part %d of a witness has %d variables of %d", ErrStatement, i, n,
				r.Shape.Private())
		}
	}
	if f.private() != r.Shape.Private() {
		return f, fmt.Errorf("%w: the parts of a witness have %d variables, the shape %d", ErrStatement, f.private(),
			r.Shape.Private())
	}
	return f, nil
}

// form is the sizes of a relation: rows, public inputs, private variables in parts.
type form struct {
	rows, public int
	parts        []int
}

func (f form) private() (n int) {
	for _, p := range f.parts {
		n += p
	}
	return
}

// bounds returns the indices at which part p begins and ends.
func (f form) bounds(p int) (from, to int) {
	for _, n := range f.parts[:p] {
		from += n
	}
	return from, from + f.parts[p]
}

// rowVars and columnVars are the variables of a vector over the rows, and of z.
func (f form) rowVars() int    { return logCeil(f.rows) }
func (f form) columnVars() int { return logCeil(1 + f.public + f.private()) }

// vars is the number of variables that both fit into.
func (f form) vars() int { return max(f.rowVars(), f.columnVars()) }

// column is the place of the shape's column in z, which is w, then u, then x: so that
// w's commitment is to the first values of z.
func (f form) column(c int) int {
	head := 1 + f.public
	if c < head {
		return f.private() + c
	}
	return c - head
}

// logCeil is the least k with n <= 2^k.
func logCeil(n int) int { return bits.Len(uint(n - 1)) }
