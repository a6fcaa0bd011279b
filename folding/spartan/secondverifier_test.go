package spartan

import (
	"errors"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/ipa"
	"fold.example/fold/internal/commit/mercury"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
)

// second is a verifier of one side, written a second time from the text of the package's
// documentation, with tables instead of formulas. Prover and verifier share what they
// absorb, draw and combine, so that a mistake in it goes unnoticed between them: an
// honest proof is refused here if a message is not absorbed, a challenge not used, or a
// claim not made.
type second[E curve.Element, C comparable] struct {
	*curve.Curve[E, C]
	form
	ch channel[E, C]
	p  *sideProof[E, C]

	u           E
	x           []E
	commitments []C // W and E of the masked instance

	rx     []E
	rho    [3]E
	slack  E // E~(rx)
	inner  E // Az~(rx) + rho Bz~(rx) + rho^2 Cz~(rx)
	t, s   []E
	lambda E
	value  E // what is left of the sums: what the combination of all has at s

	points  []C
	factors []E
}

// power returns a^n.
func (v *second[E, C]) power(a E, n int) E {
	p := v.One
	for range n {
		p = v.Mul(p, a)
	}
	return p
}

// powers returns 1, a, ..., a^(n-1).
func (v *second[E, C]) powers(a E, n int) (out []E) {
	for i := range n {
		out = append(out, v.power(a, i))
	}
	return
}

// eq returns prod_i (a_i b_i + (1 - a_i)(1 - b_i)).
func (v *second[E, C]) eq(a, b []E) E {
	p := v.One
	for i := range a {
		both, none := v.Mul(a[i], b[i]), v.Mul(v.Sub(v.One, a[i]), v.Sub(v.One, b[i]))
		p = v.Mul(p, v.Add(both, none))
	}
	return p
}

type (
	secondMainHalf = second[fr.Element, bn254.G1Affine]
	secondHalf     = second[fqElement, grumpkin.G1Affine]
)

// begin reads everything up to the values of the first sumcheck.
func (v *second[E, C]) begin(u Instance[E, C]) {
	m := &v.p.mask
	v.ch.AbsorbPoints("mask W, E", append(slices.Clone(m.W), m.E)...)
	v.ch.Absorb("mask u, x", append([]E{m.U}, m.X...)...)
	v.ch.AbsorbPoints("cross", v.p.cross)
	r := v.ch.Challenge()
	v.u = v.Add(u.U, v.Mul(r, m.U))
	for i := range u.X {
		v.x = append(v.x, v.Add(u.X[i], v.Mul(r, m.X[i])))
	}
	for i := range u.W {
		v.commitments = append(v.commitments, v.Sum([]C{u.W[i], m.W[i]}, []E{v.One, r}))
	}
	v.commitments = append(v.commitments, v.Sum([]C{u.E, v.p.cross, m.E}, []E{v.One, r, v.Mul(r, r)}))

	tau := challenges(v.ch, v.rowVars())
	var claim E
	for i, g := range v.p.outer {
		v.ch.Absorb("outer round", g...)
		r := v.ch.Challenge()
		// (1 - tau) g(0) + tau g(1) = g_0 + tau (g_1 + g_2)
		g0 := v.Sub(claim, v.Mul(tau[i], v.Add(g[0], g[1])))
		claim = v.Add(g0, v.Add(v.Mul(r, g[0]), v.Mul(v.Mul(r, r), g[1])))
		v.rx = append(v.rx, r)
	}
	a := v.p.values
	v.ch.Absorb("values", a[:]...)
	v.slack = v.Sub(v.Sub(v.Mul(a[0], a[1]), v.Mul(v.u, a[2])), claim)
	rho := v.ch.Challenge()
	v.rho = [3]E{v.One, rho, v.Mul(rho, rho)}
	v.inner = v.Dot(v.rho[:], a[:])
}

// liftedClaim is a claim with its number of variables and value, in the order of the weights.
type liftedClaim[E any] struct {
	vars  int
	value E
	late  bool
}

