package relation

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
)

// Witness holds the values of a program's tensors for one pass. The columns of public
// tensors, weights and inverses are empty. Check reads a weight from its column if the column
// is not empty.
type Witness struct {
	Program  *Program
	Geometry Geometry
	Columns  []Column // [TensorID]
}

// Filler fills a witness from a trace: dense arrays over live cells, by name.
type Filler struct {
	*Witness
	prefix string
	names  map[string]TensorID
	err    error
}

func newFiller(p *Program, g Geometry) *Filler {
	f := &Filler{Witness: &Witness{p, g, make([]Column, len(p.Tensors))}, names: map[string]TensorID{}}
	for i := range p.Tensors {
		f.names[p.Tensors[i].Name] = TensorID(i)
	}
	return f
}

func (f *Filler) live(a Axis) int { return f.Geometry.Live(&f.Program.Extents, a) }

// column returns the column of a tensor. An unknown name is a bug of this package; Finish
// reports the last such name.
func (f *Filler) column(name string) (*Column, Space) {
	id, ok := f.names[f.prefix+name]
	if !ok {
		f.err = fmt.Errorf("relation: no tensor %q in the program", f.prefix+name)
		return &Column{}, Space{Token}
	}
	return &f.Columns[id], f.Program.Tensor(id).Space
}

func (f *Filler) unsigned(name string, v []uint16) {
	c, s := f.column(name)
	c.Unsigned = scatter(&f.Program.Extents, s, f.live, v)
}

func (f *Filler) signed(name string, v []int16) {
	c, s := f.column(name)
	c.Signed = scatter(&f.Program.Extents, s, f.live, v)
}

func (f *Filler) ints(name string, v []int64) {
	c, s := f.column(name)
	c.Ints = scatter(&f.Program.Extents, s, f.live, v)
}

func (f *Filler) wide(name string, v []kernel.Int128) {
	c, s := f.column(name)
	c.Wide = scatter(&f.Program.Extents, s, f.live, v)
}

func (f *Filler) field(name string, v fr.Vector) {
	c, s := f.column(name)
	c.Field = scatter(&f.Program.Extents, s, f.live, v)
}

func (f *Filler) stream(name string, v []int32) { f.ints(name, widen(v)) }

func widen(v []int32) []int64 {
	w := make([]int64, len(v))
	for i, x := range v {
		w[i] = int64(x)
	}
	return w
}

// limbs splits unsigned numbers into n cells of 16 bits.
func (f *Filler) limbs(name string, v []uint64, n int) {
	for i := range n {
		f.unsigned(Numbered(name, i), cells[uint16](v, 16*i))
	}
}

// remainder splits centred remainders into n cells, the highest signed.
func (f *Filler) remainder(name string, r []int64, n int) {
	for i := range n - 1 {
		f.unsigned(Numbered(name+".r", i), cells[uint16](r, 16*i))
	}
	f.signed(Numbered(name+".r", n-1), cells[int16](r, 16*(n-1)))
}

// cells takes 16 bits of each number, from the given bit on.
func cells[C int16 | uint16, N int64 | uint64](v []N, from int) []C {
	c := make([]C, len(v))
	for i, x := range v {
		c[i] = C(x >> from)
	}
	return c
}

// bigLimbs splits unsigned big numbers into n cells of 16 bits.
func (f *Filler) bigLimbs(name string, v []*big.Int, n int) {
	for i := range n {
		c := make([]uint16, len(v))
		for t, x := range v {
			c[t] = uint16(new(big.Int).Rsh(x, uint(16*i)).Uint64())
		}
		f.unsigned(Numbered(name, i), c)
	}
}

// norm fills the tensors of a norm of x: the inverse root with its slacks, the
// output with its remainder, and the gained output.
func (f *Filler) norm(name string, m *llama.Model, tr *llama.NormTrace, x []int32, gain []int16) {
	f.inverseRoot(name, m, tr)
	d := m.Config.Dim
	r := make([]int64, len(x))
	for i := range r { // modulo 2^64: the remainder has 32 bits
		r[i] = int64(x[i])*tr.Inv[i/d] - int64(tr.N[i])<<32
	}
	f.signed(name+".n", tr.N)
	f.remainder(name+".n", r, 2)
	if gain == nil {
		return
	}
	for i := range r {
		r[i] = 2*int64(tr.N[i])*int64(gain[i%d]) - int64(tr.Gained[i])<<16
	}
	f.signed(name+".gained", tr.Gained)
	f.remainder(name+".gained", r, 1)
}

