package argument

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

func TestEncodeProof(t *testing.T) {
	eachKind(t, func(t *testing.T, s *step) {
		b := s.encoded(t)
		require.Len(t, b, s.argument.ProofSize())
		proof, err := s.argument.DecodeProof(b)
		require.NoError(t, err)
		require.Equal(t, s.proof.Commitments, proof.Commitments)
		again, err := s.argument.Encode(proof)
		require.NoError(t, err)
		require.Equal(t, b, again)
		_, err = s.argument.Verify(s.statement, proof)
		require.NoError(t, err)
	})
}

// TestOneEncoding: no other bytes are a proof.
func TestOneEncoding(t *testing.T) {
	s := honestSteps(t)[1]
	good := s.encoded(t)
	points := len(pointNames) * bn254.SizeOfG1AffineCompressed
	modulus := fr.Modulus().Bytes()
	for name, change := range map[string]func(b []byte) []byte{
		"empty":                    func([]byte) []byte { return nil },
		"short":                    func(b []byte) []byte { return b[1:] },
		"long":                     func(b []byte) []byte { return append(b, 0) },
		"the modulus":              func(b []byte) []byte { copy(b[points:], modulus); return b },
		"all bits set":             func(b []byte) []byte { copy(b[len(b)-32:], allOnes(32)); return b },
		"uncompressed":             func(b []byte) []byte { b[0] &= 0x3f; return b },
		"infinity with a rest":     func(b []byte) []byte { b[0] = 0x40 | 1; return b },
		"a point's x too large":    func(b []byte) []byte { copy(b[1:], allOnes(31)); b[0] |= 0x3f; return b },
		"a point not on the curve": func(b []byte) []byte { return offCurve(b) },
	} {
		_, err := s.argument.DecodeProof(change(append([]byte{}, good...)))
		require.ErrorIs(t, err, ErrEncoding, name)
	}
}

func allOnes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 0xff
	}
	return b
}

// offCurve changes the first point's x until no y belongs to it.
func offCurve(b []byte) []byte {
	for {
		b[31]++
		var p bn254.G1Affine
		if _, err := p.SetBytes(b[:32]); err != nil {
			return b
		}
	}
}

// FuzzDecodeProof: what decodes has one encoding, and Verify refuses it, unless
// it is the proof, without a panic.
func FuzzDecodeProof(f *testing.F) {
	s := honestSteps(f)[0]
	good := s.encoded(f)
	f.Add(good)
	f.Add([]byte{})
	f.Add(make([]byte, len(good)))
	f.Fuzz(func(t *testing.T, b []byte) {
		proof, err := s.argument.DecodeProof(b)
		if err != nil {
			require.ErrorIs(t, err, ErrEncoding)
			return
		}
		again, err := s.argument.Encode(proof)
		require.NoError(t, err)
		require.Equal(t, b, again)
		if _, err := s.argument.Verify(s.statement, proof); err == nil {
			require.Equal(t, good, b)
		}
	})
}

// TestPackedPoints: a point follows from the three elements that a transcript absorbs.
func TestPackedPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q bn254.G1Affine
		q.ScalarMultiplicationBase(new(big.Int).SetUint64(rapid.Uint64().Draw(t, "scalar")))
		p := Limbs[fr.Element](transcript.PointLimbs(&q)).packed(transcript.NewField())
		require.Len(t, p, 3)
		var low, upper big.Int
		x := new(big.Int).And(p[2].BigInt(&upper), relation.OnesBelow(upperBits))
		y := new(big.Int).Rsh(&upper, upperBits)
		x.Lsh(x, 128).Or(x, p[0].BigInt(&low))
		y.Lsh(y, 128).Or(y, p[1].BigInt(&low))
		require.Equal(t, q.X.String(), x.String())
		require.Equal(t, q.Y.String(), y.String())
	})
}
