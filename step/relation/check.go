package relation

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/llama"
)

// Entries reads single entries of a program's weights. At returns the entry of a tensor
// ("0.Q") at one index per axis, in the order of the tensor's space.
type Entries interface {
	At(name string, index []int) int64
}

// Checker evaluates a program cell by cell.
type Checker struct {
	*Witness
	record []fr.Element
	model  Entries
	tables *llama.Tables
}

// Check evaluates the relation directly: every constraint in every cell, padding included,
// every contraction as nested sums, every lookup row by row, every cache write. Check defines
// the statement of the proof and is fast enough only for small shapes. The error names the
// part that does not hold and the cell.
func (w *Witness) Check(r LayerConstants, m Entries, tables *llama.Tables) error {
	c := &Checker{Witness: w, record: make([]fr.Element, len(r)), model: m, tables: tables}
	if len(r) != w.Program.RecordConstants {
		return fmt.Errorf("relation: %d layer constants, expected %d", len(r), w.Program.RecordConstants)
	}
	for i, v := range r {
		c.record[i].SetBigInt(v)
	}
	for i := range w.Program.Tensors {
		if err := c.padding(TensorID(i)); err != nil {
			return err
		}
	}
	for i := range w.Program.Constraints {
		if err := c.constraint(&w.Program.Constraints[i]); err != nil {
			return err
		}
	}
	for i := range w.Program.Contractions {
		if err := c.contraction(&w.Program.Contractions[i]); err != nil {
			return err
		}
	}
	for _, win := range w.Program.CacheWrites {
		if err := c.window(win); err != nil {
			return err
		}
	}
	return c.lookups()
}

// each visits every index of a space, padding included.
func (c *Checker) each(s Space, at *[NumAxes]int, visit func() error) error {
	if len(s) == 0 {
		return visit()
	}
	for i := range 1 << c.Program.Extents[s[0]].Bits {
		at[s[0]] = i
		if err := c.each(s[1:], at, visit); err != nil {
			return err
		}
	}
	return nil
}

// Index returns the index of cell at in a tensor of space s; at holds one index per axis.
func (c *Checker) Index(s Space, at *[NumAxes]int) (i int) {
	for _, a := range s {
		i = i<<c.Program.Extents[a].Bits | at[a]
	}
	return i
}

func (c *Checker) isLive(s Space, at *[NumAxes]int) bool {
	for _, a := range s {
		if at[a] >= c.Geometry.Live(&c.Program.Extents, a) {
			return false
		}
	}
	return true
}

// padding checks that the residual streams are zero in their padding. Other
// tensors need no such check: the constraints pin their padding or multiply it by zero.
func (c *Checker) padding(id TensorID) error {
	t := c.Program.Tensor(id)
	if t.Oracle != Input && t.Oracle != Output {
		return nil
	}
	var at [NumAxes]int
	return c.each(t.Space, &at, func() error {
		if v := c.value(id, &at); !c.isLive(t.Space, &at) && !v.IsZero() {
			return fmt.Errorf("padding of %q is not zero at %s", t.Name, t.Space.describe(&at))
		}
		return nil
	})
}

// value reads a tensor at a cell.
func (c *Checker) value(id TensorID, at *[NumAxes]int) (v fr.Element) {
	t := c.Program.Tensor(id)
	switch t.Oracle {
	case Public:
		v.SetInt64(c.Geometry.Formula(&c.Program.Extents, t.Public, at, t.Space))
		return v
	case Weights:
		if c.Columns[id].Len() == 0 {
			return c.weight(t, at)
		}
	}
	return c.Columns[id].At(c.Index(t.Space, at))
}

// weight reads a tensor of the model that has no column in the witness.
func (c *Checker) weight(t *Tensor, at *[NumAxes]int) (v fr.Element) {
	if !c.isLive(t.Space, at) {
		return v
	}
	index := make([]int, len(t.Space))
	for i, a := range t.Space {
		index[i] = at[a]
		if a == Token {
			index[i] += c.Geometry.Start // a table of positions begins at position 0
		}
	}
	v.SetInt64(c.model.At(t.Name, index))
	return v
}

func (c *Checker) coef(k Coef) (v fr.Element) {
	v.SetBigInt(k.Int)
	if k.Slot >= 0 {
		v.Mul(&v, &c.record[k.Slot])
	}
	return v
}

func (c *Checker) form(f Form, at *[NumAxes]int) (sum fr.Element) {
	for _, r := range f {
		cell := *at
		if r.Rotated {
			cell[Part] ^= 1
		}
		v, k := c.value(r.Tensor, &cell), c.coef(r.Coef)
		if r.Rotated && at[Part] == 0 {
			v.Neg(&v)
		}
		sum.Add(&sum, v.Mul(&v, &k))
	}
	return sum
}

