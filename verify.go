package fold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"fold/checkpoint"
	"fold/internal/commit/mercury"
	"fold/internal/host"
	"fold/llama/tokenizer"
	"fold/step"
)

// VerifyOptions say what is expected of a proof beyond that it holds.
type VerifyOptions struct {
	// Key is the file of the key. For a store, empty: where it was when the run was proven.
	// For a compressed proof, which can be verified without it, the verification key is
	// computed from it and compared: nobody needs to be trusted then.
	Key string
	// VerificationKey is the file of a compressed proof's verification key; empty: the
	// proof's name with ".vk" behind it. KeyDigest, if not empty, is the digest that it is
	// expected to have. Under a key that somebody made up a proof says what they want, so
	// that Key or KeyDigest is needed.
	VerificationKey, KeyDigest string
	// Label and Mode, if not nil, are those that a compressed proof is expected to have.
	Label *string
	Mode  *Mode
	// PromptOpening and OutputOpening, which Compress has returned, open what a compressed
	// proof hides: they have the tokens and all that the commitment to them was made with.
	// What is opened is then as if it had been shown.
	PromptOpening, OutputOpening string
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

	// In core-seconds: checking a compressed proof, or of a store the running instance and
	// the openings of the running claims, which takes as long for any number of steps; and
	// of a store, reading the claims on weights of all steps and checking their settlement.
	// The rest of Seconds goes into checking the store's bytes.
	CheckCPU      float64 `json:"check_cpu_seconds,omitempty"`
	SettlementCPU float64 `json:"settlement_cpu_seconds,omitempty"`

	// Of compressed proofs: how many tokens there are, hidden or not, the mode, the label,
	// and the digest of the verification key.
	PromptTokens int    `json:"prompt_tokens,omitempty"`
	OutputTokens int    `json:"output_tokens,omitempty"`
	Mode         string `json:"mode,omitempty"`
	Label        string `json:"label,omitempty"`
	KeyDigest    string `json:"key_digest,omitempty"`
}

// Verify checks a file that Compress wrote, or the finished run in a store.
//
// A compressed proof needs its verification key, and what vouches for that; the time does
// not depend on the run. Of a store it checks the proof of all steps, from the first
// state of the run, which is computed here, to one that proves what is stated; the
// openings of the running claims; and the settlement of all claims on the weights. Only
// the last takes longer for more steps, by their claims. It needs the key, but not the
// model: the store has the commitment, which the model id is of. Without the model there
// are no texts. What else a store has of earlier steps, to go on or to branch, is not
// part of the proof.
//
// The error wraps ErrRejected if anything does not hold and says which check, or that
// the run is not finished; ErrNoStore, ErrLocked, ErrFormat and ErrCorrupt are as in
// Resume.
func Verify(ctx context.Context, store string, opts VerifyOptions, on func(Event)) (*VerifySummary, error) {
	start := time.Now()
	if isProof(store) {
		return verifyProof(ctx, store, opts, on)
	}
	s, err := Open(store)
	if err != nil {
		return nil, err
	}
	v := &verification{Store: s, opts: opts, on: on}
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
	opts VerifyOptions
	on   func(Event)

	lap               time.Duration // core time when the part at work began
	check, settlement time.Duration // core time that the parts took
}

// took adds the core time since the last call to a part's.
func (v *verification) took(part *time.Duration) {
	now := host.CPUTime()
	*part += now - v.lap
	v.lap = now
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
	if err := v.proof(ctx); err != nil {
		return nil, err
	}
	s.Statement = s.plain()
	s.CheckCPU, s.SettlementCPU = v.check.Seconds(), v.settlement.Seconds()
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
		return errDevelopmentKey()
	case want != "" && !strings.EqualFold(want, r.ModelID):
		return fmt.Errorf("%w: it is about model id %s, expected %.64s", ErrRejected, r.ModelID, want)
	}
	_, err := r.checkKey(v.keyPath())
	switch {
	case errors.Is(err, errOtherKey):
		return rejected(err)
	case errors.Is(err, fs.ErrNotExist):
		return withHint(err, "name the key that the run is proven with: --key FILE")
	}
	return err
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
	s.texts(m)
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

// proof verifies the proof of all steps, and the conclusion.
func (v *verification) proof(ctx context.Context) error {
	st := &step.RunStatement{Prompt: v.run.PromptIDs, Output: v.output}
	f, err := v.run.protocol.NewRunVerifier(st)
	if err != nil {
		return rejected(err)
	}
	v.lap = host.CPUTime()
	last, conclusion, err := v.records(ctx, f)
	if err != nil {
		return err
	}
	v.took(&v.settlement)
	z, err := v.arrive(f, last)
	if err != nil {
		return err
	}
	v.took(&v.check)
	if err := v.conclusion(ctx, f, st, conclusion); err != nil {
		return err
	}
	err = v.steps(ctx, last, z)
	v.took(&v.check)
	return err
}

