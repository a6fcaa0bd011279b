package quantize

import (
	"context"
	"errors"
	"reflect"

	"fold/llama"
	"fold/llama/float"
)

// Difference is one value, or one tensor with some values, in which a model is not
// the import of a source.
type Difference struct {
	Tensor string `json:"tensor"` // such as "layer 3 gate", "EXP" or "config rms_eps"
	// Row and Column are where the first value that differs lies in the tensor, -1
	// where it has none.
	Row      int    `json:"row"`
	Column   int    `json:"column"`
	Found    string `json:"found"`    // that value in the model
	Expected string `json:"expected"` // and what the source gives
	Count    int    `json:"count"`    // how many values of the tensor differ
}

// The ways in which the bytes of a W8 model may be rounded.
const (
	Nearest = "nearest" // each weight to the nearest
	ByGPTQ  = "gptq"    // near the source's weights, see MaxSteps
)

// Comparison says what a check found.
type Comparison struct {
	Differences []Difference // empty: the model is the source's import
	Rounding    string       // Nearest or ByGPTQ
	// Steps is by how many steps of rounding a W8 weight differs from the nearest
	// at most, and MeanSquare the mean of the squares over the matrix in which it is
	// largest.
	Steps      int
	MeanSquare float64
	Values     int64 // integers that were compared
}

// Check compares a model with what an import of the source gives, under the
// model's own scales or, if windows are given, under those that calibration on
// them gives: then bit for bit, as one platform computes it. The package
// documentation says what it means. Weights and Exponents of the options are not
// used; NoGPTQ only with windows.
//
// It keeps one block of the source in memory as Import does, and reads the model
// in place. What differs is no error: errors are those of Model.Validate, of
// reading, and ctx.Err().
func Check(ctx context.Context, src float.Source, m *llama.Model, opts Options) (*Comparison, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	c := &comparer{model: m, exact: len(opts.Windows) > 0}
	opts.Weights, opts.Exponents = Weights(m.Scheme), nil
	if !c.exact {
		opts.Exponents, opts.NoGPTQ = exponentsOf(m), true
	}
	im := newImporter(ctx, src, opts, c)
	if err := im.cfg.Validate(); err != nil {
		return nil, err
	}
	c.gptq = m.Scheme == llama.W8 && !opts.NoGPTQ
	if c.config(im.cfg); !sameShapes(m.Config, im.cfg) {
		return c.done(), nil
	}
	for _, step := range []func() error{
		im.scan, im.choose, im.calibrate, func() error { return c.scales(im) }, im.begin, im.embedding, im.blocks,
		im.head,
	} {
		err := step()
		if errors.Is(err, ErrNotTernary) || errors.Is(err, llama.ErrInvalid) {
			// The source has no integer model of this scheme and these scales.
			c.add(Difference{"model", -1, -1, string(m.Scheme) + " weights with its scales", err.Error(), 1})
			return c.done(), nil
		}
		if err != nil {
			return nil, err
		}
	}
	return c.done(), nil
}

// exponentsOf returns the exponents that calibration chose for a model.
func exponentsOf(m *llama.Model) *Exponents {
	s := m.Scales
	e := &Exponents{Residual: s.Residual, Norm: s.Norm, Gate: s.Gate, Silu: s.Silu, Exp: s.Exp, Softmax: s.Softmax}
	for i := range m.Layers {
		l := &m.Layers[i]
		e.Q, e.K, e.V = append(e.Q, l.ExpQ), append(e.K, l.ExpK), append(e.V, l.ExpV)
	}
	return e
}

// sameShapes tells whether all tensors and tables of two models have the same
// shapes.
func sameShapes(a, b llama.Config) bool {
	for _, c := range []*llama.Config{&a, &b} {
		c.RMSEps, c.Rope, c.Tied = 0, llama.Rope{}, false
	}
	return reflect.DeepEqual(a, b)
}
