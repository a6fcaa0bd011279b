package argument

import (
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/poly"
	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
)

// forger is the prover of a step whose phases a test runs by itself, to do
// otherwise in one of them.
type forger struct {
	*stepProver
	step      *step
	statement *Statement
	proof     *Proof
	secrets   *Secrets
}

// forger prepares the proof of a witness for the statement of an honest step, from
// empty running claims.
func (s *step) forger(t *testing.T, w *relation.Witness, model relation.Model) *forger {
	t.Helper()
	f := &forger{step: s, statement: s.statement.copied(), proof: &Proof{}, secrets: &Secrets{Blind: s.secrets.Blind}}
	f.statement.Running = [2]CommittedClaim{}
	for i, n := range []int{s.slots.Cells, s.slots.Cache} {
		f.secrets.Running[i].Values = make(fr.Vector, 1<<n)
		f.statement.Running[i].Point = make([]fr.Element, n)
	}
	var err error
	f.stepProver, err = s.prover.prepare(s.argument, f.statement, w, model, &f.proof.Messages)
	require.NoError(t, err)
	return f
}

// commitAll is the phases of the prover up to the inverses, and proveSums those from there to
// the check of the cache.
func (f *forger) commitAll(t *testing.T) {
	t.Helper()
	require.NoError(t, f.readTables())
	require.NoError(t, f.commit(&f.proof.Commitments, f.secrets))
	require.NoError(t, f.begin(f.statement.native(&f.proof.Commitments)))
}

func (f *forger) proveSums(t *testing.T) {
	t.Helper()
	f.commitInverses(&f.proof.Commitments, f.secrets)
	require.NoError(t, f.proveElementwise())
	require.NoError(t, f.proveLevels())
}

// verify ends the proof and gives it to the verifier.
func (f *forger) verify(t *testing.T) (*Result, error) {
	t.Helper()
	_, err := f.proveReduction(f.statement, f.secrets)
	require.NoError(t, err)
	return f.step.argument.Verify(f.statement, f.proof)
}

// candid is proveWindow for a prover that says what its polynomial is worth, not
// what the window asks for.
func (f *forger) candid() {
	f.drawWindow()
	at := func(claim int) []fr.Element { return f.point(f.claims[claim].at) }
	for _, c := range f.window.local {
		f.m.Values[c] = poly.Eval(f.columns[f.claims[c].tensor].Dense(), at(c))
	}
	added := make(fr.Vector, 1<<f.CacheBits)
	for i, w := range f.CacheWrites {
		(&relation.Column{Signed: f.gains[i].cells}).Store(added[i*f.columns[w.Cache].Len()+f.gains[i].from:])
	}
	f.m.Values[f.window.added] = poly.Eval(added, at(f.window.added))
	f.absorbValues("values of the window", f.levels[len(f.levels)-1].end, f.window.end)
}

// cacheForgeries change the cache of a pass at positions 4 and 5 and commit to what
// makes it so. The pass computes with what stands there, so that everything but the
// check of the cache holds.
var cacheForgeries = map[string]struct {
	check  string
	candid bool // the prover tells its polynomial's value, not the one asked for
	pass   func(t *testing.T) *relation.Witness
}{
	"an old key overwritten, and said to be":                  {"window of the cache", true, oldKey},
	"an old key overwritten, and the window's value said":     {"values of the polynomials", false, oldKey},
	"a later position written, and said to be":                {"window of the cache", true, laterKey},
	"a later position written, and the window's value said":   {"values of the polynomials", false, laterKey},
	"other keys than the pass's, and said to be":              {"window of the cache", true, otherKeys},
	"other keys than the pass's, and the window's value said": {"values of the polynomials", false, otherKeys},
}

// keyCache returns the cached keys of a witness and how many cells a position has.
func keyCache(t *testing.T, w *relation.Witness) (c *relation.Column, row int) {
	t.Helper()
	id, ok := w.Program.Find("0.cache.k")
	require.True(t, ok)
	return &w.Columns[id], w.Columns[id].Len() >> w.Program.Extents[relation.Position].Bits
}

// oldKey is the honest pass with another key of position 0 in the cache.
func oldKey(t *testing.T) *relation.Witness {
	p := remade(t, func(*llama.Model) {})
	keys, _ := p.Session.Cache(0)
	keys[3] += 5
	return p.Blocks(t, 0)
}

// laterKey is the honest pass with a key at position 6 in the cache, which the mask
// hides from all that follows the scores.
func laterKey(t *testing.T) *relation.Witness {
	f := forge(t, remade(t, func(*llama.Model) {}).Blocks(t, 0))
	f.add(5, "0.cache.k", 6, 0, 1, 1)
	for token := range 2 {
		for member := range 2 {
			f.add(5*f.get("0.q", token, 0, member, 1, 1), "0.score", token, 0, member, 6)
		}
	}
	return f.Witness
}

// otherKeys is a pass that attends to the keys of a model with another key matrix,
// and claims to have computed those of the honest one.
func otherKeys(t *testing.T) *relation.Witness {
	honest := remade(t, func(*llama.Model) {}).Blocks(t, 0)
	p := remade(t, func(*llama.Model) {})
	for i := range w16(p.Model.Layers[0].K).Data {
		w16(p.Model.Layers[0].K).Data[i]++
	}
	w := p.Blocks(t, 0)
	for i := range w.Program.Tensors {
		if name := w.Program.Tensors[i].Name; name == "0.k" || strings.HasPrefix(name, "0.k.") {
			w.Columns[i] = honest.Columns[i]
		}
	}
	w, err := (&relation.Filler{Witness: w}).Finish()
	require.NoError(t, err)
	return w
}

