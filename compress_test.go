package fold

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/run"
	"fold.example/fold/internal/testrand"
	"fold.example/fold/proof"
)

// compressKey is a key that is long enough for compressed proofs.
func compressKey(t testing.TB) string {
	return shareOnce(t, "long", func(path string) {
		testrand.Secrets(14, func() {
			_, err := Setup(context.Background(), path, SetupOptions{Development: true, Size: 1 << 21}, nil)
			require.NoError(t, err)
		})
	})
}

// finishedStore is the store of a finished run of few steps, with what its compression
// has left there.
func finishedStore(t testing.TB) string {
	return shareOnce(t, "finished", func(path string) {
		opts := ProveOptions{Model: DemoModel, Key: compressKey(t), Store: path, Prompt: "A", N: 2, Room: 8, Blocks: 4,
			Pass: 1}
		_, err := Prove(context.Background(), opts, nil)
		require.NoError(t, err)
	})
}

// proofOf is the proof of that store's run, made by calls that were interrupted within the
// settlement and in the last argument, and one that went on from there.
func proofOf(t testing.TB) string {
	return shareOnce(t, "proof", func(path string) {
		store, opts := finishedStore(t), CompressOptions{Out: path, Label: "a trial"}
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Compress(ctx, store, opts, func(e Event) {
			if p, ok := e.(Progress); ok && p.Stage == "settle" && p.Done == 5 {
				cancel()
			}
		})
		require.ErrorIs(t, err, context.Canceled)
		require.NoFileExists(t, path)
		require.FileExists(t, filepath.Join(store, run.SettlementName))
		interruptLastArgument(t, store, opts)
		s, err := Compress(context.Background(), store, opts, nil)
		require.NoError(t, err)
		require.Equal(t, 3, s.Settled, "the masks alone: the call that was interrupted has settled the rest")
		t.Logf("%+v", s)
	})
}