// records reads the claims on weights of all steps, and returns the last step and the
// conclusion.
func (v *verification) records(ctx context.Context, f *step.RunVerifier) (last, conclusion *checkpoint.Step, err error) {
	next := v.run.plan.Walk(&v.run.commitment.Description)
	told := meter{on: v.on}
	for record, err := range v.store.Steps(0) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, nil, classify(err)
		}
		last, conclusion = conclusion, &record
		i := int(record.Index)
		if i == len(next) {
			break
		}
		if err := f.Claims(next[i].Kind, next[i].PassSize, next[i].Group, record.Replay); err != nil {
			return nil, nil, rejected(atStep(i, err))
		}
		told.report("claims", i+1, len(next))
	}
	return last, conclusion, nil
}

// arrive takes f to the state of the last step, if this is where what is stated ends.
func (v *verification) arrive(f *step.RunVerifier, last *checkpoint.Step) (*step.State, error) {
	z, err := v.run.protocol.DecodeState(last.State)
	if err == nil {
		err = f.Arrive(z, v.run.plan.PassBits())
	}
	if err != nil {
		return nil, rejected(fmt.Errorf("the last state: %w", err))
	}
	return z, nil
}

// steps verifies that the steps lead to the state z of the last one.
func (v *verification) steps(ctx context.Context, last *checkpoint.Step, z *step.State) error {
	key, err := openKey(ctx, v.keyPath(), v.run.keyBits(), v.on)
	if err != nil {
		return err
	}
	defer key.Close()
	if key.ID() != v.run.commitment.Key {
		return fmt.Errorf("%w: %s is key %s", ErrCorrupt, v.keyPath(), key.ID())
	}
	emit(v.on, Progress{Stage: "recursion"})
	r, err := newRecursion(ctx, v.run.protocol, key, len(v.run.PromptIDs))
	if err != nil {
		return err
	}
	emit(v.on, Progress{Stage: "steps"})
	if err := r.verify(last.Proof, v.run.steps(), z); err != nil {
		return rejected(fmt.Errorf("the proof of the steps: %w", err))
	}
	return ctx.Err()
}

// keyPath is the file of the key.
func (v *verification) keyPath() string {
	if v.opts.Key != "" {
		return v.opts.Key
	}
	return v.run.Key
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
	vk := mercury.NewVerifierKey(v.run.opening)
	emit(v.on, Progress{Stage: "settlement"})
	if err := f.Settled(vk, c); err != nil {
		return rejected(fmt.Errorf("conclusion: %w", err))
	}
	v.took(&v.settlement)
	emit(v.on, Progress{Stage: "openings"})
	if err := f.Opened(vk, c); err != nil {
		return rejected(fmt.Errorf("conclusion: %w", err))
	}
	return nil
}

// rejected has err wrap ErrRejected.
func rejected(err error) error { return fmt.Errorf("%w: %w", ErrRejected, err) }

// plain says what was proven in plain words.
func (s *VerifySummary) plain() string {
	prompt := tokensOrText(s.Prompt, s.PromptIDs, s.PromptTokens)
	if s.Prompt == "" && s.Output != "" && len(s.PromptIDs) > 0 {
		prompt = fmt.Sprintf("an empty prompt (%s)", tokens(len(s.PromptIDs))) // that of the beginning
	}
	said := fmt.Sprintf("after %s the model with id %s chooses, greedily, %s",
		prompt, s.ModelID, tokensOrText(s.Output, s.OutputIDs, s.OutputTokens))
	if s.Label != "" {
		said += fmt.Sprintf("; for %q", s.Label)
	}
	if s.Development {
		return said + "; under a development key, which convinces nobody but its maker"
	}
	return said
}

// tokensOrText names tokens by their text, if it is known, or says how many are hidden.
func tokensOrText(text string, ids []int, n int) string {
	switch {
	case len(ids) == 0 && n == 1:
		return "1 token that is not shown"
	case len(ids) == 0:
		return tokens(n) + " that are not shown"
	case text == "" && len(ids) == 1:
		return fmt.Sprintf("the token %d", ids[0])
	case text == "":
		return fmt.Sprintf("the %d tokens %v", len(ids), ids)
	}
	return fmt.Sprintf("%q (%s)", text, tokens(len(ids)))
}

// tokens counts them.
func tokens(n int) string {
	if n == 1 {
		return "1 token"
	}
	return fmt.Sprintf("%d tokens", n)
}
