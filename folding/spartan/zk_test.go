package spartan

import (
	"bytes"
	"context"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/poly"
)

// elements cuts a proof into its points and scalars.
func elements(proof []byte) map[string]bool {
	out := map[string]bool{}
	for at := 0; at < len(proof); at += curve.ElementSize {
		out[string(proof[at:at+curve.ElementSize])] = true
	}
	return out
}

// Two proofs of one statement with different masks have no element in common, and the
// same masks make the same proof.
func TestProofsShareNoElement(t *testing.T) {
	w := small(t)
	first, second := w.prove(t, 1).Encode(), w.prove(t, 2).Encode()
	require.Len(t, elements(first), len(first)/curve.ElementSize, "an element is there twice")
	for e := range elements(second) {
		require.False(t, elements(first)[e], "%x", e)
	}
	require.Equal(t, first, w.prove(t, 1).Encode())
	random, err := Prove(context.Background(), w.key, &w.s, &w.secret, nil)
	require.NoError(t, err)
	require.NotEqual(t, first, random.Encode())
}

// A proof's length does not depend on the witness.
func TestLengthTellsNothing(t *testing.T) {
	w := small(t)
	first := w.prove(t, 1).Encode()
	w.s.Claims, w.secret.Claims = nil, nil
	w.fill(t, bytes.NewReader(make([]byte, 1<<20)), []int{4, 7}) // a witness of zeros
	second := w.prove(t, 1).Encode()
	require.NoError(t, w.accepts(second))
	require.Len(t, second, len(first))
	for e := range elements(second) {
		require.False(t, elements(first)[e], "%x", e)
	}
}

// A masked instance is satisfied, and uniform: the mask's z enters with r, which is not
// zero, and everything else follows from z.
func TestMaskedInstanceIsSatisfied(t *testing.T) {
	w := small(t)
	p, _ := w.newProver(t)
	require.NoError(t, p.shape.SatisfiedRelaxed(p.u, p.x, p.witness.W, p.witness.E))
	at := 0
	for i, v := range [][]fr.Element{p.witness.W, p.witness.E} {
		c, err := w.key.key.CommitAt(0, v, append(p.witness.BlindW, p.witness.BlindE)[i])
		require.NoError(t, err)
		require.Equal(t, c, commitmentOf(p.side, unit(len(p.polys), at)))
		at++
	}
}

// commitmentOf computes the commitment to the polynomials' sum with given factors.
func commitmentOf(s *side[fr.Element, bn254.G1Affine], factors []fr.Element) bn254.G1Affine {
	all := s.combined(factors)
	return curve.BN254.Sum(all.points, all.scalars)
}

func unit(n, i int) []fr.Element {
	v := make([]fr.Element, n)
	v[i] = curve.Fr.One
	return v
}

// The slopes of the concealing polynomials reach every message of the last sumcheck:
// the map from the 2n slopes to the 2n elements of degree up to 2 has full rank.
func TestConcealersReachEveryMessage(t *testing.T) {
	const n = 5
	f := curve.Fr
	challenges, err := f.DrawVector(seeded(3), n)
	require.NoError(t, err)
	weights, err := f.DrawVector(seeded(4), maskPolys)
	require.NoError(t, err)
	var rows [][]fr.Element
	for k := range corners {
		for j := range n {
			m := &maskPoly{Affine: poly.Affine{Slopes: unit(n, j)}}
			sum := newAffineSum(m, corners[k])
			var messages []fr.Element
			for i := range n {
				p := sum.Round()
				messages = append(messages, f.Mul(weights[k], p[0]), f.Mul(weights[k], p[2]))
				sum.Bind(&challenges[i])
			}
			rows = append(rows, messages)
		}
	}
	require.Equal(t, 2*n, rank(rows))
}

// rank is the rank of a matrix, which it changes.
func rank(m [][]fr.Element) (rank int) {
	f := curve.Fr
	for column := range m[0] {
		for i := rank; i < len(m); i++ {
			if m[i][column].IsZero() {
				continue
			}
			m[rank], m[i] = m[i], m[rank]
			inverse := f.Inverse(m[rank][column])
			for k := rank + 1; k < len(m); k++ {
				factor := f.Mul(m[k][column], inverse)
				for c := range m[k] {
					m[k][c] = f.Sub(m[k][c], f.Mul(factor, m[rank][c]))
				}
			}
			rank++
			break
		}
	}
	return
}

// A masking polynomial is zero at its corner, its sum is what a table of it gives.
func TestConcealersAreWhatTheyClaim(t *testing.T) {
	f := curve.Fr
	for k, corner := range corners {
		m, err := newMaskPoly(4, corner, seeded(7))
		require.NoError(t, err)
		table, one := make(fr.Vector, 1<<4), fr.One()
		m.AddScaled(table, 0, &one)
		at := []fr.Element{corner, corner, corner, corner}
		require.Equal(t, f.Zero, f.Dot(f.EqTable(at), table))

		sum, slow := newAffineSum(m, corner), &product[fr.Element]{f, f.EqTable(at), table}
		for range 4 {
			p, q := sum.Round(), slow.Round()
			require.Equal(t, [2]fr.Element{q[0], q[2]}, [2]fr.Element{p[0], p[2]}, "concealer %d", k)
			r := f.Int(1234567)
			sum.Bind(&r)
			slow.Bind(&r)
		}
	}
}
