package argument

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/poly"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// step is an honest proof with all that it was made from. Tests that alter it
// copy what they alter.
type step struct {
	*run
	argument  *Argument
	statement *Statement
	witness   *relation.Witness
	proof     *Proof
	result    *Result
}

var honest = struct {
	sync.Once
	steps []*step
}{}

// honestSteps proves embed, block and head of one pass, once for all tests: two
// tokens at positions 4 and 5 in a shape for four.
func honestSteps(t testing.TB) []*step {
	honest.Do(func() {
		rng := rand.New(rand.NewPCG(11, 12))
		m := llamatest.RandomModel(t, rng, llamatest.SmallConfig, llama.W16, false)
		r := newRun(t, relationtest.NewWide(t, rng, m, 4, 1, 2))
		r.fillRunning(t)
		for _, witness := range []func() *relation.Witness{
			func() *relation.Witness { return r.Embed(t) },
			func() *relation.Witness { return r.Blocks(t, 0) },
			func() *relation.Witness { return r.Head(t) },
		} {
			honest.steps = append(honest.steps, r.step(t, witness()))
		}
	})
	require.Len(t, honest.steps, 3)
	return honest.steps
}

// fillRunning gives the run running claims that say something.
func (r *run) fillRunning(t testing.TB) {
	for i, n := range []int{r.slots.Cells, r.slots.Cache} {
		q := &r.secrets.Running[i]
		for j := range q.Values[:100] {
			q.Values[j].SetUint64(uint64(j))
		}
		q.Blind.SetUint64(99)
		o := &r.next.Running[i]
		for j := range n {
			o.Point[j].SetUint64(uint64(1000 + j))
		}
		o.Value = poly.Eval(q.Values, o.Point)
		o.Commitment = committest.Commit(t, r.prover.key, q.Values, q.Blind)
	}
}

// step proves, verifies and settles one step.
func (r *run) step(t testing.TB, w *relation.Witness) *step {
	a, s, proof := r.prove(t, w, 0)
	before := *s
	before.Running = [2]CommittedClaim{s.Running[0], s.Running[1]}
	result, err := a.Verify(s, proof)
	require.NoError(t, err)
	r.settle(t, result, 0)
	return &step{r, a, &before, w, proof, result}
}

// deferred lists the claims on weights that the step left.
func (s *step) deferred(t testing.TB, r *Result) []WeightEval[fr.Element] {
	t.Helper()
	g := s.statement.Geometry
	ds, err := s.argument.Deferred(g.Start, g.Bits, &r.Weights)
	require.NoError(t, err)
	return ds
}

// encoded returns the proof's bytes.
func (s *step) encoded(t testing.TB) []byte {
	t.Helper()
	b, err := s.argument.Encode(s.proof)
	require.NoError(t, err)
	return b
}

// copied returns a deep copy of a proof.
func (p *Proof) copied(a *Argument) *Proof {
	b, err := a.Encode(p)
	if err != nil {
		panic(err)
	}
	q, err := a.DecodeProof(b)
	if err != nil {
		panic(err)
	}
	return q
}

// copied returns a deep copy of a statement.
func (s *Statement) copied() *Statement {
	c := *s
	c.Record = slices.Clone(s.Record)
	c.Geometry.Tokens = slices.Clone(s.Geometry.Tokens)
	for i := range c.Running {
		c.Running[i].Point = slices.Clone(s.Running[i].Point)
	}
	return &c
}

// elements lists every element of a proof's messages, without the padding.
func (s *step) elements(p *Proof) (all []*fr.Element) {
	s.argument.own(&p.Messages, func(v []fr.Element) {
		for i := range v {
			all = append(all, &v[i])
		}
	})
	return all
}
