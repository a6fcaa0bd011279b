package weights

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// constantsTag is the domain of the hash of the layers' exponents in a model id.
const constantsTag = "fold constants"

// ConstantsDigest returns the hash of the list of the layers' packed exponents (PackedExponents) and
// the salt. Without the salt the hash would show whether two models have the same exponents.
func ConstantsDigest[E any](b transcript.Backend[E], packed []E, salt E) E {
	return transcript.Hash(b, constantsTag, append(append([]E{}, packed...), salt)...)
}

// maxPlaces is the largest number of layers in one element of the list of exponents. The hash of the
// list costs a circuit 42 rows an element, and each place of an element that is opened one row a bit.
const maxPlaces = 4

// Places returns the number of layers in one element of the list of exponents: 4, or fewer if the
// exponents of a layer have many bits. An architecture whose layer does not fit is an error.
func Places(s relation.Shape) (int, error) {
	bits := 0
	for _, n := range s.ExponentBits() {
		bits += n
	}
	if bits >= fr.Bits {
		return 0, fmt.Errorf("weights: exponents of a layer in %d bits, expected at most %d", bits, fr.Bits-1)
	}
	return min(maxPlaces, (fr.Bits-1)/bits), nil
}

// PackedExponents returns the list of the layers' exponents. An element holds Places layers, the first
// in the lowest bits; a layer its exponents in the order of the architecture's rescales, each in as
// many bits as relation.Shape.ExponentBits says. Places beyond the last layer are zero. Exponents that
// are not those of the shape are an error.
func (c *ModelCommitment) PackedExponents() ([]fr.Element, error) {
	shape, err := c.Description.WholeShape()
	if err != nil {
		return nil, err
	}
	places, err := Places(shape)
	if err != nil {
		return nil, err
	}
	var packed []fr.Element
	for layers := range slices.Chunk(c.Exponents, places) {
		n, at := new(big.Int), uint(0)
		for _, es := range layers {
			if err := es.Validate(shape); err != nil {
				return nil, err
			}
			for i, bits := range shape.ExponentBits() {
				e := big.NewInt(int64(es[i]))
				n.Or(n, e.Lsh(e, at))
				at += uint(bits)
			}
		}
		var e fr.Element
		packed = append(packed, *e.SetBigInt(n))
	}
	return packed, nil
}
