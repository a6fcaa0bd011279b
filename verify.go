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

// VerifyOptions are the verifier's expectations and what it trusts.
type VerifyOptions struct {
	// Key is the path of the commitment key. Verifying a store requires it; the path in the
	// store is never used. A compressed proof can be verified without it. With it, the
	// verification key is recomputed from the commitment key and compared, and all used points
	// are checked, so the verifier trusts only the ceremony that the summary names.
	Key string
	// VerificationKey is the path of a compressed proof's verification key. Empty: the proof's
	// path with ".vk" appended. KeyDigest, if not empty, is the required digest of that key.
	// Whoever makes up a verification key can prove anything under it, so Key or KeyDigest is
	// required.
	VerificationKey, KeyDigest string
	// Label and Mode, if not nil, are the required label and mode of a compressed proof.
	Label *string
	Mode  *Mode
	// PromptOpening and OutputOpening, from the summary of Compress, open what a compressed
	// proof hides. They contain the tokens and the commitment's salt. Opened tokens are then
	// treated as if the proof revealed them.
	PromptOpening, OutputOpening string
	// ModelID, if not empty, is the required model id, 64 hexadecimal digits.
	ModelID string
	// Prompt and Output, if not nil, are the required texts. The name of a control token in a
	// text is that token. The prompt is compared with the tokens that Prove makes of the text,
	// including the begin token; the output is compared with the text of its tokens. Both
	// require Model.
	Prompt, Output *string
	// PromptIDs and OutputIDs, if not nil, are the required tokens.
	PromptIDs, OutputIDs []int
	// Model is the model folder, with commitment.bin, or the name of the embedded model, whose
	// tokenizer reads the texts. It must be the proven model; VerifySummary.ModelCompared says
	// what was compared. Empty: tokens are shown by their ids. Verifying a store requires it,
	// because the weights are checked, together with weights.seed in the folder.
	Model string
	// Recommit, for a store, commits to the model's weights again and compares. Without
	// Recommit, the digest of the committed weights is taken from weights.seed in the model's
	// folder. An embedded model has no such file and is always committed to again.
	Recommit bool
	// AllowDevelopmentKey accepts proofs under a development key, whose maker can forge
	// proofs.
	AllowDevelopmentKey bool
}

// VerifySummary describes what was accepted.
type VerifySummary struct {
	Accepted    bool    `json:"accepted"`         // true in every summary
	Statement   string  `json:"statement"`        // the proven statement in plain words
	ModelID     string  `json:"model_id"`         // 64 hexadecimal digits
	SRS         string  `json:"srs"`              // id of the commitment key
	Ceremony    string  `json:"ceremony"`         // identified by the key's τ: a name, unknown, or a development key
	Development bool    `json:"development"`      // the key is a development key
	PromptIDs   []int   `json:"prompt_ids"`       // nil if hidden
	OutputIDs   []int   `json:"output_ids"`       // nil if hidden
	Prompt      string  `json:"prompt,omitempty"` // the texts, with special tokens by name, if a model is given
	Output      string  `json:"output,omitempty"`
	Steps       int     `json:"steps"`   // of the run
	Seconds     float64 `json:"seconds"` // duration of the call

	// Core time in seconds: verifying a compressed proof, or a store's incremental proof,
	// which takes the same time for any number of steps; and for a store, rebuilding and
	// checking the running polynomials, and checking all steps' claims on weights. The rest of
	// Seconds is for opening the model and checking the store's bytes.
	CheckCPU   float64 `json:"check_cpu_seconds,omitempty"`
	RunningCPU float64 `json:"running_cpu_seconds,omitempty"`
	ClaimsCPU  float64 `json:"claims_cpu_seconds,omitempty"`

	// For compressed proofs: the numbers of tokens, hidden or not, the mode, the label, and
	// the digest of the verification key.
	PromptTokens int    `json:"prompt_tokens,omitempty"`
	OutputTokens int    `json:"output_tokens,omitempty"`
	Mode         string `json:"mode,omitempty"`
	Label        string `json:"label,omitempty"`
	KeyDigest    string `json:"key_digest,omitempty"`

	// The property in which the given model was compared with the proven one: "id", its model
	// id; "description", everything in its model id except the commitments to the weights; or
	// "" if no model is given. The texts are decoded by the tokenizer whose digest is in the
	// proven model id.
	ModelCompared string `json:"model_compared,omitempty"`
	// PromptAmbiguous and OutputAmbiguous report that encoding the text gives other tokens
	// than the proven ones.
	PromptAmbiguous bool `json:"prompt_ambiguous,omitempty"`
	OutputAmbiguous bool `json:"output_ambiguous,omitempty"`

	readings readings
}

// Verify verifies a file that Compress wrote, or the finished run in a store.
//
// A compressed proof requires its verification key and a reason to trust that key; the time
// does not depend on the run. For a store, Verify makes the owner's check, which reads the
// weights and the store and so does not serve other verifiers: give these the result of
// Compress. The owner's check verifies the incremental proof of all steps, from the run's
// first state, which Verify computes, to a state with the stated tokens; that the model is
// the committed one; all claims on weights against the weights; and the running
// polynomials, rebuilt as by Resume, against the commitments and values of the running
// claims. It requires the key and the model with weights.seed. Nothing is read from paths
// in the store's manifest.
//
// The error wraps ErrRejected if a check fails (the error names the check) or the run is
// not finished. ErrNoStore, ErrLocked, ErrFormat and ErrCorrupt are as in Resume.
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

// ownersCheck is a sentence of the statement about a store.
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

// expectedOf checks that the run is finished and under the expected key and model id, and
// that the options suffice for the check.
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
