package step

// Domain tags of the chains and digests of a run's state. A chain is
// transcript.ExtendChain's.
const (
	claimChain   = "fold claim chain"      // of steps' claims on weights
	omegaChain   = "fold omega chain"      // of the segments' values in a settlement
	tokenChain   = "fold token chain"      // of windows
	cacheChain   = "fold cache chain"      // of the layers' commitments to the cache
	pointAtChain = "fold settlement point" // of the coordinates of the sumcheck's point
	stateTag     = "fold state"
	protocolTag  = "fold protocol"
)
