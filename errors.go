package fold

import (
	"fold.example/fold/internal/fault"
)

// What callers must tell apart; test with errors.Is. The program's exit codes
// follow from them.
var (
	// ErrRejected: a proof, or what it is said to prove, is not accepted.
	ErrRejected = fault.ErrRejected
	// ErrNoStore: there is no store where one was expected.
	ErrNoStore = fault.ErrNoStore
	// ErrLocked: another process has the store.
	ErrLocked = fault.ErrLocked
	// ErrFormat: a file of another kind, version, model or parameters.
	ErrFormat = fault.ErrFormat
	// ErrCorrupt: a file that has been damaged, cut short or contradicts itself.
	ErrCorrupt = fault.ErrCorrupt
	// ErrNoSpace: the disk is full, or would be. What was durable still is.
	ErrNoSpace = fault.ErrNoSpace
	// ErrNoMemory: the work would take more memory than there is.
	ErrNoMemory = fault.ErrNoMemory
	// ErrExists: something is where a store was to be made.
	ErrExists = fault.ErrExists
)

// Detail is an error with what its caller can do about it: what is missing or in the way.
type Detail = fault.Detail

// Need names what a caller can do about an error.
type Need = fault.Need

// The needs; package fault says of each which fields of a Detail it comes with.
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

// DetailOf returns the outermost detail of an error, nil if it has none.
func DetailOf(err error) *Detail { return fault.DetailOf(err) }

// Needs lists all that a detail can name.
func Needs() []Need { return fault.Needs() }
