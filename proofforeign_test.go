package fold

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeysOfOtherRelations: a verification key is put together from those of two circuits
// of one commitment key. Whatever of it is another circuit's, the proof is refused; and
// who computes the key anew sees that it is nobody's.
func TestKeysOfOtherRelations(t *testing.T) {
	ctx := context.Background()
	k, data := readProof(t, proofOf(t))
	other := keyOfRun(t, 4, 1, 8)
	require.Equal(t, k.outline.Classes, other.outline.Classes)
	require.NotEqual(t, k.pp, other.pp)
	for name, mix := range map[string]func(m *VerifierKey){
		"the folding verifier of other parameters":  func(m *VerifierKey) { m.pp = other.pp },
		"the argument of another relation":          func(m *VerifierKey) { m.snark = other.snark },
		"both":                                      func(m *VerifierKey) { m.pp, m.snark = other.pp, other.snark },
		"the outline of a model of another context": func(m *VerifierKey) { m.outline = other.outline },
		"a key of another shape":                    func(m *VerifierKey) { *m = *other },
	} {
		mixed := *k
		mix(&mixed)
		p, err := decodeProof(k, data)
		require.NoError(t, err)
		require.Equal(t, k.snark.Size(p.spartanClaims()), mixed.snark.Size(p.spartanClaims()), "the length tells nothing")
		_, err = mixed.verify(p)
		require.ErrorIs(t, err, ErrRejected, name)

		encoded, err := encodeVerifierKey(mixed.outline, mixed.opening, mixed.pp, mixed.snark)
		require.NoError(t, err)
		decoded, err := DecodeVerifierKey(encoded)
		require.NoError(t, err)
		_, err = decodeProof(decoded, data)
		require.ErrorIs(t, err, ErrRejected, name)
		require.ErrorContains(t, err, "key: the proof is for another verification key")
		p.key = decoded.digest // as a forger would write
		_, err = decoded.verify(p)
		require.ErrorIs(t, err, ErrRejected, name)
		if name == "the argument of another relation" {
			err = DeriveVerifierKey(ctx, decoded, compressKey(t), nil)
			require.ErrorIs(t, err, ErrRejected)
			require.ErrorContains(t, err, "not that of this program")
		}
	}
}
