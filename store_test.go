package fold

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/run"
	"fold.example/fold/step"
)

// rewritten returns a copy of a store with the same manifest, altered records and correct
// digests, as an owner could write it to prove something false.
func rewritten(t *testing.T, src string, alter func(records []checkpoint.Entry) []checkpoint.Entry) string {
	t.Helper()
	c, err := checkpoint.OpenReadOnly(src)
	require.NoError(t, err)
	meta := c.Meta()
	require.NoError(t, c.Close())
	dst := filepath.Join(t.TempDir(), "forged")
	s, err := checkpoint.Create(dst, checkpoint.Meta{Kind: meta.Kind, Parameters: meta.Parameters,
		Details: meta.Details})
	require.NoError(t, err)
	for i, r := range alter(records(t, src)) {
		r.Index = uint64(i)
		require.NoError(t, s.Append(r))
	}
	require.NoError(t, s.Close())
	return dst
}

// TestForgedStores: the store's digests do not replace proofs. An alteration of any part
// that verifying reads is rejected, and the error names the part.
func TestForgedStores(t *testing.T) {
	src := provenStore(t)
	flip := func(b []byte, at int) []byte {
		c := append([]byte{}, b...)
		c[at] ^= 1
		return c
	}
	s, err := Open(src)
	require.NoError(t, err)
	defer s.Close()
	altered := func(b []byte, change func(z *step.State)) []byte {
		z, err := s.Run().Protocol.DecodeState(b)
		require.NoError(t, err)
		change(z)
		return s.Run().Protocol.EncodeState(z)
	}
	for name, c := range map[string]struct {
		alter func(r []checkpoint.Entry) []checkpoint.Entry
		says  string
	}{
		"the proof's last byte": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Proof = flip(r[7].Proof, len(r[7].Proof)-1)
			return r
		}, "the proof of the steps: "},
		"a value of the proof": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Proof = flip(r[7].Proof, len(r[7].Proof)/2)
			return r
		}, "the proof of the steps: "},
		"the proof's parameters": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Proof = flip(r[7].Proof, 30)
			return r
		}, "the proof of the steps: not an encoded state: the parameters"},
		"the proof cut short": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Proof = r[7].Proof[:len(r[7].Proof)-1]
			return r
		}, "the proof of the steps: "},
		"the proof of one step more": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Proof = flip(r[7].Proof, 11+32+7)
			return r
		}, "the proof of the steps: it is of 9 steps"},
		"no proof": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Proof = nil
			return r
		}, "the proof of the steps: "},
		"the last state's bytes": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = r[7].State[1:]
			return r
		}, "the last state: "},
		"a running claim's value": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = altered(r[7].State, func(z *step.State) { z.Cells[0].Value.SetOne() })
			return r
		}, "the proof of the steps: it ends in another state"},
		"a running claim's point": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = altered(r[7].State, func(z *step.State) { z.Cells[0].Point[0].SetOne() })
			return r
		}, "the proof of the steps: it ends in another state"},
		"a running claim's commitment": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = altered(r[7].State, func(z *step.State) { z.Cells[0].Commitment = z.Cache.Commitment })
			return r
		}, "the proof of the steps: it ends in another state"},
		"the cache's commitment": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = altered(r[7].State, func(z *step.State) { z.Cache.Commitment = z.Cells[0].Commitment })
			return r
		}, "the proof of the steps: it ends in another state"},
		"the chain of claims": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = altered(r[7].State, func(z *step.State) { z.Claims.SetOne() })
			return r
		}, "the proof of the steps: it ends in another state"},
		"a settlement that no step began": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = altered(r[7].State, func(z *step.State) { z.Settle.Mix.SetOne() })
			return r
		}, "the proof of the steps: it ends in another state"},
		"chain of the cache": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = altered(r[7].State, func(z *step.State) { z.CachePrev.SetOne() })
			return r
		}, "the proof of the steps: it ends in another state"},
		"an earlier state": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[2].State = r[1].State
			return r
		}, "step 2: "},
		"a state of another place": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[1].State = altered(r[1].State, func(z *step.State) { z.Group = 13 })
			return r
		}, "step "},
		"an earlier state in the place of the last": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].State = r[4].State
			return r
		}, "the last state: "},
		"a trail": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[1].Replay = r[1].Replay[1:]
			return r
		}, "step 1: "},
		"a claim on weights": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[1].Replay = flip(r[1].Replay, len(r[1].Replay)-1)
			return r
		}, "step 1: "},
		"a claim on weights of the last step": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Replay = flip(r[7].Replay, len(r[7].Replay)-1)
			return r
		}, "step 7: "},
		"a commitment to the cache": {func(r []checkpoint.Entry) []checkpoint.Entry {
			copy(r[6].Replay[4:], r[3].Replay[4:36])
			return r
		}, "step 6: "},
		"a blind": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Replay = flip(r[7].Replay, 8+6*32-1)
			return r
		}, "the running polynomials: "},
		"claims exchanged": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[3].Replay, r[6].Replay = r[6].Replay, r[3].Replay
			return r
		}, "step 3: "},
		"claims of a step twice": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[6].Replay = r[3].Replay
			return r
		}, "step 6: "},
		"the token chosen": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Tokens = []uint32{r[7].Tokens[0] ^ 1}
			return r
		}, "the last state: "},
		"an earlier token": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[4].Tokens = []uint32{r[4].Tokens[0] ^ 1}
			return r
		}, "the last state: "},
		"a token too many": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[7].Tokens = append(r[7].Tokens, 1)
			return r
		}, "the last state: "},
		"no tokens": {func(r []checkpoint.Entry) []checkpoint.Entry {
			r[4].Tokens, r[7].Tokens = nil, nil
			return r
		}, "output of 0"},
		"the last step cut off": {func(r []checkpoint.Entry) []checkpoint.Entry { return r[:7] }, "not finished"},
		"all steps cut off":     {func([]checkpoint.Entry) []checkpoint.Entry { return nil }, "not finished"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Verify(context.Background(), rewritten(t, src, c.alter), readTrial(t), nil)
			require.ErrorIs(t, err, ErrRejected)
			require.ErrorContains(t, err, c.says)
		})
	}
	more := rewritten(t, src, func(r []checkpoint.Entry) []checkpoint.Entry { return append(r, r[7]) })
	_, err = Verify(context.Background(), more, readTrial(t), nil)
	require.ErrorIs(t, err, ErrCorrupt)
}

