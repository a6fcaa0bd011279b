package mercury

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
)

// A verifier computes with no statement of a wrong form.
func TestVerifierRefusesShapes(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(9), 4, 4)
	p := s.open(t, pk)
	require.NoError(t, s.verify(pk, p))
	for name, change := range map[string]func(s *statement){
		"off the curve":      func(s *statement) { s.claims[0].Commitment.X.Double(&s.claims[0].Commitment.X) },
		"too many variables": func(s *statement) { s.claims[0].NumVars = 5 },
		"negative variables": func(s *statement) { s.claims[0].NumVars = -1 },
		"no claim":           func(s *statement) { s.claims = nil },
		"too long a point":   func(s *statement) { s.z = make([]fr.Element, pk.vk.maxVars+1) },
	} {
		c := statement{append([]fr.Element{}, s.z...), append([]Claim{}, s.claims...), nil}
		change(&c)
		require.ErrorIs(t, c.verify(pk, p), ErrStatement, name)
	}
}

// Two false equations do not make a true one, whoever knows how they would be weighed
// if the weights did not depend on them.
func TestEquationsDoNotCancel(t *testing.T) {
	pk := testKey()
	tr := transcript.New("mercury pairings")
	for range 2 {
		tr.Absorb("split", fr.NewElement(1))
	}
	weight := tr.Challenge()
	p := pk.points[1]
	weight.Inverse(&weight).Neg(&weight)
	r := combined([]bn254.G1Affine{p}, weight)
	require.ErrorIs(t, Check(pk.Verifier(), Deferred{one: p, split: 1}, Deferred{one: r, split: 1}), ErrRejected)
	require.ErrorIs(t, Check(pk.Verifier(), Deferred{one: p, split: 1}), ErrRejected)
	require.ErrorIs(t, Check(pk.Verifier(), Deferred{split: len(pk.vk.powers)}), ErrRejected)
	require.NoError(t, Check(pk.Verifier(), Deferred{split: 1}, Deferred{split: 0}))
	r.Neg(&p)
	require.ErrorIs(t, Check(pk.Verifier(), Deferred{one: p}, Deferred{one: r}), ErrRejected)
}
