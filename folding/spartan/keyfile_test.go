package spartan

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// decodeKey makes a verifier's key of bytes and of what w's verifier has.
func (w *world) decodeKey(data []byte) (*VerifierKey, error) {
	opening := w.key.key.ForOpenings()
	return DecodeKey(data, Relation[fqElement]{w.key.shape, w.key.cycle.parts}, opening, w.key.cycleKey)
}

// A verifier without the main circuit and without the commitment key accepts and
// refuses what the prover's key does.
func TestVerifierWithoutTheCircuit(t *testing.T) {
	w := small(t)
	data := w.key.Encode()
	k, err := w.decodeKey(data)
	require.NoError(t, err)
	require.Equal(t, w.key.Digest(), k.Digest())
	require.Equal(t, data, k.Encode())
	p := w.prove(t, 1)
	require.NoError(t, Verify(k, &w.s, p))
	w.s.Context.SetUint64(77)
	require.ErrorIs(t, Verify(k, &w.s, p), ErrRejected)
}

// A key with any other byte is refused, or has another digest.
func TestEveryByteOfAKeyCounts(t *testing.T) {
	w := tiny(t)
	data := w.key.Encode()
	for i := range data {
		forged := bytes.Clone(data)
		forged[i] ^= 1
		if k, err := w.decodeKey(forged); err == nil {
			require.NotEqual(t, w.key.Digest(), k.Digest(), "byte %d", i)
		}
	}
	for n := range len(data) {
		_, err := w.decodeKey(data[:n])
		require.ErrorIs(t, err, ErrEncoding)
	}
	_, err := w.decodeKey(append(data, 0))
	require.ErrorIs(t, err, ErrEncoding)
}

func FuzzDecodeKey(f *testing.F) {
	w := tiny(f)
	f.Add(w.key.Encode())
	f.Add(make([]byte, 300))
	f.Fuzz(func(t *testing.T, data []byte) {
		if k, err := w.decodeKey(data); err == nil {
			require.Equal(t, data, k.Encode())
		}
	})
}
