package r1cs

import (
	"fmt"
	"slices"

	"fold.example/fold/internal/curve"
)

// Builder makes a Shape row by row. NewBuilder returns an empty one.
type Builder[E curve.Element] struct {
	shape *Shape[E]
	index map[E]uint32
}

// NewBuilder returns a builder for the given numbers of public and private variables. The
// error wraps ErrShape if there are too many.
func NewBuilder[E curve.Element](public, private int) (*Builder[E], error) {
	if public < 0 || private < 0 || public > maxColumns || private > maxColumns || 1+public+private > maxColumns {
		return nil, fmt.Errorf("%w: %d public and %d private variables", ErrShape, public, private)
	}
	b := &Builder[E]{&Shape[E]{public: public, private: private}, map[E]uint32{}}
	b.intern(curve.One[E]())
	b.intern(curve.FieldOf[E]().MinusOne())
	for _, m := range b.shape.matrices() {
		m.start = []uint32{0}
	}
	return b, nil
}

// intern returns the index of a coefficient in the list of distinct coefficients.
func (b *Builder[E]) intern(v E) uint32 {
	i, ok := b.index[v]
	if !ok {
		i = uint32(len(b.shape.coefficients))
		b.index[v] = i
		b.shape.coefficients = append(b.shape.coefficients, v)
	}
	return i
}

// Add appends a row. Terms may come in any order. The error wraps ErrShape if a column is out
// of range or occurs twice in an expression, or if a coefficient is zero.
func (b *Builder[E]) Add(row Constraint[E]) error {
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

func (b *Builder[E]) expression(m *matrix, terms []Term[E]) error {
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

// Shape returns the shape of all rows, with its digest. The error wraps ErrShape if there is
// no row. The builder must not be used afterwards.
func (b *Builder[E]) Shape() (*Shape[E], error) {
	if b.shape.Rows() == 0 {
		return nil, fmt.Errorf("%w: no rows", ErrShape)
	}
	b.shape.digest = b.shape.computeDigest()
	return b.shape, nil
}
