//go:build slow

package fold

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/model"
	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/llama"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/proof"
)

// proofElements returns all points and scalars of a proof that a run and its proof have
// chosen: everything except the key, the model's chains and the zeros of the format.
// Without inherited, it excludes what a fork shares with its run: the tokens' salts and the
// points of claims.
func proofElements(t *testing.T, k *VerifierKey, data []byte, inherited bool) map[[32]byte]bool {
	p, err := proof.Decode(k, data)
	require.NoError(t, err)
	c := wire.NewWriter(nil)
	if inherited {
		elements.Fr(c, "", &p.Prompt.Value, &p.Output.Value)
	}
	for i := range p.Claims {
		if !inherited {
			p.Claims[i].Point = nil
		}
	}
	at := len(c.Bytes())
	p.Spare = 0
	p.Body.Code(c)
	all, of := append(slices.Delete(c.Bytes(), at, at+8), p.SNARK.Encode()...), map[[32]byte]bool{}
	for ; len(all) >= 32; all = all[32:] {
		of[[32]byte(all)] = true
	}
	require.Empty(t, all)
	return of
}

func requireDisjoint(t *testing.T, a, b map[[32]byte]bool) {
	require.Greater(t, len(a), 240)
	require.Greater(t, len(b), 240)
	for e := range a {
		require.False(t, b[e], "%x", e)
	}
}

func compressRun(t *testing.T, store string, opts CompressOptions) (*VerifierKey, []byte) {
	opts.Out = filepath.Join(t.TempDir(), "proof")
	_, err := Compress(context.Background(), store, opts, nil)
	require.NoError(t, err)
	return readProof(t, opts.Out)
}

// TestProofsOfOtherSeeds: the proofs of a run and its fork, settled from different seeds,
// have the same length and share no scalar and no point except the statement and what the
// fork inherits from the run. The proof of a longer run is longer only by its tokens, and
// its store can be extended.
func TestProofsOfOtherSeeds(t *testing.T) {
	k, data := readProof(t, proofOf(t))
	fork := filepath.Join(t.TempDir(), "fork")
	require.NoError(t, Fork(finishedStore(t), fork, ForkOptions{}))
	_, other := compressRun(t, fork, CompressOptions{Label: "golden"})
	require.Len(t, other, len(data))
	requireDisjoint(t, proofElements(t, k, data, false), proofElements(t, k, other, false))

	_, err := Resume(context.Background(), fork, ResumeOptions{N: 4}, nil)
	require.NoError(t, err)
	_, longer := compressRun(t, fork, CompressOptions{Label: "golden"})
	require.Len(t, longer, len(data)+2*4)
	_, hidden := compressRun(t, fork, CompressOptions{Mode: HideAll})
	require.Len(t, hidden, hiddenLength(k))
}

// TestRunsOfOtherSeeds: the proofs of two runs of one statement share only the statement.
func TestRunsOfOtherSeeds(t *testing.T) {
	k, data := readProof(t, proofOf(t))
	store := filepath.Join(t.TempDir(), "again")
	opts := ProveOptions{Model: DemoModel, Key: compressKey(t), Store: store, Prompt: "A", N: 2, Room: 8, Blocks: 4,
		Pass: 1}
	_, err := Prove(context.Background(), opts, nil)
	require.NoError(t, err)
	_, other := compressRun(t, store, CompressOptions{Label: "golden"})
	require.Len(t, other, len(data))
	a, err := proof.Decode(k, data)
	require.NoError(t, err)
	b, err := proof.Decode(k, other)
	require.NoError(t, err)
	require.Equal(t, a.Output.Tokens, b.Output.Tokens)
	require.Equal(t, a.Model, b.Model)
	requireDisjoint(t, proofElements(t, k, data, true), proofElements(t, k, other, true))
}

// randomModel returns a model with random weights for the demo's tokenizer.
func randomModel(t *testing.T, layers int, seed uint64) *llama.Model {
	config := llama.Config{Dim: 32, Hidden: 64, Heads: 2, KVHeads: 1, HeadDim: 16, Context: 256, RMSEps: 1e-5}
	config.Rope.Theta = 10000
	m, err := synthetic.Model(config, layers, 512, seed)
	require.NoError(t, err)
	return m
}

// syntheticModel writes and commits a model with random weights and the demo's tokenizer.
func syntheticModel(t *testing.T, layers int, seed uint64) string {
	return writtenModel(t, randomModel(t, layers, seed))
}

// writtenModel writes a model with the demo's tokenizer, and commits it.
func writtenModel(t *testing.T, m *llama.Model) string {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "model")
	w, err := llama.Create(dir)
	require.NoError(t, err)
	blank := *m
	blank.Embedding, blank.Layers, blank.Head = nil, nil, llama.Linear{}
	require.NoError(t, w.Begin(&blank))
	require.NoError(t, w.Embedding(m.Embedding))
	for i := range m.Layers {
		require.NoError(t, w.Layer(&m.Layers[i]))
	}
	require.NoError(t, w.Head(m.Head))
	require.NoError(t, errors.Join(w.Commit(), w.Close()))
	require.NoError(t, model.WriteTokenizer(dir, openBard(t).Tokenizer()))
	opened, err := OpenModel(ctx, dir, nil)
	require.NoError(t, err)
	_, err = opened.Commit(ctx, CommitOptions{Key: compressKey(t)}, nil)
	require.NoError(t, errors.Join(err, opened.Close()))
	return dir
}

// hiddenProof proves a run of a model and compresses it with all tokens hidden.
func hiddenProof(t *testing.T, model string, tokens int) (*VerifierKey, []byte) {
	store := filepath.Join(t.TempDir(), "run")
	opts := ProveOptions{Model: model, Key: compressKey(t), Store: store, Prompt: "A", N: tokens, Blocks: 2, Pass: 1}
	_, err := Prove(context.Background(), opts, nil)
	require.NoError(t, err)
	return compressRun(t, store, CompressOptions{Mode: HideAll})
}

// TestHiddenProofsLookAlike: hidden proofs of models of one description have the same
// verification key and structure, whatever the weights, and share only lengths and numbers.
// Hidden proofs of runs of other lengths and of models of other numbers of layers have the
// same length.
func TestHiddenProofsLookAlike(t *testing.T) {
	k, a := hiddenProof(t, syntheticModel(t, 4, 1), 8)
	k2, b := hiddenProof(t, syntheticModel(t, 4, 2), 8)
	require.Equal(t, k.Digest(), k2.Digest())
	require.Len(t, b, len(a))
	p, err := proof.Decode(k, a)
	require.NoError(t, err)
	q, err := proof.Decode(k, b)
	require.NoError(t, err)
	require.Equal(t, p.Steps, q.Steps)
	require.NotEqual(t, p.Model, q.Model)
	requireDisjoint(t, proofElements(t, k, a, true), proofElements(t, k, b, true))

	other, c := hiddenProof(t, syntheticModel(t, 30, 1), 2)
	require.NotEqual(t, k.Digest(), other.Digest())
	require.Len(t, c, len(a))
	_, d := hiddenProof(t, syntheticModel(t, 4, 1), 24)
	require.Len(t, d, len(a))
}
