package model

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama"
	"fold.example/fold/llama/chat"
	"fold.example/fold/llama/tokenizer"
)

// RunOptions are the choices of Run.
type RunOptions struct {
	Prompt string // text, or message if Chat is set
	N      int    // maximum number of tokens to generate
	Chat   bool   // the prompt is a user message, to be formatted with the model's chat template
}

// RunSummary describes a generated text.
type RunSummary struct {
	PromptIDs       []int   `json:"prompt_ids"`        // including the begin token, if the model has one
	OutputIDs       []int   `json:"output_ids"`        // including the end token, if it was generated
	Text            string  `json:"text"`              // text of the output
	Stop            string  `json:"stop"`              // "end" (token), "tokens" (N generated) or "context" (full)
	PromptSeconds   float64 `json:"prompt_seconds"`    // time for the prompt's passes
	Seconds         float64 `json:"seconds"`           // including the prompt's passes
	TokensPerSecond float64 `json:"tokens_per_second"` // measured after the first token
	PeakRSS         int64   `json:"peak_rss"`          // of the process, in bytes; 0: unknown
}

// Run generates tokens greedily: each is the token with the largest logit, or the lowest id
// among equal logits. It ends at an end token, after N tokens, or at the end of the
// context. Each token is reported as it is generated.
//
// The error wraps llama.ErrContext if prompt and output do not fit in the model's context,
// and ErrFormat if the model has no chat template. It is ctx's error once ctx is done.
func (m *Model) Run(ctx context.Context, opts RunOptions, on func(progress.Event)) (*RunSummary, error) {
	prompt, err := m.Prompt(opts)
	if err != nil {
		return nil, err
	}
	if err := m.Fits(len(prompt), opts.N); err != nil {
		return nil, err
	}
	g := generation{
		tokenizer: m.tokenizer, decoder: m.tokenizer.NewDecoder(prompt...), on: on, start: time.Now(),
		n: opts.N, room: m.integers.Config.Context - len(prompt) + 1,
		summary: RunSummary{PromptIDs: prompt, OutputIDs: []int{}},
	}
	err = m.integers.NewSession().Generate(ctx, prompt, llama.GenerateOptions{Tokens: opts.N, Stop: m.tokenizer.EOS()},
		g.token)
	if err == nil {
		err = m.integers.Unchanged()
	}
	if err != nil {
		return nil, err
	}
	return g.finish(), nil
}

// Prompt returns the tokens with which a run starts.
func (m *Model) Prompt(opts RunOptions) ([]int, error) {
	ids := PromptTokens(m.tokenizer, opts.Prompt)
	if opts.Chat {
		text, err := m.renderChat(opts.Prompt)
		if err != nil {
			return nil, err
		}
		ids = m.tokenizer.Encode(text) // the template contains its begin token
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%w: an empty prompt, and the model has no begin token to start from", fault.ErrFormat)
	}
	return ids, nil
}

// renderChat formats a user message with the model's chat template.
func (m *Model) renderChat(message string) (string, error) {
	text := m.tokenizer.ChatTemplate()
	if text == "" {
		return "", fmt.Errorf("%w: model %s has no chat template", fault.ErrFormat, m.name)
	}
	bos, _ := m.tokenizer.BOS()
	eos := ""
	if ids := m.tokenizer.EOS(); len(ids) > 0 {
		eos = m.tokenizer.Piece(ids[0])
	}
	t, err := chat.New(text, m.tokenizer.Piece(bos), eos)
	if err != nil {
		return "", err
	}
	out, err := t.Render([]chat.Message{{Role: "user", Content: message}}, true)
	return out, err
}

// Fits returns an error if prompt and n tokens exceed the context. The last generated token
// needs no position.
func (m *Model) Fits(prompt, n int) error {
	if n < 0 {
		return fmt.Errorf("%w: %d tokens to generate", fault.ErrFormat, n)
	}
	limit := m.integers.Config.Context
	if prompt > limit {
		return fmt.Errorf("%w: the prompt has %d tokens, the context %d positions", llama.ErrContext, prompt, limit)
	}
	if room := limit - prompt + 1; n > room {
		err := fmt.Errorf("%w: %d tokens after a prompt of %d, the context has %d positions", llama.ErrContext, n,
			prompt, limit)
		return fault.WithNumber(err, fault.NeedShorterRun, "", room)
	}
	return nil
}

// generation is the state of a call to Run.
type generation struct {
	tokenizer *tokenizer.Tokenizer
	decoder   *tokenizer.Decoder
	on        func(progress.Event)
	n, room   int // number of tokens requested, and number that fit in the context

	start, first time.Time // times of the start and of the first token
	summary      RunSummary
}

// token adds a generated token and reports it. The last token's event includes the text
// that was held back as an incomplete character.
func (g *generation) token(id int) error {
	s := &g.summary
	if len(s.OutputIDs) == 0 {
		g.first = time.Now()
	}
	s.OutputIDs = append(s.OutputIDs, id)
	text := g.decoder.Write(id)
	switch produced := len(s.OutputIDs); {
	case g.tokenizer.IsEOS(id):
		s.Stop = "end"
	case produced == g.n:
		s.Stop = "tokens"
	case produced == g.room:
		s.Stop = "context"
	}
	if s.Stop != "" {
		text += g.decoder.Flush()
	}
	s.Text += text
	progress.Emit(g.on, progress.Token{ID: id, Text: text})
	return nil
}

func (g *generation) finish() *RunSummary {
	s, now := &g.summary, time.Now()
	s.Seconds = now.Sub(g.start).Seconds()
	s.PeakRSS = host.PeakRSS()
	if len(s.OutputIDs) == 0 {
		s.Stop = "tokens"
		return s
	}
	s.PromptSeconds = g.first.Sub(g.start).Seconds()
	if after := len(s.OutputIDs) - 1; after > 0 {
		s.TokensPerSecond = float64(after) / now.Sub(g.first).Seconds()
	}
	return s
}

// PromptTokens returns the tokens of a prompt: the begin token, if the tokenizer adds one,
// and the encoded text.
func PromptTokens(t *tokenizer.Tokenizer, text string) []int {
	ids := t.Encode(text)
	if bos, add := t.BOS(); add && (len(ids) == 0 || ids[0] != bos) {
		ids = slices.Insert(ids, 0, bos)
	}
	return append([]int{}, ids...)
}
