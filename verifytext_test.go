package fold

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/run"
	"fold.example/fold/step/weights"
)

// altered returns a copy of the committed model folder with a changed tokenizer.json.
func altered(t *testing.T, change func(f map[string]json.RawMessage)) string {
	t.Helper()
	dir := copyStore(t, committedModel(t), filepath.Join(t.TempDir(), "model"))
	path := filepath.Join(dir, model.TokenizerFile)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var f map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(data, &f))
	change(f)
	data, err = json.Marshal(f)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return dir
}

// field returns a change of one field of tokenizer.json.
func field(name, value string) func(f map[string]json.RawMessage) {
	return func(f map[string]json.RawMessage) { f[name] = json.RawMessage(value) }
}

// exchanged returns a change that exchanges the texts of two tokens.
func exchanged(t *testing.T, a, b string) func(f map[string]json.RawMessage) {
	return func(f map[string]json.RawMessage) {
		var list []string
		require.NoError(t, json.Unmarshal(f["tokens"], &list))
		for i, p := range list {
			switch p {
			case a:
				list[i] = b
			case b:
				list[i] = a
			}
		}
		var err error
		f["tokens"], err = json.Marshal(list)
		require.NoError(t, err)
		f["merges"] = json.RawMessage("[]")
	}
}

// TestTokenizerOfACommittedModelIsTheCommittedOne: after any change of tokenizer.json, no
// command accepts the folder as the committed model, and the error names both digests.
func TestTokenizerOfACommittedModelIsTheCommittedOne(t *testing.T) {
	ctx := context.Background()
	honest, err := OpenModel(ctx, committedModel(t), nil)
	require.NoError(t, err)
	defer honest.Close()
	want := weights.TokenizerDigest(honest.Tokenizer().Digest()).String()
	for name, change := range map[string]func(f map[string]json.RawMessage){
		"tokens": exchanged(t, "A", "Q"),
		"types": func(f map[string]json.RawMessage) {
			f["types"] = json.RawMessage(strings.Replace(string(f["types"]), "[3,3,1", "[3,3,5", 1))
		},
		"merges":          field("merges", "[]"),
		"whole words":     field("whole_words", "true"),
		"byte fallback":   field("byte_fallback", "true"),
		"fuse unknown":    field("fuse_unknown", "true"),
		"drop space":      field("drop_space", "true"),
		"begin token":     field("bos", "1"),
		"begin added":     field("add_bos", "false"),
		"end tokens":      field("eos", "[0,1]"),
		"chat template":   field("chat_template", `"{{ bos_token }}"`),
		"normalizer":      field("normalize", `[{"type":"nfc"}]`),
		"pre-tokenizer":   field("pretokenize", "[]"),
		"trims":           field("trims", `[{"id":1,"left":true}]`),
		"a token removed": func(f map[string]json.RawMessage) { dropLastToken(t, f) },
	} {
		m, err := OpenModel(ctx, altered(t, change), nil)
		require.NoError(t, err, name)
		have := weights.TokenizerDigest(m.Tokenizer().Digest()).String()
		require.NotEqual(t, want, have, name)
		_, err = m.Info()
		require.ErrorIs(t, err, ErrCorrupt, name)
		require.ErrorContains(t, err, want, name)
		require.ErrorContains(t, err, have, name)
		require.NoError(t, m.Close())
		o := trial
		o.Model = m.Dir()
		_, err = Verify(ctx, provenStore(t), o, nil)
		require.ErrorIs(t, err, ErrCorrupt, name)
		require.ErrorContains(t, err, have, name)
	}
	other := altered(t, field("chat_template", `"x"`))
	opts := smallRun(t, filepath.Join(t.TempDir(), "s"))
	opts.Model = other
	_, err = Prove(ctx, opts, nil)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "committed with a tokenizer of digest")
	_, err = Resume(ctx, copyStore(t, begunStore(t), filepath.Join(t.TempDir(), "r")), ResumeOptions{Model: other}, nil)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "has a tokenizer of digest")
}

// dropLastToken removes the last token, and all merges, so that no merge produces it.
func dropLastToken(t *testing.T, f map[string]json.RawMessage) {
	for _, name := range []string{"tokens", "types"} {
		var list []json.RawMessage
		require.NoError(t, json.Unmarshal(f[name], &list))
		var err error
		f[name], err = json.Marshal(list[:len(list)-1])
		require.NoError(t, err)
	}
	f["merges"] = json.RawMessage("[]")
}

// TestStoreNamesNoTokenizer: if a store names a folder whose tokenizer decodes its tokens
// to another text, that tokenizer is not used, whoever names the folder.
func TestStoreNamesNoTokenizer(t *testing.T) {
	ctx := context.Background()
	hostile := altered(t, exchanged(t, "A", "Q"))
	store := described(t, provenStore(t), func(d *run.Manifest) { d.Model = hostile })
	v, err := Verify(ctx, store, readTrial(t), nil)
	require.NoError(t, err)
	require.Equal(t, "<s>A", v.Prompt)
	require.Equal(t, model.ComparedID, v.ModelCompared)
	lie := "Q"
	o := trial
	o.Prompt = &lie
	_, err = Verify(ctx, store, o, nil)
	require.ErrorIs(t, err, ErrFormat, "no model is named")

	// A commitment that includes this tokenizer has another model id.
	o.Model = hostile
	_, err = Verify(ctx, store, o, nil)
	require.ErrorIs(t, err, ErrCorrupt)
	path := filepath.Join(hostile, model.CommitmentFile)
	c, _, err := model.ReadCommitment(path)
	require.NoError(t, err)
	texts, err := model.OpenTokenizer(hostile, c.Description.Config.Vocab)
	require.NoError(t, err)
	c.Description.Tokenizer = texts.Digest()
	data, err := c.Encode()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	_, err = Verify(ctx, store, o, nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "has model id")
	require.NoError(t, os.Remove(path))
	_, err = Verify(ctx, store, o, nil)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "is not committed")
}

