package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// channel is the transcript as the argument about one curve's instance sees it: scalars E
// and points C.
type channel[E, C any] interface {
	transcript.Channel[E]
	// AbsorbPoints appends a message of points.
	AbsorbPoints(label string, p ...C)
}

// challenges draws n of them.
func challenges[E any](tr transcript.Channel[E], n int) []E {
	v := make([]E, n)
	for i := range v {
		v[i] = tr.Challenge()
	}
	return v
}

// combination is a linear combination of commitments that is not computed: all of one side
// are, at its end, one multi-scalar multiplication.
type combination[E, C any] struct {
	points  []C
	scalars []E
}

// add adds s p.
func (l *combination[E, C]) add(p C, s E) {
	l.points, l.scalars = append(l.points, p), append(l.scalars, s)
}

// side is the argument about one curve's instance, as prover and verifier both compute it.
// It computes over any arithmetic, which is native or a circuit, and leaves all operations
// on points to the end.
type side[E, C any] struct {
	ar arith.Arithmetic[E]
	form

	// polys are the commitments that claims are on: first the parts of the masked
	// instance's witness, then its error vector, then whatever else there is.
	polys []combination[E, C]
	u     E // of the masked instance
	x     []E

	rx     []E  // the point of the first sumcheck
	values [3]E // Az~, Bz~, Cz~ at rx
	slack  E    // E~ at rx
	rho    []E  // 1, rho, rho^2: the weights of A, B, C in the inner sum
}

// sideProof is the messages about one curve's instance, without the opening.
type sideProof[E, C any] struct {
	mask   Instance[E, C] // a random instance that is satisfied
	cross  C              // the commitment to the cross term
	outer  [][]E
	values [3]E
	batch  [][]E
}

// fold returns the side of the instance u + r mask, whose cross term is committed to in p.
func fold[E, C any](ar arith.Arithmetic[E], f form, u Instance[E, C], p *sideProof[E, C], r E) *side[E, C] {
	s := &side[E, C]{ar: ar, form: f, u: ar.Add(u.U, ar.Mul(r, p.mask.U))}
	for i := range u.X {
		s.x = append(s.x, ar.Add(u.X[i], ar.Mul(r, p.mask.X[i])))
	}
	one := s.one()
	for i := range u.W {
		s.polys = append(s.polys, combination[E, C]{[]C{u.W[i], p.mask.W[i]}, []E{one, r}})
	}
	s.polys = append(s.polys, combination[E, C]{[]C{u.E, p.cross, p.mask.E}, []E{one, r, ar.Mul(r, r)}})
	return s
}

func (s *side[E, C]) zero() E { return s.ar.Const(fr.Element{}) }
func (s *side[E, C]) one() E  { return s.ar.Const(fr.One()) }

// enter takes over the results of the first sumcheck: its point, the value of Az Bz - u Cz
// - E there, and Az~, Bz~ and Cz~. rho weighs A, B and C from here on.
func (s *side[E, C]) enter(rx []E, value E, values [3]E, rho E) {
	ar := s.ar
	s.rx, s.values = rx, values
	s.slack = ar.Sub(ar.Sub(ar.Mul(values[0], values[1]), ar.Mul(s.u, values[2])), value)
	s.rho = poly.Powers(ar, rho, 3)
}

// commit adds a commitment to those that claims are on and returns its number.
func (s *side[E, C]) commit(p C) int {
	s.polys = append(s.polys, combination[E, C]{[]C{p}, []E{s.one()}})
	return len(s.polys) - 1
}

// combined returns the commitment to the sum of all polynomials with given factors.
func (s *side[E, C]) combined(factors []E) (all combination[E, C]) {
	for i, p := range s.polys {
		for j := range p.points {
			all.add(p.points[j], s.ar.Mul(factors[i], p.scalars[j]))
		}
	}
	return
}

// inner is the value that A + rho B + rho^2 C, at rx in the rows, times z must have.
func (s *side[E, C]) inner() E {
	ar := s.ar
	sum := s.values[0]
	for i := 1; i < len(s.values); i++ {
		sum = ar.Add(sum, ar.Mul(s.rho[i], s.values[i]))
	}
	return sum
}

// direct is the claim that this is so, for a verifier that evaluates the matrices:
// matrices(y) is (A + rho B + rho^2 C)~(rx, y).
func (s *side[E, C]) direct(matrices func(y []E) E) claim[E] {
	return claim[E]{vars: s.columnVars(), value: s.inner(), at: func(y []E) ([]term[E], E) {
		k := matrices(y)
		return s.witness(k), s.ar.Mul(k, s.public(y))
	}}
}

// witness is the whole witness with a factor.
func (s *side[E, C]) witness(factor E) (out []term[E]) {
	for i := range s.parts {
		out = append(out, term[E]{i, factor})
	}
	return
}

// claims returns the side's claims on its commitments: each part of the witness is
// zero where it has no variables, at the point t, and that is where the other parts and
// the public values are; and the error vector has its value at rx.
func (s *side[E, C]) claims(t []E) (out []claim[E]) {
	ar, vars := s.ar, s.columnVars()
	low := t[len(t)-vars:]
	for i := range s.parts {
		from, to := s.bounds(i)
		out = append(out, claim[E]{vars: vars, value: s.zero(), at: func(y []E) ([]term[E], E) {
			inside := ar.Sub(poly.EqBelow(ar, to, low, y), poly.EqBelow(ar, from, low, y))
			return []term[E]{{i, ar.Sub(poly.Eq(ar, low, y), inside)}}, s.zero()
		}})
	}
	return append(out, s.evaluation(len(s.parts), s.rx, s.slack))
}

// evaluation is the claim that a polynomial has a value at a point.
func (s *side[E, C]) evaluation(number int, point []E, value E) claim[E] {
	return claim[E]{vars: len(point), value: value, at: func(y []E) ([]term[E], E) {
		return []term[E]{{number, poly.Eq(s.ar, point, y)}}, s.zero()
	}}
}

// public is the polynomial that is u and x in their columns, and zero elsewhere.
func (s *side[E, C]) public(y []E) E {
	ar := s.ar
	sum := s.zero()
	for i, v := range append([]E{s.u}, s.x...) {
		sum = ar.Add(sum, ar.Mul(v, poly.EqBits(ar, uint64(s.column(i)), y)))
	}
	return sum
}
