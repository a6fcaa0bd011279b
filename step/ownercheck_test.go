package step

import (
	"context"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/llama"
	"fold.example/fold/step/argument"
)

// finishedRun returns a small proven run and its tracker at the end.
func finishedRun(t *testing.T) (*provenRun, *StateTracker) {
	t.Helper()
	r := newProvenRun(t, 0, 1, 1, PlanOptions{PassBits: 0, Blocks: 2})
	r.prove(t)
	require.NoError(t, r.verify())
	return r, r.proven.Tracker()
}

// TestForeignModels: CheckClaims refuses a model of another shape or with other constants than
// the committed one, whatever the claims on its weights.
func TestForeignModels(t *testing.T) {
	r, f := finishedRun(t)
	check := func(m *llama.Model) error {
		return r.protocol.CheckClaims(context.Background(), m, &f.Log, f.State.Claims)
	}
	require.NoError(t, check(r.model))
	for name, alter := range map[string]func(m *llama.Model){
		"a longer context": func(m *llama.Model) { m.Config.Context *= 2 },
		"another epsilon":  func(m *llama.Model) { m.Scales.Eps++ },
		"another softmax":  func(m *llama.Model) { m.Scales.Softmax++ },
		"fewer layers":     func(m *llama.Model) { m.Config.Layers--; m.Layers = m.Layers[:1] },
		"other shifts":     func(m *llama.Model) { m.Layers = slices.Clone(m.Layers); m.Layers[0].Q.Exp-- },
	} {
		t.Run(name, func(t *testing.T) {
			m := &llama.Model{
				Config: r.model.Config, Scheme: r.model.Scheme, Scales: r.model.Scales, Embedding: r.model.Embedding,
				Layers: r.model.Layers, Head: r.model.Head, Tables: r.model.Tables,
			}
			alter(m)
			require.ErrorIs(t, check(m), ErrClaims)
		})
	}
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, r.protocol.CheckClaims(canceled, r.model, &f.Log, f.State.Claims), context.Canceled)
}

// TestFalseRunning alters the running polynomials of a finished run, or its running claims.
func TestFalseRunning(t *testing.T) {
	r, f := finishedRun(t)
	q := r.proven
	ctx := context.Background()
	element := func(e *fr.Element) func() {
		was := *e
		arithtest.Bump(e)
		return func() { *e = was }
	}
	cells, cache := &f.State.Cells[0], &f.State.Cache
	for name, alter := range map[string]func() (undo func()){
		"a coefficient of the cells": func() func() { return element(&q.running[0].Values[3]) },
		"the last coefficient": func() func() {
			return element(&q.running[0].Values[len(q.running[0].Values)-1])
		},
		"a coefficient of the cache": func() func() { return element(&q.cache.Values[0]) },
		"the blind of the cells":     func() func() { return element(&q.running[0].Blind) },
		"the blind of the cache":     func() func() { return element(&q.cache.Blind) },
		"the value claimed":          func() func() { return element(&cells.Value) },
		"the cache's value claimed":  func() func() { return element(&cache.Value) },
		"the point claimed":          func() func() { return element(&cells.Point[2]) },
		"the cache's point claimed":  func() func() { return element(&cache.Point[0]) },
		"commitments exchanged": func() func() {
			swap := func() { cells.Commitment, cache.Commitment = cache.Commitment, cells.Commitment }
			swap()
			return swap
		},
		// errors that a prover could add if it knew the weight of the combination
		"errors that add up": func() func() {
			a, b := element(&q.running[0].Values[0]), q.cache.Values[0]
			q.cache.Values[0].Sub(&q.cache.Values[0], new(fr.Element).SetOne())
			return func() { a(); q.cache.Values[0] = b }
		},
		"no polynomial": func() func() {
			was := q.running[0]
			q.running[0] = argument.Polynomial{Values: make(fr.Vector, len(was.Values))}
			return func() { q.running[0] = was }
		},
	} {
		t.Run(name, func(t *testing.T) {
			undo := alter()
			require.ErrorIs(t, q.CheckRunning(ctx), ErrRun)
			undo()
			require.NoError(t, q.CheckRunning(ctx))
		})
	}
}
