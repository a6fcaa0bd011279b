package source_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

func TestTokenizerOfAFolder(t *testing.T) {
	dir := testfiles.Embedded(t, "bard")
	m, err := sourcetest.Open(t, dir).Tokenizer()
	require.NoError(t, err)
	require.Equal(t, source.TokenizerJSON, m.Kind)
	want, err := os.ReadFile(filepath.Join(dir, "tokenizer.json"))
	require.NoError(t, err)
	require.Equal(t, want, m.Data)
	require.Contains(t, string(m.Config), `"add_bos_token": true`)
	require.Equal(t, []int{0}, m.BOS)
	require.Equal(t, []int{1}, m.EOS)
	require.Empty(t, m.ChatTemplate)
	require.Nil(t, m.Vocabulary)
}

// tokenizerIn opens tiny from a folder with the given files beside it.
func tokenizerIn(t *testing.T, files map[string]string) (source.TokenizerMaterial, error) {
	dir := t.TempDir()
	require.NoError(t, tiny.WriteHuggingFace(dir, 1))
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return sourcetest.Open(t, dir).Tokenizer()
}

func TestTokenizerFiles(t *testing.T) {
	const sentencePiece, tiktoken = "\n\x0e\n\x05<unk>\x15\x00\x00\x00\x00\x18\x02", "IQ== 0\nIg== 1\n"
	for _, x := range []struct {
		files    map[string]string
		kind     source.TokenizerKind
		template string
		eos      []int
	}{
		{map[string]string{"tokenizer.model": sentencePiece, "generation_config.json": `{"eos_token_id": [7, 9]}`},
			source.TokenizerSentencePiece, "", []int{7, 9}},
		{map[string]string{"tokenizer.model": tiktoken, "tokenizer_config.json": `{"chat_template": "one"}`},
			source.TokenizerTiktoken, "one", nil},
		{map[string]string{"tokenizer.model": tiktoken, "tokenizer.json": " {}", "chat_template.jinja": "two",
			"tokenizer_config.json": `{"chat_template": "one"}`}, source.TokenizerJSON, "two", nil},
		{map[string]string{"tokenizer.json": "{}", "generation_config.json": `{"eos_token_id": 3}`,
			"tokenizer_config.json": `{"chat_template": [
				{"name": "tool_use", "template": "three"}, {"name": "default", "template": "four"}]}`},
			source.TokenizerJSON, "four", []int{3}},
	} {
		m, err := tokenizerIn(t, x.files)
		require.NoError(t, err)
		require.Equal(t, x.kind, m.Kind)
		require.Equal(t, x.template, m.ChatTemplate)
		require.Equal(t, x.eos, m.EOS)
	}
}

func TestTokenizerRefused(t *testing.T) {
	_, err := tokenizerIn(t, nil)
	require.ErrorIs(t, err, source.ErrNoTokenizer)
	_, err = tokenizerIn(t, map[string]string{"tokenizer.model": "#version: 0.2"})
	requireRefused(t, err, source.ErrUnsupported, "not a tokenizer, expected tokenizer.json")
	_, err = tokenizerIn(t, map[string]string{"tokenizer.json": "{}",
		"generation_config.json": `{"eos_token_id": "x"}`})
	requireRefused(t, err, source.ErrCorrupt, "expected a token id or a list of them")
	_, err = tokenizerIn(t, map[string]string{"tokenizer.json": "{}", "tokenizer_config.json": `{"chat_template": 1}`})
	requireRefused(t, err, source.ErrCorrupt, "chat_template: expected a text or a list")
	_, err = source.ReadTokenizer(filepath.Join(t.TempDir(), "absent"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestGGUFTokenizer(t *testing.T) {
	s, err := source.OpenGGUFBytes(tinyGGUF(t, tiny, ggufTokens...))
	require.NoError(t, err)
	m, err := s.Tokenizer()
	require.NoError(t, err)
	yes, no, one, two := true, false, 1, 2
	require.Equal(t, source.TokenizerMaterial{Kind: source.TokenizerGGUF, ChatTemplate: "{{ messages }}",
		BOS: []int{1}, EOS: []int{2}, Vocabulary: &source.GGUFVocabulary{Model: "gpt2", Pre: "llama-bpe",
			Tokens: []string{"a", "b",
				"ab"}, Merges: []string{"a b"}, BOS: &one, EOS: &two, AddBOS: &yes, AddSpacePrefix: &no}}, m)

	s, err = source.OpenGGUFBytes(tinyGGUF(t, tiny))
	require.NoError(t, err)
	_, err = s.Tokenizer()
	require.ErrorIs(t, err, source.ErrNoTokenizer)
}
