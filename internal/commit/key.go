package commit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Kind says where a key's τ comes from.
type Kind uint8

const (
	// Ceremony keys come from a powers-of-tau ceremony: τ is unknown if one of its
	// participants was honest.
	Ceremony Kind = 1
	// Development keys have a τ that was drawn on one machine. Whoever drew it
	// could have kept it and can then open commitments to anything.
	Development Kind = 2
)

func (k Kind) String() string {
	switch k {
	case Ceremony:
		return "ceremony"
	case Development:
		return "development"
	}
	return fmt.Sprintf("unknown kind %d", uint8(k))
}

// ID identifies a structured reference string, whatever the number of its points
// that a key holds.
type ID [sha256.Size]byte

func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Element returns the ID as a field element for a transcript, reduced modulo r.
func (id ID) Element() (e fr.Element) {
	e.SetBytes(id[:])
	return
}

// Key commits to vectors over BN254's scalar field. It is immutable, and safe for
// use by several goroutines.
type Key struct {
	points []bn254.G1Affine // [τ^i]G
	g2     []bn254.G2Affine // [1], [τ], [τ²], [τ⁴], ...
	h      bn254.G1Affine
	kind   Kind
	name   string
	id     ID
}

// newKey assembles a key from checked parts.
func newKey(kind Kind, name string, points []bn254.G1Affine, g2 []bn254.G2Affine) (*Key, error) {
	h, err := blindingBase()
	if err != nil {
		return nil, err
	}
	k := &Key{points: points, g2: g2, h: h, kind: kind, name: name}
	k.id = identify(kind, &points[0], &points[1], &h)
	return k, nil
}

// blindingDST separates H from every other use of hashing to G1.
const blindingDST = "fold/commit/v1/bn254/blinding base"

// blindingBase returns H, whose logarithm to any other point nobody knows.
func blindingBase() (bn254.G1Affine, error) {
	h, err := bn254.HashToG1([]byte("H"), []byte(blindingDST))
	if err != nil {
		return h, fmt.Errorf("blinding base: %w", err)
	}
	return h, nil
}

// identify computes the ID of the string that g, τg and h belong to.
func identify(kind Kind, g, tau, h *bn254.G1Affine) (id ID) {
	d := sha256.New()
	d.Write([]byte("fold/commit/v1/srs"))
	d.Write([]byte{byte(kind)})
	for _, p := range []*bn254.G1Affine{g, tau, h} {
		b := p.Bytes()
		d.Write(b[:])
	}
	d.Sum(id[:0])
	return
}

// Len returns the number of points.
func (k *Key) Len() int { return len(k.points) }

// Points returns the powers [τ^i]G, which the caller must not change.
func (k *Key) Points() []bn254.G1Affine { return k.points }

// BlindingBase returns H.
func (k *Key) BlindingBase() bn254.G1Affine { return k.h }

// Kind returns where τ comes from.
func (k *Key) Kind() Kind { return k.kind }

// Development says that the key must not be relied upon.
func (k *Key) Development() bool { return k.kind == Development }

// Origin says in words where τ comes from, by comparing [τ] of G2 with those of the ceremonies that
// this program knows: the ceremony's name; that the program does not know it, with the
// ID; or that it is a development key. What the key's file calls itself plays no part.
func (k *Key) Origin() string { return origin(k.kind, &k.g2[1], k.id) }

// ID returns what statements about commitments with this key are bound to.
func (k *Key) ID() ID { return k.id }

// Opening returns [1] and the powers [τ^(2^j)], j = 0, 1, ..., of G2. A key of n
// points has those with 2^j < n.
func (k *Key) Opening() (one bn254.G2Affine, powers []bn254.G2Affine) { return k.g2[0], k.g2[1:] }

// Truncate returns a view of the first n points: no copy, and the same ID.
func (k *Key) Truncate(n int) (*Key, error) {
	if n < 2 || n > len(k.points) {
		return nil, fmt.Errorf("%w: %d points asked for, it has %d and a key has at least 2", ErrTooShort, n,
			len(k.points))
	}
	t := *k
	t.points = k.points[:n:n]
	t.g2 = k.g2[:1+openingPowers(n)]
	return &t, nil
}

// openingPowers returns the number of j with 2^j < n.
func openingPowers(n int) int { return bits.Len(uint(n - 1)) }
