package mercury

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/wire"
)

const (
	proofPoints  = 8
	proofScalars = 8

	// ProofSize is the length of an encoded proof in bytes, whatever the size
	// and number of the polynomials.
	ProofSize = 32 * (proofPoints + proofScalars)
)

// ErrEncoding is wrapped by the errors of Decode.
var ErrEncoding = errors.New("mercury: malformed proof")

// Proof is the opening of a random combination of polynomials at one point. The
// package documentation names its parts.
type Proof struct {
	mask, h, g, q, s, d, w, v bn254.G1Affine

	// maskValue = m~(z), blind is that of the whole combination; the others are
	// the values of the short polynomials. S(1/ζ) and D(ζ) follow from them.
	maskValue, blind, gZeta, gInv, hZeta, hInv, hAlpha, sZeta fr.Element
}

func (p *Proof) points() [proofPoints]*bn254.G1Affine {
	return [...]*bn254.G1Affine{&p.mask, &p.h, &p.g, &p.q, &p.s, &p.d, &p.w, &p.v}
}

func (p *Proof) scalars() [proofScalars]*fr.Element {
	return [...]*fr.Element{&p.maskValue, &p.blind, &p.gZeta, &p.gInv, &p.hZeta, &p.hInv, &p.hAlpha, &p.sZeta}
}

// code visits the points in the order of points, compressed (big-endian x, the two highest
// bits say which y or that it is infinity), then the scalars, big-endian, canonical.
func (p *Proof) code(c *wire.Coder) {
	points, scalars := p.points(), p.scalars()
	curve.BN254.CodePoints(c, "a point", points[:]...)
	curve.Fr.Code(c, "a scalar", scalars[:]...)
}

// Encode returns the proof's points and then its scalars, as code visits them.
func (p *Proof) Encode() []byte { return wire.Encode(p.code) }

// Decode reads a proof. There is exactly one encoding of each proof: the length
// is ProofSize, points are on the curve, and every number is below its modulus.
// Errors wrap ErrEncoding.
func Decode(data []byte) (*Proof, error) {
	if len(data) != ProofSize {
		return nil, fmt.Errorf("%w: %d bytes, expected %d", ErrEncoding, len(data), ProofSize)
	}
	p := new(Proof)
	if err := wire.Decode(data, p.code); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	return p, nil
}
