package fault

import "errors"

// Need identifies what a caller can do about an error.
type Need string

// Needs, with the fields of a Detail that each one uses.
const (
	// NeedKey: there is no commitment key at Path.
	NeedKey Need = "key"
	// NeedKeyPoints: the key at Path has fewer than 2^N points.
	NeedKeyPoints Need = "key points"
	// NeedModel: there is no model at Path.
	NeedModel Need = "model"
	// NeedImport: Path is not a model folder, but may be a model to import.
	NeedImport Need = "import"
	// NeedTokenizer: the model to import has no tokenizer.
	NeedTokenizer Need = "tokenizer"
	// NeedCommitment: the model at Path has no commitment.
	NeedCommitment Need = "commitment"
	// NeedPublicCommitment: the model folder at Path lacks the commitment that the owner has
	// published.
	NeedPublicCommitment Need = "public commitment"
	// NeedSameTokenizer: the tokenizer of the model folder Path differs from the committed
	// one.
	NeedSameTokenizer Need = "same tokenizer"
	// NeedSameWeights: the commitment in the model folder Path is to other weights.
	NeedSameWeights Need = "same weights"
	// NeedOwnSeed: the seed at Path belongs to the commitment that would be replaced.
	NeedOwnSeed Need = "own seed"
	// NeedSeedRemoved: the seed at Path opens a commitment, so the folder is not replaced.
	NeedSeedRemoved Need = "seed removed"
	// NeedShorterRun: at most N tokens fit.
	NeedShorterRun Need = "shorter run"
	// NeedSmallerSteps: steps of passes of N tokens, or of one block, need less memory.
	NeedSmallerSteps Need = "smaller steps"
	// NeedRepeat: the call was interrupted; the same call continues the work.
	NeedRepeat Need = "repeat"
	// NeedFinish: the run in the store Path must be finished first.
	NeedFinish Need = "finish"
	// NeedOwnStore: the store Path already holds a run.
	NeedOwnStore Need = "own store"
	// NeedOtherVersion: the run was made by another version of the program.
	NeedOtherVersion Need = "other version"
	// NeedSettlementRemoved: the settlement file Path does not belong to the run.
	NeedSettlementRemoved Need = "settlement removed"
	// NeedSettlementAnew: the proof made from the file Path does not verify.
	NeedSettlementAnew Need = "settlement anew"
	// NeedVerifierKey: the verification key of a proof was not found.
	NeedVerifierKey Need = "verification key"
	// NeedVoucher: no trusted source confirms the verification key.
	NeedVoucher Need = "voucher"
	// NeedDevelopmentKey: the proof is under a development key, which the caller has not
	// allowed.
	NeedDevelopmentKey Need = "development key"
	// NeedTextModel: comparing texts requires a model's tokenizer, and no model is named.
	NeedTextModel Need = "text model"
	// NeedStoreKey: verifying the store requires the commitment key with id Path, and no key
	// is named.
	NeedStoreKey Need = "store key"
	// NeedStoreModel: verifying the store requires the model with id Path, and no model is
	// named.
	NeedStoreModel Need = "store model"
)

// Needs returns all needs, for the test that each has a hint.
func Needs() []Need {
	return []Need{
		NeedKey, NeedKeyPoints, NeedModel, NeedImport, NeedTokenizer, NeedCommitment, NeedPublicCommitment,
		NeedSameTokenizer, NeedSameWeights, NeedOwnSeed, NeedSeedRemoved, NeedShorterRun, NeedSmallerSteps,
		NeedRepeat, NeedFinish, NeedOwnStore, NeedOtherVersion, NeedSettlementRemoved, NeedSettlementAnew,
		NeedVerifierKey, NeedVoucher, NeedDevelopmentKey, NeedTextModel, NeedStoreKey, NeedStoreModel,
	}
}

// Detail is an error with a Need: what the caller can do about it.
type Detail struct {
	Err  error
	Need Need
	Path string // the file, folder or id that Need refers to
	N    int    // the number that Need refers to
}

// Error returns the text of Err.
func (d *Detail) Error() string { return d.Err.Error() }

// Unwrap returns Err.
func (d *Detail) Unwrap() error { return d.Err }

// With attaches a need to err. Path is as in Detail.
func With(err error, need Need, path string) error { return &Detail{Err: err, Need: need, Path: path} }

// WithNumber attaches a need with a path and a number to err.
func WithNumber(err error, need Need, path string, n int) error {
	return &Detail{Err: err, Need: need, Path: path, N: n}
}

// DetailOf returns the outermost Detail that err wraps, or nil.
func DetailOf(err error) *Detail {
	if d := (*Detail)(nil); errors.As(err, &d) {
		return d
	}
	return nil
}
