package curve

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/transcript"
)

// Curve is a curve of the cycle with its scalar field. Points C are affine, with zero
// coordinates for infinity. Both curves have prime order, so every point of the curve is in
// the group.
type Curve[E Element, C comparable] struct {
	*Field[E]
	// Name is "bn254" or "grumpkin".
	Name string

	sum           func(points []C, scalars []E) (C, error)
	addMultiple   func(p C, k *big.Int, q C) C
	onCurve       func(C) bool
	compress      func(C) [ElementSize]byte
	decompress    func([]byte) (C, error)
	absorbScalars func(tr *transcript.Native, label string, v ...E)
	absorbPoints  func(tr *transcript.Native, label string, p ...C)
	challenge     func(tr *transcript.Native) E
}

// BN254 is BN254's G1.
var BN254 = &Curve[fr.Element, bn254.G1Affine]{
	Field: Fr,
	Name:  "bn254",
	sum: func(points []bn254.G1Affine, scalars []fr.Element) (c bn254.G1Affine, err error) {
		_, err = c.MultiExp(points, scalars, ecc.MultiExpConfig{})
		return
	},
	addMultiple: func(p bn254.G1Affine, k *big.Int, q bn254.G1Affine) bn254.G1Affine {
		q.ScalarMultiplication(&q, k)
		return *p.Add(&p, &q)
	},
	onCurve:       func(p bn254.G1Affine) bool { return p.IsOnCurve() },
	compress:      func(p bn254.G1Affine) [ElementSize]byte { return p.Bytes() },
	decompress:    func(b []byte) (p bn254.G1Affine, err error) { _, err = p.SetBytes(b); return },
	absorbScalars: (*transcript.Native).Absorb,
	absorbPoints:  transcript.AbsorbPoints,
	challenge:     (*transcript.Native).Challenge,
}

// Grumpkin is the curve whose scalar field is BN254's base field Fq and whose base field is
// Fr.
var Grumpkin = &Curve[fq.Element, grumpkin.G1Affine]{
	Field: Fq,
	Name:  "grumpkin",
	sum: func(points []grumpkin.G1Affine, scalars []fq.Element) (c grumpkin.G1Affine, err error) {
		_, err = c.MultiExp(points, scalars, ecc.MultiExpConfig{})
		return
	},
	addMultiple: func(p grumpkin.G1Affine, k *big.Int, q grumpkin.G1Affine) grumpkin.G1Affine {
		q.ScalarMultiplication(&q, k)
		return *p.Add(&p, &q)
	},
	onCurve:       func(p grumpkin.G1Affine) bool { return p.IsOnCurve() },
	compress:      func(p grumpkin.G1Affine) [ElementSize]byte { return p.Bytes() },
	decompress:    func(b []byte) (p grumpkin.G1Affine, err error) { _, err = p.SetBytes(b); return },
	absorbScalars: absorbFq,
	absorbPoints:  transcript.AbsorbGrumpkin,
	challenge:     shortChallenge,
}

// absorbFq absorbs elements of Fq. Fq is larger than Fr, so each representative in [0, q)
// is absorbed as two limbs of 128 bits, the lower first.
func absorbFq(tr *transcript.Native, label string, scalars ...fq.Element) {
	limbs := make([]fr.Element, 0, 2*len(scalars))
	for i := range scalars {
		b := scalars[i].Bytes()
		var low, high fr.Element
		low.SetBytes(b[16:])
		high.SetBytes(b[:16])
		limbs = append(limbs, low, high)
	}
	tr.Absorb(label, limbs...)
}

// shortChallenge draws an integer below 2^126 as an element of Fq.
func shortChallenge(tr *transcript.Native) (c fq.Element) {
	x, _ := tr.Challenge126()
	b := x.Bytes()
	c.SetBytes(b[:])
	return
}

// Sum returns sum_i scalars_i points_i. It panics if the lengths differ.
func (c *Curve[E, C]) Sum(points []C, scalars []E) C {
	sum, err := c.sum(points, scalars)
	if err != nil {
		panic(fmt.Sprintf("curve: %d points and %d scalars of %s: %v", len(points), len(scalars), c.Name, err))
	}
	return sum
}

// AddMultiple returns p + k q.
func (c *Curve[E, C]) AddMultiple(p C, k *big.Int, q C) C { return c.addMultiple(p, k, q) }

// OnCurve reports whether p is infinity or a point of the curve.
func (c *Curve[E, C]) OnCurve(p C) bool { return c.onCurve(p) }

// Compress returns the encoding of a point in ElementSize bytes: x, big-endian, with the
// sign of y or infinity in the two highest bits.
func (c *Curve[E, C]) Compress(p C) [ElementSize]byte { return c.compress(p) }

// Decompress is the inverse of Compress. It returns an error for bytes that Compress does
// not write and for an x without a point on the curve.
func (c *Curve[E, C]) Decompress(b []byte) (C, error) { return c.decompress(b) }

// Channel returns a transcript to which scalars and points of the curve can be absorbed.
func (c *Curve[E, C]) Channel(tr *transcript.Native) Channel[E, C] { return Channel[E, C]{c, tr} }

// Channel absorbs scalars and points of a curve into a transcript, encoded as the package
// documentation says, and draws challenges that are scalars of the curve.
type Channel[E Element, C comparable] struct {
	curve *Curve[E, C]
	tr    *transcript.Native
}

// Absorb absorbs a message of scalars.
func (c Channel[E, C]) Absorb(label string, v ...E) { c.curve.absorbScalars(c.tr, label, v...) }

// AbsorbPoints absorbs a message of points.
func (c Channel[E, C]) AbsorbPoints(label string, p ...C) { c.curve.absorbPoints(c.tr, label, p...) }

// Challenge draws a challenge.
func (c Channel[E, C]) Challenge() E { return c.curve.challenge(c.tr) }
