package quantize

import (
	"context"
	"errors"
	"reflect"

	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
)

// Difference is one value, or one tensor with at least one entry, by which a model differs
// from the import of a source.
type Difference struct {
	Tensor string `json:"tensor"` // such as "layer 3 gate", "EXP" or "config rms_eps"
	// Row and Column are the place of the first different entry; -1 for a single value.
	Row      int    `json:"row"`
	Column   int    `json:"column"`
	Found    string `json:"found"`    // the entry in the model
	Expected string `json:"expected"` // the entry in the import
	Count    int    `json:"count"`    // the number of different entries of the tensor
}

// The methods by which the bytes of a W8 model may be rounded.
const (
	Nearest = "nearest" // each weight to the nearest byte
	ByGPTQ  = "gptq"    // within MaxSteps and MaxMeanSquare of the nearest bytes
)

// Comparison is the result of a check.
type Comparison struct {
	Differences []Difference // empty: the model is the source's import
	Rounding    string       // Nearest or ByGPTQ
	// Steps is the largest distance of a W8 weight from the nearest rounding, in steps of
	// its group. MeanSquare is the largest mean of the squared distances of a matrix.
	Steps      int
	MeanSquare float64
	Values     int64 // number of integers compared
}

// Check compares a model with an import of the source. Without windows the import uses
// the model's own scales. With windows it uses the scales of a calibration on them, and
// the comparison is bit for bit, as this platform computes the import. The package
// documentation states what equality means. Check ignores the options Weights and
// Exponents, and NoGPTQ without windows.
//
// It keeps one block of the source in memory as Import does, and reads the model in
// place. A difference is not an error: errors are those of Model.Validate, of reading, and
// ctx.Err().
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
			// The source has no import with this scheme and these scales.
			c.add(Difference{"model", -1, -1, string(m.Scheme) + " weights with its scales", err.Error(), 1})
			return c.done(), nil
		}
		if err != nil {
			return nil, err
		}
	}
	return c.done(), nil
}

// exponentsOf returns the exponents of a model, as calibration would return them.
func exponentsOf(m *llama.Model) *Exponents {
	s := m.Scales
	e := &Exponents{Residual: s.Residual, Norm: s.Norm, Gate: s.Gate, Silu: s.Silu, Exp: s.Exp, Softmax: s.Softmax}
	for i := range m.Layers {
		l := &m.Layers[i]
		e.Q, e.K, e.V = append(e.Q, l.ExpQ), append(e.K, l.ExpK), append(e.V, l.ExpV)
	}
	return e
}

// sameShapes reports whether all tensors and tables of two models have the same shapes.
func sameShapes(a, b llama.Config) bool {
	for _, c := range []*llama.Config{&a, &b} {
		c.RMSEps, c.Rope, c.Tied = 0, llama.Rope{}, false
	}
	return reflect.DeepEqual(a, b)
}