func (f *Filler) inverseRoot(name string, m *llama.Model, tr *llama.NormTrace) {
	n := len(tr.V)
	c := NormConstant(m.Config.Dim, m.Scales.Norm)
	inv := make([]uint64, n)
	square := make([]kernel.Int128, n)
	roots := make(fr.Vector, n)
	below, above := make([]*big.Int, n), make([]*big.Int, n)
	for t := range n {
		inv[t] = uint64(tr.Inv[t])
		v := tr.V[t].Big()
		square[t] = tr.V[t].Add(kernel.Int128From(-m.Scales.Eps))
		root := new(big.Int).SetUint64(inv[t])
		sq := Mul(root, root)
		roots[t].SetBigInt(sq)
		below[t] = new(big.Int).Sub(c, Mul(sq, v))
		root.Add(root, One)
		above[t] = Mul(Mul(root, root), v)
		above[t].Sub(above[t], c).Sub(above[t], One)
	}
	f.wide(name+".square", square)
	f.limbs(name+".inv", inv, 3)
	f.field(name+".inv.square", roots)
	f.bigLimbs(name+".below", below, 6)
	f.bigLimbs(name+".above", above, 6)
}

// rescaled fills the remainder of y = sat(R(acc, k)) in n cells, and the excess over or under
// that the saturation cuts off.
func (f *Filler) rescaled(name string, acc []int64, y []int16, k, n int) {
	r := make([]int64, len(acc))
	over, under := make([]uint64, len(acc)), make([]uint64, len(acc))
	for i, a := range acc {
		q := (a + 1<<(k-1)) >> k
		r[i] = (a - q<<k) << (16*n - k)
		if cut := q - int64(y[i]); cut > 0 {
			over[i] = uint64(cut)
		} else {
			under[i] = uint64(-cut)
		}
	}
	f.remainder(name, r, n)
	f.limbs(name+".over", over, 2)
	f.limbs(name+".under", under, 2)
}

// residual fills y with acc = 2^k (y - x) + r. Only the low 64 bits of acc are used.
func (f *Filler) residual(name string, acc func(i int) int64, x, y []int32, k, n int) {
	r := make([]int64, len(y))
	lo, hi := make([]uint16, len(y)), make([]int16, len(y))
	for i := range y {
		r[i] = (acc(i) - (int64(y[i])-int64(x[i]))<<k) << (16*n - k)
		lo[i], hi[i] = uint16(y[i]), int16(y[i]>>16)
	}
	f.unsigned(name+".lo", lo)
	f.signed(name+".hi", hi)
	f.remainder(name, r, n)
}

// Finish fills the tables' multiplicities and returns the witness. An unknown tensor name is
// an error.
func (f *Filler) Finish() (*Witness, error) {
	f.prefix = ""
	uses := f.uses()
	for i := range f.Program.Tensors {
		t := &f.Program.Tensors[i]
		if t.Of == NoTable {
			continue
		}
		u := uses[t.Of]
		if t.Flag {
			u = make([]int64, len(u))
			for j, n := range uses[t.Of] {
				u[j] = min(n, 1)
			}
		}
		f.Columns[i].Ints = u
	}
	return f.Witness, f.err
}

// uses counts how often each row of each table is looked up. Zero cells are not counted.
func (w *Witness) uses() (uses [][]int64) {
	uses = make([][]int64, len(w.Program.Tables))
	for t := range uses {
		uses[t] = make([]int64, 1<<16)
	}
	for i := range w.Program.Tensors {
		if t := w.Program.Tensors[i].Table; t != NoTable {
			for c, j := &w.Columns[i], 0; j < c.Len(); j++ {
				uses[t][c.Row(j)]++
			}
		}
	}
	for t := range uses {
		uses[t][0] = 0
	}
	return uses
}
