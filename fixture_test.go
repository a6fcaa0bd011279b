package fold

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/testrand"
)

// fixture is the folder of the files that tests share: development keys, a committed model,
// runs before their first step and finished, proofs. Each file is made when a test first
// requests it. All are removed when the tests end.
var fixture struct{ dir string }

// shareOnce returns a path in the fixture; fill creates the file if it does not exist.
func shareOnce(t testing.TB, name string, fill func(path string)) string {
	t.Helper()
	path := filepath.Join(fixture.dir, name)
	if _, err := os.Stat(path); err != nil {
		fill(path)
	}
	return path
}

// provingKey returns a development key that is large enough for the embedded models.
func provingKey(t testing.TB) string {
	return shareOnce(t, "key", func(path string) {
		_, err := Setup(context.Background(), path, SetupOptions{Development: true, Size: 1 << 20}, nil)
		require.NoError(t, err)
	})
}

// otherKey returns a key that no run is proven with.
func otherKey(t testing.TB) string {
	return shareOnce(t, "other", func(path string) {
		_, err := Setup(context.Background(), path, SetupOptions{Development: true, Size: 16}, nil)
		require.NoError(t, err)
	})
}

// committedModel returns a folder of the demo model, committed with blinding factors.
func committedModel(t testing.TB) string {
	return shareOnce(t, "model", func(path string) {
		_, err := ImportModel(context.Background(), DemoModel, path, ImportOptions{}, nil)
		require.NoError(t, err)
		m, err := OpenModel(context.Background(), path, nil)
		require.NoError(t, err)
		_, err = m.Commit(context.Background(), CommitOptions{Key: provingKey(t)}, nil)
		require.NoError(t, errors.Join(err, m.Close()))
	})
}

// TestMain gives the tests their own cache folder, where checked keys are recorded.
func TestMain(m *testing.M) {
	cache, err := os.MkdirTemp("", "fold-cache-")
	if err != nil {
		panic(err)
	}
	os.Setenv("XDG_CACHE_HOME", cache)
	if os.Getenv(resumedStore) == "" { // a killed child could not remove it
		var err error
		if fixture.dir, err = os.MkdirTemp("", "fold-test-"); err != nil {
			panic(err)
		}
		trial.Key = filepath.Join(fixture.dir, "key")
	}
	code := m.Run()
	os.RemoveAll(cache)
	os.RemoveAll(fixture.dir)
	os.Exit(code)
}

// openBard opens the embedded model.
func openBard(t *testing.T) *Model {
	t.Helper()
	m, err := OpenModel(context.Background(), DemoModel, nil)
	require.NoError(t, err)
	t.Cleanup(func() { m.Close() })
	return m
}

// compressKey returns a key that is large enough for compressed proofs.
func compressKey(t testing.TB) string {
	return shareOnce(t, "long", func(path string) {
		testrand.Secrets(14, func() {
			_, err := Setup(context.Background(), path, SetupOptions{Development: true, Size: 1 << 21}, nil)
			require.NoError(t, err)
		})
	})
}

// smallRun returns the options of a run of few steps.
func smallRun(t testing.TB, store string) ProveOptions {
	return ProveOptions{Model: committedModel(t), Key: provingKey(t), Store: store, Prompt: "A", N: 2, Blocks: 4,
		Pass: 1}
}

// begin creates the store of a run that stops before its first step.
func begin(t testing.TB, opts ProveOptions) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Prove(ctx, opts, func(e Event) {
		if _, ok := e.(Started); ok {
			cancel()
		}
	})
	var stopped *Stopped
	require.ErrorAs(t, err, &stopped)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, opts.Store, stopped.Store)
	require.Zero(t, stopped.Step)
}

func copyStore(t testing.TB, src, dst string) string {
	t.Helper()
	require.NoError(t, exec.Command("cp", "-r", src, dst).Run())
	return dst
}

// records returns all records of a store.
func records(t testing.TB, dir string) (all []checkpoint.Entry) {
	t.Helper()
	s, err := checkpoint.OpenReadOnly(dir)
	require.NoError(t, err)
	for r, err := range s.Steps(0) {
		require.NoError(t, err)
		all = append(all, r)
	}
	require.NoError(t, s.Close())
	return all
}

// trial is the options for verifying runs proven with provingKey. TestMain sets its Key,
// because the path in the store is not used.
var trial = VerifyOptions{AllowDevelopmentKey: true}

// readTrial is trial with the model, whose weights are checked and whose tokenizer decodes
// the texts.
func readTrial(t testing.TB) VerifyOptions {
	o := trial
	o.Model = committedModel(t)
	return o
}

// begunStore returns the store of a small run before its first step, and provenStore the
// store of the same run when finished, for tests that do not change them.
func begunStore(t testing.TB) string {
	return shareOnce(t, "begun", func(path string) { begin(t, smallRun(t, path)) })
}

func provenStore(t testing.TB) string {
	return shareOnce(t, "proven", func(path string) {
		copyStore(t, begunStore(t), path)
		_, err := Resume(context.Background(), path, ResumeOptions{}, nil)
		require.NoError(t, err)
	})
}

// goldenRun returns the folder of a finished run of few steps and its proof. All secrets of
// both are fixed, so both have the digests of TestGoldenRun. The folder holds the store,
// with the settlement file of the compression, the proof and its verification key.
func goldenRun(t testing.TB) string {
	return shareOnce(t, "golden", func(dir string) {
		require.NoError(t, os.Mkdir(dir, 0o700))
		ctx, key, store := context.Background(), compressKey(t), filepath.Join(dir, "store")
		testrand.Secrets(14, func() {
			opts := ProveOptions{Model: DemoModel, Key: key, Store: store, Prompt: "A", N: 2, Room: 8, Blocks: 4,
				Pass: 1}
			_, err := Prove(ctx, opts, nil)
			require.NoError(t, err)
			_, err = Compress(ctx, store, CompressOptions{Out: filepath.Join(dir, "demo.proof"), Label: "golden"}, nil)
			require.NoError(t, err)
		})
	})
}

// finishedStore returns the store of goldenRun, and proofOf its proof.
func finishedStore(t testing.TB) string { return filepath.Join(goldenRun(t), "store") }
func proofOf(t testing.TB) string       { return filepath.Join(goldenRun(t), "demo.proof") }

// proofTrial returns the options for verifying a proof of the demo's model, for a verifier
// who was told the digest of the verification key. All proofs of these tests have the same
// verification key.
func proofTrial(t testing.TB) VerifyOptions {
	t.Helper()
	k, err := ReadVerifierKey(proofOf(t) + ".vk")
	require.NoError(t, err)
	return VerifyOptions{AllowDevelopmentKey: true, Model: DemoModel, KeyDigest: k.Digest()}
}

// readProof reads a proof and its verification key.
func readProof(t testing.TB, path string) (*VerifierKey, []byte) {
	k, err := ReadVerifierKey(path + ".vk")
	require.NoError(t, err)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return k, data
}
