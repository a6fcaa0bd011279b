package spartan

import (
	"io"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
)

// Everything that a mask consists of is drawn, and nothing of it twice: variables, blinds,
// the factor, public inputs, the cross term's blind, the maskPolys.
func TestMasksAreDrawnWhole(t *testing.T) {
	w := small(t)
	seen := map[fr.Element]bool{}
	fresh := func(list ...fr.Element) {
		for _, x := range list {
			require.False(t, x.IsZero() || seen[x])
			seen[x] = true
		}
	}
	random := seeded(5)
	m, err := randomInstance(curve.Fr, w.key.main, w.key.relation, w.key.key, random)
	require.NoError(t, err)
	fresh(slices.Concat(m.secret.W, m.secret.BlindW, []fr.Element{m.secret.BlindE, m.public.U}, m.public.X)...)
	require.NoError(t, w.key.relation.SatisfiedRelaxed(m.public.U, m.public.X, m.secret.W, m.secret.E))
	for i, v := range [][]fr.Element{m.secret.W, m.secret.E} {
		c, err := w.key.key.CommitAt(0, v, append(m.secret.BlindW, m.secret.BlindE)[i])
		require.NoError(t, err)
		require.Equal(t, append(m.public.W, m.public.E)[i], c)
	}

	// the next of the same bytes is the blind of the cross term
	products, err := w.key.relation.Multiply(w.s.Main.U, w.s.Main.X, w.secret.Main.W)
	require.NoError(t, err)
	slack, err := cross(curve.Fr, &hidden[fr.Element, bn254.G1Affine]{w.s.Main, w.secret.Main, products}, m)
	require.NoError(t, err)
	blind, err := curve.Fr.Draw(random)
	require.NoError(t, err)
	fresh(blind)
	want, err := w.key.key.CommitAt(0, slack, blind)
	require.NoError(t, err)
	ch := curve.BN254.Channel(begun(&w.s, w.key.VerifierKey))
	p, err := conceal(curve.BN254, w.key.main, w.key.relation, w.key.key, ch, w.s.Main, w.secret.Main, seeded(5))
	require.NoError(t, err)
	require.Equal(t, want, p.proof.cross)
	require.Equal(t, m.public, p.proof.mask)

	for _, corner := range corners {
		c, err := newMaskPoly(4, corner, random)
		require.NoError(t, err)
		fresh(append(c.Slopes, c.blind)...)
	}
}

// The same random bytes make other masks for another statement: with one mask for two, the
// difference of two proofs would be unmasked.
func TestMasksAreOfTheStatement(t *testing.T) {
	w := small(t)
	stream := func(s *Statement) []byte {
		r, err := masks(seeded(1), *begun(s, w.key.VerifierKey))
		require.NoError(t, err)
		b := make([]byte, 64)
		_, err = io.ReadFull(r, b)
		require.NoError(t, err)
		return b
	}
	first := stream(&w.s)
	require.Equal(t, first, stream(&w.s))
	other := w.copy()
	other.Context.SetUint64(78)
	require.NotEqual(t, first, stream(&other))
	other = w.copy()
	other.Claims[0].Value.SetUint64(78)
	require.NotEqual(t, first, stream(&other))
}
