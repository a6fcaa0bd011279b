package fold

import (
	"context"
	"fmt"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/tokens"
	"fold.example/fold/llama/tokenizer"
)

// readings are the decoded prompt and output; nil if hidden or if no model is given.
type readings struct{ prompt, output *tokenizer.Reading }

// texts decodes the revealed tokens, if a model is given, and compares the texts with the
// expected ones.
func (s *VerifySummary) texts(ctx context.Context, o *VerifyOptions, p *model.Proven, on func(Event)) error {
	if o.Model == "" {
		if o.Prompt != nil || o.Output != nil {
			err := fmt.Errorf("%w: a text is compared by its tokens: name the model whose tokenizer cuts it", ErrFormat)
			return fault.With(err, fault.NeedTextModel, "")
		}
		return nil
	}
	t, compared, err := p.Tokenizer(ctx, o.Model, on)
	if err != nil {
		return err
	}
	s.ModelCompared = compared
	if err := s.read(t); err != nil {
		return err
	}
	return s.sameTexts(t, o)
}

// read decodes the revealed tokens and sets the summary's texts.
func (s *VerifySummary) read(t *tokenizer.Tokenizer) (err error) {
	if s.PromptIDs != nil {
		if s.readings.prompt, err = t.Read(s.PromptIDs); err != nil {
			return err
		}
		s.Prompt, s.PromptAmbiguous = s.readings.prompt.Text(), !s.readings.prompt.Exact
	}
	if s.OutputIDs != nil {
		if s.readings.output, err = t.Read(s.OutputIDs, s.PromptIDs...); err != nil {
			return err
		}
		s.Output, s.OutputAmbiguous = s.readings.output.Text(), !s.readings.output.Exact
	}
	return nil
}

// sameTexts compares the expected texts. A prompt is compared with the tokens that Prove
// makes of the text. An output is compared by its text, with special tokens at their
// places, because a model may choose any list of tokens with that text. The statement gives
// the tokens if they are not the text's own encoding.
func (s *VerifySummary) sameTexts(t *tokenizer.Tokenizer, o *VerifyOptions) error {
	if o.Prompt != nil {
		if err := tokens.Same("prompt", s.PromptIDs, model.PromptTokens(t, *o.Prompt)); err != nil {
			return err
		}
	}
	if o.Output != nil && !s.readings.output.Is(*o.Output) {
		return fmt.Errorf("%w: output: it is %s, the tokens %v, expected %q",
			ErrRejected, s.readings.output, tokens.First(s.OutputIDs), *o.Output)
	}
	return nil
}

// plain returns the proven statement in plain words.
func (s *VerifySummary) plain() string {
	said := fmt.Sprintf("after %s the model with id %s chooses, greedily, %s",
		stated(s.readings.prompt, s.PromptIDs, s.PromptTokens), s.ModelID,
		stated(s.readings.output, s.OutputIDs, s.OutputTokens))
	if s.Label != "" {
		said += fmt.Sprintf("; for %q", s.Label)
	}
	if s.Development {
		said += "; under a development key, which convinces nobody but its maker"
	} else {
		said += "; under the key of " + s.Ceremony
	}
	switch shown := len(s.PromptIDs)+len(s.OutputIDs) > 0; {
	case shown && s.ModelCompared == "":
		said += "; tokens are not read as texts, for no model is named"
	case s.ModelCompared == model.ComparedDescription:
		said += "; the tokenizer is the one in the model id, the weights of the model named were not compared"
	}
	return said
}

// stated describes tokens by their text if it is known, by their ids otherwise, or by their
// number n if they are hidden.
func stated(r *tokenizer.Reading, ids []int, n int) string {
	switch {
	case len(ids) == 0 && n == 1:
		return "1 token that is not shown"
	case len(ids) == 0:
		return tokens.Count(n) + " that are not shown"
	case r == nil && len(ids) == 1:
		return fmt.Sprintf("the token %d", ids[0])
	case r == nil:
		return fmt.Sprintf("the %d tokens %v", len(ids), ids)
	case r.Exact:
		return fmt.Sprintf("%s (%s)", r, tokens.Count(len(ids)))
	}
	return fmt.Sprintf("%s (%s %v: the text's own encoding is other tokens)", r, tokens.Count(len(ids)), ids)
}
