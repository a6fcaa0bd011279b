package argument

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// extended is a pass through a block with biases and added tables, at the same positions as
// honestSteps, through a model that change has changed.
func extended(t testing.TB, change func(m *llama.Model)) *relationtest.Pass {
	rng := rand.New(rand.NewPCG(19, 20))
	c := llamatest.SmallConfig.WithArchitecture(extendedArchitecture)
	m := llamatest.RandomModel(t, rng, c, llama.W16, false)
	change(m)
	return relationtest.NewWide(t, rng, m, 4, 1, 2)
}

var extendedArchitecture = llamatest.Extended()

// extendedStep is the honest proof of the block.
func extendedStep(t testing.TB) *step {
	r := newRun(t, extended(t, func(*llama.Model) {}))
	r.step(t, r.Embed(t))
	return r.step(t, r.Blocks(t, 0))
}

// extendedForgeries are those of blockForgeries that a block has by its biases and tables
// alone.
var extendedForgeries = map[string]struct {
	check string
	forge func(f *forged, m *llama.Model)
}{
	"the output of a query's table": {`lookup "0.q"`, func(f *forged, _ *llama.Model) {
		f.add(1, "0.q", 1, 2, 1, 3, 0)
	}},
	"the input of a query's table": {`"0.q"`, func(f *forged, _ *llama.Model) {
		f.add(1, "0.q.in", 1, 2, 1, 2, 0)
	}},
	"another row of a value's table": {`"0.v"`, func(f *forged, m *llama.Model) {
		at := []int{1, 2, 2, 0}
		row := f.get("0.v.in", at...) ^ 1
		f.set(row, "0.v.in", at...)
		f.set(int64(m.Tables.Further[2][uint16(row)]), "0.v", at...)
	}},
	"a bias in a dead token's values": {`"0.v"`, func(f *forged, _ *llama.Model) { f.set(9, "0.v.in", 2, 1, 1, 0) }},
	"a bias in a dead token's queries": {`"0.q"`, func(f *forged, _ *llama.Model) {
		f.set(9, "0.q.in", 2, 1, 1, 1, 0)
	}},
	"a bias in a dead token's gate":   {`"0.gate"`, func(f *forged, _ *llama.Model) { f.set(9, "0.g", 2, 1) }},
	"a bias in a dead token's stream": {`"0.mid"`, func(f *forged, _ *llama.Model) { f.set(9, "0.mid.lo", 2, 1) }},
	"a bias in the product of the up matrix": {`contraction "0.u"`, func(f *forged, m *llama.Model) {
		f.add(m.Layers[0].Up.Bias[1], "0.u", 1, 1)
	}},
}

func TestForgedBiasesAndTables(t *testing.T) {
	s := extendedStep(t)
	for name, c := range extendedForgeries {
		f := forge(t, s.witness)
		c.forge(f, s.Model)
		t.Run(name, func(t *testing.T) { s.refused(t, f, c.check) })
	}
}

// extendedModels change one tensor of the model of extendedStep; the key is the tensor.
var extendedModels = map[string]struct {
	check  string
	change func(m *llama.Model)
}{
	"0.QBias.0":    {`"0.q`, func(m *llama.Model) { m.Layers[0].Q.Bias[3]++ }},
	"0.VBias.1":    {`"0.v`, func(m *llama.Model) { m.Layers[0].V.Bias[3] += 1 << 16 }},
	"0.OBias.0":    {`"0.mid`, func(m *llama.Model) { m.Layers[0].O.Bias[3]++ }},
	"0.GateBias.0": {`"0.gate`, func(m *llama.Model) { m.Layers[0].Gate.Bias[3]++ }},
	"0.UpBias.1":   {`"0.down.acc"`, func(m *llama.Model) { m.Layers[0].Up.Bias[3] += 1 << 16 }},
	"0.DownBias.2": {`"0.out`, func(m *llama.Model) { m.Layers[0].Down.Bias[3] -= 1 << 32 }},
	"gelu":         {`lookup "0.s"`, func(m *llama.Model) { addAll(m.Tables.Silu, 1) }},
	"leaky":        {`lookup "0.k"`, func(m *llama.Model) { addAll(m.Tables.Further[1], -1) }},
}

// addAll adds d to every entry but the first.
func addAll(entries []int16, d int16) {
	for i := range entries[1:] {
		entries[1+i] += d
	}
}

// TestForgedBiasesOfTheModel: a trace of a model with another bias or table is refused with
// the true model's claims. With the false one's it leaves claims that the true model settles
// except those on the altered tensor.
func TestForgedBiasesOfTheModel(t *testing.T) {
	s := extendedStep(t)
	for name, c := range extendedModels {
		t.Run(name, func(t *testing.T) {
			p := extended(t, c.change)
			w := p.Blocks(t, 0)
			require.ErrorContains(t, s.Check(t, w, 0), c.check)
			_, err := s.attempt(t, w, relation.NewModelView(s.Model, s.Shape, 0))
			require.Error(t, err)

			result, err := s.attempt(t, w, relation.NewModelView(p.Model, p.Shape, 0))
			require.NoError(t, err)
			require.Equal(t, map[string]bool{name: true}, s.unsettled(t, result))
		})
	}
}

// addedRowZero are tables of added and replaced functions with another row 0.
var addedRowZero = map[string]struct {
	check string
	alter func(m *llama.Model)
}{
	"GELU[0] is not zero": {`"gelu.first"`, func(m *llama.Model) { m.Tables.Silu[0] = 20000 }},
	"RELU[0] is not zero": {`"relu.first"`, func(m *llama.Model) { m.Tables.Further[2][0] = 20000 }},
}

// TestForgedRowZeroOfAddedTables: a step under such a table has no proof, as with those of a
// LLaMA.
func TestForgedRowZeroOfAddedTables(t *testing.T) {
	s := extendedStep(t)
	for name, c := range addedRowZero {
		p := extended(t, c.alter)
		require.ErrorContains(t, p.Check(t, s.witness, 0), c.check, name)
		_, err := s.attempt(t, s.witness, relation.NewModelView(p.Model, p.Shape, 0))
		require.ErrorContains(t, err, "constraints and lookups", name)
	}
}