func (c *Checker) constraint(k *Constraint) error {
	var at [NumAxes]int
	return c.each(k.Space, &at, func() error {
		var sum fr.Element
		for _, t := range k.Terms {
			p := c.coef(t.Coef)
			for _, f := range t.Factors {
				if p.IsZero() { // true in all rows of a table except one
					break
				}
				v := c.form(f, &at)
				p.Mul(&p, &v)
			}
			sum.Add(&sum, &p)
		}
		if !sum.IsZero() {
			return fmt.Errorf("constraint %q does not hold at %s", k.Name, k.Space.describe(&at))
		}
		return nil
	})
}

// summed returns the axes that the factors have and the output lacks.
func (k *Contraction) summed(p *Program) (summed Space) {
	out := p.Tensor(k.Out)
	for _, f := range k.Factors {
		for _, r := range f {
			for _, a := range p.Tensor(r.Tensor).Space {
				if !out.Space.Has(a) && !summed.Has(a) {
					summed = append(summed, a)
				}
			}
		}
	}
	return summed
}

// sum returns the sum of the factors' products over the summed axes.
func (c *Checker) sum(k *Contraction, summed Space, at *[NumAxes]int) (sum fr.Element) {
	_ = c.each(summed, at, func() error {
		var p fr.Element
		p.SetOne()
		for _, f := range k.Factors {
			v := c.form(f, at)
			p.Mul(&p, &v)
		}
		sum.Add(&sum, &p)
		return nil
	})
	return sum
}

func (c *Checker) contraction(k *Contraction) error {
	out, summed := c.Program.Tensor(k.Out), k.summed(c.Program)
	var at [NumAxes]int
	return c.each(out.Space, &at, func() error {
		sum := c.sum(k, summed, &at)
		if v := c.value(k.Out, &at); !v.Equal(&sum) {
			return fmt.Errorf("contraction %q does not hold at %s", k.Name, out.Space.describe(&at))
		}
		return nil
	})
}

// window checks a CacheWrite: the cache holds the pass's cells at the tokens' positions and
// zeros after the pass. The positions before the pass are bound by the chains of the cache.
func (c *Checker) window(w CacheWrite) error {
	var at [NumAxes]int
	s := c.Program.Tensor(w.Cache).Space
	n := 1 << c.Geometry.Bits
	return c.each(s, &at, func() error {
		cached := c.value(w.Cache, &at)
		t := at[Position] - c.Geometry.Start
		var want fr.Element
		switch {
		case t < 0:
			return nil
		case t < n:
			at[Token] = t
			want = c.value(w.Local, &at)
		}
		if !cached.Equal(&want) {
			return fmt.Errorf("window of %q: the cache differs at %s", c.Program.Tensor(w.Local).Name, s.describe(&at))
		}
		return nil
	})
}

// lookups checks outputs against their tables and the counts of used rows.
func (c *Checker) lookups() error {
	for i := range c.Program.Tensors {
		t := &c.Program.Tensors[i]
		if t.Oracle != Outputs {
			continue
		}
		in := &c.Columns[t.Key]
		for j := range in.Len() {
			want, got := c.row(c.Program.Tensor(t.Key).Table, in.Row(j)), c.Columns[i].At(j)
			if !got.Equal(&want) {
				return fmt.Errorf("lookup %q: cell %d is not row %d of its table", t.Name, j, in.Row(j))
			}
		}
	}
	return c.counts()
}

// counts checks that the multiplicities of each table are the numbers of its cells.
func (c *Checker) counts() error {
	uses := c.uses()
	for i := range c.Program.Tensors {
		t := &c.Program.Tensors[i]
		if t.Space[0] != Row {
			continue
		}
		for j := range c.Columns[i].Len() {
			want := fr.NewElement(uint64(uses[t.Of][j]))
			if t.Flag {
				want = fr.NewElement(uint64(min(uses[t.Of][j], 1)))
			}
			if got := c.Columns[i].At(j); !got.Equal(&want) {
				return fmt.Errorf("%s: row %d says %s, expected %s", t.Name, j, got.String(), want.String())
			}
		}
	}
	return nil
}

// row returns the output of a row of a table of pairs.
func (c *Checker) row(t Table, j uint16) (v fr.Element) {
	table := c.Program.Tables[t].table
	row := int(j)
	if table.Reversed {
		row = 1<<16 - 1 - row
	}
	v.SetInt64(int64((*table.Entries(c.tables))[row]))
	return v
}

// describe names a cell of a space.
func (s Space) describe(at *[NumAxes]int) string {
	text := ""
	for i, a := range s {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %d", a, at[a])
	}
	return text
}