// TestOneProof: the store of a finished run has one proof, which covers all steps.
func TestOneProof(t *testing.T) {
	all := records(t, provenStore(t))
	require.Len(t, all, 8)
	for i, r := range all {
		require.Equal(t, i < 7, r.ProofDropped, i)
	}
}

// TestForgedSnapshots: the owner's check verifies a snapshot of the running polynomials and
// the steps replayed after it.
func TestForgedSnapshots(t *testing.T) {
	honest := snapshotOf(t, provenStore(t))
	for name, alter := range map[string]func(b []byte) []byte{
		"a coefficient":          func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"one more bit":           func(b []byte) []byte { b[0] ^= 1; return b },
		"cut short":              func(b []byte) []byte { return b[:len(b)-1] },
		"longer":                 func(b []byte) []byte { return append(b, 0) },
		"of polynomials of zero": func(b []byte) []byte { return make([]byte, 2*len(b)) },
	} {
		_, err := Verify(context.Background(), withSnapshot(t, alter(bytes.Clone(honest))), readTrial(t), nil)
		require.ErrorIs(t, err, ErrRejected, name)
	}
	_, err := Verify(context.Background(), withSnapshot(t, honest), readTrial(t), nil)
	require.NoError(t, err)

	// Steps before a snapshot are not replayed. Their records are checked by the chain of
	// claims, and their blinding factors by the commitments.
	flip := func(b []byte, at int) { b[at] ^= 1 }
	for name, c := range map[string]struct {
		alter func(r []checkpoint.Entry)
		says  string
	}{
		"a claim's value": {func(r []checkpoint.Entry) { flip(r[1].Replay, len(r[1].Replay)-1) },
			"the claims on weights: "},
		"a claim's coordinate": {func(r []checkpoint.Entry) { flip(r[1].Replay, 36+8*32+31) },
			"the claims on weights: "},
		"claims exchanged": {func(r []checkpoint.Entry) { r[3].Replay, r[6].Replay = r[6].Replay, r[3].Replay },
			""},
		"claims twice": {func(r []checkpoint.Entry) { r[6].Replay = r[3].Replay }, "the claims on weights: "},
		"the last blinds": {func(r []checkpoint.Entry) { flip(r[7].Replay, 8+6*32-1) },
			"the running polynomials: "},
		"an earlier state": {func(r []checkpoint.Entry) { r[2].State = r[1].State }, "step 3: "},
	} {
		store := rewritten(t, provenStore(t), func(r []checkpoint.Entry) []checkpoint.Entry { c.alter(r); return r })
		writeSnapshot(t, store, honest)
		_, err := Verify(context.Background(), store, readTrial(t), nil)
		require.ErrorIs(t, err, ErrRejected, name)
		require.ErrorContains(t, err, c.says, name)
	}
}

