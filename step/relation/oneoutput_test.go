package relation

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
)

// tinyConfig keeps the relation so small that it can be solved thousands of times. Its dead
// cells belong to a third head and to a third of the channels.
var tinyConfig = llamatest.WithVocab(llama.Config{Dim: 3, Hidden: 3, Layers: 1, Heads: 3, KVHeads: 1, HeadDim: 2})

// committedTensors are the tensors that a model's owner commits to, by the programs' names. x
// is the input of the first block, the embedding's rows, which have no range.
var committedTensors = []string{
	"x", "0.Q", "0.K", "0.V", "0.O", "0.Gate", "0.Up", "0.Down", "0.attn.gain", "0.ffn.gain",
	"cos", "sin", "exp", "silu", "Head",
}

// addedTensors are some of those that llamatest.Extended adds: parts of biases where they are
// masked, rotated, and multiplied with a looked-up cell, and tables.
var addedTensors = []string{
	"0.QBias.0", "0.VBias.2", "0.OBias.1", "0.GateBias.0", "0.UpBias.1", "0.DownBias.2", "abs", "relu", "gelu",
}

// abnormal are contents of a tensor that no import makes. v has the padded cells of the
// tensor.
var abnormal = map[string]func(rng *rand.Rand, v fr.Vector){
	"row 0 altered": func(_ *rand.Rand, v fr.Vector) { v[0].SetInt64(20000) },
	"beyond 16 bits": func(rng *rand.Rand, v fr.Vector) {
		each(v, func() int64 { return 1<<20 + rng.Int64N(1<<40) })
	},
	"negative": func(rng *rand.Rand, v fr.Vector) {
		each(v, func() int64 { return -1 - rng.Int64N(1<<17) })
	},
	"about half the field": func(rng *rand.Rand, v fr.Vector) { fromField(rng, v, new(big.Int).Rsh(fr.Modulus(), 1)) },
	"about the modulus": func(rng *rand.Rand, v fr.Vector) {
		fromField(rng, v, new(big.Int).Sub(fr.Modulus(), big.NewInt(8)))
	},
	"any field elements": func(_ *rand.Rand, v fr.Vector) {
		for i := range v {
			v[i].MustSetRandom()
		}
	},
	"a row of zeros": func(_ *rand.Rand, v fr.Vector) { clear(v[:max(1, len(v)/2)]) },
	"all zero":       func(_ *rand.Rand, v fr.Vector) { clear(v) },
	"fractions": func(rng *rand.Rand, v fr.Vector) {
		for i := range v {
			var d fr.Element
			d.SetInt64(1 + rng.Int64N(9))
			v[i].SetInt64(rng.Int64N(100)).Div(&v[i], &d)
		}
	},
}

func each(v fr.Vector, f func() int64) {
	for i := range v {
		v[i].SetInt64(f())
	}
}

func fromField(rng *rand.Rand, v fr.Vector, base *big.Int) {
	for i := range v {
		v[i].SetBigInt(new(big.Int).Add(base, big.NewInt(rng.Int64N(16))))
	}
}

// contents are the committed values of each tensor, padded.
type contents struct {
	kind    Kind
	program *Program
	shape   Shape
	g       Geometry
	record  []fr.Element
	columns map[string]fr.Vector
	altered bool // a table of pairs differs from the honest model's
}

