package fault

import "errors"

// Need names what a caller can do about an error.
type Need string

// The needs. The comment says which fields of a Detail are set.
const (
	// NeedKey: there is no commitment key at Path.
	NeedKey Need = "key"
	// NeedKeyPoints: the key at Path has fewer than 2^N points.
	NeedKeyPoints Need = "key points"
	// NeedModel: there is no model at Path.
	NeedModel Need = "model"
	// NeedImport: Path is no model folder, possibly a model to be imported.
	NeedImport Need = "import"
	// NeedTokenizer: the model to be imported comes without a tokenizer.
	NeedTokenizer Need = "tokenizer"
	// NeedCommitment: the model at Path is not committed.
	NeedCommitment Need = "commitment"
	// NeedPublicCommitment: the model folder at Path lacks the commitment that its owner has
	// published.
	NeedPublicCommitment Need = "public commitment"
	// NeedSameTokenizer: the tokenizer of the model folder Path is not the committed one.
	NeedSameTokenizer Need = "same tokenizer"
	// NeedSameWeights: the commitment in the model folder Path is of other weights.
	NeedSameWeights Need = "same weights"
	// NeedOwnSeed: the seed at Path is of a commitment that would be replaced.
	NeedOwnSeed Need = "own seed"
	// NeedSeedRemoved: the seed at Path opens a commitment and keeps the folder from being replaced.
	NeedSeedRemoved Need = "seed removed"
	// NeedShorterRun: at most N tokens fit.
	NeedShorterRun Need = "shorter run"
	// NeedSmallerSteps: steps with passes of N tokens, or of one block, take less memory.
	NeedSmallerSteps Need = "smaller steps"
	// NeedRepeat: the call was interrupted, and the same call goes on where it was.
	NeedRepeat Need = "repeat"
	// NeedFinish: the run in the store Path must be finished first.
	NeedFinish Need = "finish"
	// NeedOwnStore: the store Path holds a run already.
	NeedOwnStore Need = "own store"
	// NeedOtherVersion: the run is of another version of the program.
	NeedOtherVersion Need = "other version"
	// NeedSettlementRemoved: the file Path, a part of a settlement, does not belong to the run.
	NeedSettlementRemoved Need = "settlement removed"
	// NeedSettlementAnew: the proof made from the file Path does not hold.
	NeedSettlementAnew Need = "settlement anew"
	// NeedVerifierKey: the verification key of a proof is not where it was looked for.
	NeedVerifierKey Need = "verification key"
	// NeedVoucher: nothing vouches for the verification key.
	NeedVoucher Need = "voucher"
	// NeedDevelopmentKey: the proof is under a development key, which was not allowed.
	NeedDevelopmentKey Need = "development key"
	// NeedTextModel: texts are compared with the tokenizer of a model, and none is named.
	NeedTextModel Need = "text model"
	// NeedStoreKey: a store is verified with the commitment key of id Path, and none is named.
	NeedStoreKey Need = "store key"
	// NeedStoreModel: a store is verified with the model of id Path, and none is named.
	NeedStoreModel Need = "store model"
)

// Needs lists all needs, for tests that every one is rendered.
func Needs() []Need {
	return []Need{
		NeedKey, NeedKeyPoints, NeedModel, NeedImport, NeedTokenizer, NeedCommitment, NeedPublicCommitment,
		NeedSameTokenizer, NeedSameWeights, NeedOwnSeed, NeedSeedRemoved, NeedShorterRun, NeedSmallerSteps,
		NeedRepeat, NeedFinish, NeedOwnStore, NeedOtherVersion, NeedSettlementRemoved, NeedSettlementAnew,
		NeedVerifierKey, NeedVoucher, NeedDevelopmentKey, NeedTextModel, NeedStoreKey, NeedStoreModel,
	}
}

// Detail is an error with what its caller can do about it.
type Detail struct {
	Err  error
	Need Need
	Path string // of the file or folder, or the id, that Need speaks of
	N    int    // the number that Need speaks of
}

// Error is the text of the error alone.
func (d *Detail) Error() string { return d.Err.Error() }

// Unwrap returns the error.
func (d *Detail) Unwrap() error { return d.Err }

// With attaches a need to an error.
func With(err error, need Need, path string) error { return &Detail{Err: err, Need: need, Path: path} }

// WithNumber attaches a need to an error that is about a number.
func WithNumber(err error, need Need, path string, n int) error {
	return &Detail{Err: err, Need: need, Path: path, N: n}
}

// DetailOf returns the outermost detail of an error, nil if it has none.
func DetailOf(err error) *Detail {
	if d := (*Detail)(nil); errors.As(err, &d) {
		return d
	}
	return nil
}
