package argument

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
)

// rowZeroForgeries are tables whose row 0 is another than (0, 0); check is the constraint
// that refuses them.
var rowZeroForgeries = map[string]struct {
	check string
	alter func(m *llama.Model)
}{
	"SILU[0] is not zero":             {`"silu.first"`, func(m *llama.Model) { m.Tables.Silu[0] = 20000 }},
	"the last row of EXP is not zero": {`"exp.first"`, func(m *llama.Model) { m.Tables.Exp[65535] = 20000 }},
	"SILU[0] is minus one":            {`"silu.first"`, func(m *llama.Model) { m.Tables.Silu[0] = -1 }},
}

// zeroGate makes the gate of a hidden channel zero for all tokens.
func zeroGate(m *llama.Model) {
	clear(w16(m.Layers[0].Gate).Data[3*m.Config.Dim:][:m.Config.Dim])
}

// TestForgedRowZero: under a committed table with another row 0 neither the zero cell, which
// needs no row, nor the committed row has a proof: a step of such a model has none.
func TestForgedRowZero(t *testing.T) {
	s := honestSteps(t)[1]
	honest := remade(t, zeroGate)
	w := honest.Blocks(t, 0)
	_, err := s.attempt(t, w, relation.NewModelView(honest.Model, honest.Shape, 0))
	require.NoError(t, err)
	for name, c := range rowZeroForgeries {
		t.Run(name, func(t *testing.T) {
			p := remade(t, func(m *llama.Model) { zeroGate(m); c.alter(m) })
			committed := relation.NewModelView(p.Model, p.Shape, 0)
			require.ErrorContains(t, p.Check(t, w, 0), c.check)
			_, err := s.attempt(t, w, committed) // s = 0 and e = 0 where the input is 0
			require.ErrorContains(t, err, "constraints and lookups")

			f := forge(t, p.Blocks(t, 0)) // the committed row, counted
			for _, table := range []string{"silu", "exp"} {
				f.set(f.zeroCells(map[string]string{"silu": "0.g", "exp": "0.e.index"}[table]), table+".uses", 0)
				f.set(1, table+".used", 0)
			}
			require.ErrorContains(t, p.Check(t, f.Witness, 0), c.check)
			_, err = s.attempt(t, f.Witness, committed)
			require.Error(t, err)
		})
	}
}

// zeroCells counts the cells of a tensor that are zero.
func (f *forged) zeroCells(name string) (n int64) {
	id, _ := f.Program.Find(name)
	c := &f.Columns[id]
	for i := range c.Len() {
		n += relation.Indicator(c.Row(i) == 0)
	}
	return n
}

// without is an argument that reads all that a constraint reads, and does not state it.
func (a *Argument) without(t testing.TB, name string) *Argument {
	t.Helper()
	at := slices.IndexFunc(a.Plan.Constraints, func(c relation.Constraint) bool { return c.Name == name })
	require.GreaterOrEqual(t, at, 0, name)
	b, l := *a, *a.Plan
	b.Plan = &l
	l.elementwise.spaces = slices.Clone(l.elementwise.spaces)
	for i := range l.elementwise.spaces {
		s := &l.elementwise.spaces[i]
		s.constraints = slices.DeleteFunc(slices.Clone(s.constraints), func(r resolved) bool { return r.weight == at })
	}
	return &b
}

// TestRowZeroIsEverywhere: an argument without the constraint on row 0 on one side alone,
// the prover's, the verifier's or the circuit's, refuses honest steps.
func TestRowZeroIsEverywhere(t *testing.T) {
	s := honestSteps(t)[1]
	q := uniformOf(t)
	c := &q.cases[slices.IndexFunc(q.cases, func(c uniformCase) bool { return c.argument.Plan.Kind == relation.Block })]
	for _, name := range []string{"exp.first", "silu.first"} {
		lax := s.argument.without(t, name)
		_, err := lax.Verify(s.statement, s.proof)
		require.ErrorContains(t, err, "constraints and lookups", name)

		require.NoError(t, s.verifyOf(t, lax, lax), "an argument without the constraint")
		require.ErrorContains(t, s.verifyOf(t, lax, s.argument), "constraints and lookups", name)

		u := *q.u
		u.Arguments = slices.Clone(u.Arguments)
		i := slices.Index(u.Arguments, c.argument)
		u.Arguments[i] = c.argument.without(t, name)
		v, n := newVerifierOf(&u, c.in)
		_, err = v.verify(c.in.message(), c.in.Running)
		require.NoError(t, err)
		require.ErrorContains(t, n.Err(), "constraints and lookups")
	}
	v, n := newVerifierOf(q.u, c.in)
	_, err := v.verify(c.in.message(), c.in.Running)
	require.NoError(t, err)
	require.NoError(t, n.Err())
}

// verifyOf proves the step's witness under one argument and verifies it under another.
func (s *step) verifyOf(t testing.TB, prover, verifier *Argument) error {
	t.Helper()
	st := s.statement.copied()
	st.Running = [2]CommittedClaim{}
	secrets := &Secrets{Blind: s.secrets.Blind}
	for i, n := range []int{s.slots.Cells, s.slots.Cache} {
		secrets.Running[i].Values = make(fr.Vector, 1<<n)
		st.Running[i].Point = make([]fr.Element, n)
	}
	proof, _, _, err := s.prover.Prove(prover, st, s.witness, relation.NewModelView(s.Model, s.Shape, 0), secrets)
	require.NoError(t, err)
	_, err = verifier.Verify(st, proof)
	return err
}