// play draws t, unless it has been drawn, and lambda, and plays the last sumcheck.
func (v *second[E, C]) play(claims []liftedClaim[E]) {
	v.lambda = v.ch.Challenge()
	for k, c := range claims {
		value := v.Mul(v.power(v.lambda, k), c.value)
		if !c.late {
			for _, t := range v.t[:len(v.t)-c.vars] {
				value = v.Mul(value, v.Sub(v.One, t))
			}
		}
		v.value = v.Add(v.value, value)
	}
	for _, g := range v.p.batch {
		v.ch.Absorb("round", g...)
		r := v.ch.Challenge()
		coefficients := append([]E{g[0], v.Zero}, g[1:]...)
		coefficients[1] = v.Sub(v.value, v.Add(g[0], g[0])) // p(0) + p(1) is the value
		for _, c := range g[1:] {
			coefficients[1] = v.Sub(coefficients[1], c)
		}
		v.value = v.Dot(coefficients, v.powers(r, len(coefficients)))
		v.s = append(v.s, r)
	}
}

// low and high are the last n coordinates of s, and the others; highT those of t.
func (v *second[E, C]) low(n int) []E   { return v.s[len(v.s)-n:] }
func (v *second[E, C]) high(n int) []E  { return v.s[:len(v.s)-n] }
func (v *second[E, C]) highT(n int) []E { return v.t[:len(v.t)-n] }

// absent is eq(0, s_hi): the part of a polynomial of n variables at s.
func (v *second[E, C]) absent(n int) E {
	return v.eq(make([]E, len(v.s)-n), v.high(n))
}

// open adds factor times a commitment to what is opened.
func (v *second[E, C]) open(p C, factor E) {
	v.points, v.factors = append(v.points, p), append(v.factors, factor)
}

// claimed is lambda^k eq(t_hi, s_hi), with which a claim that is not late enters.
func (v *second[E, C]) claimed(k, vars int) E {
	return v.Mul(v.power(v.lambda, k), v.eq(v.highT(vars), v.high(vars)))
}

// own are the claims on the instance itself: each part is zero outside of its place, and
// the error vector has its value.
func (v *second[E, C]) own() (claims []liftedClaim[E]) {
	for range v.parts {
		claims = append(claims, liftedClaim[E]{vars: v.columnVars()})
	}
	return append(claims, liftedClaim[E]{vars: v.rowVars(), value: v.slack})
}

func (v *second[E, C]) openOwn() {
	m, from := v.columnVars(), 0
	at, drawn := v.EqTable(v.low(m)), v.EqTable(v.t[len(v.t)-m:])
	for k, n := range v.parts {
		var outside E
		for y := range at {
			if y < from || y >= from+n {
				outside = v.Add(outside, v.Mul(at[y], drawn[y]))
			}
		}
		from += n
		v.open(v.commitments[k], v.Mul(v.claimed(k, m), outside))
	}
	k, n := len(v.parts), v.rowVars()
	v.open(v.commitments[k], v.Mul(v.claimed(k, n), v.eq(v.rx, v.low(n))))
}

// public is u and x in their columns, at a point.
func (v *second[E, C]) public(at []E) (sum E) {
	e := v.EqTable(at)
	for i, x := range append([]E{v.u}, v.x...) {
		sum = v.Add(sum, v.Mul(x, e[v.private()+i]))
	}
	return
}

// secondCycle verifies the cycle side.
func secondCycle(k *VerifierKey, tr *transcript.Native, s *Statement, p *Proof) error {
	v := &secondHalf{Curve: curve.Grumpkin, form: k.cycle, ch: curve.Grumpkin.Channel(tr), p: &p.cycle}
	v.begin(s.Cycle)
	v.t = challenges(v.ch, max(v.rowVars(), v.columnVars()))
	m := v.columnVars()
	v.play(append(v.own(), liftedClaim[fqElement]{vars: m, value: v.inner}))
	v.openOwn()

	// sum_y M(y) z(y), M evaluated entry by entry
	rows, columns := v.EqTable(v.rx), v.EqTable(v.low(m))
	var at fqElement
	for e := range k.shape.All() {
		column := e.Column - 1 - v.form.public
		if column < 0 {
			column += 1 + v.form.public + v.private()
		}
		at = v.Add(at, v.Mul(v.Mul(v.rho[e.Matrix], e.Value), v.Mul(rows[e.Row], columns[column])))
	}
	at = v.Mul(at, v.claimed(len(v.parts)+1, m))
	for i := range v.parts {
		v.open(v.commitments[i], at)
	}
	v.value = v.Sub(v.value, v.Mul(at, v.Mul(v.absent(m), v.public(v.low(m)))))
	claim := ipa.Claim{Commitment: v.Sum(v.points, v.factors), NumVars: len(v.s), Value: v.value}
	return k.inner.Verify(tr, v.s, []ipa.Claim{claim}, p.inner)
}