// ordinary returns the contents of an honest model.
func ordinary(t testing.TB, kind Kind, scheme llama.Scheme, a *llama.Architecture) *contents {
	t.Helper()
	rng := rand.New(rand.NewPCG(51, uint64(kind)))
	if a != nil {
		rng = rand.New(rand.NewPCG(51, 100))
	}
	m := llamatest.RandomModel(t, rng, tinyConfig.WithArchitecture(a), scheme, false)
	p := newFixture(t, rng, m, 1, 0, 1)
	require.NotEqual(t, p.g.Tokens[0], p.g.Tokens[1]) // their values differ
	w := p.blocks(t, 0)
	if kind == Head {
		w = p.head(t)
	}
	record, err := NewLayerConstants(w.Program, p.shape, m, 0)
	require.NoError(t, err)
	c := &contents{kind, w.Program, p.shape, w.Geometry, record.Elements(), map[string]fr.Vector{}, false}
	read := &Checker{Witness: w, record: c.record, model: llamatest.Entries{Model: m}}
	for i := range w.Program.Tensors {
		tensor := &w.Program.Tensors[i]
		if tensor.Oracle != Weights && tensor.Oracle != Input {
			continue
		}
		v, at := fr.Vector{}, [NumAxes]int{}
		_ = read.each(tensor.Space, &at, func() error { v = append(v, read.value(TensorID(i), &at)); return nil })
		c.columns[tensor.Name] = v
	}
	if kind == Block { // cells that look up row 0: a channel without a gate, a head, and distant keys
		row := 1 << w.Program.Extents[Width].Bits
		clear(c.columns["0.Gate"][:row])
		if a != nil {
			clear(c.columns["0.Q"][:2*row])
			clear(c.columns["0.V"][:row])
			for part := range biasParts {
				clear(c.columns[Numbered("0.GateBias", part)][:1])
				clear(c.columns[Numbered("0.QBias", part)][:2])
				clear(c.columns[Numbered("0.VBias", part)][:1])
			}
			c.columns["0.VBias.1"][1].SetInt64(100) // the head's other value is positive: its queries count
		}
		distance := fr.NewElement(1 << 12)
		q := c.columns["0.Q"]
		q.ScalarMul(q, &distance)
	}
	return c
}

// solver returns a solver with an empty witness for these contents.
func (c *contents) solver(t testing.TB) *solver {
	w := &Witness{c.program, c.g, make([]Column, len(c.program.Tensors))}
	for i := range w.Columns {
		tensor := &c.program.Tensors[i]
		switch v, ok := c.columns[tensor.Name]; {
		case ok:
			w.Columns[i].Field = v
		case tensor.Oracle != Public && tensor.Of == NoTable:
			w.Columns[i].Field = make(fr.Vector, 1<<c.program.Extents.Bits(tensor.Space))
		}
	}
	return &solver{Checker: &Checker{Witness: w, record: c.record}, t: t, cell: -1, others: map[otherWay]bool{}}
}

// normed solves for a norm.
func (s *solver) normed(name string) {
	s.root(name)
	s.rescale(name+".n", name+".n", 2, false)
	if _, ok := s.Program.Find(s.prefix + name + ".gained"); ok {
		s.rescale(name+".gained", name+".gained", 1, false)
	}
}

// block solves for all cells of a step of one block.
func (s *solver) block(softmax int) {
	s.prefix = "0."
	s.normed("attn")
	for y, cells := range map[string]int{"q": 2, "k": 2, "v": 1} {
		s.contraction(y + ".acc")
		if id, ok := s.Program.Find(s.prefix + y + ".in"); ok {
			s.saturated(y+".in", y, cells)
			s.lookup(s.Program.Tables[s.Program.Tensor(id).Table].Name, y+".in", y)
		} else {
			s.saturated(y, y, cells)
		}
	}
	s.cached("cache.k", "k")
	s.cached("cache.v", "v")
	s.contraction("score")
	s.maximum()
	s.exponents()
	s.lookup("exp", "e.index", "e")
	s.contraction("e.sum")
	s.inverse(softmax)
	s.contraction("o.sum")
	s.rescale("o", "o", softmax/16, false)
	s.contraction("o.acc")
	s.rescale("mid", "mid", 1, true)
	s.normed("ffn")
	s.contraction("gate.acc")
	s.saturated("g", "gate", 1)
	s.lookup(s.Program.Tables[s.Program.Tensor(s.id("g")).Table].Name, "g", "s")
	s.contraction("u")
	s.contraction("down.acc")
	s.rescale("out", "out", 2, true)
	s.prefix = ""
	s.cells("y", func(i int, at *[NumAxes]int) { s.set("y", i, s.left("y", at).Neg(s.left("y", at))) })
}

// cached writes the pass's keys or values into the empty cache.
func (s *solver) cached(cache, local string) {
	from, to := &s.Columns[s.id(local)], &s.Columns[s.id(cache)]
	copy(to.Field, from.Field)
}

func (s *solver) masked(at *[NumAxes]int) bool {
	return s.Geometry.Formula(&s.Program.Extents, Causal, at, PerScore) == 0
}

