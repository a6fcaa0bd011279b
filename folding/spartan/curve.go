package spartan

import (
	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/commit/ipa"
	"fold/internal/transcript"
	"fold/r1cs"
)

// curve is what the two halves of the argument differ in: the field, the group,
// and how both are written into the one transcript, which is over Fr.
type curve[E r1cs.Element, C comparable] struct {
	*field[E]
	name          string
	absorbScalars func(tr *transcript.Native, label string, v ...E)
	absorbPoints  func(tr *transcript.Native, label string, p ...C)
	challenge     func(tr *transcript.Native) E
	sum           func(points []C, scalars []E) C
	onCurve       func(C) bool
	encodePoint   func(C) [elementSize]byte
	// decodePoint accepts compressed points of the curve, infinity included, in
	// the one encoding that encodePoint gives.
	decodePoint func([]byte) (C, error)
}

var bn254Curve = &curve[fr.Element, bn254.G1Affine]{
	field:         frField,
	name:          "bn254",
	absorbScalars: (*transcript.Native).Absorb,
	absorbPoints:  transcript.AbsorbPoints,
	challenge:     (*transcript.Native).Challenge,
	sum: func(points []bn254.G1Affine, scalars []fr.Element) (c bn254.G1Affine) {
		if _, err := c.MultiExp(points, scalars, ecc.MultiExpConfig{}); err != nil {
			panic("spartan: " + err.Error()) // lengths differ
		}
		return
	},
	onCurve:     func(p bn254.G1Affine) bool { return p.IsOnCurve() },
	encodePoint: func(p bn254.G1Affine) [elementSize]byte { return p.Bytes() },
	decodePoint: func(b []byte) (p bn254.G1Affine, err error) { _, err = p.SetBytes(b); return },
}

var grumpkinCurve = &curve[fq.Element, grumpkin.G1Affine]{
	field:         fqField,
	name:          "grumpkin",
	absorbScalars: ipa.AbsorbScalars,
	absorbPoints:  transcript.AbsorbGrumpkin,
	challenge:     ipa.Challenge,
	sum: func(points []grumpkin.G1Affine, scalars []fq.Element) (c grumpkin.G1Affine) {
		if _, err := c.MultiExp(points, scalars, ecc.MultiExpConfig{}); err != nil {
			panic("spartan: " + err.Error())
		}
		return
	},
	onCurve:     func(p grumpkin.G1Affine) bool { return p.IsOnCurve() },
	encodePoint: func(p grumpkin.G1Affine) [elementSize]byte { return p.Bytes() },
	decodePoint: func(b []byte) (p grumpkin.G1Affine, err error) { _, err = p.SetBytes(b); return },
}

// combination is a linear combination of commitments that is not computed yet: all
// of one half are, at its end, one multi-scalar multiplication.
type combination[E r1cs.Element, C comparable] struct {
	points  []C
	scalars []E
}

// with returns the combination plus s p.
func (l combination[E, C]) with(p C, s E) combination[E, C] {
	return combination[E, C]{append(l.points[:len(l.points):len(l.points)], p), append(l.scalars[:len(l.scalars):len(l.scalars)], s)}
}

// plus returns a + s b.
func (c *curve[E, C]) plus(a, b combination[E, C], s E) combination[E, C] {
	for i, p := range b.points {
		a = a.with(p, c.mul(s, b.scalars[i]))
	}
	return a
}

// challenges draws n of them.
func (c *curve[E, C]) challenges(tr *transcript.Native, n int) []E {
	v := make([]E, n)
	for i := range v {
		v[i] = c.challenge(tr)
	}
	return v
}
