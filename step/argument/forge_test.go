package argument

import (
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// What is known to go wrong in arguments like this one, as far as a step is
// concerned, and the test that tries it. What is not listed (the recursion, the
// settlement, zero knowledge) is tested where it is built.
//
//	a commitment truncated on a length mismatch       TestSlots, TestWrongLengths
//	infinity, points off their curve                  TestStatementsAreValidated, TestOneEncoding
//	native and circuit transcripts differ             TestCircuitAgrees
//	a circuit whose shape depends on data             TestCircuitAgrees: compiled without values
//	two encodings of an element or a point            TestOneEncoding, FuzzDecodeProof
//	a claim, degree or opening not in the transcript  TestEveryItemIsBound, TestEveryMessageCounts
//	a degree not enforced by a message's length       TestWrongLengths
//	a sumcheck without rounds accepted                TestWrongLengths
//	commitment, point and value not bound together    TestEveryFieldOfTheStatementCounts
//	a zero-extension not bound into the claim         TestProve (settles smaller polynomials), TestForgedEmbedding
//	multiplicities over the wrong table               TestForgedCounts
//	tables mixed, a pole met                          TestLookupsArePinned
//	1/S, 1/sqrt, maximum as free advice               TestForgedBlocks: inverses, roots, maxima
//	skip connection, RoPE, mask, embedding left out   TestForgedBlocks, TestForgedModel, TestForgedEmbedding
//	inputs and outputs not tied to the trace          TestEveryFieldOfTheStatementCounts: tokens, next
//	activations bound only in their low bits          TestForgedBlocks: an overflow; TestLookupsArePinned
//	past keys changed, the window left                TestForgedGain, TestForgedBlocks, TestForgedWindow, TestFormulas
//	a cache that a step without one hands on          TestAbsentCommitments, TestSlots
//	padded or masked cells that count                 TestForgedBlocks: dead, later, empty; TestForgedChoice
//	a constant over dead cells                        TestHonest: every constraint in every cell, padding included
//	padding in the count of a table's zero row        TestForgedCounts
//	a step updates a slot that is not its own         TestSlots
//	a quotient without a range                        TestForgedQuotient, TestLookupsArePinned
//	an id outside the vocabulary, a pass not aligned  TestStatementsAreValidated
//	shift constants as advice                         TestEveryFieldOfTheStatementCounts: record
//	a deferred claim forgotten                        TestEveryClaimIsResolved, TestForgedModel

// forged is a copy of an honest witness that a test changes.
type forged struct {
	*relation.Witness
	t testing.TB
}

func forge(t testing.TB, w *relation.Witness) *forged {
	c := &relation.Witness{Program: w.Program, Geometry: w.Geometry, Columns: slices.Clone(w.Columns)}
	for i := range c.Columns {
		col := &c.Columns[i]
		col.Unsigned, col.Signed, col.Ints = slices.Clone(col.Unsigned), slices.Clone(col.Signed),
			slices.Clone(col.Ints)
		col.Wide, col.Field = slices.Clone(col.Wide), slices.Clone(col.Field)
	}
	return &forged{c, t}
}

// cell finds a cell of a tensor by its index on each axis.
func (f *forged) cell(name string, at ...int) (*relation.Column, int) {
	id, ok := f.Program.Find(name)
	require.True(f.t, ok, name)
	t := f.Program.Tensor(id)
	require.Len(f.t, at, len(t.Space), name)
	i := 0
	for k, a := range t.Space {
		i = i<<f.Program.Extents[a].Bits | at[k]
	}
	return &f.Columns[id], i
}

func (f *forged) add(d int64, name string, at ...int) {
	c, i := f.cell(name, at...)
	relationtest.AddCell(c, i, d)
}

func (f *forged) get(name string, at ...int) int64 {
	c, i := f.cell(name, at...)
	switch {
	case c.Unsigned != nil:
		return int64(c.Unsigned[i])
	case c.Signed != nil:
		return int64(c.Signed[i])
	}
	return c.Ints[i]
}

func (f *forged) set(v int64, name string, at ...int) { f.add(v-f.get(name, at...), name, at...) }

// number reads a number of several limbs, and setNumber writes one modulo their
// size.
func (f *forged) number(name string, n int, at ...int) *big.Int {
	v := new(big.Int)
	for i := n - 1; i >= 0; i-- {
		v.Lsh(v, 16)
		v.Add(v, big.NewInt(f.get(relation.Numbered(name, i), at...)))
	}
	return v
}

func (f *forged) setNumber(v *big.Int, name string, n int, at ...int) {
	v = new(big.Int).Mod(v, relation.Pow2(16*n))
	for i := range n {
		f.set(int64(uint16(new(big.Int).Rsh(v, uint(16*i)).Uint64())), relation.Numbered(name, i), at...)
	}
}

// attempt runs the honest prover's code on a witness, with the tables' counts as
// they must be, and gives the proof to Verify.
func (s *step) attempt(t testing.TB, w *relation.Witness, model relation.Model) (*Result, error) {
	t.Helper()
	result, _, err := s.open(t, w, model)
	return result, err
}

// open is attempt with what the prover knows of the running claims.
func (s *step) open(t testing.TB, w *relation.Witness, model relation.Model) (*Result, *Secrets, error) {
	t.Helper()
	st := s.statement.copied()
	st.Geometry, st.Running = w.Geometry, [2]CommittedClaim{}
	secrets := &Secrets{Blind: s.secrets.Blind}
	for i, n := range []int{s.slots.Cells, s.slots.Cache} {
		secrets.Running[i].Values = make(fr.Vector, 1<<n)
		st.Running[i].Point = make([]fr.Element, n)
	}
	proof, _, _, err := s.prover.Prove(s.argument, st, w, model, secrets)
	require.NoError(t, err, "the prover's code refuses by itself")
	result, err := s.argument.Verify(st, proof)
	return result, secrets, err
}

// refused sees a forged witness fail the check of that name in the relation, and
// the proof of it fail in Verify.
func (s *step) refused(t testing.TB, f *forged, name string) {
	t.Helper()
	w, err := (&relation.Filler{Witness: f.Witness}).Finish()
	require.NoError(t, err)
	require.ErrorContains(t, s.Check(t, w, 0), name)
	_, err = s.attempt(t, w, relation.NewModelView(s.Model, s.Shape, 0))
	require.Error(t, err)
}

// blockForgeries change an honest witness of a block consistently in one place;
// the key is what is forged, check the constraint that refuses it. Tokens stand
// at positions 4 and 5; token 2, group 3, position 6 are dead.
var blockForgeries = map[string]struct {
	check string
	forge func(f *forged, m *llama.Model)
}{
	"a remainder":      {`"0.mid"`, func(f *forged, _ *llama.Model) { f.add(1, "0.mid.r.0", 1, 2) }},
	"a rescaled value": {`"0.o"`, func(f *forged, _ *llama.Model) { f.add(1, "0.o", 1, 2, 1, 2, 0) }},
	"an exponential":   {`"0.e.sum"`, func(f *forged, _ *llama.Model) { f.add(-1, "0.e", 1, 2, 1, 3) }},
	"another row of the exponential": {`"0.e.index"`, func(f *forged, m *llama.Model) {
		row := f.get("0.e.index", 1, 2, 1, 3) ^ 1
		f.set(row, "0.e.index", 1, 2, 1, 3)
		f.set(int64(m.Tables.Exp[65535-row]), "0.e", 1, 2, 1, 3)
	}},
	"a SiLU":                    {`"0.down.acc"`, func(f *forged, _ *llama.Model) { f.add(1, "0.s", 1, 3) }},
	"a SiLU that nothing reads": {`lookup "0.s"`, func(f *forged, _ *llama.Model) { f.set(1, "0.s", 1, 6) }},
	"a larger maximum":          {`"0.max.reached"`, func(f *forged, _ *llama.Model) { f.add(1, "0.max", 1, 2, 1) }},
	"a smaller maximum":         {`"0.e.index"`, func(f *forged, _ *llama.Model) { f.secondMaximum(1, 2, 1) }},
	"no maximum": {`"0.max.count"`, func(f *forged, _ *llama.Model) {
		for p := range 6 {
			f.set(0, "0.max.at", 1, 2, 1, p)
		}
		f.set(0, "0.max.count", 1, 2, 1)
	}},
	"a maximum among later keys": {`"0.max.at.masked"`, func(f *forged, _ *llama.Model) {
		for p := range 6 {
			f.set(0, "0.max.at", 0, 2, 1, p)
		}
		f.set(1, "0.max.at", 0, 2, 1, 5)
	}},
	"the softmax's inverse, one less": {`"0.e.inv.above"`, func(f *forged, _ *llama.Model) { f.softmaxInverse(-1) }},
	"the softmax's inverse, one more": {`"0.e.inv.below"`, func(f *forged, _ *llama.Model) { f.softmaxInverse(1) }},
	"the inverse root, one less":      {`"0.attn.inv.above"`, func(f *forged, m *llama.Model) { f.inverseRoot(m, -1) }},
	"the inverse root, one more":      {`"0.attn.inv.below"`, func(f *forged, m *llama.Model) { f.inverseRoot(m, 1) }},
	"the root's square": {`"0.attn.inv.square"`, func(f *forged, _ *llama.Model) {
		f.add(1,
			"0.attn.inv.square", 1)
	}},
	"a skip connection left out": {`"0.mid"`, func(f *forged, _ *llama.Model) {
		y := f.get("0.mid.lo", 1, 2) + f.get("0.mid.hi", 1, 2)<<16 - f.get("x", 1, 2)
		f.set(y&0xffff, "0.mid.lo", 1, 2)
		f.set(y>>16, "0.mid.hi", 1, 2)
	}},
	"a later key attended to":       {`"0.e.masked"`, func(f *forged, m *llama.Model) { f.attend(m, 0, 2, 1, 5) }},
	"an empty position attended to": {`"0.e.masked"`, func(f *forged, m *llama.Model) { f.attend(m, 1, 2, 1, 6) }},
	"a dead head with weight":       {`"0.e.masked"`, func(f *forged, m *llama.Model) { f.attend(m, 1, 3, 0, 2) }},
	"a dead token with weight":      {`"0.e.masked"`, func(f *forged, m *llama.Model) { f.attend(m, 2, 0, 0, 2) }},
	"an overflow of the exponent": {`"0.e.over"`, func(f *forged, _ *llama.Model) {
		f.set(max(f.get("0.e.index", 1, 2, 1, 3), 1), "0.e.index", 1, 2, 1, 3)
		f.add(1, "0.e.over.0", 1, 2, 1, 3)
		f.add(1, "0.e.index", 1, 2, 1, 3) // the distance stays
	}},
	"a value said to saturate": {`"0.q.over"`, func(f *forged, _ *llama.Model) {
		f.add(-1, "0.q", 1, 2, 1, 2, 0)
		f.add(1, "0.q.over.0", 1, 2, 1, 2, 0)
	}},
	"a value said to saturate below": {`"0.v.under"`, func(f *forged, _ *llama.Model) {
		f.add(1, "0.v", 1, 2, 2, 0)
		f.add(1, "0.v.under.0", 1, 2, 2, 0)
	}},
	"a dead token in the stream":   {`"0.mid"`, func(f *forged, _ *llama.Model) { f.set(1, "0.mid.lo", 2, 0) }},
	"a dead channel in the stream": {`"0.out"`, func(f *forged, _ *llama.Model) { f.set(1, "0.out.lo", 1, 7) }},
	"a dead hidden channel":        {`"0.gate"`, func(f *forged, _ *llama.Model) { f.set(1, "0.g", 1, 6) }},
	"the stream that leaves":       {`"y"`, func(f *forged, _ *llama.Model) { f.add(1, "y", 1, 2) }},
	"an old key": {`"0.score"`,
		func(f *forged, _ *llama.Model) { f.add(1, "0.cache.k", 1, 2, 2, 0) }},
	"old values": {`"0.o.sum"`, func(f *forged, _ *llama.Model) {
		for p := range 4 { // one of them has weight
			f.add(1, "0.cache.v", p, 2, 2, 0)
		}
	}},
	"a matrix product": {`"0.gate"`, func(f *forged, _ *llama.Model) { f.add(1, "0.gate.acc", 1, 2) }},
	"a hidden product": {`"0.u"`, func(f *forged, _ *llama.Model) { f.add(1, "0.u", 1, 2) }},
}

// secondMaximum makes the second largest score of a row its maximum.
func (f *forged) secondMaximum(t, g, m int) {
	var scores []int64
	for p := range f.Geometry.Start + t + 1 {
		scores = append(scores, f.get("0.score", t, g, m, p))
	}
	sorted := slices.Sorted(slices.Values(scores))
	second := sorted[len(sorted)-2]
	f.set(second, "0.max", t, g, m)
	for p := range scores {
		f.set(relation.Indicator(p == slices.Index(scores, second)), "0.max.at", t, g, m, p)
	}
}

// attend gives a masked cell the weight of the largest exponential.
func (f *forged) attend(m *llama.Model, at ...int) {
	f.set(65535, "0.e.index", at...)
	f.set(int64(m.Tables.Exp[0]), "0.e", at...)
}

// softmaxInverse changes an inverse by d, and its slacks with it as far as they
// are numbers of their size.
func (f *forged) softmaxInverse(d int64) {
	at := []int{1, 2, 1}
	sum := relation.Mul(big.NewInt(d), big.NewInt(f.get("0.e.sum", at...)))
	f.setNumber(new(big.Int).Add(f.number("0.e.inv", 2, at...), big.NewInt(d)), "0.e.inv", 2, at...)
	f.setNumber(new(big.Int).Sub(f.number("0.e.below", 2, at...), sum), "0.e.below", 2, at...)
	f.setNumber(new(big.Int).Add(f.number("0.e.above", 2, at...), sum), "0.e.above", 2, at...)
}

// inverseRoot changes an inverse root by d, and all that follows likewise.
func (f *forged) inverseRoot(m *llama.Model, d int64) {
	v := big.NewInt(m.Scales.Eps)
	for k := range m.Config.Dim {
		x := big.NewInt(f.get("x", 1, k))
		v.Add(v, relation.Mul(x, x))
	}
	inv := new(big.Int).Add(f.number("0.attn.inv", 3, 1), big.NewInt(d))
	f.setNumber(inv, "0.attn.inv", 3, 1)
	square, i := f.cell("0.attn.inv.square", 1)
	square.Field[i].SetBigInt(relation.Mul(inv, inv))
	c := relation.NormConstant(m.Config.Dim, m.Scales.Norm)
	f.setNumber(new(big.Int).Sub(c, relation.Mul(relation.Mul(inv, inv), v)), "0.attn.below", 6, 1)
	next := new(big.Int).Add(inv, relation.One)
	above := relation.Mul(relation.Mul(next, next), v)
	f.setNumber(above.Sub(above, c).Sub(above, relation.One), "0.attn.above", 6, 1)
}

// TestForgedBlocks: the honest prover's code cannot prove any of them.
func TestForgedBlocks(t *testing.T) {
	s := honestSteps(t)[1]
	for name, c := range blockForgeries {
		t.Run(name, func(t *testing.T) {
			f := forge(t, s.witness)
			c.forge(f, s.Model)
			s.refused(t, f, c.check)
		})
	}
}

// TestForgedEmbedding: a row of another token is refused; so is a dead token's row,
// by settlement: the prover's code skips what must be zero, so that its claims
// are those of a zero row, which is not what it has committed to.
func TestForgedEmbedding(t *testing.T) {
	s := honestSteps(t)[0]
	f := forge(t, s.witness)
	f.add(1, "x", 1, 2)
	f.add(1, "y", 1, 2)
	s.refused(t, f, `contraction "x"`)

	f = forge(t, s.witness)
	f.add(1, "x", 2, 2)
	f.add(1, "y", 2, 2)
	require.ErrorContains(t, s.Check(t, f.Witness, 0), `padding of "y"`)
	result, secrets, err := s.open(t, f.Witness, relation.NewModelView(s.Model, s.Shape, 0))
	require.NoError(t, err)
	o := result.Running[AccumulatorCells]
	v := poly.Eval(secrets.Running[AccumulatorCells].Values, o.Point)
	require.False(t, v.Equal(&o.Value))
}

// chooses makes the head choose a token, with leads as far as they are numbers.
func (f *forged) chooses(token int) {
	f.Geometry.Next = token
	best := f.get("logit", 1, token)
	f.set(best, "chosen", 1)
	for v := range 13 {
		f.setNumber(big.NewInt(best-f.get("logit", 1, v)-relation.Indicator(v < token)), "lead", 3, 1, v)
	}
}

func TestForgedChoice(t *testing.T) {
	s := honestSteps(t)[2]
	second, best := 0, s.witness.Geometry.Next
	for v := range 13 {
		f := forge(t, s.witness)
		if v != best && (second == best || f.get("logit", 1, v) > f.get("logit", 1, second)) {
			second = v
		}
	}
	f := forge(t, s.witness)
	f.chooses(second)
	s.refused(t, f, `"argmax"`)

	f = forge(t, s.witness)
	f.set(1, "lead.0", 1, 13)
	s.refused(t, f, `"argmax"`)

	f = forge(t, s.witness)
	f.set(1, "final.n", 3, 0)
	s.refused(t, f, `"final.n"`)
}

// remade runs the honest pass again with a model that a test has changed.
func remade(t testing.TB, change func(m *llama.Model)) *relationtest.Pass {
	rng := rand.New(rand.NewPCG(11, 12))
	m := llamatest.RandomModel(t, rng, llamatest.SmallConfig, llama.W16, false)
	change(m)
	return relationtest.NewWide(t, rng, m, 4, 1, 2)
}

// TestTieBrokenTheOtherWay: of two tokens with equal logits the later one.
func TestTieBrokenTheOtherWay(t *testing.T) {
	s := honestSteps(t)[2]
	best := s.witness.Geometry.Next
	other := (best + 5) % 13
	p := remade(t, func(m *llama.Model) {
		for k := range m.Config.Dim {
			data := w16(m.Head).Data
			data[other*m.Config.Dim+k] = data[best*m.Config.Dim+k]
		}
	})
	p.Blocks(t, 0)
	w := p.Head(t)
	require.Equal(t, min(best, other), p.G.Next)
	tied := &step{&run{Pass: p, prover: s.prover, slots: s.slots, arguments: s.arguments, secrets: s.secrets},
		s.argument, s.statement, w, nil, nil}
	_, err := tied.attempt(t, w, relation.NewModelView(p.Model, p.Shape, 0))
	require.NoError(t, err)
	f := forge(t, w)
	f.chooses(max(best, other))
	tied.refused(t, f, `"argmax"`)
}

// TestForgedModel: a trace of a model with one weight, or all angles, changed is
// refused with the true model's claims; with the false one's it is accepted and
// leaves a deferred claim that the true model does not settle, on that tensor
// alone.
func TestForgedModel(t *testing.T) {
	s := honestSteps(t)[1]
	for name, c := range map[string]struct {
		change func(m *llama.Model)
		check  string
	}{
		"0.Q":    {func(m *llama.Model) { w16(m.Layers[0].Q).Data[3]++ }, `"0.q`},
		"0.Down": {func(m *llama.Model) { w16(m.Layers[0].Down).Data[3]++ }, `"0.down.acc"`},
		"cos":    {func(m *llama.Model) { m.Tables.Cos = append(m.Tables.Cos[3:], m.Tables.Cos[:3]...) }, `"0.`},
		"exp":    {func(m *llama.Model) { m.Tables.Exp[0]-- }, `lookup "0.e"`},
	} {
		t.Run(name, func(t *testing.T) {
			p := remade(t, c.change)
			w := p.Blocks(t, 0)
			false_ := relation.NewModelView(p.Model, p.Shape, 0)
			require.ErrorContains(t, s.Check(t, w, 0), c.check)
			_, err := s.attempt(t, w, relation.NewModelView(s.Model, s.Shape, 0))
			require.Error(t, err)

			result, err := s.attempt(t, w, false_)
			require.NoError(t, err)
			require.Equal(t, map[string]bool{name: true}, s.unsettled(t, result))
		})
	}
}

// unsettled returns the tensors on which a result leaves claims that the step's model does not
// settle.
func (s *step) unsettled(t testing.TB, result *Result) map[string]bool {
	wrong := map[string]bool{}
	for _, d := range s.deferred(t, result) {
		if v := relationtest.EvalWeight(t, s.Model, s.Shape, 0, d.Name, d.Point); !v.Equal(&d.Value) {
			wrong[d.Name] = true
		}
	}
	return wrong
}

func w16(l llama.Linear) *kernel.W16 { return l.Matrix.(*kernel.W16) }

// TestForgedCounts: a use counted in another table, in another row, or of a row
// that is said not to be used.
func TestForgedCounts(t *testing.T) {
	s := honestSteps(t)[1]
	row := 0
	for j := 1; row == 0; j++ {
		if forge(t, s.witness).get("unsigned.uses", j) > 0 {
			row = j
		}
	}
	for name, change := range map[string]func(f *forged){
		"another table": func(f *forged) {
			f.add(-1, "unsigned.uses", row)
			f.add(1, "signed.uses", row)
			f.set(1, "signed.used", row)
		},
		"another row": func(f *forged) {
			f.add(-1, "unsigned.uses", row)
			f.add(1, "unsigned.uses", row+1)
			f.set(1, "unsigned.used", row+1)
		},
		"a use too many": func(f *forged) { f.add(1, "unsigned.uses", row) },
		"an unused row":  func(f *forged) { f.set(0, "unsigned.used", row) },
	} {
		f := forge(t, s.witness)
		change(f)
		require.ErrorContains(t, s.Check(t, f.Witness, 0), "signed.use", name)
		_, err := s.attempt(t, f.Witness, relation.NewModelView(s.Model, s.Shape, 0))
		require.Error(t, err, name)
	}
}

// TestWindowIsAllThatIsAdded: the cache at the pass's positions differs from the
// pass's keys.
func TestForgedWindow(t *testing.T) {
	s := honestSteps(t)[1]
	f := forge(t, s.witness)
	f.add(1, "0.k", 1, 2, 2, 0)
	f.add(-1, "0.k.r.0", 1, 2, 2, 0)
	_, err := s.attempt(t, f.Witness, relation.NewModelView(s.Model, s.Shape, 0))
	require.Error(t, err)
}

// TestAnotherKey: a commitment to something else than what is claimed is for
// settlement: Verify accepts, and the running claim does not hold.
func TestForgedCommitment(t *testing.T) {
	s := honestSteps(t)[0]
	st := s.statement.copied()
	st.Running = [2]CommittedClaim{}
	secrets := &Secrets{Blind: func(string, [32]byte) (b fr.Element) { return b }}
	for i, n := range []int{s.slots.Cells, s.slots.Cache} {
		secrets.Running[i].Values = make(fr.Vector, 1<<n)
		st.Running[i].Point = make([]fr.Element, n)
	}
	key, err := commit.SetupDevelopment(1 << s.slots.Cells)
	require.NoError(t, err)
	proof, _, _, err := NewProver(key).Prove(s.argument, st, s.witness, relation.NewModelView(s.Model, s.Shape, 0),
		secrets)
	require.NoError(t, err)
	result, err := s.argument.Verify(st, proof)
	require.NoError(t, err)
	q, o := secrets.Running[AccumulatorCells], result.Running[AccumulatorCells]
	v := poly.Eval(q.Values, o.Point)
	require.True(t, v.Equal(&o.Value))
	c := committest.Commit(t, s.prover.key, q.Values, q.Blind)
	require.False(t, c.Equal(&o.Commitment))
}

// TestFormulas: every formula is the multilinear extension of its table, and the
// window's weight that of placing the pass in the cache, for every geometry.
func TestFormulas(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	shape := relation.Shape{Config: llamatest.SmallConfig, Softmax: 32, DownLimbs: 2, Eps: 1, TokenBits: 2,
		PositionBits: 3, Blocks: 1}
	e := shape.Extents()
	spaces := map[relation.Formula]relation.Space{
		relation.LiveCells: relation.PerHead, relation.Causal: relation.PerScore, relation.OneHotIn: {relation.Token,
			relation.Vocab}, relation.Chooses: {relation.Token, relation.Vocab},
		relation.BeforeNext: {relation.Token, relation.Vocab}, relation.OneHot: {relation.Token, relation.Vocab},
	}
	for bits := range 3 {
		for start := 0; start < 8; start += 1 << bits {
			g := relation.Geometry{Start: start, Bits: bits, Prompt: 1 + rng.IntN(8), Next: rng.IntN(13)}
			for range 1 << bits {
				g.Tokens = append(g.Tokens, rng.IntN(13))
			}
			pass, err := NewPass(shape, g)
			require.NoError(t, err)
			f := formulas[fr.Element]{transcript.Field{Native: new(arith.Native)}, &e, pass}
			for _, formula := range slices.Sorted(maps.Keys(spaces)) {
				s := spaces[formula]
				p :=
					&stepProver{variantVerifier: &variantVerifier[fr.Element]{
						plan: &plan{Program: &relation.Program{Extents: e}}},
						w: &relation.Witness{Geometry: g}}
				table := make(fr.Vector, 1<<e.Bits(s))
				for i, v := range p.publicColumn(&relation.Tensor{Space: s, Public: formula}) {
					table[i].SetInt64(v)
				}
				point := arithtest.RandomElements(e.Bits(s))
				want := poly.Eval(table, point)
				var at [relation.NumAxes][]fr.Element
				for _, a := range s {
					at[a], point = point[:e[a].Bits], point[e[a].Bits:]
				}
				got := f.at(formula, s, &at)
				require.True(t, got.Equal(&want), "formula %d of %+v", formula, g)
			}
			local, cache := arithtest.RandomElements(1<<bits), make(fr.Vector, 8)
			copy(cache[start:], local)
			zeta := arithtest.RandomElements(3)
			token, inside := f.window(zeta, 2)
			got := poly.Eval(append(slices.Clone(local), make(fr.Vector, 4-1<<bits)...), token)
			got.Mul(&got, &inside)
			want := poly.Eval(cache, zeta)
			require.True(t, got.Equal(&want), "window of %+v", g)
		}
	}
}

// TestLookupsArePinned evaluates the lookups' relations with the best inverses
// that there are. A residual quotient y + d with 2^16 d = -1 satisfies its
// constraint with a remainder that is one more, and is a field element that no
// table has: its pole stays in the sum, whichever rows it is counted with. A cell
// of a signed table is no row of the unsigned one, though its number is.
func TestLookupsArePinned(t *testing.T) {
	var quotient fr.Element
	quotient.SetInt64(1 << 16)
	quotient.Inverse(&quotient).Neg(&quotient)
	alpha, beta := arithtest.RandomElements(1)[0], arithtest.RandomElements(1)[0]
	for _, c := range []struct {
		cell, row   fr.Element
		table, rows string
		holds       bool
	}{
		{fr.NewElement(7), fr.NewElement(7), "unsigned", "unsigned", true},
		{fr.NewElement(7), fr.NewElement(7), "signed", "unsigned", false},
		{quotient, fr.NewElement(7), "unsigned", "unsigned", false},
		{fr.NewElement(1 << 16), fr.NewElement(0), "unsigned", "unsigned", false},
	} {
		h := inverseUnder(t, alpha, beta, c.table, c.cell)
		row := inverseUnder(t, alpha, beta, c.rows, c.row)
		require.Equal(t, c.holds, h.Equal(&row))
	}
	// At its pole a cell has no inverse at all: the relation's right side is 1.
	v := lookupChallenges(alpha, beta)
	pole := v[relation.PoleSlot("signed")]
	require.False(t, addressOf(lookupRelation(v, "signed", arithtest.RandomElements(1)[0], pole)).IsZero())
}

// lookupChallenges draws the constants of the lookups as the verifier does.
func lookupChallenges(alpha, beta fr.Element) map[string]fr.Element {
	v := map[string]fr.Element{}
	pole, step := alpha, beta
	step.Square(&step)
	for _, t := range []string{"unsigned", "signed", "exp", "silu"} {
		pole.Sub(&pole, &step)
		var inverse fr.Element
		inverse.Inverse(&pole)
		v[relation.PoleSlot(t)], v[relation.InverseSlot(t)] = pole, inverse
	}
	return v
}

// lookupRelation is a h - h w - w/a.
func lookupRelation(v map[string]fr.Element, t string, h, w fr.Element) fr.Element {
	a, b := v[relation.PoleSlot(t)], v[relation.InverseSlot(t)]
	a.Sub(&a, &w).Mul(&a, &h)
	b.Mul(&b, &w)
	return *a.Sub(&a, &b)
}

// inverseUnder is the only h that satisfies a cell's relation.
func inverseUnder(t *testing.T, alpha, beta fr.Element, table string, w fr.Element) (h fr.Element) {
	v := lookupChallenges(alpha, beta)
	h.Sub(addressOf(v[relation.PoleSlot(table)]), &w).Inverse(&h)
	h.Sub(&h, addressOf(v[relation.InverseSlot(table)]))
	require.True(t, addressOf(lookupRelation(v, table, h, w)).IsZero())
	return h
}

func addressOf[T any](x T) *T { return &x }
