package fold

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/run"
	"fold.example/fold/internal/tokens"
	"fold.example/fold/proof"
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
	// Prompt and Output, if not nil, are the texts expected. The name of a control token in a
	// text gives that token. The prompt is compared with the tokens that Prove makes of the text,
	// the begin token included, and the output with the text of its tokens. Both need Model.
	Prompt, Output *string
	// PromptIDs and OutputIDs, if not nil, are the tokens expected.
	PromptIDs, OutputIDs []int
	// Model is the model folder, with its commitment.bin, or the name of the embedded model
	// whose tokenizer texts are read with; empty: tokens are shown by their ids. It must be
	// the proven model: ModelCompared of the summary says what was compared. For a store it
	// is needed, as its weights are checked, with the weights.seed in the folder.
	Model string
	// Recommit commits to the model's weights again and compares, for a store. Without Recommit the
	// digest of the committed weights is taken from weights.seed in the model's folder. An
	// embedded model has no such file and is always committed to again.
	Recommit bool
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

	// In core-seconds: checking a compressed proof, or of a store the incremental proof of
	// its steps, which takes as long for any number of them; and of a store, rebuilding and
	// checking the running polynomials, and checking the claims on weights of all steps.
	// The rest of Seconds goes into opening the model and checking the store's bytes.
	CheckCPU   float64 `json:"check_cpu_seconds,omitempty"`
	RunningCPU float64 `json:"running_cpu_seconds,omitempty"`
	ClaimsCPU  float64 `json:"claims_cpu_seconds,omitempty"`

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
// not depend on the run. Of a store it makes the owner's check, which reads weights and
// store and so is no verification for others: they are given what Compress makes. It
// checks the incremental proof of all steps, from the first state of the run, which is
// computed here, to one that has the tokens stated; that the model is the committed one;
// all claims on weights against the weights; and the running polynomials, rebuilt as
// Resume does, against the commitments and values of the running claims. It needs the
// key and the model with weights.seed. Nothing is read from paths that the store names.
//
// The error wraps ErrRejected if anything does not hold and says which check, or that
// the run is not finished; ErrNoStore, ErrLocked, ErrFormat and ErrCorrupt are as in
// Resume.
func Verify(ctx context.Context, store string, opts VerifyOptions, on func(Event)) (*VerifySummary, error) {
	start := time.Now()
	isProof, err := isProof(store)
	if err != nil {
		return nil, err
	}
	if isProof {
		return verifyProof(ctx, store, &opts, on)
	}
	s, err := Open(store)
	if err != nil {
		return nil, err
	}
	summary, err := opts.checkStore(ctx, s, on)
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	summary.Seconds = time.Since(start).Seconds()
	return summary, nil
}

// ownersCheck is what the statement about a store says of itself.
const ownersCheck = "This is the owner's check: it reads the weights and the store; for others, compress"

// checkStore makes the owner's check of a store.
func (o *VerifyOptions) checkStore(ctx context.Context, store *Store, on func(Event)) (*VerifySummary, error) {
	status := store.Status()
	if err := o.expectedOf(store, status); err != nil {
		return nil, err
	}
	s := &VerifySummary{
		Accepted: true, ModelID: status.ModelID, SRS: status.SRS, Development: status.Development,
		PromptIDs: status.PromptIDs, OutputIDs: store.OutputIDs(), Steps: status.Of,
	}
	err := errors.Join(tokens.Same("prompt", s.PromptIDs, o.PromptIDs), tokens.Same("output", s.OutputIDs, o.OutputIDs))
	if err != nil {
		return nil, err
	}
	if err := s.texts(ctx, o, store.Proven(o.Key), on); err != nil {
		return nil, err
	}
	c, err := store.Check(ctx, run.CheckOptions{Key: o.Key, Model: o.Model, Recommit: o.Recommit}, on)
	if err != nil {
		return nil, err
	}
	s.Ceremony = c.Ceremony
	s.CheckCPU, s.RunningCPU, s.ClaimsCPU = c.Proof.Seconds(), c.Running.Seconds(), c.Claims.Seconds()
	s.Statement = s.plain() + ". " + ownersCheck
	return s, nil
}

// expectedOf compares what a store says of itself with what is expected.
func (o *VerifyOptions) expectedOf(store *Store, s *Status) error {
	switch {
	case s.State != run.Finished:
		err := fmt.Errorf("%w: the run is not finished: %d of %d steps are proven", ErrRejected, s.Step, s.Of)
		return fault.With(err, fault.NeedFinish, s.Store)
	case s.Development && !o.AllowDevelopmentKey:
		return proof.DevelopmentKeyRefused()
	case o.ModelID != "" && !strings.EqualFold(o.ModelID, s.ModelID):
		return fmt.Errorf("%w: it is about model id %s, expected %.64s", ErrRejected, s.ModelID, o.ModelID)
	case o.Key == "":
		err := fmt.Errorf("%w: a store is verified with a commitment key that its verifier names, and none is named",
			ErrFormat)
		return fault.With(err, fault.NeedStoreKey, s.SRS)
	case o.Model == "":
		err := fmt.Errorf("%w: the check of a store reads the weights of the model, and none is named", ErrFormat)
		return fault.With(err, fault.NeedStoreModel, s.ModelID)
	}
	return store.CheckKey(o.Key)
}
