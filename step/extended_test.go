package step

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// extendedRun is a run of one token of a model whose architecture adds biases and tables
// (llamatest.Extended).
func extendedRun(t *testing.T) *provenRun {
	const shape = 4
	require.Equal(t, "extended", llamatest.Shapes[shape].Name)
	return newProvenRun(t, shape, 1, 1, PlanOptions{PassBits: 0, Blocks: 1})
}

// TestExtendedRun proves, verifies and settles a run of another architecture. Claims on each
// part of each bias and on each table are among those that its steps leave.
func TestExtendedRun(t *testing.T) {
	r := extendedRun(t)
	r.prove(t)
	require.NoError(t, r.verify())
	f, err := VerifyRun(r.protocol, r.run)
	require.NoError(t, err)
	claimed := map[string]bool{}
	for i := range f.Log.Steps {
		if s := &f.Log.Steps[i]; s.Kind == relation.Block {
			for _, d := range r.deferred(t, s) {
				claimed[strings.TrimPrefix(d.Name, "0.")] = true
			}
		}
	}
	shape, err := r.protocol.Model.Description.WholeShape()
	require.NoError(t, err)
	for _, tensor := range relation.RecordTensors(&shape, relation.Block) {
		require.True(t, claimed[tensor.Name], "a claim on %s", tensor.Name)
		delete(claimed, tensor.Name)
	}
	require.Empty(t, claimed)
	require.NoError(t, r.settleFrom(f, r.model))
}

func (r *provenRun) deferred(t *testing.T, s *argument.StepClaims) []argument.WeightEval[fr.Element] {
	t.Helper()
	ds, err := s.Deferred(r.protocol.frame(), r.protocol.PositionBits)
	require.NoError(t, err)
	return ds
}

// TestForgedExtendedModel: a prover runs the model with another bias or another added table.
// Every step is accepted, as with TestForgedLayers; the claims hold for no committed weights.
func TestForgedExtendedModel(t *testing.T) {
	for name, change := range map[string]func(m *llama.Model){
		"a bias": func(m *llama.Model) {
			m.Layers = slices.Clone(m.Layers)
			bias := &m.Layers[0].V.Bias
			*bias = slices.Clone(*bias)
			(*bias)[4] += 1 << 14
		},
		"an added table": func(m *llama.Model) {
			table := &m.Tables.Further[2]
			*table = slices.Clone(*table)
			for i := range (*table)[1:] {
				(*table)[1+i]++
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, ctx := extendedRun(t), context.Background()
			honest := r.model
			r.model = &llama.Model{
				Config: honest.Config, Scheme: honest.Scheme, Scales: honest.Scales, Embedding: honest.Embedding,
				Layers: honest.Layers, Head: honest.Head, Tables: honest.Tables,
			}
			change(r.model)
			r.proven = r.prover(t)
			_, err := ProveRun(ctx, r.proven, r.run.Prompt, r.plan, r.keep)
			require.NoError(t, err)
			f := r.protocol.Track(1)
			for i := range r.run.Steps {
				require.NoError(t, f.Verify(&r.run.Steps[i]))
			}
			require.ErrorIs(t, r.protocol.CheckClaims(ctx, honest, &f.Log, f.State.Claims), ErrClaims)
			require.NoError(t, r.protocol.CheckClaims(ctx, r.model, &f.Log, f.State.Claims),
				"they are true of what was run")
			require.ErrorContains(t, r.settleFrom(f.clone(), honest), "claimed values")
			require.ErrorContains(t, r.settleFrom(f, r.model), "the claim on the weights")
		})
	}
}

// TestBiasClaimsAreBound: a claim on a bias can neither be left out nor altered, and the
// claims of a model are not those of a LLaMA with the same matrices.
func TestBiasClaimsAreBound(t *testing.T) {
	r, ctx := extendedRun(t), context.Background()
	r.prove(t)
	f := r.proven.Tracker()
	at := slices.IndexFunc(f.Log.Steps, func(s argument.StepClaims) bool { return s.Kind == relation.Block })
	biases := map[string]int{} // the claims by name
	for i, d := range r.deferred(t, &f.Log.Steps[at]) {
		if strings.Contains(d.Name, "Bias") {
			biases[d.Name] = i
		}
	}
	require.Len(t, slices.Collect(maps.Keys(biases)), 3*7)
	check := func(m *llama.Model, change func(s *argument.StepClaims)) (unbound, bound error) {
		log := ClaimLog{Steps: slices.Clone(f.Log.Steps)}
		s := &log.Steps[at]
		s.Values = slices.Clone(s.Values)
		change(s)
		unbound = r.protocol.CheckClaims(ctx, m, &log, f.State.Claims)
		chain, err := r.protocol.Chain(&log)
		require.NoError(t, err)
		return unbound, r.protocol.CheckClaims(ctx, m, &log, chain)
	}
	for name, claim := range biases {
		unbound, bound := check(r.model, func(s *argument.StepClaims) { arithtest.Bump(&s.Values[claim]) })
		require.ErrorContains(t, unbound, "their chain is", name)
		require.ErrorContains(t, bound, "do not have the", name)
		unbound, bound = check(r.model, func(s *argument.StepClaims) {
			s.Values = slices.Delete(s.Values, claim, claim+1)
		})
		require.ErrorContains(t, unbound, "values of claims", name)
		require.ErrorContains(t, bound, "values of claims", name)
	}
	plain := llama.Model{
		Config: r.model.Config.WithArchitecture(nil), Scheme: r.model.Scheme, Scales: r.model.Scales,
		Embedding: r.model.Embedding, Layers: r.model.Layers, Head: r.model.Head, Tables: r.model.Tables,
	}
	unbound, _ := check(&plain, func(*argument.StepClaims) {})
	require.ErrorIs(t, unbound, ErrClaims)
}

// TestOutlineOfAnotherArchitecture: a verifier takes the lists of an architecture from its own
// program, and refuses parameters of one that it does not have.
func TestOutlineOfAnotherArchitecture(t *testing.T) {
	r := extendedRun(t)
	data, err := r.protocol.VerifierParams().Encode()
	require.NoError(t, err)
	_, err = DecodeVerifierParams(data)
	require.ErrorIs(t, err, argument.ErrEncoding)
	require.ErrorContains(t, err, `architecture "extended", expected a LLaMA`)
	o, err := DecodeVerifierParams(data, r.model.Config.Architecture())
	require.NoError(t, err)
	require.Equal(t, r.protocol.VerifierParams(), o)
}
