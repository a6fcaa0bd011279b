package r1cs

import "fmt"

// Extends checks that the rows of prefix are the first rows of s, over the same public
// variables and the first private variables of s. Such a prefix is the compilation of a
// circuit without its last part. A commitment to the private variables of the prefix then
// fixes the values of exactly that first part. The error wraps ErrShape.
func (s *Shape[E]) Extends(prefix *Shape[E]) error {
	if prefix.public != s.public || prefix.private > s.private || prefix.Rows() > s.Rows() {
		return fmt.Errorf("%w: %d public and %d private variables in %d rows are no prefix of %d, %d and %d",
			ErrShape, prefix.public, prefix.private, prefix.Rows(), s.public, s.private, s.Rows())
	}
	for k, m := range s.matrices() {
		p := prefix.matrices()[k]
		for i := range prefix.Rows() {
			if !s.sameRow(m, prefix, p, i) {
				return fmt.Errorf("%w: row %d of %c is another one in the prefix", ErrShape, i, 'A'+k)
			}
		}
	}
	return nil
}

// sameRow compares row i of a matrix of s with row i of the corresponding matrix of a prefix.
func (s *Shape[E]) sameRow(m *matrix, prefix *Shape[E], p *matrix, i int) bool {
	a, b := m.entries[m.start[i]:m.start[i+1]], p.entries[p.start[i]:p.start[i+1]]
	if len(a) != len(b) {
		return false
	}
	for j := range a {
		if a[j].column != b[j].column || s.coefficients[a[j].coefficient] != prefix.coefficients[b[j].coefficient] {
			return false
		}
	}
	return true
}
