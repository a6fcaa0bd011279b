package fold

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/proof"
)

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
	require.Contains(t, s.Statement, `for "golden"`)
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

// TestProofExpectations: every expectation that does not hold is rejected, and the error
// names it.
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
	o := proofTrial(t)
	o.Key, o.KeyDigest, o.Prompt, o.Label = compressKey(t), "", text("A"), text("golden")
	_, err := Verify(context.Background(), proof, o, nil)
	require.NoError(t, err)
}

// TestHiddenTokens: the proof of the fork reveals no token. The owner opens the hidden
// tokens with the salts of this proof.
func TestHiddenTokens(t *testing.T) {
	f := compressedFork(t)
	s, prompt := f.summary, forkPrompt
	v, err := Verify(context.Background(), f.path, proofTrial(t), nil)
	require.NoError(t, err)
	require.Empty(t, v.PromptIDs)
	require.Empty(t, v.OutputIDs)
	require.Contains(t, v.Statement, "after 2 tokens that are not shown")

	known, err := openBard(t).Run(context.Background(), RunOptions{Prompt: prompt, N: 2}, nil)
	require.NoError(t, err)
	o := proofTrial(t)
	o.PromptOpening, o.OutputOpening, o.Prompt, o.Output = s.PromptOpening, s.OutputOpening, &prompt, &known.Text
	v, err = Verify(context.Background(), f.path, o, nil)
	require.NoError(t, err)
	require.Equal(t, known.OutputIDs, v.OutputIDs)
	require.Contains(t, v.Statement, `after <s>"`+prompt+`"`)
	o.Output, o.OutputOpening = nil, ""
	v, err = Verify(context.Background(), f.path, o, nil)
	require.NoError(t, err)
	require.Empty(t, v.OutputIDs, "each part is opened by itself")
	requireOpeningsRefused(t, f.path, s, &prompt)
	o = proofTrial(t)
	o.PromptOpening = s.PromptOpening
	_, err = Verify(context.Background(), proofOf(t), o, nil)
	require.ErrorContains(t, err, "nothing to open")

	k, data := readProof(t, f.path)
	_, open := readProof(t, proofOf(t))
	b, err := proof.Decode(k, open)
	require.NoError(t, err)
	require.Equal(t, len("golden")+2+5+4*4, b.ShownBytes(), "label, one run of passes, tokens")
	require.Len(t, data, len(open)-b.ShownBytes())
	require.Len(t, data, hiddenLength(k))
	a, err := proof.Decode(k, data)
	require.NoError(t, err)
	require.Nil(t, a.Passes)
}

// requireOpeningsRefused requires that invalid openings of a proof's hidden prompt are
// rejected, with an error that names the fault.
func requireOpeningsRefused(t *testing.T, out string, s *CompressSummary, known *string) {
	t.Helper()
	altered := func(old, with string) string { return strings.Replace(s.PromptOpening, old, with, 1) }
	other := "A"
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