// snapshotOf returns a snapshot at the end of a finished run.
func snapshotOf(t *testing.T, store string) []byte {
	t.Helper()
	ctx := context.Background()
	s, err := checkpoint.Open(copyStore(t, store, filepath.Join(t.TempDir(), "s")))
	require.NoError(t, err)
	defer s.Close()
	r, err := run.NewResumption(ctx, s, ResumeOptions{}, false, nil)
	require.NoError(t, err)
	defer r.Model.Close()
	r.Reopen = true
	require.NoError(t, r.Start(ctx))
	var b bytes.Buffer
	require.NoError(t, r.StepProver.WriteSnapshot(&b))
	return b.Bytes()
}

// withSnapshot returns a copy of the finished run with a snapshot at its end.
func withSnapshot(t *testing.T, snapshot []byte) string {
	t.Helper()
	dir := copyStore(t, provenStore(t), filepath.Join(t.TempDir(), "s"))
	writeSnapshot(t, dir, snapshot)
	return dir
}

func writeSnapshot(t *testing.T, store string, snapshot []byte) {
	t.Helper()
	s, err := checkpoint.Open(store)
	require.NoError(t, err)
	w, err := s.NewSnapshot(int64(len(snapshot)))
	require.NoError(t, err)
	_, err = w.Write(snapshot)
	require.NoError(t, errors.Join(err, w.Commit(), s.Close()))
}

// TestResumeNoticesDamage: a run is not resumed from records that contradict each other,
// even if the store's digests are correct.
func TestResumeNoticesDamage(t *testing.T) {
	for name, alter := range map[string]func(r []checkpoint.Entry) []checkpoint.Entry{
		"state":  func(r []checkpoint.Entry) []checkpoint.Entry { r[2].State = r[1].State; return r[:4] },
		"trail":  func(r []checkpoint.Entry) []checkpoint.Entry { r[1].Replay = r[1].Replay[:40]; return r[:4] },
		"blinds": func(r []checkpoint.Entry) []checkpoint.Entry { r[3].Replay[200] ^= 1; return r[:4] },
	} {
		_, err := Resume(context.Background(), rewritten(t, provenStore(t), alter), ResumeOptions{}, nil)
		require.ErrorIs(t, err, ErrCorrupt, name)
	}
}

// TestEveryByteOfAStoreMatters: after altering or removing a byte of any file, the store is
// rejected and left unchanged.
func TestEveryByteOfAStoreMatters(t *testing.T) {
	var files []string
	store := copyStore(t, provenStore(t), filepath.Join(t.TempDir(), "s"))
	require.NoError(t, filepath.WalkDir(store, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "LOCK" {
			files = append(files, path)
		}
		return err
	}))
	random := rand.New(rand.NewPCG(7, 8))
	for _, path := range files {
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		if len(whole) == 0 {
			continue
		}
		flipped := append([]byte{}, whole...)
		at := random.IntN(len(whole))
		flipped[at] ^= byte(1 << random.IntN(8))
		for _, damaged := range [][]byte{flipped, whole[:len(whole)-1]} {
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			for _, open := range []func() error{
				func() error { _, err := Open(store); return err },
				func() error { _, err := Resume(context.Background(), store, ResumeOptions{}, nil); return err },
				func() error { _, err := Verify(context.Background(), store, readTrial(t), nil); return err },
			} {
				err := open()
				require.True(t, errors.Is(err, ErrCorrupt) || errors.Is(err, ErrFormat), "%s, byte %d of %d: %v", path,
					at, len(whole), err)
			}
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, damaged, after)
		}
		require.NoError(t, os.WriteFile(path, whole, 0o600))
	}
	_, err := Verify(context.Background(), store, readTrial(t), nil)
	require.NoError(t, err)
}