// maximum solves for the largest score. The candidates are the scores that are no smaller than
// any other, and then any score.
func (s *solver) maximum() {
	lift := s.record[slices.Index(s.Program.Slots, "0.score.lift")].BigInt(new(big.Int))
	s.cells("max", func(i int, at *[NumAxes]int) {
		var scores []*big.Int
		for p := range 1 << s.Program.Extents[Position].Bits {
			if at[Position] = p; !s.masked(at) {
				scores = append(scores, integer(s.value(s.id("score"), at)))
			}
		}
		list := []candidate{}
		for _, top := range scores {
			holds := true
			for _, x := range scores {
				margin := integer(element(Mul(lift, new(big.Int).Sub(top, x))))
				holds = holds && within(margin, zero, Mul(Pow2(16), new(big.Int).Add(Pow2(32), maxU16)))
			}
			list = append(list, candidate{value: top, holds: holds})
		}
		if len(list) == 0 {
			return
		}
		largest := s.take("max", i, append(list, candidate{value: new(big.Int).Add(scores[0], One)})).value
		s.set("max", i, largest)
		if p := slices.IndexFunc(scores, func(x *big.Int) bool { return x.Cmp(largest) == 0 }); p >= 0 {
			at[Position] = p
			s.Columns[s.id("max.at")].Field[s.Index(PerScore, at)].SetOne()
		}
	})
	s.contraction("max.count")
}

// exponents solves for the rows of the exponential and the excess beyond them.
func (s *solver) exponents() {
	s.cells("e.index", func(i int, at *[NumAxes]int) {
		left := s.left("e.index", at)
		var list []candidate
		add := func(distance *big.Int, shift int64) {
			r := integer(element(new(big.Int).Sub(left, Mul(Pow2(16), distance))))
			index, over := maxOf(new(big.Int).Neg(distance), zero), maxOf(distance, zero)
			index, over = new(big.Int).Add(index, big.NewInt(shift)), new(big.Int).Add(over, big.NewInt(shift))
			list = append(list, candidate{index, []*big.Int{over, r},
				within(index, zero, maxU16) && within(over, zero, OnesBelow(32)) && within(r, zero, maxU16) &&
					(index.Sign() == 0 || over.Sign() == 0)})
		}
		for _, wraps := range []int64{0, 1, -1} {
			add(new(big.Int).Rsh(new(big.Int).Add(left, Mul(big.NewInt(wraps), fr.Modulus())), 16), 0)
		}
		first := new(big.Int).Rsh(left, 16)
		add(first, 1)
		add(new(big.Int).Add(first, One), 0)
		add(new(big.Int).Sub(first, One), 0)
		c := s.take("e.index", i, list)
		s.set("e.index", i, c.value)
		s.split("e.over", i, 2, c.rest[0])
		s.set("e.r", i, c.rest[1])
	})
}

// inverse solves for the softmax's inverse.
func (s *solver) inverse(k int) {
	s.cells("e.sum", func(i int, at *[NumAxes]int) {
		sum, unit := integer(s.value(s.id("e.sum"), at)), s.left("e.inv.below", at)
		live := s.value(s.id("live.head"), at)
		var list []candidate
		add := func(inv *big.Int) {
			below := integer(element(new(big.Int).Sub(unit, Mul(inv, sum))))
			above := new(big.Int).Sub(Mul(new(big.Int).Add(inv, One), sum), unit)
			above = integer(element(above.Sub(above, live.BigInt(new(big.Int)))))
			list = append(list, candidate{inv, []*big.Int{below, above},
				within(inv, zero, OnesBelow(k)) && within(below, zero, OnesBelow(32)) &&
					within(above, zero, OnesBelow(32))})
		}
		for _, of := range []*big.Int{sum, new(big.Int).Add(sum, fr.Modulus())} {
			if of.Sign() != 0 {
				add(new(big.Int).Div(unit, of))
			}
		}
		add(zero)
		first := list[0].value
		add(new(big.Int).Add(first, One))
		add(new(big.Int).Sub(first, One))
		c := s.take("e.inv", i, list)
		s.split("e.inv", i, k/16, c.value)
		s.split("e.below", i, 2, c.rest[0])
		s.split("e.above", i, 2, c.rest[1])
	})
}

