package spartan

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestProofsOfRandomRelations(t *testing.T) {
	seed := uint64(0)
	rapid.Check(t, func(r *rapid.T) {
		draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(r, name) }
		main := size{draw("rows", 1, 70), draw("public", 0, 4), draw("private", 0, 70), 4}
		cycle := size{draw("cycle rows", 1, 40), draw("cycle public", 0, 4), draw("cycle private", 0, 40), 4}
		var claims []int
		for range draw("claims", 0, 3) {
			claims = append(claims, draw("variables", 0, 8))
		}
		seed++
		w := newWorld(t, seed, main, cycle, claims...)
		encoded := w.prove(t, 1).Encode()
		require.Len(t, encoded, w.key.Size(w.s.Claims))
		p, err := Decode(w.key.Verifier(), w.s.Claims, encoded)
		require.NoError(t, err)
		require.Equal(t, encoded, p.Encode())
		require.NoError(t, Verify(w.key.Verifier(), &w.s, p))
	})
}

// The instance that a run begins with, all zeros and points at infinity, is satisfied;
// and so is a claim on nothing.
func TestZeros(t *testing.T) {
	w := small(t)
	w.s.Main = Instance[fr.Element, bn254.G1Affine]{W: make([]bn254.G1Affine, 1), X: make([]fr.Element, 2)}
	w.secret.Main = Witness[fr.Element]{W: make([]fr.Element, 40), E: make([]fr.Element, 50),
		BlindW: make([]fr.Element, 1)}
	w.s.Cycle = Instance[fq.Element, grumpkin.G1Affine]{W: make([]grumpkin.G1Affine, 2), X: make([]fq.Element, 3)}
	w.secret.Cycle = Witness[fq.Element]{W: make([]fq.Element, 27), E: make([]fq.Element, 30),
		BlindW: make([]fq.Element, 2)}
	w.s.Claims[0] = Claim{Point: make([]fr.Element, 4)}
	w.secret.Claims[0] = ClaimWitness{Values: make([]fr.Element, 16)}
	require.NoError(t, Verify(w.key.Verifier(), &w.s, w.prove(t, 1)))
}

// A relation without private variables, on either curve.
func TestNothingPrivate(t *testing.T) {
	w := newWorld(t, 5, size{5, 3, 0, 2}, size{4, 2, 0, 2}, 2)
	require.NoError(t, Verify(w.key.Verifier(), &w.s, w.prove(t, 1)))
}
