package transcript

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
)

// A chain is the hash of a list that grows at its end: the chain of the empty list is
// H(tag), and link m_1 .. m_n extends a chain c to H(tag, c, m_1, .., m_n). The tag
// names what the list consists of.

// EmptyChain returns the chain of the empty list.
func EmptyChain[E any](b Backend[E], tag string) E { return Hash(b, tag) }

// ExtendChain returns the chain one link longer.
func ExtendChain[E any](b Backend[E], tag string, chain E, link ...E) E {
	return Hash(b, tag, append([]E{chain}, link...)...)
}

// ExtendLimbs extends a chain by the limbs of a point (PointLimbs).
func ExtendLimbs[E any](b Backend[E], tag string, chain E, p [4]E) E {
	return ExtendChain(b, tag, chain, p[:]...)
}

// ExtendPoint extends a chain of field elements by a point.
func ExtendPoint(tag string, chain fr.Element, p *bn254.G1Affine) fr.Element {
	return ExtendLimbs(NewField(), tag, chain, PointLimbs(p))
}

// Padded returns the list with zeros appended until it has n elements. It returns a list of n or more elements as
// it is. It does not write to the list's memory.
func Padded[E any](b Backend[E], list []E, n int) []E {
	list = list[:len(list):len(list)]
	for len(list) < n {
		list = append(list, b.Const(fr.Element{}))
	}
	return list
}

// NewField returns the backend of everything that is hashed outside a circuit.
func NewField() Field { return Field{Native: new(arith.Native)} }
