package fold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fold/checkpoint"
	"fold/internal/commit/mercury"
	"fold/llama/tokenizer"
	"fold/step"
)

// VerifyOptions say what is expected of a proof beyond that it holds.
type VerifyOptions struct {
	// Key, if not empty, is the file of the key expected. Verifying does not need it.
	Key string
	// ModelID, if not empty, is the model id expected, 64 hexadecimal digits.
	ModelID string
	// Prompt and Output, if not nil, are the texts expected. They are compared by
	// tokens: Model's tokenizer cuts the prompt as Prove does, and writes the output.
	Prompt, Output *string
	// Model is whose tokenizer is used for texts; empty: the one that the run was
	// proven with, if it is still there. Only the tokens are proven, not the texts.
	Model string
	// AllowDevelopmentKey accepts proofs under a key whose maker could forge them.
	AllowDevelopmentKey bool
}

// VerifySummary says what was accepted.
type VerifySummary struct {
	Accepted    bool    `json:"accepted"`
	Statement   string  `json:"statement"` // what was proven, in plain words
	ModelID     string  `json:"model_id"`
	SRS         string  `json:"srs"` // of the key
	Development bool    `json:"development"`
	PromptIDs   []int   `json:"prompt_ids"`
	OutputIDs   []int   `json:"output_ids"`
	Prompt      string  `json:"prompt,omitempty"` // their texts, if there is a tokenizer
	Output      string  `json:"output,omitempty"`
	Steps       int     `json:"steps"`
	Seconds     float64 `json:"seconds"`
}

// Verify checks the finished run in a store: every step in order, the claims on
// the weights, and the openings of the running claims. It needs neither key nor
// model: the store has the commitment, which the model id is of, and the few points of
// the key that verifying takes. Without the model there are no texts.
//
// The error wraps ErrRejected if anything does not hold and says which step and
// which check, or that the run is not finished; ErrNoStore, ErrLocked, ErrFormat
// and ErrCorrupt are as in Resume.
func Verify(ctx context.Context, store string, opts VerifyOptions, on func(Event)) (*VerifySummary, error) {
	start := time.Now()
	s, err := Open(store)
	if err != nil {
		return nil, err
	}
	v := &verification{Store: s, opts: opts, proofs: stepProofs{}, on: on}
	summary, err := v.all(ctx)
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	summary.Seconds = time.Since(start).Seconds()
	return summary, nil
}

// verification checks a store.
type verification struct {
	*Store
	opts   VerifyOptions
	proofs payload
	on     func(Event)
}

func (v *verification) all(ctx context.Context) (*VerifySummary, error) {
	if err := v.expected(); err != nil {
		return nil, err
	}
	r := v.run
	s := &VerifySummary{
		Accepted: true, ModelID: r.ModelID, SRS: r.SRS, Development: r.commitment.Development,
		PromptIDs: r.PromptIDs, OutputIDs: v.output, Steps: r.steps(),
	}
	if err := v.texts(s); err != nil {
		return nil, err
	}
	if err := v.steps(ctx); err != nil {
		return nil, err
	}
	s.Statement = s.plain()
	return s, nil
}

// expected compares what the store says of itself with what is expected.
func (v *verification) expected() error {
	r := v.run
	switch want := v.opts.ModelID; {
	case !v.finished():
		err := fmt.Errorf("%w: the run is not finished: %d of %d steps are proven, the claims on the weights are not settled",
			ErrRejected, min(int(v.store.Len()), r.steps()), r.steps())
		return withHint(err, "finish it with: fold resume -s %s", shellQuote(v.dir))
	case r.commitment.Development && !v.opts.AllowDevelopmentKey:
		err := fmt.Errorf("%w: it is proven under a development key: whoever made the key can forge proofs", ErrRejected)
		return withHint(err, "--allow-dev-key accepts it, for a trial")
	case want != "" && !strings.EqualFold(want, r.ModelID):
		return fmt.Errorf("%w: it is about model id %s, expected %.64s", ErrRejected, r.ModelID, want)
	}
	if v.opts.Key == "" {
		return nil
	}
	if err := r.checkKey(v.opts.Key); errors.Is(err, errOtherKey) {
		return rejected(err)
	} else if err != nil {
		return err
	}
	return nil
}