// TestStoreNamesNoKey: the key file that a store names is never opened.
func TestStoreNamesNoKey(t *testing.T) {
	ctx := context.Background()
	store := described(t, provenStore(t), func(d *run.Manifest) { d.Key = otherKey(t) })
	_, err := Verify(ctx, store, VerifyOptions{AllowDevelopmentKey: true}, nil)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "none is named")
	_, err = Verify(ctx, store, readTrial(t), nil)
	require.NoError(t, err, "the verifier's own key")
	store = described(t, provenStore(t), func(d *run.Manifest) { d.Key = filepath.Join(t.TempDir(), "nowhere") })
	_, err = Verify(ctx, store, readTrial(t), nil)
	require.NoError(t, err)
}

// TestProofIsReadWithItsOwnModel: a compressed proof is rejected with another model, even
// one of the same weights under another id, and the error says what was compared.
func TestProofIsReadWithItsOwnModel(t *testing.T) {
	ctx := context.Background()
	proof, o := proofOf(t), proofTrial(t)
	v, err := Verify(ctx, proof, o, nil)
	require.NoError(t, err)
	require.Equal(t, model.ComparedDescription, v.ModelCompared)
	require.Contains(t, v.Statement, "the weights of the model named were not compared")
	o.Key = compressKey(t)
	v, err = Verify(ctx, proof, o, nil)
	require.NoError(t, err)
	require.Equal(t, model.ComparedID, v.ModelCompared)
	require.NotContains(t, v.Statement, "not compared")
	o.Model = ""
	v, err = Verify(ctx, proof, o, nil)
	require.NoError(t, err)
	require.Regexp(t, regexp.MustCompile(`^after the 2 tokens \[0 \d+\] .* tokens are not read as texts`), v.Statement)
	for _, c := range []struct{ model, key, says string }{
		{committedModel(t), "", "has model id"},
		{committedModel(t), compressKey(t), "has model id"},
		{"bard-ternary", "", "has configuration and scales"},
	} {
		o := proofTrial(t)
		o.Model, o.Key = c.model, c.key
		_, err := Verify(ctx, proof, o, nil)
		require.ErrorIs(t, err, ErrRejected)
		require.ErrorContains(t, err, "model: "+c.model+" "+c.says)
	}
}

// TestNamedModelIsTheProvenOne: an embedded model with another tokenizer or under another
// key is not the proven one.
func TestNamedModelIsTheProvenOne(t *testing.T) {
	ctx := context.Background()
	m := openBard(t)
	d, err := m.Describe()
	require.NoError(t, err)
	p := &model.Proven{ID: strings.Repeat("0", 64), Description: d, SegmentBits: 16}
	texts, compared, err := p.Tokenizer(ctx, DemoModel, nil)
	require.NoError(t, err)
	require.Equal(t, model.ComparedDescription, compared)
	require.Equal(t, m.Tokenizer().Digest(), texts.Digest())
	p.Key = provingKey(t)
	_, _, err = p.Tokenizer(ctx, DemoModel, nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "it is proven under")
	info, err := keyfile.Inspect(p.Key)
	require.NoError(t, err)
	p.SRS = info.ID
	_, _, err = p.Tokenizer(ctx, DemoModel, nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "under this key, it is about 0000")
	other := *d
	other.Tokenizer[0] ^= 1
	p.Description = &other
	_, _, err = p.Tokenizer(ctx, DemoModel, nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "has a tokenizer of digest")
}

// TestPromptIsComparedByTokens: other tokens with the same text are another prompt, and so
// is a prompt without the begin token.
func TestPromptIsComparedByTokens(t *testing.T) {
	m := openBard(t)
	tok, text := m.Tokenizer(), "the king"
	ids, err := m.Prompt(RunOptions{Prompt: text})
	require.NoError(t, err)
	var letters []int
	for i := range text {
		letters = append(letters, tok.Encode(text[i:i+1])...)
	}
	require.Equal(t, text, tok.Decode(letters))
	check := func(prompt []int) error {
		s := &VerifySummary{PromptIDs: prompt}
		return errors.Join(s.read(tok), s.sameTexts(tok, &VerifyOptions{Prompt: &text}))
	}
	require.NoError(t, check(ids))
	for name, other := range map[string][]int{
		"no begin token": ids[1:], "begin twice": append([]int{0}, ids...),
		"an end token": append(ids[:len(ids):len(ids)], 1),
		"letters":      append([]int{0}, letters...), "shorter": ids[:len(ids)-1],
	} {
		err := check(other)
		require.ErrorIs(t, err, ErrRejected, name)
		require.ErrorContains(t, err, "prompt: its ", name)
		require.ErrorContains(t, err, "expected", name)
	}
}
