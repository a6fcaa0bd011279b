package mercury

import "fold.example/fold/internal/commit"

// NewVerifierKey returns the verifier's key of a few points of a commitment key: it
// accepts what that of the whole key accepts.
func NewVerifierKey(key *commit.OpeningKey) *VerifierKey {
	one, powers := key.Opening()
	vk := &VerifierKey{
		digest: key.ID().Element(), g: key.Base(), h: key.BlindingBase(),
		maxVars: 2 * (len(powers) - 1), one: linesOf(one),
	}
	for _, q := range powers {
		vk.powers = append(vk.powers, linesOf(q))
	}
	return vk
}
