package llama

import (
	"fmt"

	"fold.example/fold/internal/kernel"
)

// maxExp bounds the size of a model's exponents, so that sums of a few exponents do not
// overflow, whatever a file states.
const maxExp = 128

// Validate checks every rule of doc.go: shapes, scales, shifts, tables, the range of every
// weight and, from the actual weights, that no value before a saturation exceeds 16 bits by
// 2^32 or more. For an opened model it also checks every digest. It reads all weights once.
// The error names the layer and the tensor and wraps ErrInvalid or ErrCorrupt.
func (m *Model) Validate() error { return guard(m.validate) }

func (m *Model) validate() error {
	if err := m.validateStructure(); err != nil {
		return err
	}
	if m.file != nil {
		return m.checkAll()
	}
	for i := range m.Layers {
		if err := m.Layers[i].validateWeights(m.Config, m.Scales); err != nil {
			return fmt.Errorf("layer %d: %w", i, err)
		}
	}
	if _, err := maxRowNorm(m.Head.Matrix); err != nil {
		return fmt.Errorf("head: %w", err)
	}
	return nil
}

// validateStructure makes the checks that do not read the weights.
func (m *Model) validateStructure() error {
	if err := m.Config.Validate(); err != nil {
		return err
	}
	if err := m.Scales.Validate(); err != nil {
		return err
	}
	if err := m.Tables.validate(m.Config); err != nil {
		return err
	}
	c := m.Config
	if len(m.Embedding) != c.Vocab*c.Dim {
		return invalidf("embedding has %d entries, expected %d x %d", len(m.Embedding), c.Vocab, c.Dim)
	}
	if len(m.Layers) != c.Layers {
		return invalidf("%d layers, expected %d", len(m.Layers), c.Layers)
	}
	for i := range m.Layers {
		if err := m.Layers[i].Validate(c, m.Scheme, m.Scales); err != nil {
			return fmt.Errorf("layer %d: %w", i, err)
		}
	}
	err := m.Head.validate(m.Scheme.head(), c.Vocab, c.Dim)
	if err == nil {
		err = m.Head.validateBias(c.Vocab, false)
	}
	if err != nil {
		return fmt.Errorf("head: %w", err)
	}
	return nil
}

// Validate checks that each exponent is in its range. The error wraps ErrInvalid.
func (s Scales) Validate() error {
	for _, f := range []struct {
		name            string
		value, min, max int
	}{
		{"residual", s.Residual, 0, 30},
		{"norm", s.Norm, 0, 15},
		{"gate", s.Gate, -16, 16},
		{"silu", s.Silu, -16, 16},
		{"exp", s.Exp, 0, 16},
	} {
		if f.value < f.min || f.value > f.max {
			return invalidf("scale %s is %d, expected %d to %d", f.name, f.value, f.min, f.max)
		}
	}
	if s.Softmax != 32 && s.Softmax != 48 {
		return invalidf("scale softmax is %d, expected 32 or 48", s.Softmax)
	}
	if s.Eps < 1 {
		return invalidf("eps is %d, expected at least 1", s.Eps)
	}
	return nil
}

// Validate checks a layer's shapes, exponents and shifts, without reading the weights.
// The error wraps ErrInvalid.
func (l *Layer) Validate(c Config, scheme Scheme, s Scales) error {
	for _, e := range []int{l.ExpQ, l.ExpK, l.ExpV} {
		if err := checkExponent(e); err != nil {
			return err
		}
	}
	a := c.Architecture()
	for w := range a.Norms() {
		if err := w.validateGain(l, c, scheme); err != nil {
			return fmt.Errorf("%s: %w", w.Name, err)
		}
	}
	for w := range a.Matrices() {
		rows, cols := w.Shape(c)
		err := w.Linear(l).validate(scheme, rows, cols)
		if err == nil {
			err = w.Linear(l).validateBias(rows, a.Bias(w.Kind) != nil)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", w.Name, err)
		}
	}
	return l.shifts(a, s).validate(c)
}

// validateGain checks the gain of a norm: ternary models have one in each norm, other
// models have none.
func (w *Weight) validateGain(l *Layer, c Config, scheme Scheme) error {
	gain, exponent := w.Gain(l)
	want := 0
	if scheme == Ternary {
		want = w.Cols.Size(c)
	}
	if len(*gain) != want {
		return invalidf("gains of %d entries, expected %d in a %s model", len(*gain), want, scheme)
	}
	return checkExponent(*exponent)
}

// validateBias checks the length of a bias and the sizes of its entries. The bias of an
// opened model is in memory, so that reading it here reads no weights.
func (l *Linear) validateBias(rows int, biased bool) error {
	want := 0
	if biased {
		want = rows
	}
	if len(l.Bias) != want {
		return invalidf("bias of %d entries, expected %d", len(l.Bias), want)
	}
	for y, b := range l.Bias {
		if b > MaxBias || b < -MaxBias {
			return invalidf("bias %d in row %d, expected at most 2^44 in size", b, y)
		}
	}
	return nil
}

// checkExponent checks the size of an exponent of a model.
func checkExponent(e int) error {
	if e < -maxExp || e > maxExp {
		return invalidf("exponent %d, expected %d to %d", e, -maxExp, maxExp)
	}
	return nil
}

// validate checks a matrix's type, shape and the length of its parts.
func (l *Linear) validate(scheme Scheme, rows, cols int) error {
	if err := checkExponent(l.Exp); err != nil {
		return err
	}
	got, whole := Scheme(fmt.Sprintf("%T", l.Matrix)), false
	switch m := l.Matrix.(type) {
	case *kernel.W16:
		got, whole = W16, len(m.Data) == rows*cols
	case *kernel.W8:
		got, whole = W8, len(m.Data) == rows*cols && len(m.Mul) == rows*m.Groups()
	case *kernel.Ternary:
		got, whole = Ternary, len(m.Data) == rows*m.Stride() && m.Mul >= 1 && m.Mul <= maxS16
	}
	if got != scheme {
		return invalidf("matrix of scheme %s, expected %s", got, scheme)
	}
	if r, c := l.Dims(); r != rows || c != cols {
		return invalidf("matrix of %d x %d, expected %d x %d", r, c, rows, cols)
	}
	if !whole {
		return invalidf("%s matrix of %d x %d lacks a part of its data, or its multiplier is not 1 to %d",
			scheme, rows, cols, maxS16)
	}
	return nil
}
