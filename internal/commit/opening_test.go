package commit

import (
	"bytes"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/stretchr/testify/require"
)

func openingKey(t testing.TB) *OpeningKey {
	key, err := SetupDevelopment(1 << 6)
	require.NoError(t, err)
	o := key.ForOpenings()
	require.Equal(t, key.ID(), o.ID())
	return o
}

func TestOpeningKeyThereAndBack(t *testing.T) {
	o := openingKey(t)
	data := o.Encode()
	got, err := DecodeOpeningKey(data)
	require.NoError(t, err)
	require.Equal(t, o, got)
	require.Equal(t, data, got.Encode())
}

// Every byte counts: what is no error is another key, and says so by its ID.
func TestOpeningKeyIsOfItsID(t *testing.T) {
	o := openingKey(t)
	data := o.Encode()
	for i := range data {
		forged := bytes.Clone(data)
		forged[i] ^= 1
		if got, err := DecodeOpeningKey(forged); err == nil {
			require.NotEqual(t, o.ID(), got.ID(), "byte %d", i)
		}
	}
	for _, n := range []int{0, 1, 33, len(data) - 96, len(data) - 1, len(data) + 1} {
		_, err := DecodeOpeningKey(append(data, 0)[:n])
		require.ErrorIs(t, err, ErrFormat)
	}
}

// Powers of another τ in G2, behind the first, which the ID covers, are refused: in both
// groups, and in one.
func TestOpeningKeyOfTwoNumbers(t *testing.T) {
	o, other := openingKey(t), openingKey(t)
	require.NotEqual(t, o.ID(), other.ID())
	for j := 1; j < len(o.powers); j++ {
		mixed := *o
		mixed.powers = append([]bn254.G1Affine{}, o.powers...)
		mixed.g2 = append([]bn254.G2Affine{}, o.g2...)
		mixed.g2[j+1] = other.g2[j+1]
		_, err := DecodeOpeningKey(mixed.Encode())
		require.ErrorIs(t, err, ErrCorrupt)
		mixed.powers[j] = other.powers[j]
		_, err = DecodeOpeningKey(mixed.Encode())
		require.ErrorIs(t, err, ErrCorrupt)
	}
}

func FuzzDecodeOpeningKey(f *testing.F) {
	data := openingKey(f).Encode()
	f.Add(data)
	f.Add(data[:34+96])
	f.Add(make([]byte, 34))
	f.Fuzz(func(t *testing.T, data []byte) {
		if k, err := DecodeOpeningKey(data); err == nil {
			require.Equal(t, data, k.Encode())
		}
	})
}
