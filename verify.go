package fold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fold/checkpoint"
	"fold/internal/commit/mercury"
	"fold/internal/host"
	"fold/step"
)

// VerifyOptions say what is expected of a proof beyond that it holds.
type VerifyOptions struct {
	// Key is the file of the commitment key. A store is verified with it, and never with a
	// file that the store names. For a compressed proof, which can be verified without it,
	// the verification key is computed from it and compared. All points that are used are
	// checked, so that nobody needs to be trusted then but the ceremony that the summary names.
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
	// Prompt and Output, if not nil, are the texts expected, in which the names of control
	// tokens stand for those tokens. The prompt is compared by tokens, those that Prove makes
	// of the text, the begin token included; the output as its tokens read. They need Model.
	Prompt, Output *string
	// PromptIDs and OutputIDs, if not nil, are the tokens expected.
	PromptIDs, OutputIDs []int
	// Model is the model folder, with its commitment.bin, or the name of the embedded model
	// whose tokenizer texts are read with; empty: tokens are shown by their ids. It must be
	// the proven model: ModelCompared of the summary says what was compared.
	Model string
	// AllowDevelopmentKey accepts proofs under a key whose maker could forge them.
	AllowDevelopmentKey bool
}

// VerifySummary says what was accepted.
type VerifySummary struct {
	Accepted    bool    `json:"accepted"`
	Statement   string  `json:"statement"` // what was proven, in plain words
	ModelID     string  `json:"model_id"`
	SRS         string  `json:"srs"`      // of the key
	Ceremony    string  `json:"ceremony"` // known by the key's τ: its name, that it is unknown, or a development key
	Development bool    `json:"development"`
	PromptIDs   []int   `json:"prompt_ids"`
	OutputIDs   []int   `json:"output_ids"`
	Prompt      string  `json:"prompt,omitempty"` // their texts, special tokens by name, if a model is named
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

	// What was compared of the model named: "id", its model id, or "description", all of
	// its model id but the weights' commitments; "" if none is named. The texts follow from
	// the tokens by the tokenizer whose digest is in the proven model id.
	ModelCompared string `json:"model_compared,omitempty"`
	// The encoding of the text is other tokens than these.
	PromptAmbiguous bool `json:"prompt_ambiguous,omitempty"`
	OutputAmbiguous bool `json:"output_ambiguous,omitempty"`

	readings readings
}

// Verify checks a file that Compress wrote, or the finished run in a store.
//
// A compressed proof needs its verification key, and what vouches for that; the time does
// not depend on the run. Of a store it checks the proof of all steps, from the first
// state of the run, which is computed here, to one that proves what is stated; the
// openings of the running claims; and the settlement of all claims on the weights. Only
// the last takes longer for more steps, by their claims. It needs the key, but not the
// model: the store has the commitment, which the model id is of. Without the model there
// are no texts. Nothing is read from paths that the store names. What else a store has of
// earlier steps, to go on or to branch, is not part of the proof.
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
		Accepted: true, ModelID: r.ModelID, SRS: r.SRS, Ceremony: r.opening.Origin(), Development: r.commitment.Development,
		PromptIDs: r.PromptIDs, OutputIDs: v.output, Steps: r.steps(),
	}
	d := &r.commitment.Description
	proven := &provenModel{r.ModelID, d, r.commitment.Layout.SegmentBits, r.commitment.Key, v.opts.Key}
	if err := s.texts(ctx, &v.opts, proven, v.on); err != nil {
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
	case v.opts.Key == "":
		err := fmt.Errorf("%w: a store is verified with a commitment key that its verifier names, and none is named",
			ErrFormat)
		return withHint(err, "--key FILE, the key of id %s", r.SRS)
	}
	_, err := r.checkKey(v.opts.Key)
	if errors.Is(err, errOtherKey) {
		return rejected(err)
	}
	return err
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
	key, err := openKey(ctx, v.opts.Key, v.run.keyBits(), v.on)
	if err != nil {
		return err
	}
	if key.ID() != v.run.commitment.Key {
		return fmt.Errorf("%w: %s is key %s", ErrCorrupt, v.opts.Key, key.ID())
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
