package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
)

// TokenizerKind is the format of a tokenizer.
type TokenizerKind string

// The formats of tokenizers.
const (
	TokenizerJSON          TokenizerKind = "tokenizer.json" // Hugging Face tokenizers
	TokenizerSentencePiece TokenizerKind = "sentencepiece"  // a SentencePiece model (protobuf)
	TokenizerTiktoken      TokenizerKind = "tiktoken"       // lines of a base64 piece and its rank
	TokenizerGGUF          TokenizerKind = "gguf"           // in Vocabulary
	TokenizerLlama2C       TokenizerKind = "llama2.c"       // a tokenizer.bin
)

// maxTokenizerFile bounds the size of a tokenizer's file in bytes.
const maxTokenizerFile = 128 << 20

// TokenizerMaterial holds the files or keys that describe a model's tokenizer. Only the
// keys of a GGUF header are decoded; package tokenizer decodes the files.
type TokenizerMaterial struct {
	Kind       TokenizerKind
	Data       []byte          // the file; nil for GGUF
	Vocabulary *GGUFVocabulary // for GGUF only

	// Config is tokenizer_config.json of a Hugging Face folder, or nil. It states whether
	// a begin token is added, and the names of the special tokens.
	Config []byte
	// ChatTemplate is the Jinja text of the default chat template, or empty.
	ChatTemplate string
	// BOS and EOS are the ids that begin a text and the ids that end one; empty if the
	// model's configuration does not give them.
	BOS, EOS []int
}

// GGUFVocabulary holds the tokenizer.ggml.* keys of a GGUF file. The pointer of an absent
// key is nil.
type GGUFVocabulary struct {
	Model  string    // "llama" (SentencePiece), "gpt2" (byte-level BPE), ...
	Pre    string    // how byte-level BPE splits a text first
	Tokens []string  // by id
	Scores []float64 // by id, or empty
	Types  []int64   // by id, or empty: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
	Merges []string  // "left right", in the order of their ranks

	BOS, EOS, EOT, Unknown, Padding *int
	AddBOS, AddEOS, AddSpacePrefix  *bool
}

// ReadTokenizer reads the file of a tokenizer that is not beside its model. The content
// determines the format, which may be any except GGUF. The error wraps ErrUnsupported for
// another format.
func ReadTokenizer(path string) (TokenizerMaterial, error) {
	data, err := readFile(path, maxTokenizerFile)
	if err != nil {
		return TokenizerMaterial{}, err
	}
	kind, err := tokenizerKind(data)
	if err != nil {
		return TokenizerMaterial{}, fmt.Errorf("%s: %w", path, err)
	}
	return TokenizerMaterial{Kind: kind, Data: data}, nil
}

var (
	jsonStart     = regexp.MustCompile(`^\s*\{`)
	tiktokenStart = regexp.MustCompile(`^[A-Za-z0-9+/]+=* \d+\r?\n`)
)

// tokenizerKind returns the format of a tokenizer's file. A SentencePiece model starts
// with a piece, field 1 of the protobuf message; a llama2.c file with the length of the
// longest token, a small 32-bit number.
func tokenizerKind(data []byte) (TokenizerKind, error) {
	head := data[:min(len(data), 1024)]
	switch {
	case jsonStart.Match(head):
		return TokenizerJSON, nil
	case tiktokenStart.Match(head):
		return TokenizerTiktoken, nil
	case len(head) > 4 && head[2] == 0 && head[3] == 0:
		return TokenizerLlama2C, nil
	case len(head) > 2 && head[0] == 1<<3|2:
		return TokenizerSentencePiece, nil
	}
	return "", unsupported("not a tokenizer, expected tokenizer.json, a SentencePiece model, " +
		"tiktoken ranks or a llama2.c tokenizer.bin")
}

// readFirst reads the first of the tokenizer files that exists.
func readFirst(dir string, names ...string) (TokenizerMaterial, error) {
	for _, name := range names {
		t, err := ReadTokenizer(filepath.Join(dir, name))
		if !errors.Is(err, fs.ErrNotExist) {
			return t, err
		}
	}
	return TokenizerMaterial{}, fmt.Errorf("%w in %s, expected one of %v", ErrNoTokenizer, dir, names)
}

// llama2cTokenizer reads the tokenizer beside a llama2.c model, under one of the names
// that llama2.c uses.
func llama2cTokenizer(path string, vocab int) (TokenizerMaterial, error) {
	t, err := readFirst(filepath.Dir(path), fmt.Sprintf("tok%d.bin", vocab), "tokenizer.bin")
	if err != nil {
		return t, err
	}
	t.BOS, t.EOS = []int{1}, []int{2} // as run.c has them
	return t, nil
}

// readHFTokenizer reads the tokenizer files of a Hugging Face folder.
func readHFTokenizer(dir string, h *hfConfig) (TokenizerMaterial, error) {
	t, err := readFirst(dir, "tokenizer.json", "tokenizer.model")
	if err != nil {
		return t, err
	}
	if t.Config, err = readOptional(dir, "tokenizer_config.json"); err != nil {
		return t, err
	}
	jinja, err := readOptional(dir, "chat_template.jinja")
	if err != nil {
		return t, err
	}
	if t.ChatTemplate = string(jinja); jinja == nil && t.Config != nil {
		if t.ChatTemplate, err = chatTemplate(t.Config); err != nil {
			return t, corrupt("tokenizer_config.json: %w", err)
		}
	}
	t.BOS, t.EOS, err = generationIDs(dir, h)
	return t, err
}

// readOptional reads a file; it returns nil if the file does not exist.
func readOptional(dir, name string) ([]byte, error) {
	data, err := readFile(filepath.Join(dir, name), maxConfigFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// chatTemplate returns the template of a tokenizer_config.json: the text, or the entry named
// "default" of a list.
func chatTemplate(data []byte) (string, error) {
	var c struct {
		Template json.RawMessage `json:"chat_template"`
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return "", err
	}
	var text *string
	if c.Template == nil || json.Unmarshal(c.Template, &text) == nil {
		return valueOr(text, ""), nil
	}
	var named []struct{ Name, Template string }
	if err := json.Unmarshal(c.Template, &named); err != nil {
		return "", fmt.Errorf("chat_template: expected a text or a list of them: %w", err)
	}
	for _, n := range named {
		if n.Name == "default" {
			return n.Template, nil
		}
	}
	return "", nil
}

// generationIDs returns the begin and end tokens of generation_config.json, or of config.json
// if the former has none.
func generationIDs(dir string, h *hfConfig) (bos, eos []int, err error) {
	var g struct {
		BOS tokenIDs `json:"bos_token_id"`
		EOS tokenIDs `json:"eos_token_id"`
	}
	data, err := readOptional(dir, "generation_config.json")
	if err != nil {
		return nil, nil, err
	}
	if data != nil {
		if err := json.Unmarshal(data, &g); err != nil {
			return nil, nil, corrupt("generation_config.json: %w", err)
		}
	}
	if bos = g.BOS; bos == nil {
		bos = h.BOS
	}
	if eos = g.EOS; eos == nil {
		eos = h.EOS
	}
	return bos, eos, nil
}
