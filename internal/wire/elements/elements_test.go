package elements

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/wire"
)

type sample struct {
	a fr.Element
	b fq.Element
	p bn254.G1Affine
	q grumpkin.G1Affine
}

func (s *sample) code(c *wire.Coder) {
	Fr(c, "a", &s.a)
	Fq(c, "b", &s.b)
	G1(c, "p", &s.p)
	Grumpkin(c, "q", &s.q)
}

func TestRoundTrip(t *testing.T) {
	_, _, p, _ := bn254.Generators()
	_, q := grumpkin.Generators()
	for _, want := range []*sample{{}, {fr.NewElement(3), fq.NewElement(4), p, q}} {
		data := wire.Encode(want.code)
		require.Len(t, data, 4*Size)
		got := &sample{}
		require.NoError(t, wire.Decode(data, got.code))
		require.Equal(t, want, got)
	}
}

// Elements not below the modulus, points off their curve and a second encoding of infinity
// are rejected.
func TestRefused(t *testing.T) {
	_, _, p, _ := bn254.Generators()
	_, q := grumpkin.Generators()
	good := wire.Encode((&sample{fr.NewElement(3), fq.NewElement(4), p, q}).code)
	flip := func(at int, to byte) []byte {
		b := append([]byte{}, good...)
		b[at] = to
		return b
	}
	for name, data := range map[string][]byte{
		"scalar of BN254":    flip(0, 0xff),
		"scalar of Grumpkin": flip(Size, 0xff),
		"infinity with an x": flip(2*Size, 0x40),
		"point off BN254":    flip(3*Size-1, 4),
		"point off Grumpkin": flip(4*Size-1, 3),
	} {
		require.Error(t, wire.Decode(data, (&sample{}).code), name)
	}
}
