package model

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama/float"
	"fold.example/fold/llama/quality"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/tokenizer"
)

// QualityCard is the result of an evaluation. Its Plot method writes a picture.
type QualityCard = quality.Card

// EvalOptions are the choices of Evaluate.
type EvalOptions struct {
	// Reference is the source from which the model was imported. It may be empty for an
	// embedded model.
	Reference string
	// Text is the text to evaluate on, and TextName its name on the card. Both empty: the
	// import's calibration text. A TextName without a Text is an error.
	Text, TextName string
	// Window is the number of tokens that are evaluated from position 0 on before the next
	// window starts at position 0. 0: 256, or the context if that is less.
	Window int
	// MaxTokens is the maximum number of tokens. 0: the whole text.
	MaxTokens int
}

// defaultWindow is the default number of tokens of a window.
const defaultWindow = 256

// Evaluate compares a model with the float model from which it was imported, and writes the
// quality card to the model's folder. An embedded model's card is not written.
//
// The error wraps ErrFormat if the two models do not match or the text is too short. It may
// also be an error of Open or Import.
func Evaluate(ctx context.Context, model string, opts EvalOptions, on func(progress.Event)) (*QualityCard, error) {
	m, err := Open(ctx, model, on)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	return m.Evaluate(ctx, opts, on)
}

// Evaluate is [Evaluate] for an open model.
func (m *Model) Evaluate(ctx context.Context, opts EvalOptions, on func(progress.Event)) (*QualityCard, error) {
	if opts.Reference == "" && m.dir == "" {
		opts.Reference = m.name
	}
	if opts.Text == "" && opts.TextName == "" {
		opts.Text, opts.TextName = quantize.DefaultText(), "calibration text"
	}
	src, err := openSource(opts.Reference)
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	defer src.Close()
	windows, err := m.windows(opts)
	if err != nil {
		return nil, err
	}
	card, err := m.compare(ctx, src, windows, on)
	if err != nil {
		return nil, err
	}
	card.Reference, card.Text = src.Format(), opts.TextName
	if m.dir == "" {
		return card, nil
	}
	return card, card.Save(m.dir)
}

func (m *Model) compare(
	ctx context.Context, src source.Source, windows [][]int, on func(progress.Event),
) (*QualityCard, error) {
	ref, err := float.Open(src)
	if err != nil {
		return nil, err
	}
	progress := progress.NewMeter(on)
	var card *QualityCard
	err = files.Guard(func() (err error) {
		card, err = quality.Eval(ctx, m.integers, ref, windows, quality.Options{
			Progress: func(done, total int) { progress.Report("compare", done, total) },
		})
		return errors.Join(err, m.integers.Unchanged())
	})
	return card, err
}

// windows splits the text into windows. Each window starts with the begin token if the
// tokenizer adds one.
func (m *Model) windows(opts EvalOptions) ([][]int, error) {
	size := opts.Window
	if size == 0 {
		size = min(defaultWindow, m.integers.Config.Context)
	}
	if size < 2 || size > m.integers.Config.Context || opts.MaxTokens < 0 {
		return nil, fmt.Errorf("%w: windows of %d tokens, expected 2 to %d; at most %d tokens in all",
			fault.ErrFormat, size, m.integers.Config.Context, opts.MaxTokens)
	}
	windows := cut(m.tokenizer, opts.Text, size, opts.MaxTokens)
	if len(windows) == 0 || strings.TrimSpace(opts.Text) == "" {
		return nil, fmt.Errorf("%w: the text has fewer than two tokens, or nothing but white space", fault.ErrFormat)
	}
	return windows, nil
}

// cut returns windows of size tokens, the last one possibly shorter, for at most limit
// tokens. 0 means no limit.
func cut(t *tokenizer.Tokenizer, text string, size, limit int) (windows [][]int) {
	var begin []int
	if bos, add := t.BOS(); add {
		begin = []int{bos}
	}
	total := 0
	for piece := range slices.Chunk(t.EncodeOrdinary(text), size-len(begin)) {
		w := append(slices.Clone(begin), piece...)
		if limit > 0 {
			w = w[:min(len(w), limit-total)]
		}
		if len(w) < 2 {
			break
		}
		windows, total = append(windows, w), total+len(w)
	}
	return windows
}
