package folding

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
)

// basedKey is a key whose H is another point.
type basedKey[E curve.Element, C comparable] struct {
	commit.Committer[E, C]
	h C
}

func (k basedKey[E, C]) BlindingBase() C { return k.h }

// TestBlindsAreOfTheCommitment: on both curves a blind depends on the label, the place, the
// vector, the commitment without it, which is that of the key's points, and H.
func TestBlindsAreOfTheCommitment(t *testing.T) {
	both(t, testDrawnBlinds[fr.Element, bn254.G1Affine], testDrawnBlinds[fq.Element, grumpkin.G1Affine])
}

func testDrawnBlinds[E curve.Element, C comparable](t *testing.T, w *world[E, C]) {
	s, one := w.scheme, []fr.Element{fr.One()}
	number := func(x int64) []E { return []E{curve.One[E](), curve.FromInteger[E](big.NewInt(x))} }
	c, err := s.group.key.CommitAt(0, number(2), *new(E))
	require.NoError(t, err)
	other, err := s.group.key.CommitAt(0, number(3), *new(E))
	require.NoError(t, err)
	based := *s
	group := *s.group
	group.key = basedKey[E, C]{s.group.key, other}
	based.group = &group
	honest := s.drawing(prf("seed"), "label", one, number(2))(c)
	require.Equal(t, honest, s.drawing(prf("seed"), "label", one, number(2))(c))
	seen := map[E]string{honest: "honest"}
	for name, b := range map[string]E{
		"seed":            s.drawing(prf("another"), "label", one, number(2))(c),
		"label":           s.drawing(prf("seed"), "labels", one, number(2))(c),
		"place":           s.drawing(prf("seed"), "label", []fr.Element{fr.NewElement(2)}, number(2))(c),
		"vector":          s.drawing(prf("seed"), "label", one, number(3))(c),
		"points of a key": s.drawing(prf("seed"), "label", one, number(2))(other),
		"H":               based.drawing(prf("seed"), "label", one, number(2))(c),
	} {
		require.Empty(t, seen[b], name)
		seen[b] = name
	}
	full, b, err := s.blinded(0, number(2), func(of C) E {
		require.Equal(t, c, of)
		return honest
	}, "vector")
	require.NoError(t, err)
	require.Equal(t, honest, b)
	want, err := s.group.key.CommitAt(0, number(2), honest)
	require.NoError(t, err)
	require.Equal(t, want, full)
}

// TestBlindsOfAnotherKey: the same step under two keys has other blinds for everything whose
// commitment has a point of the key.
func TestBlindsOfAnotherKey(t *testing.T) {
	key, err := ivcKey()
	require.NoError(t, err)
	other, err := commit.SetupDevelopment(key.Len())
	require.NoError(t, err)
	draw := func(k *commit.Key) fr.Element {
		s := &Main{group: mainGroup(k)}
		v := []fr.Element{{}, fr.One()} // point 0 is G in every key
		_, b, err := s.blinded(0, v, s.drawing(prf("seed"), "main witness", nil, v), "witness")
		require.NoError(t, err)
		return b
	}
	require.Equal(t, draw(key), draw(key))
	require.NotEqual(t, draw(key), draw(other))
}
