package relation

import (
	"fmt"
	"math/big"
	"slices"

	"fold.example/fold/llama"
)

// Builder collects the parts of a program. Its methods panic on a malformed part: programs
// are built from constants of this package and of an architecture, never from input.
type Builder struct {
	Program
	shape  Shape
	arch   *llama.Architecture
	prefix string // prefix of new names; distinguishes the blocks of a step
	byName map[string]TensorID
}

// NewBuilder returns a builder of an empty program. The error is the error of Shape.Validate.
func NewBuilder(kind Kind, s Shape) (*Builder, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	a := s.Config.Architecture()
	return &Builder{
		Program: Program{Kind: kind, Extents: s.Extents(), Tables: lookupTables(a)},
		shape:   s,
		arch:    a,
		byName:  map[string]TensorID{},
	}, nil
}

// Finish checks the program's bounds, lays the tensors out and returns the program. The error
// is the error of Program.CheckBounds.
func (b *Builder) Finish() (*Program, error) {
	p := &b.Program
	if err := p.CheckBounds(); err != nil {
		return nil, err
	}
	b.layOut()
	return p, nil
}

func (b *Builder) add(t Tensor) TensorID {
	t.Name = b.prefix + t.Name
	if _, dup := b.byName[t.Name]; dup {
		panic("relation: two tensors named " + t.Name)
	}
	if t.Oracle != Weights && t.Oracle != Cache && !slices.IsSorted(t.Space) {
		panic("relation: axes of " + t.Name + " out of order")
	}
	id := TensorID(len(b.Tensors))
	b.Tensors = append(b.Tensors, t)
	b.byName[t.Name] = id
	return id
}

// once declares a tensor that the blocks of a step share.
func (b *Builder) once(t Tensor) TensorID {
	if id, ok := b.byName[t.Name]; ok {
		return id
	}
	prefix := b.prefix
	b.prefix = ""
	defer func() { b.prefix = prefix }()
	return b.add(t)
}

// One and the bounds of cells and weights. Callers must not change them.
var (
	zero      = big.NewInt(0)
	One       = big.NewInt(1)
	maxU16    = big.NewInt(65535)
	minS16    = big.NewInt(-32768)
	maxS16    = big.NewInt(32767)
	maxWeight = big.NewInt(1<<17 - 1)
)

// Pow2 returns 2^k.
func Pow2(k int) *big.Int { return new(big.Int).Lsh(One, uint(k)) }

// unsigned declares unsigned cells of 16 bits, and signed declares signed ones.
func (b *Builder) unsigned(name string, s ...Axis) TensorID {
	return b.add(Tensor{Name: name, Space: s, Oracle: Cells, Table: Unsigned, Lo: zero, Hi: maxU16})
}

func (b *Builder) signed(name string, s ...Axis) TensorID {
	return b.add(Tensor{Name: name, Space: s, Oracle: Cells, Table: Signed, Lo: minS16, Hi: maxS16})
}

// Free declares cells without a range check. Other constraints must pin these cells to
// [-2^bits, 2^bits].
func (b *Builder) Free(name string, bits int, s ...Axis) TensorID {
	return b.add(Tensor{Name: name, Space: s, Oracle: Cells, Lo: new(big.Int).Neg(Pow2(bits)), Hi: Pow2(bits)})
}

// lookup declares the input cells of a table of pairs, its outputs and the table.
func (b *Builder) lookup(in, out string, t Table, s ...Axis) (input, output TensorID) {
	lo, hi := zero, maxU16
	if b.Tables[t].Signed {
		lo, hi = minS16, maxS16
	}
	input = b.add(Tensor{Name: in, Space: s, Oracle: Cells, Table: t, Lo: lo, Hi: hi})
	output = b.add(Tensor{Name: out, Space: s, Oracle: Outputs, Key: input, Lo: minS16, Hi: maxS16})
	b.pairs(t)
	return input, output
}

// given declares a tensor that another step or the model binds.
func (b *Builder) given(name string, oracle Oracle, lo, hi *big.Int, s ...Axis) TensorID {
	return b.add(Tensor{Name: name, Space: s, Oracle: oracle, Lo: lo, Hi: hi})
}

// matrix declares a matrix of the model.
func (b *Builder) matrix(k llama.Kind) TensorID {
	w := b.arch.Weight(k)
	s := slices.Concat(spaceOf(w.Rows), spaceOf(w.Cols))
	return b.given(w.Symbol, Weights, new(big.Int).Neg(maxWeight), maxWeight, s...)
}

// bias declares the parts of the bias of a matrix and returns the bias; nil for a matrix that
// has none.
func (b *Builder) bias(k llama.Kind) Form {
	w := b.arch.Bias(k)
	if w == nil {
		return nil
	}
	ids := make([]TensorID, biasParts)
	for i := range ids {
		lo, hi := minS16, maxS16
		if i == biasParts-1 {
			lo, hi = big.NewInt(-maxBiasPart), big.NewInt(maxBiasPart)
		}
		ids[i] = b.given(Numbered(w.Symbol, i), Weights, lo, hi, spaceOf(w.Cols)...)
	}
	return limbs(ids...)
}

