package step

// Domain tags of the hash chains (transcript.ExtendChain) and digests of a run's state.
const (
	claimChain   = "fold claim chain"      // claims of the steps on weights
	omegaChain   = "fold omega chain"      // values of the segments in a settlement
	tokenChain   = "fold token chain"      // windows of tokens
	cacheChain   = "fold cache chain"      // commitments of the groups of blocks to the cache
	pointAtChain = "fold settlement point" // coordinates of the sumcheck's point
	stateTag     = "fold state"
	protocolTag  = "fold protocol"
)
