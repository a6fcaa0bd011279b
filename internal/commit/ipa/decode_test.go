package ipa

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/consensys/gnark-crypto/ecc/grumpkin/fp"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
)

func TestDecodeRefuses(t *testing.T) {
	key := testKey()
	const n = 3
	s := newStatement(key, seeded(7), n, n)
	good := s.open(t, key).Encode()
	require.Len(t, good, Size(n))
	at := func(i int, b []byte) []byte {
		bad := append([]byte{}, good...)
		copy(bad[curve.ElementSize*i:], b)
		return bad
	}
	infinity := new(grumpkin.G1Affine).Bytes()
	flagged := infinity
	flagged[31] = 1
	modulus := fp.Modulus().FillBytes(make([]byte, 32))
	modulus[0] |= 0b10 << 6
	raw := key.points[1].RawBytes()
	for name, bad := range map[string][]byte{
		"empty":              nil,
		"short":              good[:len(good)-1],
		"long":               append(append([]byte{}, good...), 0),
		"uncompressed point": at(0, raw[:]),
		"infinity with an x": at(1, flagged[:]),
		"x = p":              at(2, modulus),
		"off the curve":      at(3, offCurve(t)),
		"scalar q":           at(2*n+1, fq.Modulus().FillBytes(make([]byte, 32))),
		"last scalar q":      at(2*n+2, fq.Modulus().FillBytes(make([]byte, 32))),
		"zeros":              make([]byte, Size(n)),
	} {
		_, err := Decode(bad, n)
		require.ErrorIs(t, err, ErrEncoding, name)
	}
	for _, k := range []int{-1, n - 1, n + 1, maxVars + 1, 1 << 40} {
		_, err := Decode(good, k)
		require.ErrorIs(t, err, ErrEncoding, "%d variables", k)
	}
	_, err := Decode(at(0, infinity[:]), n)
	require.NoError(t, err, "the one encoding of infinity")
}

// offCurve encodes the least x for which x³ - 17 is not a square.
func offCurve(t *testing.T) []byte {
	t.Helper()
	for x := byte(1); x < 100; x++ {
		var xx, y fp.Element
		xx.SetUint64(uint64(x))
		y.Square(&xx).Mul(&y, &xx)
		seventeen := fp.NewElement(17)
		if y.Sub(&y, &seventeen).Legendre() == -1 {
			out := make([]byte, curve.ElementSize)
			out[0], out[31] = 0b10<<6, x
			return out
		}
	}
	t.Fatal("every small x lies on the curve")
	return nil
}

// FuzzDecode: what decodes encodes to the same bytes and is refused by the
// verifier, unless it is the seed.
func FuzzDecode(f *testing.F) {
	key := testKey()
	const n = 3
	s := newStatement(key, seeded(7), n, n)
	good := s.open(f, key).Encode()
	f.Add(good, n)
	f.Add(make([]byte, Size(n)), n)
	f.Add([]byte{}, 1<<40)
	infinity := new(grumpkin.G1Affine).Bytes()
	f.Add(append(append([]byte{}, infinity[:]...), good[curve.ElementSize:]...), n)
	f.Fuzz(func(t *testing.T, data []byte, vars int) {
		p, err := Decode(data, vars)
		if err != nil {
			require.ErrorIs(t, err, ErrEncoding)
			return
		}
		require.Equal(t, data, p.Encode())
		if string(data) != string(good) {
			require.ErrorIs(t, s.verify(key, p), ErrRejected)
		}
	})
}