// secondMain verifies the main side.
func secondMain(k *VerifierKey, tr *transcript.Native, s *Statement, p *Proof) error {
	v := &secondMainHalf{
		Curve: curve.BN254, form: k.main, ch: curve.BN254.Channel(tr), p: &p.main.sideProof,
	}
	v.begin(s.Main)
	m := &p.main.matrices
	entries, rows, columns := logCeil(max(1, k.matrices.entries)), v.rowVars()+2, v.columnVars()

	v.ch.AbsorbPoints("looked", m.looked[:]...)
	alpha, beta := tr.Challenge(), tr.Challenge()
	v.ch.AbsorbPoints("inverses", m.inverses[:]...)
	sigma, omega := challenges(v.ch, max(entries, rows, columns)), tr.Challenge()
	v.ch.AbsorbPoints("concealers", p.main.maskPolys[:]...)
	n := max(entries, rows, columns)
	for _, c := range s.Claims {
		n = max(n, len(c.Point))
	}
	v.t = challenges(v.ch, n)

	claims := v.own()
	for _, c := range s.Claims {
		claims = append(claims, liftedClaim[fr.Element]{vars: len(c.Point), value: c.Value})
	}
	claims = append(claims, liftedClaim[fr.Element]{vars: n}, liftedClaim[fr.Element]{vars: n})
	var live fr.Element // what the cells' relation adds up to
	for _, e := range v.EqTable(sigma[len(sigma)-entries:])[:k.matrices.entries] {
		live.Add(&live, &e)
	}
	total := v.Add(v.inner, v.Mul(live, v.Add(omega, v.power(omega, 2))))
	v.play(append(claims, liftedClaim[fr.Element]{value: total, late: true}))

	v.openOwn()
	own := len(v.parts) + 1
	for i, c := range s.Claims {
		at := v.Mul(v.claimed(own+i, len(c.Point)), v.eq(c.Point, v.low(len(c.Point))))
		v.open(c.Commitment, at)
	}
	for i, corner := range []int64{0, 2} {
		point := slices.Repeat([]fr.Element{v.Int(corner)}, n)
		at := own + len(s.Claims) + i
		v.open(p.main.maskPolys[i], v.Mul(v.claimed(at, n), v.eq(point, v.s)))
	}
	late := v.power(v.lambda, own+len(s.Claims)+2)
	openLookups(v, k, m, secondLookups{alpha, beta, omega, late, sigma})
	openValues(v, m, [3]int{entries, rows, columns})
	claim := mercury.Claim{Commitment: v.Sum(v.points, v.factors), NumVars: n, Value: v.value}
	return k.opening.Verify(tr, v.s, []mercury.Claim{claim}, p.opening)
}

// secondLookups are the challenges of the claim on the matrices, and its weight.
type secondLookups struct {
	alpha, beta, omega, weight fr.Element
	sigma                      []fr.Element
}

