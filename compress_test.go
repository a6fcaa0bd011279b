package fold

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// compressKey is a key that is long enough for compressed proofs.
func compressKey(t testing.TB) string {
	return shareOnce(t, "long", func(path string) {
		withFixedSeeds(func() {
			_, err := Setup(context.Background(), path, SetupOptions{Development: true, Size: 1 << 21}, nil)
			require.NoError(t, err)
		})
	})
}

// finishedStore is the store of a finished run of few steps, with what its compression
// has left there.
func finishedStore(t testing.TB) string {
	return shareOnce(t, "finished", func(path string) {
		opts := ProveOptions{Model: DemoModel, Key: compressKey(t), Store: path, Prompt: "A", N: 2, Room: 8, Blocks: 4, Pass: 1}
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
		require.FileExists(t, filepath.Join(store, settlementName))
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

// flipped verifies a proof with one bit changed.
func flipped(k *VerifierKey, data []byte, at, bit int) error {
	other := append([]byte{}, data...)
	other[at] ^= 1 << bit
	p, err := decodeProof(k, other)
	if err == nil {
		_, err = k.verify(p)
	}
	return err
}

func readProof(t testing.TB, path string) (*VerifierKey, []byte) {
	k, err := ReadVerifierKey(path + ".vk")
	require.NoError(t, err)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return k, data
}

// TestBytesOfAProofMatter changes a sample of bytes; all of them under the tag slow.
func TestBytesOfAProofMatter(t *testing.T) {
	k, data := readProof(t, proofOf(t))
	for at := 0; at < len(data); at += 89 {
		require.Error(t, flipped(k, data, at, at%8), "byte %d", at)
	}
	for _, n := range []int{0, 7, 100, len(data) - 1} {
		_, err := decodeProof(k, data[:n])
		require.ErrorIs(t, err, ErrCorrupt)
	}
	_, err := decodeProof(k, append(data, 0))
	require.ErrorIs(t, err, ErrCorrupt)
}

// TestPublicValuesOfAProofMatter: every value that a proof states is bound.
func TestPublicValuesOfAProofMatter(t *testing.T) {
	k, data := readProof(t, proofOf(t))
	for name, alter := range map[string]func(p *compressed){
		"label":                       func(p *compressed) { p.label = "another" },
		"mode":                        func(p *compressed) { p.mode, p.prompt.tokens = HidePrompt, nil },
		"mode, and the chain right":   func(p *compressed) { hide(t, k, p, HidePrompt) },
		"mode, and both chains right": func(p *compressed) { hide(t, k, p, HideAll) },
		"prompt":                      func(p *compressed) { p.prompt.tokens[1] ^= 1 },
		"output":                      func(p *compressed) { p.output.tokens[0] ^= 1 },
		"last token":                  func(p *compressed) { p.output.tokens[1] ^= 1 },
		"longer prompt": func(p *compressed) {
			p.prompt.tokens, p.output.tokens = append(p.prompt.tokens, p.output.tokens[0]), p.output.tokens[1:]
			p.prompt.n, p.output.n = 3, 1
		},
		"salt of the prompt": func(p *compressed) { p.prompt.value.SetOne() },
		"salt of the output": func(p *compressed) { p.output.value.SetOne() },
		"passes":             func(p *compressed) { p.passes = []passRun{{1, 1}, {0, 1}} },
		"too many passes":    func(p *compressed) { p.passes = []passRun{{0, 1 << 20}} },
		"body of the model":  func(p *compressed) { p.chains.Body.SetOne() },
		"head of the model":  func(p *compressed) { p.chains.Head.SetOne() },
		"steps":              func(p *compressed) { p.steps++ },
		"commitment key":     func(p *compressed) { p.srs[0] ^= 1 },
		"kind of key":        func(p *compressed) { p.development = false },
		"verification key":   func(p *compressed) { p.key[0] ^= 1 },
		"factor":             func(p *compressed) { p.main.U.SetOne() },
		"public input":       func(p *compressed) { p.main.X[0].SetOne() },
		"cycle's factor":     func(p *compressed) { p.cycle.U.SetOne() },
		"value of a claim":   func(p *compressed) { p.claims[0].Value.SetOne() },
		"point of a claim":   func(p *compressed) { p.claims[1].Point[0].SetOne() },
		"claims exchanged": func(p *compressed) {
			p.claims[0].Commitment, p.claims[1].Commitment = p.claims[1].Commitment, p.claims[0].Commitment
		},
		"cross term": func(p *compressed) { p.cross, p.fresh = p.fresh, p.cross },
	} {
		p, err := decodeProof(k, data)
		require.NoError(t, err)
		alter(p)
		_, err = k.verify(p)
		require.ErrorIs(t, err, ErrRejected, name)
	}
}

// hide puts commitments in the place of what is shown: the run's states are the same.
func hide(t *testing.T, k *VerifierKey, p *compressed, mode Mode) {
	chains, err := p.tokenChains(slices.Max(k.outline.Classes))
	require.NoError(t, err)
	if p.mode = mode; mode.hidesPrompt() {
		p.prompt = tokenPart{n: p.prompt.n, value: chains[0]}
	}
	if mode.hidesOutput() {
		p.output = tokenPart{n: p.output.n, value: chains[1]}
	}
	if mode == HideAll {
		p.passes = nil
	}
	again, err := p.tokenChains(slices.Max(k.outline.Classes))
	require.NoError(t, err)
	require.Equal(t, chains, again)
}

// TestTokensOfNoModel: what is shown is compared with the vocabulary before anything is
// computed of it.
func TestTokensOfNoModel(t *testing.T) {
	k, data := readProof(t, proofOf(t))
	for _, alter := range []func(p *compressed){
		func(p *compressed) { p.prompt.tokens[0] = k.outline.Vocab() },
		func(p *compressed) { p.output.tokens[1] = k.outline.Vocab() },
	} {
		p, err := decodeProof(k, data)
		require.NoError(t, err)
		alter(p)
		again, err := decodeProof(k, p.encode())
		require.NoError(t, err)
		_, err = k.verify(again)
		require.ErrorIs(t, err, ErrRejected)
		require.ErrorContains(t, err, "token 512, the model has 512")
	}
}

// TestHiddenTokens compresses the run once more, from the same settlement but for its
// masks, without a token in the proof; its owner opens it with the salts of this proof.
func TestHiddenTokens(t *testing.T) {
	proofOf(t)
	out := filepath.Join(t.TempDir(), "hidden")
	kept, err := os.ReadFile(filepath.Join(finishedStore(t), settlementName))
	require.NoError(t, err)
	s, err := Compress(context.Background(), finishedStore(t), CompressOptions{Out: out, Mode: HideAll}, nil)
	require.NoError(t, err)
	require.Equal(t, 3, s.Settled, "a mask for each running claim")
	again, err := os.ReadFile(filepath.Join(finishedStore(t), settlementName))
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
	o.PromptOpening, o.OutputOpening, o.Prompt, o.Output = s.PromptOpening, s.OutputOpening, &known.Prompt, &known.Output
	v, err = Verify(context.Background(), out, o, nil)
	require.NoError(t, err)
	require.Equal(t, known.OutputIDs, v.OutputIDs)
	require.Contains(t, v.Statement, `after <s>"A"`)
	o.Output, o.OutputOpening = nil, ""
	v, err = Verify(context.Background(), out, o, nil)
	require.NoError(t, err)
	require.Empty(t, v.OutputIDs, "each part is opened by itself")
	altered := func(old, with string) string { return strings.Replace(s.PromptOpening, old, with, 1) }
	other := "B"
	for name, c := range map[string]struct {
		prompt  *string
		opening string
		is      error
		says    string
	}{
		"another text":       {&other, s.PromptOpening, ErrRejected, "prompt: its 2 tokens are"},
		"no opening":         {&known.Prompt, "", ErrFormat, "prompt: it is hidden"},
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
		_, err = Verify(context.Background(), out, o, nil)
		require.ErrorIs(t, err, c.is, name)
		require.ErrorContains(t, err, c.says, name)
	}
	o = proofTrial(t)
	o.PromptOpening = s.PromptOpening
	_, err = Verify(context.Background(), proofOf(t), o, nil)
	require.ErrorContains(t, err, "nothing to open")

	k, data := readProof(t, out)
	_, open := readProof(t, proofOf(t))
	b, err := decodeProof(k, open)
	require.NoError(t, err)
	require.Equal(t, len("a trial")+2+5+4*4, b.shownBytes(), "label, one run of passes, tokens")
	require.Len(t, data, len(open)-b.shownBytes())
	require.Len(t, data, hiddenLength(k))
	a, err := decodeProof(k, data)
	require.NoError(t, err)
	require.Nil(t, a.passes)
}