// TestExtension: a finished run can be extended, and the longer run is byte for byte equal
// to a run of that length from the beginning.
func TestExtension(t *testing.T) {
	ctx := context.Background()
	store := described(t, begunStore(t), func(d *run.Manifest) { d.N = []int{1} })
	s, err := Resume(ctx, store, ResumeOptions{}, nil)
	require.NoError(t, err)
	require.Equal(t, 1, s.Tokens)
	s, err = Resume(ctx, store, ResumeOptions{N: 2}, nil)
	require.NoError(t, err)
	require.Equal(t, 2, s.Tokens)
	require.Equal(t, 3, s.StepsNow)
	require.Equal(t, records(t, provenStore(t)), records(t, store))
	v, err := Verify(ctx, store, readTrial(t), nil)
	require.NoError(t, err)
	require.Len(t, v.OutputIDs, 2)
}

// TestFork: a fork has the bytes of its source and its own seed, so later steps share no
// blinding factors. With another prompt, the fork keeps the steps that both prompts share.
func TestFork(t *testing.T) {
	ctx := context.Background()
	src := provenStore(t)
	branch := filepath.Join(t.TempDir(), "branch")
	require.NoError(t, Fork(src, branch, ForkOptions{}))
	require.ErrorIs(t, Fork(src, branch, ForkOptions{}), ErrExists)
	require.Equal(t, records(t, src), records(t, branch))
	st, err := ReadStatus(branch)
	require.NoError(t, err)
	require.NotEmpty(t, st.Parent)

	s, err := Open(src)
	require.NoError(t, err)
	ids := append([]int{}, s.Run().PromptIDs...)
	require.NoError(t, s.Close())
	ids[1] ^= 1
	other := filepath.Join(t.TempDir(), "other")
	require.NoError(t, Fork(src, other, ForkOptions{PromptIDs: ids}))
	require.Empty(t, records(t, other), "the proof of the steps that both share is no longer there")

	shared := 2 // the embed and block steps of the first pass, which chooses no token
	stopped := copyStore(t, begunStore(t), filepath.Join(t.TempDir(), "s"))
	short, cancel := context.WithCancel(ctx)
	_, err = Resume(short, stopped, ResumeOptions{}, func(e Event) {
		if e, ok := e.(Step); ok && e.Step == shared {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	other = filepath.Join(t.TempDir(), "branch")
	require.NoError(t, Fork(stopped, other, ForkOptions{PromptIDs: ids}))
	require.Equal(t, records(t, stopped), records(t, other))
	_, err = Resume(ctx, other, ResumeOptions{}, nil)
	require.NoError(t, err)
	v, err := Verify(ctx, other, readTrial(t), nil)
	require.NoError(t, err)
	require.Equal(t, ids, v.PromptIDs)

	require.ErrorIs(t, Fork(src, filepath.Join(t.TempDir(), "x"), ForkOptions{PromptIDs: ids[:1]}), ErrFormat)
	require.ErrorIs(t, Fork(src, filepath.Join(t.TempDir(), "y"), ForkOptions{PromptIDs: []int{ids[0], 1 << 20}}),
		ErrCorrupt)
}

// described returns a copy of a store with another manifest.
func described(t *testing.T, src string, change func(d *run.Manifest)) string {
	t.Helper()
	dst := copyStore(t, src, filepath.Join(t.TempDir(), "s"))
	s, err := checkpoint.Open(dst)
	require.NoError(t, err)
	var d run.Manifest
	require.NoError(t, json.Unmarshal(s.Meta().Details, &d))
	change(&d)
	text, err := d.Encode()
	require.NoError(t, err)
	require.NoError(t, s.Describe(text))
	require.NoError(t, s.Close())
	return dst
}

// TestVerifyElsewhere: the paths of model and key in the manifest are not used. The
// verifier names both.
func TestVerifyElsewhere(t *testing.T) {
	store := described(t, provenStore(t), func(d *run.Manifest) { d.Model, d.Key = "/nowhere/model", "/nowhere/key" })
	_, err := Verify(context.Background(), store, VerifyOptions{AllowDevelopmentKey: true}, nil)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "a commitment key that its verifier names")
	_, err = Verify(context.Background(), store, trial, nil)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "reads the weights")
	v, err := Verify(context.Background(), store, readTrial(t), nil)
	require.NoError(t, err)
	require.NotEmpty(t, v.Output)
	_, err = Resume(context.Background(), store, ResumeOptions{N: 3}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Resume(context.Background(), store, ResumeOptions{N: 3, Model: committedModel(t)}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestForgedDetails: manifests that contradict themselves or the records are rejected.
func TestForgedDetails(t *testing.T) {
	for name, change := range map[string]func(d *run.Manifest){
		"prompt":           func(d *run.Manifest) { d.PromptIDs[1] ^= 1 },
		"longer prompt":    func(d *run.Manifest) { d.PromptIDs = append(d.PromptIDs, 5) },
		"no prompt":        func(d *run.Manifest) { d.PromptIDs = nil },
		"token outside":    func(d *run.Manifest) { d.PromptIDs[0] = 1 << 20 },
		"negative token":   func(d *run.Manifest) { d.PromptIDs[0] = -1 },
		"fewer tokens":     func(d *run.Manifest) { d.N = []int{1} },
		"no tokens":        func(d *run.Manifest) { d.N = nil },
		"more tokens":      func(d *run.Manifest) { d.N = []int{3} },
		"shrinking":        func(d *run.Manifest) { d.N = []int{3, 2} },
		"batch":            func(d *run.Manifest) { d.Batch, d.Classes = true, []int{1} },
		"positions":        func(d *run.Manifest) { d.PositionBits++ },
		"no positions":     func(d *run.Manifest) { d.PositionBits = -1 },
		"blocks":           func(d *run.Manifest) { d.Blocks = 2 },
		"no blocks":        func(d *run.Manifest) { d.Blocks = 0 },
		"classes":          func(d *run.Manifest) { d.Classes = []int{0, 1} },
		"huge class":       func(d *run.Manifest) { d.Classes = []int{63} },
		"no classes":       func(d *run.Manifest) { d.Classes = nil },
		"short seed":       func(d *run.Manifest) { d.Seed = d.Seed[2:] },
		"model id":         func(d *run.Manifest) { d.ModelID = "00" + d.ModelID[2:] },
		"key id":           func(d *run.Manifest) { d.SRS = "00" + d.SRS[2:] },
		"commitment":       func(d *run.Manifest) { d.Commitment[len(d.Commitment)-1] ^= 1 },
		"no commitment":    func(d *run.Manifest) { d.Commitment = nil },
		"ceremony claimed": func(d *run.Manifest) { d.Commitment[9] ^= 1 },
		"older version":    func(d *run.Manifest) { d.Version-- },
		"no version":       func(d *run.Manifest) { d.Version = 0 },
		"newer version":    func(d *run.Manifest) { d.Version++ },
		"fingerprint":      func(d *run.Manifest) { d.Fingerprint = "00" + d.Fingerprint[2:] },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Verify(context.Background(), described(t, provenStore(t), change), readTrial(t), nil)
			require.True(t, errors.Is(err, ErrRejected) || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrFormat),
				"%v", err)
		})
	}
}

// TestOlderRunsAreRefused: a run of another version, or without a version, is rejected with
// both versions before anything else is decoded.
func TestOlderRunsAreRefused(t *testing.T) {
	m, err := checkpoint.Peek(provenStore(t))
	require.NoError(t, err)
	for text, found := range map[string]string{
		`{}`: "version 1", `{"salt":"00"}`: "version 1", `{"version":1}`: "version 1",
		`{"version":2}`: "version 2", `{"version":4,"n":{}}`: "version 4",
	} {
		meta := m.Meta
		meta.Details = json.RawMessage(text)
		_, err := run.Read(meta)
		require.ErrorIs(t, err, ErrFormat)
		require.ErrorContains(t, err, found+", expected 3")
	}
}

// FuzzDetails: an arbitrary manifest is rejected or makes a run, without a panic.
func FuzzDetails(f *testing.F) {
	s, err := checkpoint.Peek(provenStore(f))
	require.NoError(f, err)
	f.Add([]byte(s.Meta.Details))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		meta := s.Meta
		meta.Details = text
		if r, err := run.Read(meta); err == nil {
			require.Positive(t, r.Steps())
		}
	})
}
