package mercury

import (
	"crypto/rand"
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit/msm"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// pieceLog is the logarithm of the number of coefficients of q that the prover
// holds at a time: 32 MiB, and long enough for a multi-scalar multiplication at
// full speed.
const pieceLog = 20

// Open proves the claims at the point z. The polynomials may have fewer
// variables than z has coordinates, see Claim; claims[i] and witnesses[i] belong
// together. The mask is read from random, from the system's generator if it is
// nil. It returns an error, and no proof, if a value or a blind is wrong in a
// way that shows: the combined value is checked, the commitments are not.
//
// tr must have absorbed whatever the claims depend on; afterwards it has
// absorbed the claims and the proof. Memory beyond the polynomials: 2^min(n, 20)
// elements, that of one commitment of as many, and O(2^(n/2)).
func Open(
	pk *ProverKey, tr *transcript.Native, z []fr.Element, claims []Claim, witnesses []Witness, random io.Reader,
) (*Proof, error) {
	if err := checkWitnesses(claims, witnesses); err != nil {
		return nil, err
	}
	if err := checkShape(len(z), claims, pk.vk.maxVars); err != nil {
		return nil, err
	}
	if random == nil {
		random = rand.Reader
	}
	return newProver(pk, tr, z).run(claims, witnesses, random)
}

func checkWitnesses(claims []Claim, witnesses []Witness) error {
	if len(claims) != len(witnesses) {
		return fmt.Errorf("%w: %d claims, %d witnesses", ErrStatement, len(claims), len(witnesses))
	}
	for i, w := range witnesses {
		if k := w.Polynomial.NumVars(); k != claims[i].NumVars {
			return fmt.Errorf("%w: claim %d has %d variables, its polynomial %d", ErrStatement, i, claims[i].NumVars, k)
		}
	}
	return nil
}

// prover holds what passes from one message to the next.
type prover struct {
	shape
	pk             *ProverKey
	tr             *transcript.Native
	z              []fr.Element
	eqRows, eqCols fr.Vector
	f              combination
	value          fr.Element // v* = f*~(z)
	g, h, s, d     fr.Vector
	proof          *Proof
	c              challenges
	pieceLog       int
	buf            fr.Vector // a piece
}

func newProver(pk *ProverKey, tr *transcript.Native, z []fr.Element) *prover {
	p := &prover{shape: newShape(len(z)), pk: pk, tr: tr, z: z, proof: new(Proof), pieceLog: pieceLog}
	rows, cols := p.halves(z)
	p.eqRows, p.eqCols = poly.EqTable(rows), poly.EqTable(cols)
	return p
}

func (p *prover) run(claims []Claim, witnesses []Witness, random io.Reader) (*Proof, error) {
	absorbStatement(p.tr, p.pk.vk, p.z, claims)
	if err := p.combine(claims, witnesses, random); err != nil {
		return nil, err
	}
	if err := p.fold(); err != nil {
		return nil, err
	}
	p.divide()
	p.s = innerProducts(p.g, p.eqCols, p.h, p.eqRows, &p.c.gamma)
	p.d = degreeWitness(p.g, p.h, &p.c.gamma)
	if err := p.evaluate(); err != nil {
		return nil, err
	}
	p.batch()
	return p.proof, nil
}

// combine commits to the mask and fixes f* and its blind.
func (p *prover) combine(claims []Claim, witnesses []Witness, random io.Reader) error {
	m, err := newMask(p.shape, random)
	if err != nil {
		return err
	}
	p.proof.maskValue = m.eval(p.eqRows, p.eqCols)
	p.proof.mask = m.commit(p.pk, p.pk.keySums(p.shape))
	absorbMask(p.tr, p.proof)
	coeff, value := combine(p.tr, p.z, claims, &p.proof.maskValue)
	p.f = combination{shape: p.shape, mask: m, coeff: coeff}
	p.value, p.proof.blind = value, m.blind
	var t fr.Element
	for i, w := range witnesses {
		p.f.polys = append(p.f.polys, w.Polynomial)
		t.Mul(&coeff[i], &w.Blind)
		p.proof.blind.Add(&p.proof.blind, &t)
	}
	return nil
}

// fold computes h, the rows of f* at the column half of the point.
func (p *prover) fold() error {
	p.h = make(fr.Vector, p.rows)
	p.pieces(func(buf fr.Vector, first int) {
		p.f.read(buf, first)
		kernel.For(len(buf)/p.cols, rowGrain(p.cols), func(lo, hi int) {
			for row := lo; row < hi; row++ {
				v := buf[row*p.cols : (row+1)*p.cols]
				p.h[first+row] = v.InnerProduct(p.eqCols)
			}
		})
	})
	if v := p.h.InnerProduct(p.eqRows); !v.Equal(&p.value) {
		return fmt.Errorf("%w: the polynomials do not take the claimed values", ErrStatement)
	}
	p.proof.h = p.pk.commit(p.h)
	p.c.alpha = absorbFold(p.tr, p.proof)
	return nil
}

// pieces calls f on buffers for all rows, a piece at a time, the highest first.
func (p *prover) pieces(f func(buf fr.Vector, first int)) {
	height := pieceHeight(p.shape, p.pieceLog)
	if len(p.buf) != height*p.cols {
		p.buf = make(fr.Vector, height*p.cols)
	}
	for first := p.rows - height; first >= 0; first -= height {
		f(p.buf, first)
	}
}

// pieceHeight is the number of rows, a divisor of all of them, in a piece of at
// most 2^piece coefficients, or one.
func pieceHeight(s shape, piece int) int { return max(1, min(s.rows, 1<<piece/s.cols)) }

// divide computes f* = (X^cols - α) q + g. With Y = X^cols this is Horner's rule
// on the rows, from the highest: what has been gathered down to row i is row
// i - 1 of q, and after row 0 it is g.
func (p *prover) divide() {
	p.g = make(fr.Vector, p.cols)
	var q bn254.G1Jac
	p.pieces(func(buf fr.Vector, first int) {
		p.f.read(buf, first)
		kernel.For(p.cols, 256, func(lo, hi int) { p.gather(buf, lo, hi) })
		at := (first - 1) * p.cols
		if first == 0 { // row 0 is g, not a part of q
			at, buf = 0, buf[p.cols:]
		}
		part := msm.Full(p.pk.points[at:at+len(buf)], buf)
		q.AddAssign(&part)
	})
	p.proof.q.FromJacobian(&q)
	p.proof.g = p.pk.commit(p.g)
	p.c.gamma = absorbDivide(p.tr, p.proof)
}

// gather runs Horner's rule down the columns lo to hi of a piece, in place, with
// p.g carrying what comes from the rows above and what goes to those below.
func (p *prover) gather(buf fr.Vector, lo, hi int) {
	t := make(fr.Vector, hi-lo)
	carry := p.g[lo:hi]
	for row := len(buf)/p.cols - 1; row >= 0; row-- {
		cur := buf[row*p.cols+lo : row*p.cols+hi]
		t.ScalarMul(carry, &p.c.alpha)
		cur.Add(cur, t)
		carry = cur
	}
	copy(p.g[lo:hi], carry)
}

// evaluate commits to S and D and evaluates all four short polynomials.
func (p *prover) evaluate() error {
	p.proof.s, p.proof.d = p.pk.commit(p.s), p.pk.commit(p.d)
	if err := p.c.drawZeta(p.tr, p.proof); err != nil {
		return err
	}
	p.proof.gZeta, p.proof.gInv = horner(p.g, &p.c.zeta), horner(p.g, &p.c.zetaInv)
	p.proof.hZeta, p.proof.hInv = horner(p.h, &p.c.zeta), horner(p.h, &p.c.zetaInv)
	p.proof.hAlpha, p.proof.sZeta = horner(p.h, &p.c.alpha), horner(p.s, &p.c.zeta)
	return nil
}

// batch opens the short polynomials.
func (p *prover) batch() {
	p.c.beta = absorbValues(p.tr, p.proof)
	quotient := p.c.quotient(p.g, p.h, p.s, p.d, &p.c.beta)
	p.proof.w = p.pk.commit(quotient)
	p.c.x = absorbQuotient(p.tr, p.proof)
	p.proof.v = p.pk.commit(p.c.linearise(p.g, p.h, p.s, p.d, quotient, &p.c.beta, &p.c.x))
	absorbEnd(p.tr, p.proof)
}
