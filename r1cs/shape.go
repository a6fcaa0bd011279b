package r1cs

import (
	"errors"
	"fmt"
	"slices"

	"fold/internal/kernel"
)

var (
	// ErrShape marks constraints that are no R1CS: a column out of range or named
	// twice in a row, a zero coefficient, too many of something.
	ErrShape = errors.New("malformed constraint system")
	// ErrLength marks a vector that does not have the length the shape gives it.
	ErrLength = errors.New("wrong length")
	// ErrUnsatisfied marks an assignment that breaks a row.
	ErrUnsatisfied = errors.New("constraint not satisfied")
)

// Limits on what a shape may hold; a column index and a coefficient index are
// 32 bits each.
const (
	maxRows    = 1 << 28
	maxColumns = 1 << 30
	maxEntries = 1 << 32
)

// Shape is the matrices A, B, C of an R1CS. A vector z = (u, x, w) has one
// column for u, Public for x and Private for w. It is immutable.
type Shape[E Element] struct {
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

// Indices of the coefficients that products treat by themselves.
const (
	plusOne  = 0
	minusOne = 1
)

// Term is Value times the variable of a column: 0 is u, then x, then w.
type Term[E Element] struct {
	Column int
	Value  E
}

// Constraint is one row: <A,z> <B,z> = <C,z>.
type Constraint[E Element] struct{ A, B, C []Term[E] }

// NewShape returns the shape of the given rows. Terms may come in any order. It
// fails with ErrShape on a column that is out of range or occurs twice in an
// expression, and on an explicit zero: equal relations have equal digests.
func NewShape[E Element](public, private int, rows []Constraint[E]) (*Shape[E], error) {
	b, err := newBuilder[E](public, private)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if err := b.add(r); err != nil {
			return nil, err
		}
	}
	return b.finish()
}

// builder interns coefficients while rows arrive.
type builder[E Element] struct {
	shape *Shape[E]
	index map[E]uint32
}

func newBuilder[E Element](public, private int) (*builder[E], error) {
	if public < 0 || private < 0 || public > maxColumns || private > maxColumns || 1+public+private > maxColumns {
		return nil, fmt.Errorf("%w: %d public and %d private variables", ErrShape, public, private)
	}
	ops := operationsOf[E]()
	b := &builder[E]{&Shape[E]{public: public, private: private}, map[E]uint32{}}
	b.intern(ops.one)
	b.intern(ops.minusOne)
	for _, m := range b.shape.matrices() {
		m.start = []uint32{0}
	}
	return b, nil
}

func (b *builder[E]) intern(v E) uint32 {
	i, ok := b.index[v]
	if !ok {
		i = uint32(len(b.shape.coefficients))
		b.index[v] = i
		b.shape.coefficients = append(b.shape.coefficients, v)
	}
	return i
}

func (b *builder[E]) add(row Constraint[E]) error {
	if b.shape.Rows() == maxRows {
		return fmt.Errorf("%w: more than %d rows", ErrShape, maxRows)
	}
	for k, terms := range [3][]Term[E]{row.A, row.B, row.C} {
		m := b.shape.matrices()[k]
		if err := b.expression(m, terms); err != nil {
			return fmt.Errorf("%w: row %d of %c: %w", ErrShape, b.shape.Rows(), 'A'+k, err)
		}
	}
	return nil
}

func (b *builder[E]) expression(m *matrix, terms []Term[E]) error {
	var zero E
	from := len(m.entries)
	for _, t := range terms {
		if t.Column < 0 || t.Column >= b.shape.Columns() {
			return fmt.Errorf("column %d of %d", t.Column, b.shape.Columns())
		}
		if t.Value == zero {
			return fmt.Errorf("a zero in column %d", t.Column)
		}
		m.entries = append(m.entries, entry{uint32(t.Column), b.intern(t.Value)})
	}
	if len(m.entries) >= maxEntries {
		return fmt.Errorf("more than %d entries", int64(maxEntries))
	}
	added := m.entries[from:]
	slices.SortFunc(added, func(x, y entry) int { return int(x.column) - int(y.column) })
	for i := 1; i < len(added); i++ {
		if added[i].column == added[i-1].column {
			return fmt.Errorf("column %d twice", added[i].column)
		}
	}
	m.start = append(m.start, uint32(len(m.entries)))
	return nil
}

func (b *builder[E]) finish() (*Shape[E], error) {
	if b.shape.Rows() == 0 {
		return nil, fmt.Errorf("%w: no rows", ErrShape)
	}
	b.shape.digest = b.shape.computeDigest()
	return b.shape, nil
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

// Products are Az, Bz and Cz, a value a row each.
type Products[E Element] struct{ A, B, C []E }

// grain is the number of rows a core takes at a time.
const grain = 1 << 10

// Multiply returns Az, Bz and Cz for z = (u, x, w), in one pass over the rows.
func (s *Shape[E]) Multiply(u E, x, w []E) (Products[E], error) {
	if err := s.checkAssignment(x, w); err != nil {
		return Products[E]{}, err
	}
	z := slices.Concat([]E{u}, x, w)
	n, ops := s.Rows(), operationsOf[E]()
	p := Products[E]{make([]E, n), make([]E, n), make([]E, n)}
	kernel.For(n, grain, func(lo, hi int) {
		ops.product(&s.a, s.coefficients, z, p.A, lo, hi)
		ops.product(&s.b, s.coefficients, z, p.B, lo, hi)
		ops.product(&s.c, s.coefficients, z, p.C, lo, hi)
	})
	return p, nil
}

func (s *Shape[E]) checkAssignment(x, w []E) error {
	if err := checkLength("public inputs", len(x), s.public); err != nil {
		return err
	}
	return checkLength("private variables", len(w), s.private)
}

func checkLength(what string, got, want int) error {
	if got != want {
		return fmt.Errorf("%w: %d %s, want %d", ErrLength, got, what, want)
	}
	return nil
}
