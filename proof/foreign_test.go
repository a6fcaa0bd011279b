package proof

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

// TestKeysOfOtherRelations: a verification key has some parts of the key of another circuit
// under the same commitment key. The proof is refused, whichever parts they are.
func TestKeysOfOtherRelations(t *testing.T) {
	k, data := demo(t)
	other := readKey(t, "other.vk")
	require.Equal(t, k.Outline().Classes, other.Outline().Classes)
	require.NotEqual(t, k.Parameters(), other.pp)
	for name, mix := range map[string]func(m *VerificationKey){
		"the folding verifier of other parameters":  func(m *VerificationKey) { m.pp = other.pp },
		"the argument of another relation":          func(m *VerificationKey) { m.snark = other.snark },
		"both":                                      func(m *VerificationKey) { m.pp, m.snark = other.pp, other.snark },
		"the outline of a model of another context": func(m *VerificationKey) { m.outline = other.outline },
		"a key of another shape":                    func(m *VerificationKey) { *m = *other },
	} {
		mixed := *k
		mix(&mixed)
		p, err := Decode(k, data)
		require.NoError(t, err)
		require.Equal(t, k.SNARK().Size(p.SpartanClaims()), mixed.SNARK().Size(p.SpartanClaims()),
			"the length tells nothing")
		_, err = mixed.Verify(p)
		require.ErrorIs(t, err, fault.ErrRejected, name)

		encoded, err := encodeKey(mixed.Outline(), mixed.Opening(), mixed.Parameters(), mixed.SNARK())
		require.NoError(t, err)
		decoded, err := DecodeKey(encoded)
		require.NoError(t, err)
		_, err = Decode(decoded, data)
		require.ErrorIs(t, err, fault.ErrRejected, name)
		require.ErrorContains(t, err, "key: the proof is for another verification key")
		p.Key = decoded.Sum() // a forger would write this digest
		_, err = decoded.Verify(p)
		require.ErrorIs(t, err, fault.ErrRejected, name)
	}
}
