package ipa

import (
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/transcript"
)

func testKey(n int) *Key {
	_, g := grumpkin.Generators()
	s := make(fq.Vector, 1<<n+2)
	s.MustSetRandom()
	p := grumpkin.BatchScalarMultiplicationG1(&g, s)
	return &Key{points: p[2:], h: p[0], u: p[1]}
}

func TestFirst(t *testing.T) {
	for n := 0; n < 15; n++ {
		key := testKey(n)
		z := make(fq.Vector, n)
		z.MustSetRandom()
		var claims []Claim
		var wit []Witness
		for k := n; k >= 0; k -= 3 {
			w := make(fq.Vector, 1<<k)
			w.MustSetRandom()
			var b fq.Element
			b.MustSetRandom()
			c, err := msm(append(append([]grumpkin.G1Affine{}, key.points[:len(w)]...), key.h), append(append(fq.Vector{}, w...), b))
			require.NoError(t, err)
			claims = append(claims, Claim{c, k, w.InnerProduct(eqTable(z[n-k:]))})
			wit = append(wit, Witness{w, b})
		}
		t0 := time.Now()
		p, err := Open(key, transcript.New("t"), z, claims, wit, nil)
		require.NoError(t, err, n)
		t1 := time.Now()
		p2, err := Decode(p.Encode(), n)
		require.NoError(t, err)
		require.NoError(t, Verify(key, transcript.New("t"), z, claims, p2), n)
		t.Log(n, t1.Sub(t0), time.Since(t1))
		claims[0].Value.SetOne()
		require.Error(t, Verify(key, transcript.New("t"), z, claims, p2), n)
	}
}
