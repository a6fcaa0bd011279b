package llama

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// GenerateOptions says when to stop.
type GenerateOptions struct {
	Tokens int   // the largest number of tokens to generate
	Stop   []int // ids that end the text; the one found is still handed out
}

// Generate continues prompt greedily and hands out each token as it is chosen:
// the largest logit, the lowest id among equals. It goes on from what the cache
// holds, so prompt is the part of the text that is not in it yet. It returns
// after Tokens tokens, after a stop token, at the end of the context, when each
// returns an error or when ctx is done; in the last two cases with that error.
//
// The last token is not in the cache when Generate returns: it starts the next
// prompt of a session that goes on.
func (s *Session) Generate(ctx context.Context, prompt []int, opts GenerateOptions, each func(token int) error) error {
	if len(prompt) == 0 {
		return errors.New("no prompt to go on from")
	}
	if at, limit := s.Len(), s.model.Config.Context; at+len(prompt) > limit {
		return fmt.Errorf("%w: a prompt of %d tokens after %d, in a context of %d", ErrContext, len(prompt), at, limit)
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

// extend runs tokens for the sake of the cache.
func (s *Session) extend(ctx context.Context, tokens []int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Forward(tokens, func(int, []int32) error { return nil })
}
