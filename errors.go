package fold

import (
	"fold.example/fold/internal/fault"
)

// Classes of errors, for errors.Is. They determine the program's exit codes.
var (
	// ErrRejected: a proof, or the statement that it is claimed to prove, is not accepted.
	ErrRejected = fault.ErrRejected
	// ErrNoStore: there is no store where one was expected.
	ErrNoStore = fault.ErrNoStore
	// ErrLocked: another process has locked the store.
	ErrLocked = fault.ErrLocked
	// ErrFormat: a file of another kind, version, model or parameters, or invalid options.
	ErrFormat = fault.ErrFormat
	// ErrCorrupt: a file that is damaged, truncated or inconsistent.
	ErrCorrupt = fault.ErrCorrupt
	// ErrNoSpace: the disk is full, or too small for the work. Durable data is unharmed.
	ErrNoSpace = fault.ErrNoSpace
	// ErrNoMemory: the work needs more memory than is available.
	ErrNoMemory = fault.ErrNoMemory
	// ErrExists: a file or folder exists where a store or a proof was to be created.
	ErrExists = fault.ErrExists
)

// Detail is an error with a Need: what the caller can do about it.
type Detail = fault.Detail

// Need identifies what a caller can do about an error.
type Need = fault.Need

// The needs. Package fault documents which fields of a Detail each one uses.
const (
	NeedKey               = fault.NeedKey
	NeedKeyPoints         = fault.NeedKeyPoints
	NeedModel             = fault.NeedModel
	NeedImport            = fault.NeedImport
	NeedTokenizer         = fault.NeedTokenizer
	NeedCommitment        = fault.NeedCommitment
	NeedPublicCommitment  = fault.NeedPublicCommitment
	NeedSameTokenizer     = fault.NeedSameTokenizer
	NeedSameWeights       = fault.NeedSameWeights
	NeedOwnSeed           = fault.NeedOwnSeed
	NeedSeedRemoved       = fault.NeedSeedRemoved
	NeedShorterRun        = fault.NeedShorterRun
	NeedSmallerSteps      = fault.NeedSmallerSteps
	NeedRepeat            = fault.NeedRepeat
	NeedFinish            = fault.NeedFinish
	NeedOwnStore          = fault.NeedOwnStore
	NeedOtherVersion      = fault.NeedOtherVersion
	NeedSettlementRemoved = fault.NeedSettlementRemoved
	NeedSettlementAnew    = fault.NeedSettlementAnew
	NeedVerifierKey       = fault.NeedVerifierKey
	NeedVoucher           = fault.NeedVoucher
	NeedDevelopmentKey    = fault.NeedDevelopmentKey
	NeedTextModel         = fault.NeedTextModel
	NeedStoreKey          = fault.NeedStoreKey
	NeedStoreModel        = fault.NeedStoreModel
)

// DetailOf returns the outermost Detail that err wraps, or nil.
func DetailOf(err error) *Detail { return fault.DetailOf(err) }

// Needs returns all needs.
func Needs() []Need { return fault.Needs() }
