package commit

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/wire"
)

// OpeningKey is what verifying openings needs of a Key: a few points, whatever its
// length. It has the same ID.
type OpeningKey struct {
	kind   Kind
	g, h   bn254.G1Affine
	powers []bn254.G1Affine // [τ^(2^j)]G
	g2     []bn254.G2Affine // [1], [τ^(2^j)]
	id     ID
}

// ForOpenings returns the key's part for openings.
func (k *Key) ForOpenings() *OpeningKey {
	powers := openingPoints(nil, k.points, 0)
	return &OpeningKey{kind: k.kind, g: k.points[0], h: k.h, powers: powers, g2: k.g2, id: k.id}
}

// ID returns what statements about commitments with this key are bound to.
func (k *OpeningKey) ID() ID { return k.id }

// Kind returns where τ comes from.
func (k *OpeningKey) Kind() Kind { return k.kind }

// Origin is that of the key: a decoded key has been checked, so that its [τ] of G2 is that of its points.
func (k *OpeningKey) Origin() string { return origin(k.kind, &k.g2[1], k.id) }

// Base returns G, and BlindingBase H.
func (k *OpeningKey) Base() bn254.G1Affine { return k.g }

// BlindingBase returns H.
func (k *OpeningKey) BlindingBase() bn254.G1Affine { return k.h }

// Opening returns [1] and the powers [τ^(2^j)], j = 0, 1, ..., of G2.
func (k *OpeningKey) Opening() (one bn254.G2Affine, powers []bn254.G2Affine) {
	return k.g2[0], k.g2[1:]
}

// maxPowers is the number of powers of two that a key can have points for.
const maxPowers = 32

// Encode returns the kind and the number of powers, a byte each; G; and for each power
// [τ^(2^j)] of G1 and of G2; points compressed.
func (k *OpeningKey) Encode() []byte {
	return wire.Encode(func(c *wire.Coder) {
		c.Raw([]byte{byte(k.kind), byte(len(k.powers))})
		k.codePoints(c)
	})
}

// codePoints visits all points. The lists have their lengths, and g2 begins with [1].
func (k *OpeningKey) codePoints(c *wire.Coder) {
	curve.BN254.CodePoints(c, "the base", &k.g)
	for j := range k.powers {
		curve.BN254.CodePoints(c, fmt.Sprintf("power %d in G1", j), &k.powers[j])
		codeG2(c, fmt.Sprintf("power %d in G2", j), &k.g2[j+1])
	}
}

// codeG2 visits a point of G2, compressed. A point that is read is in the subgroup.
func codeG2(c *wire.Coder, what string, p *bn254.G2Affine) {
	put := func(out []byte, p bn254.G2Affine) []byte { b := p.Bytes(); return append(out, b[:]...) }
	set := func(p *bn254.G2Affine, b []byte) error { _, err := p.SetBytes(b); return err }
	wire.Item(c, what, p, bn254.SizeOfG2AffineCompressed, put, set)
}

// DecodeOpeningKey reads what Encode has written. It checks that all points are finite points
// of their groups, that the base is the generator, and that the points of both
// groups are powers of one τ, the first power among them, which the ID covers: so that who
// knows the ID need not trust the bytes. Errors wrap ErrFormat or ErrCorrupt.
func DecodeOpeningKey(data []byte) (*OpeningKey, error) {
	const head = 2 + bn254.SizeOfG1AffineCompressed
	const power = bn254.SizeOfG1AffineCompressed + bn254.SizeOfG2AffineCompressed
	if len(data) < head {
		return nil, fmt.Errorf("%w: an opening key of %d bytes, it has at least %d", ErrFormat, len(data), head)
	}
	n := int(data[1])
	if n < 1 || n > maxPowers || len(data) != head+n*power {
		return nil, fmt.Errorf("%w: an opening key of %d powers in %d bytes", ErrFormat, n, len(data))
	}
	k := &OpeningKey{kind: Kind(data[0]), powers: make([]bn254.G1Affine, n), g2: make([]bn254.G2Affine, 1+n)}
	if k.kind != Ceremony && k.kind != Development {
		return nil, fmt.Errorf("%w: an opening key of %v", ErrFormat, k.kind)
	}
	_, _, _, k.g2[0] = bn254.Generators()
	if err := wire.Decode(data[2:], k.codePoints); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return k, k.check()
}

// check compares both groups and follows the squares, then computes H and the ID.
func (k *OpeningKey) check() (err error) {
	if _, _, g, _ := bn254.Generators(); !k.g.Equal(&g) {
		return fmt.Errorf("%w: the base of an opening key is not the generator of G1", ErrCorrupt)
	}
	for j := range k.powers {
		if p := &k.powers[j]; p.IsInfinity() || p.Equal(&k.g) {
			return fmt.Errorf("%w: power %d of an opening key is the point at infinity or the base", ErrCorrupt, j)
		}
	}
	w, err := randomWeights(2*len(k.powers) - 1)
	if err != nil {
		return err
	}
	// e(P_j, [1]) = e(G, Q_j), and e(P_j, Q_j) = e(P_(j+1), [1])
	n := len(k.powers)
	var sum bn254.G1Affine
	points := append(append([]bn254.G1Affine{}, k.powers...), k.powers[1:]...)
	if _, err = sum.MultiExp(points, w, ecc.MultiExpConfig{}); err != nil {
		return err
	}
	left, right := []bn254.G1Affine{*sum.Neg(&sum)}, []bn254.G2Affine{k.g2[0]}
	for j, q := range k.g2[1:] {
		factor, bases := w[j:j+1], []bn254.G1Affine{k.g}
		if j+1 < n {
			factor, bases = append(factor[:1:1], w[n+j]), append(bases, k.powers[j])
		}
		var p bn254.G1Affine
		if _, err = p.MultiExp(bases, factor, ecc.MultiExpConfig{}); err != nil {
			return err
		}
		left, right = append(left, p), append(right, q)
	}
	ok, err := bn254.PairingCheck(left, right)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: the points of an opening key are not powers of one number", ErrCorrupt)
	}
	if k.h, err = blindingBase(); err != nil {
		return err
	}
	k.id = identify(k.kind, &k.g, &k.powers[0], &k.h)
	return nil
}
