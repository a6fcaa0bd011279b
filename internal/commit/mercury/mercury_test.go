package mercury

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/poly"
	"fold/internal/transcript"
)

func testKey(n int) *ProverKey {
	_, _, g, g2 := bn254.Generators()
	var tau fr.Element
	tau.MustSetRandom()
	pw := make([]fr.Element, 1<<n)
	pw[0].SetOne()
	for i := 1; i < len(pw); i++ {
		pw[i].Mul(&pw[i-1], &tau)
	}
	points := bn254.BatchScalarMultiplicationG1(&g, pw)
	h, _ := bn254.HashToG1([]byte("h"), []byte("test"))
	var powers []bn254.G2Affine
	for range n/2 + 2 {
		var q bn254.G2Affine
		q.ScalarMultiplication(&g2, tau.BigInt(new(big.Int)))
		powers = append(powers, q)
		tau.Square(&tau)
	}
	return newKey(points, h, g2, powers, fr.NewElement(7))
}

func TestFirst(t *testing.T) {
	for n := 0; n < 12; n++ {
		pk := testKey(n)
		z := make(fr.Vector, n)
		z.MustSetRandom()
		var claims []Claim
		var wit []Witness
		for k := n; k >= 0; k -= 3 {
			w := make(fr.Vector, 1<<k)
			w.MustSetRandom()
			var b fr.Element
			b.MustSetRandom()
			c, err := msm(append(append([]bn254.G1Affine{}, pk.points[:len(w)]...), pk.vk.h), append(append(fr.Vector{}, w...), b))
			require.NoError(t, err)
			claims = append(claims, Claim{c, k, poly.Eval(w, z[n-k:])})
			wit = append(wit, Witness{Dense(w), b})
		}
		p, err := Open(pk, transcript.New("t"), z, claims, wit, nil)
		require.NoError(t, err, n)
		p2, err := Decode(p.Encode())
		require.NoError(t, err)
		require.NoError(t, Verify(pk.Verifier(), transcript.New("t"), z, claims, p2), n)
		claims[0].Value.SetOne()
		require.Error(t, Verify(pk.Verifier(), transcript.New("t"), z, claims, p2), n)
	}
}
