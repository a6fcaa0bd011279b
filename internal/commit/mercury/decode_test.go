package mercury

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

func TestDecodeRefuses(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(7), 4, 4)
	good := s.open(t, pk).Encode()
	require.Len(t, good, 512)
	at := func(i int, b []byte) []byte {
		bad := append([]byte{}, good...)
		copy(bad[32*i:], b)
		return bad
	}
	infinity := new(bn254.G1Affine).Bytes()
	flagged := infinity
	flagged[31] = 1
	modulus := fp.Modulus().FillBytes(make([]byte, 32))
	modulus[0] |= 0b10 << 6
	offCurve := new(bn254.G1Affine).Bytes() // x = 4: 67 is not a square
	offCurve[0], offCurve[31] = 0b10<<6, 4
	raw := pk.points[1].RawBytes()
	for name, bad := range map[string][]byte{
		"empty":                  nil,
		"short":                  good[:ProofSize-1],
		"long":                   append(append([]byte{}, good...), 0),
		"uncompressed point":     at(0, raw[:]),
		"infinity with an x":     at(1, flagged[:]),
		"x = p":                  at(2, modulus),
		"off the curve":          at(3, offCurve[:]),
		"scalar r":               at(proofPoints, fr.Modulus().FillBytes(make([]byte, 32))),
		"scalar all ones, last":  at(proofPoints+proofScalars-1, bytes32(0xff)),
		"points where zeros are": make([]byte, ProofSize),
	} {
		_, err := Decode(bad)
		require.ErrorIs(t, err, ErrEncoding, name)
	}
	p, err := Decode(at(0, infinity[:]))
	require.NoError(t, err, "the one encoding of infinity")
	require.True(t, p.mask.IsInfinity())
}

func bytes32(b byte) []byte {
	out := make([]byte, 32)
	for i := range out {
		out[i] = b
	}
	return out
}

// FuzzDecode: what decodes encodes to the same bytes and is refused by the
// verifier, unless it is the seed.
func FuzzDecode(f *testing.F) {
	pk := testKey()
	s := newStatement(pk, seeded(7), 4, 4)
	p, err := Open(pk, newTestTranscript(), s.z, s.claims, s.witnesses, seeded(1))
	require.NoError(f, err)
	good := p.Encode()
	f.Add(good)
	f.Add(make([]byte, ProofSize))
	infinity := new(bn254.G1Affine).Bytes()
	f.Add(append(append([]byte{}, infinity[:]...), good[32:]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(data)
		if err != nil {
			require.ErrorIs(t, err, ErrEncoding)
			return
		}
		require.Equal(t, data, p.Encode())
		if string(data) != string(good) {
			require.ErrorIs(t, s.verify(pk, p), ErrRejected)
		}
	})
}
