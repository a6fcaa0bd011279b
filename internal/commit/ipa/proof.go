package ipa

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/wire"
)

// maxVars bounds the number of rounds, and with it what a decoder accepts.
const maxVars = 30

// ErrEncoding is wrapped by the errors of Decode.
var ErrEncoding = errors.New("ipa: malformed proof")

// Proof is the opening of a random combination of polynomials at one point. The
// package documentation names its parts.
type Proof struct {
	left, right []grumpkin.G1Affine // one of each a round
	final       grumpkin.G1Affine   // T
	a, b        fq.Element          // the answers A, B
}

// Size returns the length in bytes of an encoded proof for n variables.
func Size(n int) int { return (2*n + 3) * curve.ElementSize }

// points lists the points in the order of the encoding.
func (p *Proof) points() []*grumpkin.G1Affine {
	out := make([]*grumpkin.G1Affine, 0, 2*len(p.left)+1)
	for i := range p.left {
		out = append(out, &p.left[i], &p.right[i])
	}
	return append(out, &p.final)
}

// code visits L and R of each round, T, A and B; points are compressed (big-endian x, the
// two highest bits say which y or that it is infinity), scalars are big-endian and canonical.
func (p *Proof) code(c *wire.Coder) {
	curve.Grumpkin.CodePoints(c, "a point", p.points()...)
	curve.Fq.Code(c, "a scalar", &p.a, &p.b)
}

// Encode returns the proof's points and then its scalars, as code visits them.
func (p *Proof) Encode() []byte { return wire.Encode(p.code) }

// Decode reads a proof for n variables. There is exactly one encoding of each
// proof: the length is Size(n), points are on the curve, every number is below
// its modulus. Errors wrap ErrEncoding.
func Decode(data []byte, n int) (*Proof, error) {
	if n < 0 || n > maxVars {
		return nil, fmt.Errorf("%w: %d variables, at most %d", ErrEncoding, n, maxVars)
	}
	if len(data) != Size(n) {
		return nil, fmt.Errorf("%w: %d bytes, expected %d for %d variables", ErrEncoding, len(data), Size(n), n)
	}
	p := &Proof{left: make([]grumpkin.G1Affine, n), right: make([]grumpkin.G1Affine, n)}
	if err := wire.Decode(data, p.code); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	return p, nil
}
