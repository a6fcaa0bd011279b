package source

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"fold.example/fold/llama"
)

// model is an open model of any format. The interface matrix hides the differences of the
// formats.
type model struct {
	format    string
	config    llama.Config
	tensors   map[Tensor]matrix
	tokenizer func() (TokenizerMaterial, error)
	files     []io.Closer
}

func (m *model) Format() string       { return m.format }
func (m *model) Config() llama.Config { return m.config }

func (m *model) Tokenizer() (TokenizerMaterial, error) { return m.tokenizer() }

func (m *model) Has(t Tensor) bool {
	_, ok := m.lookup(t)
	return ok
}

func (m *model) Dims(t Tensor) (rows, cols int, err error) {
	x, ok := m.lookup(t)
	if !ok {
		return 0, 0, fmt.Errorf("the model has no tensor %v", t)
	}
	rows, cols = x.dims()
	return rows, cols, nil
}

func (m *model) Type(t Tensor) string {
	if x, ok := m.lookup(t); ok {
		return x.typeName()
	}
	return ""
}

func (m *model) ReadRows(t Tensor, lo, hi int, dst []float32) error {
	rows, cols, err := m.Dims(t)
	if err != nil {
		return err
	}
	if lo < 0 || hi < lo || hi > rows {
		return fmt.Errorf("rows %d to %d of %v, expected 0 to %d", lo, hi, t, rows)
	}
	if len(dst) != (hi-lo)*cols {
		return fmt.Errorf("room for %d values of %v, expected %d rows of %d", len(dst), t, hi-lo, cols)
	}
	x, _ := m.lookup(t)
	if err := x.read(lo, hi, dst); err != nil {
		return fmt.Errorf("%v: %w", t, err)
	}
	for i, v := range dst {
		if v-v != 0 { // infinite or not a number
			return corrupt("%v holds %v in row %d, column %d, expected a finite number", t, v, lo+i/cols, i%cols)
		}
	}
	return nil
}

func (m *model) Close() error {
	var errs []error
	for _, f := range m.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// lookup returns a tensor; the head of a tied model is the embedding.
func (m *model) lookup(t Tensor) (matrix, bool) {
	if t.Kind == Head && m.config.Tied {
		t.Kind = Embedding
	}
	x, ok := m.tensors[t]
	return x, ok
}

// blob is a tensor as a file's header describes it. Readers of headers have checked that
// its bytes lie inside the file.
type blob struct {
	name  string
	enc   encoding
	shape []int // slowest dimension first
	at    io.ReaderAt
	off   int64
}

// checkShape checks that the shape is rows x cols. A single row may be a vector.
func (b blob) checkShape(rows, cols int) error {
	vector := rows == 1 && len(b.shape) == 1 && b.shape[0] == cols
	if !vector && (len(b.shape) != 2 || b.shape[0] != rows || b.shape[1] != cols) {
		return corrupt("tensor %s has shape %v, expected %v by the configuration", b.name, b.shape, wanted(rows, cols))
	}
	return nil
}

// stored returns b as a matrix. The shape must be rows x cols and the type one that can be
// decoded.
func (b blob) stored(rows, cols int) (stored, error) {
	if err := b.checkShape(rows, cols); err != nil {
		return stored{}, err
	}
	if b.enc.decode == nil {
		return stored{}, unsupported("tensor %s is of type %s, expected F32, F16, BF16 or I8 with a scale", b.name,
			b.enc.name)
	}
	return stored{b.enc, b.at, b.off, rows, cols}, nil
}

// wanted returns the expected shape for messages.
func wanted(rows, cols int) []int {
	if rows == 1 {
		return []int{cols}
	}
	return []int{rows, cols}
}

// inventory holds the tensors of a model's files and records which were taken.
type inventory struct {
	blobs map[string]blob
	taken map[string]bool
}

func newInventory(blobs map[string]blob) *inventory {
	return &inventory{blobs, make(map[string]bool, len(blobs))}
}

// take returns the tensor of a name. The error wraps ErrCorrupt if there is none.
func (v *inventory) take(name string) (blob, error) {
	b, ok := v.blobs[name]
	if !ok {
		return b, corrupt("no tensor %s, expected one by the configuration", name)
	}
	v.taken[name] = true
	return b, nil
}

// leftover returns an error that names the tensors that were not taken and may not be
// ignored, nil if there are none.
func (v *inventory) leftover(ignored func(name string) bool) error {
	var names []string
	for name := range v.blobs {
		if !v.taken[name] && !ignored(name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	sort.Strings(names)
	total := len(names)
	names = names[:min(total, 5)]
	return unsupported("%d tensor(s) more than a LLaMA has, such as %s, expected none",
		total, strings.Join(names, ", "))
}