// openLookups opens what the three sums of the claim on the matrices are linear in, and
// subtracts the rest of them.
func openLookups(v *secondMainHalf, k *VerifierKey, m *matrixProof[fr.Element, bn254.G1Affine], l secondLookups) {
	begin := func(vars int) (open func(p bn254.G1Affine, c fr.Element), known func(c fr.Element), eq fr.Element) {
		scale := v.Mul(l.weight, v.power(v.Half(), len(v.s)-vars))
		inverse := v.Inverse(v.absent(vars))
		open = func(p bn254.G1Affine, c fr.Element) { v.open(p, v.Mul(scale, v.Mul(c, inverse))) }
		known = func(c fr.Element) { v.value = v.Sub(v.value, v.Mul(scale, c)) }
		return open, known, v.eq(l.sigma[len(l.sigma)-vars:], v.low(vars))
	}
	open, known, eq := begin(logCeil(max(1, k.matrices.entries)))
	open(k.matrices.fixed[4], v.Mul(m.values[0], m.values[1])) // value X Y
	for a := range 2 {
		x, h := m.values[a], m.values[2+a]
		// h (alpha - index - beta x) and h
		relation := v.Mul(v.power(l.omega, 1+a), v.Mul(eq, h))
		known(v.Mul(relation, v.Sub(l.alpha, v.Mul(l.beta, x))))
		open(k.matrices.fixed[a], v.Sub(v.Zero, relation))
		known(v.Mul(v.power(l.omega, 3+a), h))
	}
	for a, vars := range []int{v.rowVars() + 2, v.columnVars()} {
		open, known, eq := begin(vars)
		g, at := m.values[4+a], v.low(vars)
		var index fr.Element
		for i, x := range at {
			index = v.Add(index, v.Mul(x, v.Int(1<<(len(at)-1-i))))
		}
		// g (alpha - index - beta table) - count, and -g
		relation := v.Mul(v.power(l.omega, 5+a), eq)
		open(k.matrices.fixed[2+a], v.Sub(v.Zero, relation))
		relation = v.Mul(relation, g)
		known(v.Mul(relation, v.Sub(l.alpha, index)))
		known(v.Sub(v.Zero, v.Mul(v.power(l.omega, 3+a), g)))
		relation = v.Sub(v.Zero, v.Mul(relation, l.beta))
		if a == 1 { // the table is z
			known(v.Mul(relation, v.public(at)))
			for i := range v.parts {
				open(v.commitments[i], relation)
			}
			continue
		}
		matrix := v.EqTable(at[:2])
		weight := v.Dot(v.rho[:], matrix[:3])
		known(v.Mul(relation, v.Mul(weight, v.eq(v.rx, at[2:]))))
	}
}

// openValues opens the polynomials whose values are sent.
func openValues(v *secondMainHalf, m *matrixProof[fr.Element, bn254.G1Affine], vars [3]int) {
	v.ch.Absorb("lookup values", m.values[:]...)
	kappa := v.ch.Challenge()
	of := []int{vars[0], vars[0], vars[0], vars[0], vars[1], vars[2]}
	for i, p := range append(m.looked[:], m.inverses[:]...) {
		factor := v.power(kappa, i+1)
		v.open(p, factor)
		v.value = v.Add(v.value, v.Mul(factor, v.Mul(m.values[i], v.absent(of[i]))))
	}
}

// secondVerify is Verify, of proofs of the right form.
func secondVerify(k *VerifierKey, s *Statement, p *Proof) error {
	tr := transcript.New("fold spartan")
	tr.Absorb("statement", k.digest, s.Context, fr.NewElement(uint64(len(s.Claims))))
	transcript.AbsorbPoints(tr, "main W, E", append(slices.Clone(s.Main.W), s.Main.E)...)
	tr.Absorb("main u, x", append([]fr.Element{s.Main.U}, s.Main.X...)...)
	transcript.AbsorbGrumpkin(tr, "cycle W, E", append(slices.Clone(s.Cycle.W), s.Cycle.E)...)
	curve.Grumpkin.Channel(tr).Absorb("cycle u, x", append([]fqElement{s.Cycle.U}, s.Cycle.X...)...)
	for _, c := range s.Claims {
		transcript.AbsorbPoints(tr, "claim", c.Commitment)
		tr.Absorb("point", c.Point...)
		tr.Absorb("value", c.Value)
	}
	return errors.Join(secondMain(k, tr, s, p), secondCycle(k, tr, s, p))
}

// What the documentation says is what is proven and verified: messages, challenges, and
// every claim.
func TestSecondVerifier(t *testing.T) {
	for seed, main := range []size{{50, 2, 40, 3}, {3, 1, 2, 2}, {9, 0, 30, 4}, {33, 3, 5, 2}} {
		w := newWorld(t, uint64(seed), main, size{30, 3, 27, 3}, 4, 9, 0, 4)
		p := w.prove(t, 1)
		require.NoError(t, Verify(w.key.Verifier(), &w.s, p))
		require.NoError(t, secondVerify(w.key.Verifier(), &w.s, p), "relation %d", seed)

		one := fr.One()
		for name, change := range map[string]func(s *Statement){
			"context": func(s *Statement) { s.Context.Add(&s.Context, &one) },
			"value":   func(s *Statement) { s.Claims[1].Value.Add(&s.Claims[1].Value, &one) },
			"u":       func(s *Statement) { s.Main.U.Add(&s.Main.U, &one) },
			"cycle x": func(s *Statement) { s.Cycle.X[0].SetOne() },
		} {
			s := w.copy()
			change(&s)
			require.Error(t, secondVerify(w.key.Verifier(), &s, p), name)
		}
	}
}
