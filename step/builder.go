package step

import (
	"fmt"
	"math/big"
	"slices"
)

// builder collects a program. It panics on a malformed one: programs are built
// from constants of this package, never from input.
type builder struct {
	Program
	shape  Shape
	prefix string // of the names of what is added: tells the blocks of a step apart
	byName map[string]TensorID
}

func newBuilder(kind Kind, s Shape) (*builder, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	return &builder{
		Program: Program{Kind: kind, Extents: s.extents()},
		shape:   s,
		byName:  map[string]TensorID{},
	}, nil
}

// finish lays the tensors out and checks the program's bounds.
func (b *builder) finish() (*Program, error) {
	p := &b.Program
	if err := p.CheckBounds(); err != nil {
		return nil, err
	}
	b.layOut()
	return p, nil
}

func (b *builder) add(t Tensor) TensorID {
	t.Name = b.prefix + t.Name
	if _, dup := b.byName[t.Name]; dup {
		panic("step: two tensors named " + t.Name)
	}
	if t.Home != Weights && t.Home != Cache && !slices.IsSorted(t.Space) {
		panic("step: axes of " + t.Name + " out of order")
	}
	id := TensorID(len(b.Tensors))
	b.Tensors = append(b.Tensors, t)
	b.byName[t.Name] = id
	return id
}

// once declares a tensor that the blocks of a step share.
func (b *builder) once(t Tensor) TensorID {
	if id, ok := b.byName[t.Name]; ok {
		return id
	}
	prefix := b.prefix
	b.prefix = ""
	defer func() { b.prefix = prefix }()
	return b.add(t)
}

// The ranges of cells by their table.
var (
	zero      = big.NewInt(0)
	one       = big.NewInt(1)
	maxU16    = big.NewInt(65535)
	minS16    = big.NewInt(-32768)
	maxS16    = big.NewInt(32767)
	maxWeight = big.NewInt(1<<17 - 1)
)

// pow2 returns 2^k.
func pow2(k int) *big.Int { return new(big.Int).Lsh(one, uint(k)) }

// unsigned and signed declare cells of 16 bits.
func (b *builder) unsigned(name string, s ...Axis) TensorID {
	return b.add(Tensor{Name: name, Space: s, Home: Cells, Table: Unsigned, Lo: zero, Hi: maxU16})
}

func (b *builder) signed(name string, s ...Axis) TensorID {
	return b.add(Tensor{Name: name, Space: s, Home: Cells, Table: Signed, Lo: minS16, Hi: maxS16})
}

// free declares cells without a range: advice that other constraints pin to
// within [-2^bits, 2^bits].
func (b *builder) free(name string, bits int, s ...Axis) TensorID {
	return b.add(Tensor{Name: name, Space: s, Home: Cells, Lo: new(big.Int).Neg(pow2(bits)), Hi: pow2(bits)})
}

// lookup declares the input cells of a table of pairs, its outputs and the table.
func (b *builder) lookup(in, out string, t Table, s ...Axis) (input, output TensorID) {
	lo, hi := zero, maxU16
	if t == SiluTable {
		lo, hi = minS16, maxS16
	}
	input = b.add(Tensor{Name: in, Space: s, Home: Cells, Table: t, Lo: lo, Hi: hi})
	output = b.add(Tensor{Name: out, Space: s, Home: Outputs, Key: input, Lo: minS16, Hi: maxS16})
	b.pairs(t)
	return input, output
}

// given declares a tensor that another step or the model binds.
func (b *builder) given(name string, home Home, lo, hi *big.Int, s ...Axis) TensorID {
	return b.add(Tensor{Name: name, Space: s, Home: home, Lo: lo, Hi: hi})
}

func (b *builder) weights(name string, s ...Axis) TensorID {
	return b.given(name, Weights, new(big.Int).Neg(maxWeight), maxWeight, s...)
}

func (b *builder) public(name string, f Formula, s ...Axis) TensorID {
	lo, hi := zero, one
	switch f {
	case RowUnsigned:
		hi = maxU16
	case RowSigned:
		lo, hi = minS16, maxS16
	}
	return b.once(Tensor{Name: name, Space: s, Home: Public, Public: f, Lo: lo, Hi: hi})
}

