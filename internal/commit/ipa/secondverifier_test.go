package ipa

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
)

// absorbSecond absorbs scalars as two limbs of 128 bits each.
func absorbSecond(tr *transcript.Native, label string, scalars ...fq.Element) {
	var limbs []fr.Element
	cut := new(big.Int).Lsh(big.NewInt(1), 128)
	for i := range scalars {
		hi, lo := new(big.Int).DivMod(scalars[i].BigInt(new(big.Int)), cut, new(big.Int))
		limbs = append(limbs, *new(fr.Element).SetBigInt(lo), *new(fr.Element).SetBigInt(hi))
	}
	tr.Absorb(label, limbs...)
}

func drawSecond(tr *transcript.Native) (c fq.Element) {
	challenge := tr.Challenge()
	n := challenge.BigInt(new(big.Int))
	c.SetBigInt(n.Mod(n, new(big.Int).Lsh(big.NewInt(1), 126)))
	return
}

func multiple(p grumpkin.G1Affine, s fq.Element) grumpkin.G1Affine {
	return *p.ScalarMultiplication(&p, s.BigInt(new(big.Int)))
}

func plus(points ...grumpkin.G1Affine) (sum grumpkin.G1Affine) {
	for i := range points {
		sum.Add(&sum, &points[i])
	}
	return
}

// secondVerify is a verifier written a second time from the text of the package's
// documentation: it folds generators and values as the prover does. It leaves a challenge
// that depends on all messages.
func secondVerify(key *Key, tr *transcript.Native, z []fq.Element, claims []Claim, p *Proof) (bool, fr.Element) {
	tr.Absorb("ipa key", key.digest, fr.NewElement(uint64(min(1<<len(z), len(key.points)))))
	absorbSecond(tr, "ipa point", z...)
	var sizes []fr.Element
	var commitments []grumpkin.G1Affine
	var values []fq.Element
	for _, c := range claims {
		sizes = append(sizes, fr.NewElement(uint64(c.NumVars)))
		commitments, values = append(commitments, c.Commitment), append(values, c.Value)
	}
	tr.Absorb("ipa sizes", sizes...)
	channel(tr).AbsorbPoints("ipa commitments", commitments...)
	absorbSecond(tr, "ipa values", values...)

	rho, power, one := drawSecond(tr), fq.One(), fq.One()
	var value fq.Element
	var c grumpkin.G1Affine
	for _, claim := range claims {
		c = plus(c, multiple(claim.Commitment, power))
		v := *new(fq.Element).Mul(&claim.Value, &power)
		for i := range z[:len(z)-claim.NumVars] {
			v.Mul(&v, new(fq.Element).Sub(&one, &z[i]))
		}
		value.Add(&value, &v)
		power.Mul(&power, &rho)
	}
	base := multiple(key.u, drawSecond(tr)) // ξU
	c = plus(c, multiple(base, value))

	g, e := make([]grumpkin.G1Affine, 1<<len(z)), make(fq.Vector, 1<<len(z))
	for i := range min(len(g), len(key.points)) {
		g[i], e[i] = key.points[i], one
		for j := range z {
			if i>>(len(z)-1-j)&1 == 1 {
				e[i].Mul(&e[i], &z[j])
			} else {
				e[i].Mul(&e[i], new(fq.Element).Sub(&one, &z[j]))
			}
		}
	}
	for j := range z {
		channel(tr).AbsorbPoints("ipa round", p.left[j], p.right[j])
		x := drawSecond(tr)
		c = plus(c, multiple(p.left[j], x), multiple(p.right[j], *new(fq.Element).Inverse(&x)))
		half := len(g) / 2
		for i := range half {
			g[i] = plus(g[i], multiple(g[half+i], x))
			e[half+i].Mul(&e[half+i], &x)
			e[i].Add(&e[i], &e[half+i])
		}
		g, e = g[:half], e[:half]
	}
	channel(tr).AbsorbPoints("ipa T", p.final)
	last := drawSecond(tr)
	absorbSecond(tr, "ipa answers", p.a, p.b)
	have := plus(multiple(plus(g[0], multiple(base, e[0])), p.a), multiple(key.h, p.b))
	want := plus(p.final, multiple(c, last))
	return have.Equal(&want), tr.Challenge()
}

// What the documentation says is what is proven and verified, with keys of fewer points
// than the polynomials have values too, and both sides leave the transcript alike.
func TestSecondVerifier(t *testing.T) {
	for n := range 6 {
		for _, size := range []int{64, 21} {
			key := testKey().truncated(size)
			if key.MaxVars() < n {
				continue
			}
			s := newStatement(key, seeded(byte(n)), n, n, n/2, n)
			p := s.open(t, key)
			tr := newTestTranscript()
			require.NoError(t, Verify(key, tr, s.z, s.claims, p))
			ok, after := secondVerify(key, newTestTranscript(), s.z, s.claims, p)
			require.True(t, ok, "%d variables", n)
			require.Equal(t, after, tr.Challenge())

			one := fq.One()
			s.claims[1].Value.Add(&s.claims[1].Value, &one)
			ok, _ = secondVerify(key, newTestTranscript(), s.z, s.claims, p)
			require.False(t, ok)
		}
	}
}

// A proof has as many rounds as the point has coordinates, a point on the curve is
// claimed, and no claim has more variables than the point has coordinates.
func TestShapes(t *testing.T) {
	key := testKey()
	s := newStatement(key, seeded(9), 4, 4)
	p := s.open(t, key)
	for _, list := range []*[]grumpkin.G1Affine{&p.left, &p.right} {
		*list = append(*list, grumpkin.G1Affine{})
		require.ErrorIs(t, s.verify(key, p), ErrRejected, "a point of a round too many")
		*list = (*list)[:4]
	}
	require.NoError(t, s.verify(key, p))
	for name, change := range map[string]func(c *Claim){
		"off the curve":      func(c *Claim) { c.Commitment.X.Double(&c.Commitment.X) },
		"too many variables": func(c *Claim) { c.NumVars = 5 },
		"negative variables": func(c *Claim) { c.NumVars = -1 },
	} {
		claims := []Claim{s.claims[0]}
		change(&claims[0])
		require.ErrorIs(t, Verify(key, newTestTranscript(), s.z, claims, p), ErrStatement, name)
	}
	require.ErrorIs(t, Verify(key, newTestTranscript(), s.z, nil, p), ErrStatement)
}

// The base that carries values is hashed to the curve: nobody knows a relation to others.
func TestValueBase(t *testing.T) {
	u, err := grumpkin.HashToG1([]byte("U"), []byte("fold/ipa/v1/grumpkin/value base"))
	require.NoError(t, err)
	require.Equal(t, u, testKey().u)
}
