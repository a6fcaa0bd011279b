package model

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama"
	"fold.example/fold/llama/embedded"
	"fold.example/fold/llama/quality"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/tokenizer"
)

// maxTokenizerFile is the maximum length of tokenizer.json in bytes.
const maxTokenizerFile = tokenizer.MaxFileBytes

// Model is an open integer model with its tokenizer. It is safe for concurrent use until
// Close.
type Model struct {
	name      string
	dir       string // "" for an embedded model
	integers  *llama.Model
	tokenizer *tokenizer.Tokenizer
}

// Open opens a model folder or an embedded model. An embedded model is imported into
// memory, which takes about a second and is reported as Report events. A folder's weights
// are mapped, and checked on first use.
//
// The error wraps ErrFormat if ref is not a model folder, ErrCorrupt if it is damaged, and
// fs.ErrNotExist if it does not exist.
func Open(ctx context.Context, ref string, on func(progress.Event)) (*Model, error) {
	if embedded.Is(ref) {
		return importEmbedded(ctx, ref, on)
	}
	if err := IsFolder(ref); err != nil {
		return nil, err
	}
	integers, err := llama.Open(ref)
	if err != nil {
		return nil, err
	}
	t, err := OpenTokenizer(ref, integers.Config.Vocab)
	if err != nil {
		return nil, errors.Join(err, integers.Close())
	}
	return &Model{name: ref, dir: ref, integers: integers, tokenizer: t}, nil
}

func importEmbedded(ctx context.Context, name string, on func(progress.Event)) (*Model, error) {
	src, err := embedded.Open(name)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	q, t, err := quantizeOptions(src, ImportOptions{}, on)
	if err != nil {
		return nil, err
	}
	integers, _, err := quantize.Build(ctx, src, q)
	if err != nil {
		return nil, fmt.Errorf("importing %s: %w", name, err)
	}
	return &Model{name: name, integers: integers, tokenizer: t}, nil
}

// IsFolder returns nil if path is a model folder, and otherwise an error that says what
// path is.
func IsFolder(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.With(fmt.Errorf("model %s: %w", path, fs.ErrNotExist), fault.NeedModel, path)
	}
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(path, ManifestFile))
	if !info.IsDir() || errors.Is(err, fs.ErrNotExist) {
		err := fmt.Errorf("%w: %s is no model folder: it has no %s", fault.ErrFormat, path, ManifestFile)
		return fault.With(err, fault.NeedImport, path)
	}
	return err
}

// OpenTokenizer reads the tokenizer of a model folder whose model has vocab tokens.
func OpenTokenizer(dir string, vocab int) (*tokenizer.Tokenizer, error) {
	path := filepath.Join(dir, TokenizerFile)
	data, err := files.Read(path, maxTokenizerFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", fault.ErrCorrupt, err)
	}
	if err != nil {
		return nil, err
	}
	t, err := tokenizer.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if t.VocabSize() > vocab {
		return nil, fmt.Errorf("%w: %s has %d tokens, the model %d", fault.ErrCorrupt, path, t.VocabSize(), vocab)
	}
	return t, nil
}

// Close releases the model's files.
func (m *Model) Close() error { return m.integers.Close() }

// Name returns the reference with which the model was opened.
func (m *Model) Name() string { return m.name }

// Dir returns the model's folder, or "" for an embedded model.
func (m *Model) Dir() string { return m.dir }

// Integers returns the integer model, for sessions, traces and weights.
func (m *Model) Integers() *llama.Model { return m.integers }

// Tokenizer returns the model's tokenizer.
func (m *Model) Tokenizer() *tokenizer.Tokenizer { return m.tokenizer }

// Validate reads all weights once and checks them against their digests and the rules of
// the integer model.
func (m *Model) Validate() error { return m.integers.Validate() }

