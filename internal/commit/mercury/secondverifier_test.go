package mercury

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// second is a verifier written a second time from the text of the package's
// documentation. Prover and verifier share what they absorb, draw and combine, so that
// between them a mistake in it goes unnoticed: here an honest proof is refused if a
// message is not absorbed or a challenge not used.
type second struct {
	vk           *VerifierKey
	p            *Proof
	n            int
	points       []bn254.G1Affine // of the claims
	coefficients fr.Vector        // ρ, ρ², ...
	value        fr.Element
	rows, cols   fr.Vector // coefficients of P_y and P_x

	alpha, gamma, zeta, beta, x fr.Element
	after                       fr.Element // the challenge after everything
}

func mul(a ...fr.Element) fr.Element {
	r := fr.One()
	for i := range a {
		r.Mul(&r, &a[i])
	}
	return r
}

func add(a ...fr.Element) (r fr.Element) {
	for i := range a {
		r.Add(&r, &a[i])
	}
	return
}

func sub(a, b fr.Element) fr.Element { return *new(fr.Element).Sub(&a, &b) }

func inverse(a fr.Element) fr.Element { return *new(fr.Element).Inverse(&a) }

func pow(a fr.Element, n int) fr.Element { return *new(fr.Element).Exp(a, big.NewInt(int64(n))) }

// read plays the protocol's messages.
func (v *second) read(tr *transcript.Native, z []fr.Element, claims []Claim) {
	p := v.p
	tr.Absorb("mercury key", v.vk.digest, fr.NewElement(uint64(len(claims))))
	tr.Absorb("mercury point", z...)
	var sizes, values []fr.Element
	for _, c := range claims {
		sizes, values = append(sizes, fr.NewElement(uint64(c.NumVars))), append(values, c.Value)
		v.points = append(v.points, c.Commitment)
	}
	tr.Absorb("mercury sizes", sizes...)
	transcript.AbsorbPoints(tr, "mercury commitments", v.points...)
	tr.Absorb("mercury values", values...)

	transcript.AbsorbPoints(tr, "mercury mask", p.mask)
	tr.Absorb("mercury mask value", p.maskValue)
	rho := tr.Challenge()
	v.value = p.maskValue
	for i, c := range claims {
		factor := pow(rho, i+1)
		v.coefficients = append(v.coefficients, factor)
		for _, x := range z[:len(z)-c.NumVars] {
			factor = mul(factor, sub(fr.One(), x))
		}
		v.value = add(v.value, mul(factor, c.Value))
	}
	tr.Absorb("mercury blind", p.blind)
	transcript.AbsorbPoints(tr, "mercury h", p.h)
	v.alpha = tr.Challenge()
	transcript.AbsorbPoints(tr, "mercury g, q", p.g, p.q)
	v.gamma = tr.Challenge()
	transcript.AbsorbPoints(tr, "mercury S, D", p.s, p.d)
	v.zeta = tr.Challenge()
	tr.Absorb("mercury values at", p.gZeta, p.gInv, p.hZeta, p.hInv, p.hAlpha, p.sZeta)
	v.beta = tr.Challenge()
	transcript.AbsorbPoints(tr, "mercury W", p.w)
	v.x = tr.Challenge()
	transcript.AbsorbPoints(tr, "mercury V", p.v)
	tr.Challenge()
	v.after = tr.Challenge()

	v.n = len(z)
	half := v.n / 2
	v.rows, v.cols = poly.EqTable(z[:half]), poly.EqTable(z[half:])
}

// pair checks e(a, [1]) = e(b, [τ^(2^k)]).
func (v *second) pair(a, b bn254.G1Affine, k int) bool {
	b.Neg(&b)
	ok, err := bn254.PairingCheckFixedQ([]bn254.G1Affine{a, b}, []g2Lines{v.vk.one(), v.vk.powers[k]()})
	return ok && err == nil
}

func combined(points []bn254.G1Affine, scalars ...fr.Element) (r bn254.G1Affine) {
	if _, err := r.MultiExp(points, scalars, ecc.MultiExpConfig{}); err != nil {
		panic(err)
	}
	return
}

