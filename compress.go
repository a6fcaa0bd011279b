package fold

import (
	"context"

	"fold.example/fold/internal/run"
	"fold.example/fold/proof"
)

// Mode says which tokens a proof shows. Hidden ones are behind a commitment with a salt,
// which the owner of the run can open later (VerifyOptions.PromptOpening, OutputOpening).
// How many tokens there are is always shown, and in which passes they were proven unless
// both are hidden.
type Mode = proof.Mode

// The modes. To show one of both, a pass must begin where the prompt ends, as passes do
// that were not proven in batch.
const (
	ShowAll    = proof.ShowAll
	HidePrompt = proof.HidePrompt
	HideOutput = proof.HideOutput
	HideAll    = proof.HideAll
)

// Modes lists the names of the modes.
func Modes() []string { return proof.Modes() }

// ParseMode is the inverse of Mode.String; the error wraps ErrFormat.
func ParseMode(name string) (Mode, error) { return proof.ParseMode(name) }

// CompressOptions say what a compressed proof shows and what it rests on.
type CompressOptions = run.CompressOptions

// CompressSummary describes a proof that has been made.
type CompressSummary = run.CompressSummary

// Compress makes one short proof, in zero knowledge, of the finished run in a store: it
// settles the claims on the weights by steps of the same recursion, masks what a verifier
// will see, folds the last step, and proves what is left with package spartan. The proof
// is verified before it is written.
//
// The store is left as it was: the run can be extended and compressed again. Steps of the
// settlement are kept in it meanwhile, all but the masks, so that a call that was
// interrupted, or one with another label or mode, goes on from there. The masks, and the
// salts of the tokens, are drawn anew by every call and kept nowhere but in the proof and
// the summary: proofs of one run have no salt in common. The error wraps ErrExists if Out exists,
// ErrFormat if the run is not finished or does not fit the key or the mode, and is
// otherwise as in Resume; context.Canceled, with a Detail that the same call goes on, after
// an interrupt.
func Compress(ctx context.Context, store string, opts CompressOptions, on func(Event)) (*CompressSummary, error) {
	return run.Compress(ctx, store, opts, on)
}
