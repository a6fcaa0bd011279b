package llama

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// GenerateOptions says when [Session.Generate] stops.
type GenerateOptions struct {
	Tokens int   // the largest number of tokens to generate
	Stop   []int // ids that end the text; the stop token itself is still handed out
}

// Generate continues the text in the cache, followed by prompt, and calls each with
// every new token: the id of the largest logit, the lowest of equal ones. It returns nil
// after opts.Tokens tokens, after a stop token and at the end of the context. It returns
// the error of each, of ctx or of a pass.
//
// The last token is not in the cache when Generate returns: a session that continues
// gives it as the first token of the next prompt.
func (s *Session) Generate(ctx context.Context, prompt []int, opts GenerateOptions, each func(token int) error) error {
	if len(prompt) == 0 {
		return errors.New("an empty prompt, expected at least one token")
	}
	if at, limit := s.Len(), s.model.Config.Context; at+len(prompt) > limit {
		return fmt.Errorf("%w: a prompt of %d tokens after %d positions, expected at most %d together",
			ErrContext, len(prompt), at, limit)
	}
	for range opts.Tokens {
		// A pass at a time, so that a long prompt can be cancelled.
		for len(prompt) > maxPass {
			if err := s.extend(ctx, prompt[:maxPass]); err != nil {
				return err
			}
			prompt = prompt[maxPass:]
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		token, err := s.Next(prompt)
		if err != nil {
			return err
		}
		if err := each(token); err != nil {
			return err
		}
		if slices.Contains(opts.Stop, token) || s.Len() == s.model.Config.Context {
			return nil
		}
		prompt = []int{token}
	}
	return nil
}

// extend appends tokens to the cache without computing logits.
func (s *Session) extend(ctx context.Context, tokens []int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Forward(tokens, func(int, []int32) error { return nil })
}