// interruptLastArgument cancels a compression where its last argument begins, which reads
// the whole key: the call returns after the argument has stopped.
func interruptLastArgument(t testing.TB, store string, opts CompressOptions) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	before := runtime.NumGoroutine()
	_, err := Compress(ctx, store, opts, func(e Event) {
		if p, ok := e.(Progress); ok && p.Stage == "last argument" {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NoFileExists(t, opts.Out)
	require.NoFileExists(t, opts.Out+".vk")
	requireGoroutines(t, before)
	require.Equal(t, NeedRepeat, DetailOf(err).Need)
	require.Equal(t, store, DetailOf(err).Path)
}

// proofTrial is what a proof of the demo's model is verified with.
// proofTrial is for who was told the digest of the verification key, which is the same
// for all proofs of these tests.
func proofTrial(t testing.TB) VerifyOptions {
	t.Helper()
	k, err := ReadVerifierKey(proofOf(t) + ".vk")
	require.NoError(t, err)
	return VerifyOptions{AllowDevelopmentKey: true, Model: DemoModel, KeyDigest: k.Digest()}
}

func TestCompressedProofSaysWhatItProves(t *testing.T) {
	proof := proofOf(t)
	s, err := Verify(context.Background(), proof, proofTrial(t), nil)
	require.NoError(t, err)
	status, err := ReadStatus(finishedStore(t))
	require.NoError(t, err)
	require.Equal(t, status.ModelID, s.ModelID)
	require.Equal(t, status.PromptIDs, s.PromptIDs)
	require.Len(t, s.OutputIDs, 2)
	require.Equal(t, "<s>A", s.Prompt)
	require.Contains(t, s.Statement, `after <s>"A" (2 tokens) the model with id `+s.ModelID)
	require.Contains(t, s.Statement, `for "a trial"`)
	require.Contains(t, s.Statement, "development key")
	t.Logf("%.1f ms", 1000*s.Seconds)

	info, err := os.Stat(proof)
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(12_000))
	_, err = Compress(context.Background(), finishedStore(t), CompressOptions{Out: proof}, nil)
	require.ErrorIs(t, err, ErrExists)
	for path, kind := range map[string]string{proof: "compressed proof", proof + ".vk": "verification key"} {
		i, err := Inspect(path)
		require.NoError(t, err)
		require.Equal(t, kind, i.Kind)
	}
}

// TestProofExpectations: whatever is expected and is not so is refused by its name.
func TestProofExpectations(t *testing.T) {
	proof := proofOf(t)
	text := func(s string) *string { return &s }
	hidden := HideAll
	for name, c := range map[string]struct {
		alter func(o *VerifyOptions)
		is    error
		says  string
	}{
		"development key": {func(o *VerifyOptions) { o.AllowDevelopmentKey = false }, ErrRejected, "development key"},
		"model id":        {func(o *VerifyOptions) { o.ModelID = strings.Repeat("0", 64) }, ErrRejected, "model id:"},
		"prompt":          {func(o *VerifyOptions) { o.Prompt = text("B") }, ErrRejected, "prompt:"},
		"output":          {func(o *VerifyOptions) { o.Output = text("B") }, ErrRejected, "output:"},
		"label":           {func(o *VerifyOptions) { o.Label = text("another") }, ErrRejected, "label:"},
		"mode":            {func(o *VerifyOptions) { o.Mode = &hidden }, ErrRejected, "mode:"},
		"digest":          {func(o *VerifyOptions) { o.KeyDigest = strings.Repeat("0", 64) }, ErrRejected, "key:"},
		"no key":          {func(o *VerifyOptions) { o.KeyDigest = "" }, ErrRejected, "key: nothing says"},
		"commitment key":  {func(o *VerifyOptions) { o.Key = otherKey(t) }, ErrRejected, "key:"},
		"no tokenizer":    {func(o *VerifyOptions) { o.Model, o.Prompt = "", text("A") }, ErrFormat, "name the model"},
		"no vk":           {func(o *VerifyOptions) { o.VerificationKey = "nowhere" }, os.ErrNotExist, "nowhere"},
		"vk of something": {func(o *VerifyOptions) { o.VerificationKey = proof }, ErrCorrupt, "not a verification key"},
	} {
		o := proofTrial(t)
		c.alter(&o)
		_, err := Verify(context.Background(), proof, o, nil)
		require.ErrorIs(t, err, c.is, name)
		require.ErrorContains(t, err, c.says, name)
	}
	for _, digest := range []string{"", proofTrial(t).KeyDigest} {
		o := proofTrial(t)
		o.Key, o.KeyDigest, o.Prompt, o.Label = compressKey(t), digest, text("A"), text("a trial")
		_, err := Verify(context.Background(), proof, o, nil)
		require.NoError(t, err)
	}
}

func readProof(t testing.TB, path string) (*VerifierKey, []byte) {
	k, err := ReadVerifierKey(path + ".vk")
	require.NoError(t, err)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return k, data
}

// TestHiddenTokens compresses the run once more, from the same settlement with other masks, and
// shows no token. The owner opens the hidden tokens with the salts of this proof.
func TestHiddenTokens(t *testing.T) {
	proofOf(t)
	out := filepath.Join(t.TempDir(), "hidden")
	kept, err := os.ReadFile(filepath.Join(finishedStore(t), run.SettlementName))
	require.NoError(t, err)
	s, err := Compress(context.Background(), finishedStore(t), CompressOptions{Out: out, Mode: HideAll}, nil)
	require.NoError(t, err)
	require.Equal(t, 3, s.Settled, "a mask for each running claim")
	again, err := os.ReadFile(filepath.Join(finishedStore(t), run.SettlementName))
	require.NoError(t, err)
	require.Equal(t, kept, again, "nothing of a mask is kept")
	v, err := Verify(context.Background(), out, proofTrial(t), nil)
	require.NoError(t, err)
	require.Empty(t, v.PromptIDs)
	require.Empty(t, v.OutputIDs)
	require.Contains(t, v.Statement, "after 2 tokens that are not shown")

	known, err := Verify(context.Background(), proofOf(t), proofTrial(t), nil)
	require.NoError(t, err)
	o := proofTrial(t)
	o.PromptOpening, o.OutputOpening, o.Prompt, o.Output = s.PromptOpening, s.OutputOpening, &known.Prompt,
		&known.Output
	v, err = Verify(context.Background(), out, o, nil)
	require.NoError(t, err)
	require.Equal(t, known.OutputIDs, v.OutputIDs)
	require.Contains(t, v.Statement, `after <s>"A"`)
	o.Output, o.OutputOpening = nil, ""
	v, err = Verify(context.Background(), out, o, nil)
	require.NoError(t, err)
	require.Empty(t, v.OutputIDs, "each part is opened by itself")
	requireOpeningsRefused(t, out, s, &known.Prompt)
	o = proofTrial(t)
	o.PromptOpening = s.PromptOpening
	_, err = Verify(context.Background(), proofOf(t), o, nil)
	require.ErrorContains(t, err, "nothing to open")

	k, data := readProof(t, out)
	_, open := readProof(t, proofOf(t))
	b, err := proof.Decode(k, open)
	require.NoError(t, err)
	require.Equal(t, len("a trial")+2+5+4*4, b.ShownBytes(), "label, one run of passes, tokens")
	require.Len(t, data, len(open)-b.ShownBytes())
	require.Len(t, data, hiddenLength(k))
	a, err := proof.Decode(k, data)
	require.NoError(t, err)
	require.Nil(t, a.Passes)
}

// requireOpeningsRefused: what is no opening of the hidden prompt of a proof is refused, by
// what is wrong with it.
func requireOpeningsRefused(t *testing.T, out string, s *CompressSummary, known *string) {
	t.Helper()
	altered := func(old, with string) string { return strings.Replace(s.PromptOpening, old, with, 1) }
	other := "B"
	for name, c := range map[string]struct {
		prompt  *string
		opening string
		is      error
		says    string
	}{
		"another text":       {&other, s.PromptOpening, ErrRejected, "prompt: its 2 tokens are"},
		"no opening":         {known, "", ErrFormat, "prompt: it is hidden"},
		"another salt":       {nil, s.OutputOpening[:64] + s.PromptOpening[64:], ErrRejected, "prompt: the commitment"},
		"another token":      {nil, altered("/0,", "/1,"), ErrRejected, "prompt: the commitment"},
		"a token of nothing": {nil, altered("/0,", "/512,"), ErrRejected, "tokens below 512"},
		"a token more":       {nil, s.PromptOpening + ",1", ErrRejected, "it has 2 tokens"},
		"fewer passes":       {nil, altered("/1x3", "/1x2"), ErrRejected, "passes over 2 positions"},
		"other passes":       {nil, altered("/1x3", "/2x1,1x1"), ErrRejected, "passes of 2 tokens"},
		"no passes":          {nil, altered("/1x3", ""), ErrFormat, "prompt: what opens it"},
		"no size of a pass":  {nil, altered("/1x3", "/3x1"), ErrFormat, "prompt: what opens it"},
		"nonsense":           {nil, "nonsense", ErrFormat, "prompt: what opens it"},
	} {
		o := proofTrial(t)
		o.Prompt, o.PromptOpening = c.prompt, c.opening
		_, err := Verify(context.Background(), out, o, nil)
		require.ErrorIs(t, err, c.is, name)
		require.ErrorContains(t, err, c.says, name)
	}
}