// head solves for all cells of a head that chooses a token.
func (s *solver) head() {
	s.normed("final")
	s.contraction("logit")
	s.contraction("chosen")
	s.cells("lead.0", func(i int, at *[NumAxes]int) { s.split("lead", i, leadLimbs, s.left("argmax", at)) })
}

// accepts checks the relation as the argument states it: a zero cell of a lookup has the
// inverse zero and is accepted for any row 0. The constraints on the rows of tables depend
// only on the contents and are checked once.
func (s *solver) accepts() error {
	for i := range s.Program.Tensors {
		if err := s.padding(TensorID(i)); err != nil && s.Program.Tensor(TensorID(i)).Oracle == Output {
			return err
		}
	}
	for i := range s.Program.Constraints {
		if k := &s.Program.Constraints[i]; !slices.Equal(k.Space, Space{Row}) {
			if err := s.constraint(k); err != nil {
				return err
			}
		}
	}
	for i := range s.Program.Contractions {
		if err := s.Checker.contraction(&s.Program.Contractions[i]); err != nil {
			return err
		}
	}
	for _, w := range s.Program.CacheWrites {
		if err := s.window(w); err != nil {
			return err
		}
	}
	return s.looked()
}

// looked checks that every cell is a row of its table, or zero.
func (s *solver) looked() error {
	outputs := map[TensorID]fr.Vector{}
	for i := range s.Program.Tensors {
		if t := &s.Program.Tensors[i]; t.Oracle == Outputs {
			outputs[t.Key] = s.Columns[i].Field
		}
	}
	for i := range s.Program.Tensors {
		t := &s.Program.Tensors[i]
		if t.Table == NoTable {
			continue
		}
		lo, hi := zero, maxU16
		if s.Program.Tables[t.Table].Signed {
			lo, hi = minS16, maxS16
		}
		for j, x := range s.Columns[i].Field {
			v, out := integer(x), outputs[TensorID(i)]
			switch {
			case !within(v, lo, hi):
				return fmt.Errorf("cell %d of %s is %v, no row of %s", j, t.Name, v, s.Program.Tables[t.Table].Name)
			case out == nil || x.IsZero() && out[j].IsZero():
			case out[j] != s.Columns[s.id(s.Program.Tables[t.Table].Name)].Field[uint16(v.Int64())]:
				return fmt.Errorf("lookup of %s: cell %d is not its row", t.Name, j)
			}
		}
	}
	return nil
}

