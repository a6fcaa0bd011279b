package spartan

import (
	"fmt"
	"math/bits"

	"fold/r1cs"
)

// Relation is a relaxed R1CS whose private variables are committed to in parts:
// first the first Parts[0] of them, then the next Parts[1], and so on. Part p has
// generators of its own, those with the indices of its variables, and so the sum of
// its commitments is the commitment to all of them.
type Relation[E r1cs.Element] struct {
	Shape *r1cs.Shape[E]
	Parts []int
}

func (r Relation[E]) check() error {
	sum := 0
	for i, n := range r.Parts {
		if n < 0 || n > r.Shape.Private() {
			return fmt.Errorf("%w: part %d of a witness has %d variables of %d", ErrStatement, i, n, r.Shape.Private())
		}
		sum += n
	}
	if sum != r.Shape.Private() {
		return fmt.Errorf("%w: the parts of a witness have %d variables, the shape %d", ErrStatement, sum, r.Shape.Private())
	}
	return nil
}

// bounds returns the indices at which part p begins and ends.
func (r Relation[E]) bounds(p int) (from, to int) {
	for _, n := range r.Parts[:p] {
		from += n
	}
	return from, from + r.Parts[p]
}

// rowVars and columnVars are the variables of a vector over the rows, and of z.
func (r Relation[E]) rowVars() int    { return logCeil(r.Shape.Rows()) }
func (r Relation[E]) columnVars() int { return logCeil(r.Shape.Columns()) }

// vars is the number of variables of the half's last sumcheck, if it has no further
// claims.
func (r Relation[E]) vars() int { return max(r.rowVars(), r.columnVars()) }

// column is the place of the shape's column in z, which is w, then u, then x: so that
// w's commitment is to the first values of z.
func (r Relation[E]) column(c int) int {
	head := 1 + r.Shape.Public()
	if c < head {
		return r.Shape.Private() + c
	}
	return c - head
}

// logCeil is the least k with n <= 2^k.
func logCeil(n int) int { return bits.Len(uint(n - 1)) }
