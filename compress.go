package fold

import (
	"context"

	"fold.example/fold/internal/run"
	"fold.example/fold/proof"
)

// Mode selects the tokens that a proof reveals. Hidden tokens are in a salted commitment,
// which the owner of the run can open later (VerifyOptions.PromptOpening, OutputOpening).
// The numbers of tokens are always revealed. So are the passes in which they were proven,
// unless prompt and output are both hidden.
type Mode = proof.Mode

// The modes. Revealing only one of prompt and output requires that a pass begins where the
// prompt ends, as in runs that were not proven in batch.
const (
	ShowAll    = proof.ShowAll
	HidePrompt = proof.HidePrompt
	HideOutput = proof.HideOutput
	HideAll    = proof.HideAll
)

// Modes returns the names of the modes.
func Modes() []string { return proof.Modes() }

// ParseMode is the inverse of Mode.String. The error wraps ErrFormat.
func ParseMode(name string) (Mode, error) { return proof.ParseMode(name) }

// CompressOptions are the choices of Compress.
type CompressOptions = run.CompressOptions

// CompressSummary describes a new proof.
type CompressSummary = run.CompressSummary

// Compress makes one short zero-knowledge proof of the finished run in a store. It settles
// the claims on the weights by further steps of the same recursion, masks the values that a
// verifier will see, folds the last step, and proves the resulting instance and claims with
// package spartan. The proof is verified before it is written.
//
// The store's run is unchanged: it can be extended and compressed again. Meanwhile the
// store saves the settlement's state before the masks, so a call after an interruption, or
// with another label or mode, continues from there. The masks and the salts of the tokens
// are drawn anew by every call and appear only in the proof and the summary: two proofs of
// one run have no salt in common.
//
// The error wraps ErrExists if Out exists, and ErrFormat if the run is not finished or does
// not fit the key or the mode; other errors are those of Resume. After an interrupt it
// wraps context.Canceled, with a Detail that the same call continues the work.
func Compress(ctx context.Context, store string, opts CompressOptions, on func(Event)) (*CompressSummary, error) {
	return run.Compress(ctx, store, opts, on)
}