// rows checks the constraints on tables.
func (c *contents) rows(t testing.TB) error {
	s := c.solver(t)
	for i := range c.program.Constraints {
		if k := &c.program.Constraints[i]; slices.Equal(k.Space, Space{Row}) {
			if err := s.constraint(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// otherWay is another way to solve: with the candidate number choice of a tensor, in one cell,
// or, for cell -1, in all cells in which it satisfies their constraint.
type otherWay struct {
	name         string
	choice, cell int
}

// try solves in one way. It returns the output, the other possible ways, and the error of the
// relation. A head chooses the token next.
func (c *contents) try(t testing.TB, way otherWay, next int) (output string, others map[otherWay]bool, err error) {
	d := *c
	d.g.Next = next
	s := d.solver(t)
	s.name, s.choice, s.cell = way.name, way.choice, way.cell
	if c.kind == Head {
		s.head()
		output = fmt.Sprint("token ", next)
	} else {
		s.block(c.shape.Softmax)
		for _, name := range []string{"y", "0.cache.k", "0.cache.v"} {
			output += fmt.Sprint(s.Columns[s.id(name)].Field)
		}
	}
	return output, s.others, s.accepts()
}

// outputs returns the outputs that the relation accepts: of the honest way, of all ways that
// differ from it where a cell has two values, and of the ways in more.
func (c *contents) outputs(t testing.TB, more ...otherWay) map[string]bool {
	t.Helper()
	accepted, tokens := map[string]bool{}, 1
	if c.altered && c.rows(t) != nil {
		return accepted
	}
	if c.kind == Head {
		tokens = c.shape.Config.Vocab
	}
	for next := range tokens {
		output, others, err := c.try(t, otherWay{cell: -1}, next)
		if err == nil {
			accepted[output] = true
		}
		for _, way := range slices.AppendSeq(more, maps.Keys(others)) {
			if output, _, err := c.try(t, way, next); err == nil {
				accepted[output] = true
			}
		}
	}
	return accepted
}

// forced are other values at single cells, which the cells' own constraints refuse.
var forced = map[Kind]map[string]int{
	Block: {
		"attn.inv": 6, "attn.n": 8, "attn.gained": 8, "q": 12, "k": 12, "v": 12, "q.in": 12, "k.in": 12, "v.in": 12,
		"max": 3, "e.index": 6, "e": 3, "e.inv": 5, "o": 8, "mid": 8,
		"ffn.inv": 6, "ffn.n": 8, "ffn.gained": 8, "g": 12, "s": 3, "out": 8,
	},
	Head: {"final.inv": 6, "final.n": 8},
}

func (c *contents) forced() (ways []otherWay) {
	for name, n := range forced[c.kind] {
		for choice := range n {
			ways = append(ways, otherWay{name, choice, choice & 1})
		}
	}
	return ways
}

// eachAbnormal visits contents in each of which one tensor has abnormal values.
func eachAbnormal(t *testing.T, visit func(name string, c *contents)) {
	block, ternary := ordinary(t, Block, llama.W16, nil), ordinary(t, Block, llama.Ternary, nil)
	head, extended := ordinary(t, Head, llama.W16, nil), ordinary(t, Block, llama.W16, llamatest.Extended())
	for _, of := range []struct {
		honest  *contents
		tensors []string
	}{
		{block, committedTensors}, {ternary, []string{"0.attn.gain", "0.ffn.gain"}}, {head, committedTensors},
		{extended, addedTensors},
	} {
		for _, tensor := range of.tensors {
			if _, ok := of.honest.columns[tensor]; !ok {
				continue
			}
			for name, fill := range abnormal {
				visit(fmt.Sprintf("%s, %s: %s", of.honest.kind, tensor, name), of.honest.with(tensor, fill))
			}
		}
	}
}

// TestOneOutput: for any field elements that are committed to as weights and tables, also in
// the padding, a step accepts at most one output. For an honest model it accepts one output,
// also when a cell has any other value that a forger would try.
func TestOneOutput(t *testing.T) {
	for _, honest := range []*contents{
		ordinary(t, Block, llama.W16, nil), ordinary(t, Head, llama.W16, nil),
		ordinary(t, Block, llama.W16, llamatest.Extended()),
	} {
		require.Len(t, honest.outputs(t, honest.forced()...), 1)
	}
	accepted := 0
	eachAbnormal(t, func(name string, c *contents) {
		found := c.outputs(t)
		require.LessOrEqual(t, len(found), 1, name)
		accepted += len(found)
	})
	require.Greater(t, accepted, 30) // the others have no output, because a value is out of its cell's range
}

// TestTwoOutputs: without the constraint on row 0, the same search finds two outputs for a
// table with another row 0, and for no other contents.
func TestTwoOutputs(t *testing.T) {
	var two []string
	eachAbnormal(t, func(name string, c *contents) {
		program := *c.program
		program.Constraints = slices.DeleteFunc(slices.Clone(program.Constraints), func(k Constraint) bool {
			return slices.Equal(k.Space, Space{Row})
		})
		c.program = &program
		if len(c.outputs(t)) > 1 {
			two = append(two, name)
			require.Regexp(t, "(exp|silu|abs|relu|gelu):", name)
		}
	})
	for _, table := range []string{"exp", "silu", "abs", "relu", "gelu"} {
		require.Contains(t, two, "block, "+table+": row 0 altered")
	}
}

// with returns a copy of contents with one tensor filled anew. Dead tokens stay zero, because
// tables of positions are masked there and the embedding of dead tokens is zero.
func (c *contents) with(tensor string, fill func(rng *rand.Rand, v fr.Vector)) *contents {
	d := *c
	d.columns, d.altered = map[string]fr.Vector{}, c.program.TableOf(tensor) != NoTable
	for name, v := range c.columns {
		d.columns[name] = slices.Clone(v)
	}
	fill(rand.New(rand.NewPCG(52, 53)), d.columns[tensor])
	return &d
}