func (b *Builder) public(name string, f Formula, s ...Axis) TensorID {
	lo, hi := zero, One
	switch f {
	case RowUnsigned:
		hi = maxU16
	case RowSigned:
		lo, hi = minS16, maxS16
	}
	return b.once(Tensor{Name: name, Space: s, Oracle: Public, Public: f, Lo: lo, Hi: hi})
}

// Contract declares a virtual tensor of space s and the contraction that defines the tensor:
// the sum of the factors' product over all axes not in s. The tensor's interval follows from
// the factors' intervals.
func (b *Builder) Contract(name string, s Space, factors ...Form) TensorID {
	summed := Space{}
	for _, f := range factors {
		for _, r := range f {
			for _, a := range b.Tensor(r.Tensor).Space {
				if !s.Has(a) && !summed.Has(a) {
					summed = append(summed, a)
				}
			}
		}
	}
	lo, hi := One, One
	for _, f := range factors {
		flo, fhi := b.interval(f)
		lo, hi = mulInterval(lo, hi, flo, fhi)
	}
	if len(factors) == 2 && sameForm(factors[0], factors[1]) && lo.Sign() < 0 {
		lo = zero // a square
	}
	n := big.NewInt(int64(b.Extents.LiveCells(summed)))
	id := b.add(Tensor{Name: name, Space: s, Oracle: Virtual, Lo: Mul(lo, n), Hi: Mul(hi, n)})
	b.Contractions = append(b.Contractions, Contraction{Name: b.prefix + name, Out: id, Factors: factors})
	return id
}

// Constrain adds the constraint that the sum of the terms is zero in every cell of s. A term
// has one or two factors, and each factor's axes are among those of s.
func (b *Builder) Constrain(name string, s Space, terms ...Term) {
	for _, t := range terms {
		if len(t.Factors) < 1 || len(t.Factors) > 2 {
			panic("relation: " + name + ": a term has one or two factors")
		}
		for _, f := range t.Factors {
			for _, r := range f {
				if !s.contains(b.Tensor(r.Tensor).Space) {
					panic("relation: " + name + " reads " + b.Tensor(r.Tensor).Name + " outside its space")
				}
			}
		}
	}
	b.Constraints = append(b.Constraints, Constraint{b.prefix + name, s, terms})
}

// slot returns the index of a slot of LayerConstants and declares a missing slot.
func (b *Builder) slot(name string) int {
	if i := slices.Index(b.Slots, name); i >= 0 {
		return i
	}
	b.Slots = append(b.Slots, name)
	return len(b.Slots) - 1
}

// num returns the constant c.
func num(c *big.Int) Coef { return Coef{c, -1} }

// shared returns a constant of the lookups, which all blocks of the step share. own returns a layer
// constant of the current block.
func (b *Builder) shared(name string) Coef { return Coef{One, b.slot(name)} }

func (b *Builder) own(name string) Coef { return b.shared(b.prefix + name) }

// times returns c times a big constant.
func (c Coef) times(x *big.Int) Coef { return Coef{Mul(c.Int, x), c.Slot} }

// Of returns the linear form that reads a tensor with coefficient 1.
func Of(id TensorID) Form { return Form{{Coef: num(One), Tensor: id}} }

// rotated returns the form with every tensor read rotated by a quarter turn, see Read.
func (f Form) rotated() Form {
	g := slices.Clone(f)
	for i := range g {
		g[i].Rotated = true
	}
	return g
}

// limbs returns the form sum 2^(16 i) t_i.
func limbs(ids ...TensorID) (f Form) {
	for i, id := range ids {
		f = append(f, Read{Coef: num(Pow2(16 * i)), Tensor: id})
	}
	return f
}

// Scaled returns the form c f; f is unchanged.
func (f Form) Scaled(c *big.Int) Form {
	g := slices.Clone(f)
	for i := range g {
		g[i].Coef = g[i].Coef.times(c)
	}
	return g
}

// plus returns the sum of two forms.
func (f Form) plus(g Form) Form { return slices.Concat(f, g) }

// minus returns the difference of two forms.
func (f Form) minus(g Form) Form { return f.plus(g.Scaled(big.NewInt(-1))) }

// term returns c times the factors.
func term(c Coef, factors ...Form) Term { return Term{c, factors} }

// Plus1 returns the term with coefficient 1 and one or two factors; minus1 has coefficient -1.
func Plus1(factors ...Form) Term  { return term(num(One), factors...) }
func minus1(factors ...Form) Term { return term(num(big.NewInt(-1)), factors...) }

func sameForm(f, g Form) bool {
	return slices.EqualFunc(f, g, func(a, b Read) bool {
		return a.Tensor == b.Tensor && a.Rotated == b.Rotated &&
			a.Coef.Slot == b.Coef.Slot && a.Coef.Int.Cmp(b.Coef.Int) == 0
	})
}

// Numbered returns the name of limb i of a tensor: name.0, name.1, ...
func Numbered(name string, i int) string { return fmt.Sprintf("%s.%d", name, i) }

// OnesBelow returns 2^n - 1.
func OnesBelow(n int) *big.Int { return new(big.Int).Sub(Pow2(n), big.NewInt(1)) }