// texts fills in the texts of prompt and output, if there is a tokenizer, and
// compares them with those expected.
func (v *verification) texts(s *VerifySummary) error {
	ref := v.opts.Model
	if ref == "" {
		ref = v.run.Model
	}
	m, err := openTexts(ref, v.run.commitment.Description.Config.Vocab)
	wanted := v.opts.Model != "" || v.opts.Prompt != nil || v.opts.Output != nil
	if err != nil && wanted {
		return err
	}
	if err != nil {
		return nil
	}
	s.Prompt = m.Decode(s.PromptIDs)
	s.Output = strings.TrimPrefix(m.Decode(slices.Concat(s.PromptIDs, s.OutputIDs)), s.Prompt)
	if want := v.opts.Prompt; want != nil && !sameText(m, *want, s.PromptIDs) {
		return fmt.Errorf("%w: the prompt is %q, expected %q", ErrRejected, s.Prompt, *want)
	}
	if want := v.opts.Output; want != nil && *want != s.Output {
		return fmt.Errorf("%w: the output is %q, expected %q", ErrRejected, s.Output, *want)
	}
	return nil
}

// openTexts opens the tokenizer alone of a model.
func openTexts(ref string, vocab int) (*tokenizer.Tokenizer, error) {
	if !IsEmbedded(ref) {
		if err := isModelFolder(ref); err != nil {
			return nil, err
		}
		return openTokenizer(ref, vocab)
	}
	src, err := openEmbedded(ref)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return newTokenizer(src, "")
}

// sameText says that the tokens are those of a text, with or without a begin token.
func sameText(t *tokenizer.Tokenizer, text string, ids []int) bool {
	want := t.Encode(text)
	if bos, _ := t.BOS(); len(ids) > 0 && ids[0] == bos && (len(want) == 0 || want[0] != bos) {
		ids = ids[1:]
	}
	return slices.Equal(want, ids)
}

// steps verifies all records: the steps, one after another, and the conclusion.
func (v *verification) steps(ctx context.Context) error {
	st := &step.RunStatement{Prompt: v.run.PromptIDs, Output: v.output, Salt: v.run.salt}
	f, err := v.run.protocol.NewRunVerifier(st)
	if err != nil {
		return rejected(err)
	}
	total := v.run.steps()
	told := meter{on: v.on}
	for record, err := range v.store.Steps(0) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return classify(err)
		}
		i := int(record.Index)
		if i == total {
			return v.conclusion(ctx, f, st, &record)
		}
		if err := v.step(f, &record); err != nil {
			return rejected(atStep(i, err))
		}
		told.report("verify", i+1, total)
	}
	return fmt.Errorf("%w: %d records, expected %d", ErrCorrupt, v.store.Len(), total+1)
}

// step verifies one step, and that what else the store has of it is true.
func (v *verification) step(f *step.RunVerifier, record *checkpoint.Step) error {
	if record.ProofDropped {
		return errors.New("its proof has been dropped")
	}
	s, _, err := f.DecodeTrail(record.Replay)
	if err != nil {
		return err
	}
	if chosen := unsigned(f.Chosen(s)); !slices.Equal(chosen, record.Tokens) {
		return fmt.Errorf("the tokens chosen are %d, the store says %d", chosen, record.Tokens)
	}
	if err := v.proofs.check(f, record.Proof); err != nil {
		return err
	}
	if !bytes.Equal(f.EncodeState(&f.State), record.State) {
		return errors.New("the step leads to another state than the one in the store")
	}
	return nil
}

// conclusion verifies the last record.
func (v *verification) conclusion(ctx context.Context, f *step.RunVerifier, st *step.RunStatement, record *checkpoint.Step) error {
	if !bytes.Equal(record.State, v.run.protocol.EncodeStatement(st)) {
		return fmt.Errorf("%w: conclusion: it states something else than the steps", ErrRejected)
	}
	c, err := v.run.protocol.DecodeConclusion(record.Proof)
	if err != nil {
		return rejected(fmt.Errorf("conclusion: %w", err))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	emit(v.on, Progress{Stage: "openings"})
	if err := f.Finish(mercury.NewVerifierKey(v.run.opening), c); err != nil {
		return rejected(fmt.Errorf("conclusion: %w", err))
	}
	return nil
}

// rejected has err wrap ErrRejected.
func rejected(err error) error { return fmt.Errorf("%w: %w", ErrRejected, err) }

// plain says what was proven in plain words.
func (s *VerifySummary) plain() string {
	said := fmt.Sprintf("after %s the model with id %s chooses, greedily, %s", tokensOrText(s.Prompt, s.PromptIDs), s.ModelID, tokensOrText(s.Output, s.OutputIDs))
	if s.Development {
		return said + "; under a development key, which convinces nobody but its maker"
	}
	return said
}

// tokensOrText names tokens by their text, if it is known.
func tokensOrText(text string, ids []int) string {
	if text == "" {
		return fmt.Sprintf("the %d tokens %v", len(ids), ids)
	}
	return fmt.Sprintf("%q (%d tokens)", text, len(ids))
}