// Info describes a model.
type Info struct {
	Model       string          `json:"model"`        // reference with which it was opened
	Params      int             `json:"params"`       // a tied head is counted once
	Config      llama.Config    `json:"config"`       // shapes of the model
	Scheme      string          `json:"scheme"`       // of the weights
	Scales      llama.Scales    `json:"scales"`       // of the model
	Layers      []LayerScales   `json:"layer_scales"` // scales by layer
	WeightBytes int64           `json:"weight_bytes"` // bytes of embedding, blocks and head
	CacheBytes  int64           `json:"cache_bytes"`  // bytes of the keys and values of one position in all layers
	Fingerprint string          `json:"fingerprint"`  // SHA-256 of everything that determines the model's results
	Tokens      int             `json:"tokens"`       // number of tokens of the tokenizer
	Chat        bool            `json:"chat"`         // whether the model has a chat template
	Quality     *quality.Card   `json:"quality"`      // nil if not measured
	ModelID     string          `json:"model_id"`     // "" if the model is not committed
	Steps       []cost.StepSize `json:"steps"`        // of one block, for passes of 64 tokens and of one
}

// LayerScales holds the exponents of a layer: integer = real * 2^exponent.
type LayerScales struct {
	Q       int            `json:"q"`       // exponent of the queries
	K       int            `json:"k"`       // exponent of the keys
	V       int            `json:"v"`       // exponent of the values
	Weights map[string]int `json:"weights"` // by matrix
}

// Info returns the description of the model. The error wraps ErrCorrupt if its quality card
// or its commitment is invalid.
func (m *Model) Info() (*Info, error) {
	fingerprint := m.integers.Fingerprint()
	cfg := m.integers.Config
	info := &Info{
		Model: m.name, Config: cfg, Scheme: string(m.integers.Scheme), Scales: m.integers.Scales,
		Params: source.Parameters(cfg), WeightBytes: WeightBytes(m.integers),
		CacheBytes:  4 * int64(cfg.KVDim()) * int64(cfg.Layers),
		Fingerprint: hex.EncodeToString(fingerprint[:]),
		Tokens:      m.tokenizer.VocabSize(), Chat: m.tokenizer.ChatTemplate() != "",
	}
	for i := range m.integers.Layers {
		l := &m.integers.Layers[i]
		s := LayerScales{Q: l.ExpQ, K: l.ExpK, V: l.ExpV, Weights: map[string]int{}}
		for _, w := range l.Linears() {
			s.Weights[w.Name] = w.Exp
		}
		info.Layers = append(info.Layers, s)
	}
	d, err := m.Describe()
	if err != nil {
		return nil, err
	}
	if info.Steps, err = cost.StepSizes(d); err != nil {
		return nil, err
	}
	if m.dir == "" {
		return info, nil
	}
	if info.ModelID, err = m.CommittedID(); err != nil {
		return nil, err
	}
	card, err := quality.Load(m.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", filepath.Join(m.dir, QualityFile), err)
	}
	info.Quality = card
	return info, nil
}

// WeightBytes returns the size in bytes of the embedding and all matrices.
func WeightBytes(m *llama.Model) int64 {
	n := 2*len(m.Embedding) + matrixBytes(m.Head)
	for i := range m.Layers {
		for _, w := range m.Layers[i].Linears() {
			n += matrixBytes(*w.Linear)
		}
	}
	return int64(n)
}

func matrixBytes(l llama.Linear) int {
	switch m := l.Matrix.(type) {
	case *kernel.W8:
		return len(m.Data) + 2*len(m.Mul)
	case *kernel.Ternary:
		return len(m.Data)
	default:
		rows, cols := m.Dims()
		return 2 * rows * cols
	}
}

// Tokens is a tokenized text.
type Tokens struct {
	IDs    []int    `json:"ids"`    // token ids
	Pieces []string `json:"pieces"` // text of each token, not always whole characters
}

// Tokenize returns the tokens of a text. The name of a special token in the text becomes
// that token. No begin token is added.
func (m *Model) Tokenize(text string) Tokens {
	t := Tokens{IDs: append([]int{}, m.tokenizer.Encode(text)...), Pieces: []string{}}
	for _, id := range t.IDs {
		t.Pieces = append(t.Pieces, m.tokenizer.Piece(id))
	}
	return t
}
