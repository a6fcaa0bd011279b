package quantize

import (
	"fmt"
	"strconv"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
)

// comparer is a sink that compares an import with a model.
type comparer struct {
	model *llama.Model
	gptq  bool // an exact check rounds with GPTQ
	exact bool // scales are calibrated; tables and bytes must be equal

	found   Comparison
	rounded []rounding // of each W8 matrix, unless exact
	rows    int        // rows of the embedding compared so far
	layer   int        // the next layer
}

func (c *comparer) add(d Difference) { c.found.Differences = append(c.found.Differences, d) }

// value compares one number of a tensor or a setting.
func (c *comparer) value(name string, found, expected any) {
	c.found.Values++
	f, e := fmt.Sprint(found), fmt.Sprint(expected)
	if f != e {
		c.add(Difference{name, -1, -1, f, e, 1})
	}
}

// config compares the configurations.
func (c *comparer) config(want llama.Config) {
	got := c.model.Config
	for _, f := range []struct {
		name            string
		found, expected any
	}{
		{"dim", got.Dim, want.Dim}, {"hidden", got.Hidden, want.Hidden}, {"layers", got.Layers, want.Layers},
		{"heads", got.Heads, want.Heads}, {"kv_heads", got.KVHeads, want.KVHeads}, {"head_dim", got.HeadDim,
			want.HeadDim},
		{"vocab", got.Vocab, want.Vocab}, {"context", got.Context, want.Context}, {"rms_eps", got.RMSEps, want.RMSEps},
		{"rope theta", got.Rope.Theta, want.Rope.Theta}, {"rope scaling", got.Rope.Scaling, want.Rope.Scaling},
		{"tied", got.Tied, want.Tied},
	} {
		c.value("config "+f.name, f.found, f.expected)
	}
}

// Begin compares the tables.
func (c *comparer) Begin(m *llama.Model) error {
	if !c.exact {
		c.tables()
		return nil
	}
	for i := range m.Config.Architecture().Tables {
		t := &m.Config.Architecture().Tables[i]
		compare(c, t.Name, t.Cols.Size(m.Config), *t.Entries(&c.model.Tables), *t.Entries(&m.Tables))
	}
	return nil
}

// tables compares the tables with the values of their rules.
func (c *comparer) tables() {
	first := map[string]int{}
	for _, t := range c.model.Config.Architecture().Tables {
		c.found.Values += int64(t.Len(c.model.Config))
	}
	c.model.Tables.Compare(c.model.Config, c.model.Scales, func(table string, row, col int, found int16,
		value float64) {
		i, ok := first[table]
		if !ok {
			i = len(c.found.Differences)
			first[table] = i
			c.add(Difference{table, row, col, strconv.Itoa(int(found)), strconv.FormatFloat(value, 'f', 3, 64), 0})
		}
		c.found.Differences[i].Count++
	})
}

// Embedding compares the next rows.
func (c *comparer) Embedding(rows []int16) error {
	dim := c.model.Config.Dim
	compareFrom(c, source.Embedding.String(), c.rows, dim, c.model.Embedding[c.rows*dim:][:len(rows)], rows)
	c.rows += len(rows) / dim
	return nil
}

// Layer compares the next block.
func (c *comparer) Layer(want *llama.Layer) error {
	got, name := &c.model.Layers[c.layer], func(what string) string { return fmt.Sprintf("layer %d %s", c.layer, what) }
	c.value(name("exponent of queries"), got.ExpQ, want.ExpQ)
	c.value(name("exponent of keys"), got.ExpK, want.ExpK)
	c.value(name("exponent of values"), got.ExpV, want.ExpV)
	a := c.model.Config.Architecture()
	for w := range a.Norms() {
		gotGain, gotExp := w.Gain(got)
		wantGain, wantExp := w.Gain(want)
		c.value(name("exponent of the "+w.Name), *gotExp, *wantExp)
		compare(c, name(w.Name), len(*wantGain), *gotGain, *wantGain)
	}
	for w := range a.Matrices() {
		c.linear(name(w.Name), *w.Linear(got), *w.Linear(want))
		if b := a.Bias(w.Kind); b != nil && w.Linear(got).Exp == w.Linear(want).Exp {
			compare(c, name(b.Name), 1, w.Linear(got).Bias, w.Linear(want).Bias)
		}
	}
	c.layer++
	return nil
}

// Head compares the head.
func (c *comparer) Head(want llama.Linear) error {
	c.linear(source.Head.String(), c.model.Head, want)
	return nil
}

// linear compares a matrix. The integers depend on the exponent, so they are compared only
// if the exponents are equal.
func (c *comparer) linear(name string, got, want llama.Linear) {
	c.value("exponent of "+name, got.Exp, want.Exp)
	if got.Exp != want.Exp {
		return
	}
	switch w := want.Matrix.(type) {
	case *kernel.W16:
		compare(c, name, w.Cols, got.Matrix.(*kernel.W16).Data, w.Data)
	case *kernel.Ternary:
		g := got.Matrix.(*kernel.Ternary)
		c.value("multiplier of "+name, g.Mul, w.Mul)
		c.digits(name, g, w)
	case *kernel.W8:
		g := got.Matrix.(*kernel.W8)
		compare(c, "multipliers of "+name, w.Groups(), g.Mul, w.Mul)
		if c.exact {
			compare(c, name, w.Cols, g.Data, w.Data)
		} else {
			c.bytes(name, g, w)
		}
	}
}

// digits compares the digits of ternary matrices, five a byte.
func (c *comparer) digits(name string, got, want *kernel.Ternary) {
	c.found.Values += int64(want.Rows) * int64(want.Cols)
	d := Difference{Tensor: name}
	for i, b := range want.Data {
		if got.Data[i] == b {
			continue
		}
		y, first := i/want.Stride(), i%want.Stride()*5
		for k := first; k < min(first+5, want.Cols); k++ {
			f, e := got.At(y, k)/got.Mul, want.At(y, k)/want.Mul
			if f != e {
				d.note(y, k, int64(f), int64(e))
			}
		}
	}
	if d.Count > 0 {
		c.add(d)
	}
}

// note counts a difference and keeps the first.
func (d *Difference) note(row, col int, found, expected int64) {
	if d.Count == 0 {
		d.Row, d.Column, d.Found, d.Expected = row, col, strconv.FormatInt(found, 10), strconv.FormatInt(expected, 10)
	}
	d.Count++
}

// compare compares arrays of rows of cols entries.
func compare[T int8 | int16 | uint16 | int64](c *comparer, name string, cols int, got, want []T) {
	compareFrom(c, name, 0, cols, got, want)
}

// compareFrom compares the rows of an array from row on.
func compareFrom[T int8 | int16 | uint16 | int64](c *comparer, name string, row, cols int, got, want []T) {
	c.found.Values += int64(len(want))
	d := Difference{Tensor: name}
	for i, w := range want {
		if got[i] != w {
			d.note(row+i/cols, i%cols, int64(got[i]), int64(w))
		}
	}
	if d.Count > 0 {
		c.merge(d)
	}
}

// merge adds a difference. A difference of the same tensor as the last one, in later rows,
// adds its count to it.
func (c *comparer) merge(d Difference) {
	if n := len(c.found.Differences); n > 0 && c.found.Differences[n-1].Tensor == d.Tensor {
		c.found.Differences[n-1].Count += d.Count
		return
	}
	c.add(d)
}