// divides checks f = (X^cols - α) q + g.
func (v *second) divides() bool {
	p, one := v.p, fr.One()
	points := append([]bn254.G1Affine{p.mask, v.vk.h, p.g, p.q}, v.points...)
	scalars := append(fr.Vector{one, sub(fr.Element{}, p.blind), sub(fr.Element{}, one), v.alpha}, v.coefficients...)
	return v.pair(combined(points, scalars...), p.q, (v.n+1)/2)
}

// opens checks the values, those that are sent and those that follow from the two
// identities, by interpolation and division as eprint 2020/081 has them.
func (v *second) opens() bool {
	p, inv := v.p, inverse(v.zeta)
	at := func(table fr.Vector, x fr.Element) fr.Element { return horner(table, &x) }
	// X S(X) + S(1/X)/X at ζ
	sum := add(mul(p.gZeta, at(v.cols, inv)), mul(p.gInv, at(v.cols, v.zeta)),
		mul(v.gamma, add(mul(p.hZeta, at(v.rows, inv)), mul(p.hInv, at(v.rows, v.zeta)))))
	twice := add(p.hAlpha, mul(v.gamma, v.value))
	sum = sub(sum, add(twice, twice))
	sInv := mul(v.zeta, sub(sum, mul(v.zeta, p.sZeta)))
	d := add(mul(pow(v.zeta, len(v.cols)-1), p.gInv), mul(v.gamma, pow(v.zeta, len(v.rows)-1), p.hInv))

	all := []fr.Element{v.zeta, inv, v.alpha}
	points := []bn254.G1Affine{p.w, p.v}
	vanishing := func(at []fr.Element) fr.Element {
		r := fr.One()
		for _, y := range at {
			r = mul(r, sub(v.x, y))
		}
		return r
	}
	scalars := fr.Vector{sub(fr.Element{}, vanishing(all)), v.x}
	var constant fr.Element
	for i, o := range []struct {
		c      bn254.G1Affine
		at     []fr.Element
		values []fr.Element
	}{
		{p.g, all[:2], []fr.Element{p.gZeta, p.gInv}},
		{p.h, all, []fr.Element{p.hZeta, p.hInv, p.hAlpha}},
		{p.s, all[:2], []fr.Element{p.sZeta, sInv}},
		{p.d, all[:1], []fr.Element{d}},
	} {
		weight := mul(pow(v.beta, i), vanishing(all), inverse(vanishing(o.at)))
		points, scalars = append(points, o.c), append(scalars, weight)
		for j, y := range o.values { // Lagrange
			for k, other := range o.at {
				if k != j {
					y = mul(y, sub(v.x, other), inverse(sub(o.at[j], other)))
				}
			}
			constant = add(constant, mul(weight, y))
		}
	}
	points, scalars = append(points, v.vk.g), append(scalars, sub(fr.Element{}, constant))
	return v.pair(combined(points, scalars...), p.v, 0)
}

// What the documentation says is what is proven and verified, and both sides leave the
// transcript in the same state.
func TestSecondVerifier(t *testing.T) {
	pk := testKey()
	for n := range 8 {
		s := newStatement(pk, seeded(byte(30+n)), n, n, n/2, n)
		p := s.open(t, pk)
		tr := newTestTranscript()
		require.NoError(t, Verify(pk.Verifier(), tr, s.z, s.claims, p))
		v := &second{vk: pk.Verifier(), p: p}
		v.read(newTestTranscript(), s.z, s.claims)
		require.True(t, v.divides(), "%d variables", n)
		require.True(t, v.opens(), "%d variables", n)
		require.Equal(t, v.after, tr.Challenge())

		one := fr.One()
		s.claims[1].Value.Add(&s.claims[1].Value, &one)
		v = &second{vk: pk.Verifier(), p: p}
		v.read(newTestTranscript(), s.z, s.claims)
		require.False(t, v.opens())
	}
}
