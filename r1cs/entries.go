package r1cs

import (
	"iter"

	"fold.example/fold/internal/curve"
)

// Entry is a nonzero entry of matrix 0, 1 or 2, which is A, B or C. Column 0 belongs to u, the
// next Public columns to x, the others to w.
type Entry[E curve.Element] struct {
	Matrix, Row, Column int // from 0
	Value               E   // not zero
}

// All iterates over the nonzero entries, by matrix, row and column.
func (s *Shape[E]) All() iter.Seq[Entry[E]] {
	return func(yield func(Entry[E]) bool) {
		for k, m := range s.matrices() {
			for i := range s.Rows() {
				for _, e := range m.entries[m.start[i]:m.start[i+1]] {
					if !yield(Entry[E]{k, i, int(e.column), s.coefficients[e.coefficient]}) {
						return
					}
				}
			}
		}
	}
}
