package mercury

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
)

// A verifier with a few points of the key accepts a proof, and refuses it for another.
func TestVerifierOfAnOpeningKey(t *testing.T) {
	verify := func(key *commit.Key, s statement, p *Proof) error {
		return Verify(NewVerifierKey(key.ForOpenings()), newTestTranscript(), s.z, s.claims, p)
	}
	key, err := commit.SetupDevelopment(1 << 7)
	require.NoError(t, err)
	pk := NewProverKey(key)
	s := newStatement(pk, seeded(1), 7, 7)
	p := s.open(t, pk)
	require.NoError(t, verify(key, s, p))
	other, err := commit.SetupDevelopment(1 << 7)
	require.NoError(t, err)
	require.ErrorIs(t, verify(other, s, p), ErrRejected)
}
