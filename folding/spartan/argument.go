package spartan

import (
	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/poly"
)

// This file is the verifier as a figure: the messages in order (P -> V), what is drawn after
// each (V -> P), and what is left in the end. It is written over an arithmetic and a channel,
// so that a circuit is the same text. Operations on points are left over: the result is one
// claim on a linear combination of commitments. proveMain and proveCycle are the prover's
// side. The statement has been absorbed before (Statement.absorb).
//
// Not absorbed, in every message: what follows from other messages and challenges, such as
// g_1 of a round, E~(rx), and the commitments of the masked instance. What is opened is
// absorbed by the evaluation argument, as the value and the commitment of its claim.

// verifyRows is the part about one curve's instance that both sides begin with: it brings
// the instance to the values of three vectors and of the error vector at a point.
func verifyRows[E, C any](
	ar arith.Arithmetic[E], tr channel[E, C], f form, u Instance[E, C], p *sideProof[E, C],
) *side[E, C] {
	// P -> V: a random satisfied instance and the cross term T. V -> P: r. From here on
	// everything is about U = (W + r W_2, E + r T + r^2 E_2, u + r u_2, x + r x_2).
	absorbInstance(tr, "mask", p.mask)
	tr.AbsorbPoints("cross", p.cross)
	s := fold(ar, f, u, p, tr.Challenge())

	// V -> P: tau. k rounds of 0 = sum_x eq(tau, x) (Az Bz - u Cz - E)(x), each P -> V: g_1,
	// g_2, V -> P: the next coordinate of rx.
	tau := challenges(tr, f.rowVars())
	rx, value := verifyOuter(ar, tr, tau, p.outer)

	// P -> V: Az~(rx), Bz~(rx), Cz~(rx). E~(rx) follows. V -> P: rho.
	tr.Absorb("values", p.values[:]...)
	s.enter(rx, value, p.values, tr.Challenge())
	return s
}

// verifyMain is the argument about the main instance and the statement's claims. vars is the
// number of rounds of the last sumcheck. The error is about the form of the proof.
func verifyMain[E, C any](
	ar arith.Arithmetic[E], tr channel[E, C], f form, key *matrixKey[C], vars int, u Instance[E, C],
	statement []PointClaim[E, C], p *mainProof[E, C],
) (*remainder[E, C], error) {
	s, m := verifyRows(ar, tr, f, u, &p.sideProof), &p.matrices

	// P -> V: X and Y, the tables' values at all entries. V -> P: alpha, beta.
	tr.AbsorbPoints("looked", m.looked[:]...)
	l := &lookups[E, C]{side: s, matrixKey: key, alpha: tr.Challenge(), beta: tr.Challenge()}

	// P -> V: the inverses h and g of both tables. V -> P: sigma, omega. The commitments to
	// the matrices themselves are in the key's digest.
	tr.AbsorbPoints("inverses", m.inverses[:]...)
	sigma := challenges(tr, key.sigmaVars(f))
	l.enter(m, sigma, tr.Challenge())

	// P -> V: two polynomials that mask the next messages. V -> P: t, lambda.
	tr.AbsorbPoints("concealers", p.maskPolys[:]...)
	t := challenges(tr, vars)
	claims := mainClaims(s, t, statement, p, l)
	weights, sum := weigh(ar, tr.Challenge(), t, claims)

	// N rounds of all claims, each P -> V: g_0, g_2, g_3, V -> P: the next coordinate of at.
	at, value, err := poly.Rounds(ar, tr, poly.Shape{Rounds: vars, Degree: matrixDegree}, sum, p.batch)
	if err != nil {
		return nil, err
	}

	// P -> V: X, Y, h and g at the end of their variables. V -> P: kappa.
	tr.Absorb("lookup values", m.values[:]...)
	return openMain(s, l, m, tr.Challenge(), t, at, claims, weights, value), nil
}

// verifyCycle is the argument about the cycle instance, whose matrices the verifier
// evaluates: matrices(rx, rho, y) is (A + rho B + rho^2 C)~(rx, y).
func verifyCycle[E, C any](
	ar arith.Arithmetic[E], tr channel[E, C], f form, matrices func(rx, rho, y []E) E, u Instance[E, C],
	p *sideProof[E, C],
) (*remainder[E, C], error) {
	s := verifyRows(ar, tr, f, u, p)

	// V -> P: t, lambda.
	t := challenges(tr, f.vars())
	claims := append(s.claims(t), s.direct(func(y []E) E { return matrices(s.rx, s.rho, y) }))
	weights, sum := weigh(ar, tr.Challenge(), t, claims)

	// max(k, m) rounds of all claims, each P -> V: g_0, g_2, V -> P: the next coordinate of at.
	at, value, err := poly.Rounds(ar, tr, poly.Shape{Rounds: len(t), Degree: innerDegree}, sum, p.batch)
	if err != nil {
		return nil, err
	}
	return s.leave(t, at, claims, weights, value), nil
}

// mainClaims are all claims of the main side: its own, those of the statement, those on
// the masking polynomials, and that on the matrices.
func mainClaims[E, C any](
	s *side[E, C], t []E, statement []PointClaim[E, C], p *mainProof[E, C], l *lookups[E, C],
) []claim[E] {
	out := s.claims(t)
	for _, c := range statement {
		out = append(out, s.evaluation(s.commit(c.Commitment), c.Point, c.Value))
	}
	out = append(out, maskPolyClaims(s, len(t), p.maskPolys)...)
	return append(out, l.claims(&p.matrices)...)
}

// remainder is what is left of one side: the claim that the sum of all polynomials with
// these factors, which combined commits to, has a value at a point.
type remainder[E, C any] struct {
	factors  []E
	combined combination[E, C]
	point    []E
	value    E
}

// leave brings all claims to the point at, where the last sumcheck has ended with a value.
func (s *side[E, C]) leave(t, at []E, claims []claim[E], weights []E, value E) *remainder[E, C] {
	factors, value := gather(s.ar, len(s.polys), t, at, claims, weights, value)
	return &remainder[E, C]{factors, s.combined(factors), at, value}
}

// openMain is leave with the values that the matrices' claim takes from the proof.
func openMain[E, C any](
	s *side[E, C], l *lookups[E, C], m *matrixProof[E, C], kappa E, t, at []E, claims []claim[E], weights []E,
	value E,
) *remainder[E, C] {
	factors, value := gather(s.ar, len(s.polys), t, at, claims, weights, value)
	value = s.ar.Add(value, l.valuesAt(m, kappa, at, factors))
	return &remainder[E, C]{factors, s.combined(factors), at, value}
}

// claims computes the commitment and returns the claim for an evaluation argument.
func (r *remainder[E, C]) claims(c interface {
	Sum(points []C, scalars []E) C
}) []commit.EvalClaim[E, C] {
	sum := c.Sum(r.combined.points, r.combined.scalars)
	return []commit.EvalClaim[E, C]{{Commitment: sum, NumVars: len(r.point), Value: r.value}}
}