// TestForgedGain: what a pass adds to the cache is its keys and values at its own
// positions, and nothing else.
func TestForgedGain(t *testing.T) {
	s := honestSteps(t)[1]
	for name, c := range cacheForgeries {
		t.Run(name, func(t *testing.T) {
			w := c.pass(t)
			now, row := keyCache(t, w)
			before, _ := keyCache(t, s.witness)
			gains := slices.Clone(now.Signed)
			for i, v := range before.Signed[:4*row] { // what the pass before left
				gains[i] -= v
			}
			f := s.forger(t, w, relation.NewModelView(s.Model, s.Shape, 0))
			f.gains[0] = gain{0, gains}
			f.commitAll(t)
			f.proveSums(t)
			if c.candid {
				f.candid()
			} else {
				require.NoError(t, f.proveWindow())
			}
			_, err := f.verify(t)
			require.ErrorContains(t, err, c.check)
		})
	}
}

// TestForger: with an honest pass all of it is accepted.
func TestForger(t *testing.T) {
	s := honestSteps(t)[1]
	f := s.forger(t, s.witness, relation.NewModelView(s.Model, s.Shape, 0))
	f.commitAll(t)
	f.proveSums(t)
	f.candid()
	_, err := f.verify(t)
	require.NoError(t, err)
}

// quotientForgeries are two values that are off by 2^-32, with the inverses that the
// lookup's relation asks for, or, kept, those that the balance asks for. A sum of a
// space is of both, so that the same check refuses either.
var quotientForgeries = map[string]struct {
	check string
	kept  bool
}{
	"two values off by 2^-32 that cancel, with their inverses":             {"balance of the lookups", false},
	"two values off by 2^-32 that cancel, with the inverses of the honest": {"balance of the lookups", true},
}

// TestForgedQuotient: two errors that cancel. Two columns of the output projection
// are equal, so one value may be 2^-32 less and the other 2^-32 more, each with a
// remainder that is off by one: all that the pass computes holds, and the values
// are no integers. Only their ranges refuse it.
func TestForgedQuotient(t *testing.T) {
	twin := remade(t, func(m *llama.Model) {
		o := w16(m.Layers[0].O)
		for y := range o.Rows {
			o.Data[y*o.Cols+1] = o.Data[y*o.Cols]
		}
	})
	w := twin.Blocks(t, 0)
	honest := honestSteps(t)[1]
	s := &step{&run{Pass: twin, prover: honest.prover, slots: honest.slots, secrets: honest.secrets},
		honest.argument, honest.statement, w, nil, nil}
	model := relation.NewModelView(twin.Model, twin.Shape, 0)
	_, err := s.attempt(t, w, model)
	require.NoError(t, err)

	for name, c := range quotientForgeries {
		t.Run(name, func(t *testing.T) {
			bad := forge(t, w)
			bad.add(1, "0.o.r.0", 1, 0, 0, 0, 0) // o = ... - 2^-32 here
			bad.add(-1, "0.o.r.0", 1, 0, 0, 0, 1)
			bad.Witness, err = (&relation.Filler{Witness: bad.Witness}).Finish()
			require.NoError(t, err)
			f := s.forger(t, bad.Witness, model)
			id, quotients := bad.quotients(t)
			f.commitAll(t)
			inverses := f.inversesOf(t, id, quotients, c.kept)
			f.columns[id] = relation.Column{Field: quotients}
			f.columns[inverses.id] = relation.Column{Field: inverses.values}
			f.proveSums(t)
			require.NoError(t, f.proveWindow())
			_, err := f.verify(t)
			require.ErrorContains(t, err, c.check)
		})
	}
}

// quotients are the cells of "0.o" with the two that are no integers.
func (f *forged) quotients(t *testing.T) (relation.TensorID, fr.Vector) {
	t.Helper()
	id, ok := f.Program.Find("0.o")
	require.True(t, ok)
	column, i := f.cell("0.o", 1, 0, 0, 0, 0)
	v := column.Dense()
	var unit fr.Element
	unit.SetUint64(1 << 32)
	unit.Inverse(&unit)
	v[i].Sub(&v[i], &unit)
	v[i+1].Add(&v[i+1], &unit)
	return id, v
}

type forgedInverses struct {
	id     relation.TensorID
	values fr.Vector
}

// inversesOf are the inverses of signed cells: those that the lookup's relation
// asks for, or, kept, those of the integers that the cells were before.
func (f *forger) inversesOf(t *testing.T, key relation.TensorID, cells fr.Vector, kept bool) forgedInverses {
	t.Helper()
	for i := range f.Tensors {
		if f.Tensors[i].Oracle != relation.Inverses || f.Tensors[i].Key != key {
			continue
		}
		h := f.columns[i].Dense()
		if !kept {
			v := map[string]fr.Element{}
			for k, name := range f.Slots {
				v[name] = f.consts[k]
			}
			for k := range h {
				h[k].Sub(addressOf(v[relation.PoleSlot("signed")]), &cells[k]).Inverse(&h[k])
				h[k].Sub(&h[k], addressOf(v[relation.InverseSlot("signed")]))
			}
		}
		return forgedInverses{relation.TensorID(i), h}
	}
	t.Fatal("the tensor has no lookup")
	return forgedInverses{}
}
