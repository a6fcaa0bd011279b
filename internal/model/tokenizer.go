package model

import (
	"errors"
	"fmt"

	"fold.example/fold/internal/fault"
	"fold.example/fold/llama/embedded"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/tokenizer"
)

// newTokenizer builds the tokenizer of a model under import, from the file at path or, if
// path is empty, from the model's own tokenizer files. vocab is the number of rows of the
// model's embedding.
func newTokenizer(src source.Source, path string) (*tokenizer.Tokenizer, error) {
	m, err := src.Tokenizer()
	if path != "" && (err == nil || errors.Is(err, source.ErrNoTokenizer)) {
		m, err = replaceTokenizer(m, path)
	}
	if errors.Is(err, source.ErrNoTokenizer) {
		return nil, fault.With(err, fault.NeedTokenizer, "")
	}
	if err != nil {
		return nil, err
	}
	vocab := src.Config().Vocab
	t, err := readTokenizer(m, vocab)
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	if t.VocabSize() > vocab {
		return nil, fmt.Errorf("%w: the tokenizer has %d tokens, the model %d: not the same vocabulary",
			fault.ErrFormat, t.VocabSize(), vocab)
	}
	return t, nil
}

// replaceTokenizer replaces the vocabulary by the one in the file at path and keeps the
// model configuration's begin and end tokens.
func replaceTokenizer(m source.TokenizerMaterial, path string) (source.TokenizerMaterial, error) {
	other, err := source.ReadTokenizer(path)
	if err != nil {
		return other, err
	}
	m.Kind, m.Data, m.Vocabulary = other.Kind, other.Data, nil
	return m, nil
}

// EmbeddedTokenizer returns the tokenizer of an embedded model, without its import.
func EmbeddedTokenizer(name string) (*tokenizer.Tokenizer, error) {
	src, err := embedded.Open(name)
	if err != nil {
		return nil, err
	}
	t, err := newTokenizer(src, "")
	return t, errors.Join(err, src.Close())
}

func readTokenizer(m source.TokenizerMaterial, vocab int) (*tokenizer.Tokenizer, error) {
	t, err := readVocabulary(m, vocab)
	if err != nil {
		return nil, err
	}
	if m.Config != nil {
		if t, err = t.Configure(m.Config); err != nil {
			return nil, err
		}
	}
	bos, add := t.BOS()
	if bos < 0 && len(m.BOS) > 0 {
		bos = m.BOS[0]
	}
	return t.With(tokenizer.Specials{BOS: bos, AddBOS: add, EOS: m.EOS, ChatTemplate: m.ChatTemplate})
}

func readVocabulary(m source.TokenizerMaterial, vocab int) (*tokenizer.Tokenizer, error) {
	switch m.Kind {
	case source.TokenizerJSON:
		return tokenizer.FromJSON(m.Data)
	case source.TokenizerSentencePiece, source.TokenizerTiktoken:
		return tokenizer.FromModelFile(m.Data)
	case source.TokenizerLlama2C:
		return tokenizer.FromLlama2C(m.Data, vocab)
	case source.TokenizerGGUF:
		return fromGGUF(m.Vocabulary)
	}
	return nil, fmt.Errorf("%w: tokenizer of kind %q", fault.ErrFormat, m.Kind)
}

// fromGGUF fills in the default values of absent keys.
func fromGGUF(v *source.GGUFVocabulary) (*tokenizer.Tokenizer, error) {
	sentencePiece := v.Model == "llama"
	g := tokenizer.GGUFVocab{
		Model: v.Model, Pre: v.Pre, Tokens: v.Tokens, Merges: v.Merges,
		BOS: valueOr(v.BOS, -1), EOS: valueOr(v.EOS, -1), UNK: valueOr(v.Unknown, -1),
		AddBOS:         valueOr(v.AddBOS, sentencePiece),
		AddSpacePrefix: valueOr(v.AddSpacePrefix, sentencePiece),
	}
	for _, s := range v.Scores {
		g.Scores = append(g.Scores, float32(s))
	}
	for _, t := range v.Types {
		g.Types = append(g.Types, int32(t))
	}
	return tokenizer.FromGGUF(g)
}

func valueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
