package r1cs

import (
	"errors"
	"fmt"
	"slices"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/kernel"
)

var (
	// ErrShape marks malformed constraints: a column out of range, a column that occurs twice
	// in an expression, a zero coefficient, or too many rows, variables or entries.
	ErrShape = errors.New("malformed constraint system")
	// ErrLength marks a vector that does not have the length the shape gives it.
	ErrLength = errors.New("wrong length")
	// ErrUnsatisfied marks an assignment that breaks a row.
	ErrUnsatisfied = errors.New("constraint not satisfied")
)

// Limits of a shape. A column index and a coefficient index are
// 32 bits each.
const (
	maxRows    = 1 << 28
	maxColumns = 1 << 30
	maxEntries = 1 << 32
)

// Shape has the matrices A, B, C of an R1CS. A vector z = (u, x, w) has one column for u,
// Public columns for x and Private columns for w. A Shape is immutable.
type Shape[E curve.Element] struct {
	public, private int
	a, b, c         matrix
	coefficients    []E // [0] is 1 and [1] is -1
	digest          [32]byte
}

// matrix is a sparse matrix in compressed rows, 8 bytes an entry: row i is
// entries[start[i]:start[i+1]], by ascending column.
type matrix struct {
	start   []uint32
	entries []entry
}

type entry struct{ column, coefficient uint32 }

// Indices of the coefficients 1 and -1, which products handle without a multiplication.
const (
	plusOne  = 0
	minusOne = 1
)

// Term is Value times the variable of a column: column 0 is u, the next ones are x, then w.
type Term[E curve.Element] struct {
	Column int
	Value  E
}

// Constraint is one row: <A,z> <B,z> = <C,z>.
type Constraint[E curve.Element] struct{ A, B, C []Term[E] }

// NewShape returns the shape of the given rows. Terms may come in any order. The error wraps
// ErrShape if a column is out of range or occurs twice in an expression, or if a coefficient
// is zero. Equal relations therefore have equal digests.
func NewShape[E curve.Element](public, private int, rows []Constraint[E]) (*Shape[E], error) {
	b, err := NewBuilder[E](public, private)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if err := b.Add(r); err != nil {
			return nil, err
		}
	}
	return b.Shape()
}

// Rows returns the number of constraints, at least 1.
func (s *Shape[E]) Rows() int { return len(s.c.start) - 1 }

// Columns returns the length of z: 1 + Public + Private.
func (s *Shape[E]) Columns() int { return 1 + s.public + s.private }

// Public returns the length of x, which does not include u.
func (s *Shape[E]) Public() int { return s.public }

// Private returns the length of w.
func (s *Shape[E]) Private() int { return s.private }

// Entries returns the number of nonzero entries of A, B and C together.
func (s *Shape[E]) Entries() int {
	return len(s.a.entries) + len(s.b.entries) + len(s.c.entries)
}

func (s *Shape[E]) matrices() [3]*matrix { return [3]*matrix{&s.a, &s.b, &s.c} }

// Products are Az, Bz and Cz, with one value for each row.
type Products[E curve.Element] struct{ A, B, C []E }

// grain is the number of rows that a goroutine processes at a time.
const grain = 1 << 10

// Multiply returns Az, Bz and Cz for z = (u, x, w), in one pass over the rows.
func (s *Shape[E]) Multiply(u E, x, w []E) (Products[E], error) {
	if err := s.checkAssignment(x, w); err != nil {
		return Products[E]{}, err
	}
	z := slices.Concat([]E{u}, x, w)
	n, k := s.Rows(), kernelsOf[E]()
	p := Products[E]{make([]E, n), make([]E, n), make([]E, n)}
	kernel.For(n, grain, func(lo, hi int) {
		k.product(&s.a, s.coefficients, z, p.A, lo, hi)
		k.product(&s.b, s.coefficients, z, p.B, lo, hi)
		k.product(&s.c, s.coefficients, z, p.C, lo, hi)
	})
	return p, nil
}

func (s *Shape[E]) checkAssignment(x, w []E) error {
	if err := CheckLength("public inputs", len(x), s.public); err != nil {
		return err
	}
	return CheckLength("private variables", len(w), s.private)
}

// CheckLength returns an error unless got is want. The error wraps ErrLength and names the
// vector what.
func CheckLength(what string, got, want int) error {
	if got != want {
		return fmt.Errorf("%w: %d %s, want %d", ErrLength, got, what, want)
	}
	return nil
}