// contract declares a virtual tensor and the contraction that defines it; its
// interval follows from the factors'.
func (b *builder) contract(name string, s Space, factors ...Form) TensorID {
	summed := Space{}
	for _, f := range factors {
		for _, r := range f {
			for _, a := range b.tensor(r.Tensor).Space {
				if !s.Has(a) && !summed.Has(a) {
					summed = append(summed, a)
				}
			}
		}
	}
	lo, hi := one, one
	for _, f := range factors {
		flo, fhi := b.interval(f)
		lo, hi = mulInterval(lo, hi, flo, fhi)
	}
	if len(factors) == 2 && sameForm(factors[0], factors[1]) && lo.Sign() < 0 {
		lo = zero // a square
	}
	n := big.NewInt(int64(b.Extents.LiveCells(summed)))
	id := b.add(Tensor{Name: name, Space: s, Home: Virtual, Lo: mul(lo, n), Hi: mul(hi, n)})
	b.Contractions = append(b.Contractions, Contraction{Name: b.prefix + name, Out: id, Factors: factors})
	return id
}

// constrain adds the constraint that the terms' sum is zero on s.
func (b *builder) constrain(name string, s Space, terms ...Term) {
	for _, t := range terms {
		if len(t.Factors) < 1 || len(t.Factors) > 2 {
			panic("step: " + name + ": a term has one or two factors")
		}
		for _, f := range t.Factors {
			for _, r := range f {
				if !s.contains(b.tensor(r.Tensor).Space) {
					panic("step: " + name + " reads " + b.tensor(r.Tensor).Name + " outside its space")
				}
			}
		}
	}
	b.Constraints = append(b.Constraints, Constraint{b.prefix + name, s, terms})
}

// slot declares a constant of the record, or finds it.
func (b *builder) slot(name string) int {
	if i := slices.Index(b.Slots, name); i >= 0 {
		return i
	}
	b.Slots = append(b.Slots, name)
	return len(b.Slots) - 1
}

// num is the constant c.
func num(c *big.Int) Coef { return Coef{c, -1} }

// shared is a record's constant that all layers share; own is one of the block
// at hand.
func (b *builder) shared(name string) Coef { return Coef{one, b.slot(name)} }

func (b *builder) own(name string) Coef { return b.shared(b.prefix + name) }

// times returns c times a big constant.
func (c Coef) times(x *big.Int) Coef { return Coef{mul(c.Int, x), c.Slot} }

// of reads a tensor.
func of(id TensorID) Form { return Form{{Coef: num(one), Tensor: id}} }

// turned reads the quarter turn of a tensor.
func turned(id TensorID) Form { return Form{{Coef: num(one), Tensor: id, Turned: true}} }

// limbs is the form sum 2^(16 i) t_i.
func limbs(ids ...TensorID) (f Form) {
	for i, id := range ids {
		f = append(f, Read{Coef: num(pow2(16 * i)), Tensor: id})
	}
	return f
}

// scaled is c f.
func (f Form) scaled(c *big.Int) Form {
	g := slices.Clone(f)
	for i := range g {
		g[i].Coef = g[i].Coef.times(c)
	}
	return g
}

// plus is the sum of two forms.
func (f Form) plus(g Form) Form { return slices.Concat(f, g) }

// minus is the difference of two forms.
func (f Form) minus(g Form) Form { return f.plus(g.scaled(big.NewInt(-1))) }

// term is c times the factors.
func term(c Coef, factors ...Form) Term { return Term{c, factors} }

// plus1 and minus1 are terms with coefficients 1 and -1.
func plus1(factors ...Form) Term  { return term(num(one), factors...) }
func minus1(factors ...Form) Term { return term(num(big.NewInt(-1)), factors...) }

func sameForm(f, g Form) bool {
	return slices.EqualFunc(f, g, func(a, b Read) bool {
		return a.Tensor == b.Tensor && a.Turned == b.Turned && a.Coef.Slot == b.Coef.Slot && a.Coef.Int.Cmp(b.Coef.Int) == 0
	})
}

// numbered names the limbs of a tensor: name.0, name.1, ...
func numbered(name string, i int) string { return fmt.Sprintf("%s.%d", name, i) }

// onesBelow is 2^n - 1.
func onesBelow(n int) *big.Int { return new(big.Int).Sub(pow2(n), big.NewInt(1)) }
