// Package elements codes elements of the scalar fields of BN254 and Grumpkin, and points of
// both curves, with package wire. An element is 32 bytes, big-endian and below its modulus.
// A point is compressed to 32 bytes; the two highest bits give the sign of y or mark
// infinity. A reader checks that points are on their curve; both curves have prime order,
// so no subgroup check is needed.
package elements

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/wire"
)

// Size is the number of bytes of an element and of a compressed point.
const Size = 32

// Fr codes scalars of BN254. Errors name the value by what.
func Fr(c *wire.Coder, what string, list ...*fr.Element) {
	put := func(out []byte, v fr.Element) []byte { b := v.Bytes(); return append(out, b[:]...) }
	for _, v := range list {
		wire.Item(c, what, v, Size, put, (*fr.Element).SetBytesCanonical)
	}
}

// Fq codes scalars of Grumpkin. Errors name the value by what.
func Fq(c *wire.Coder, what string, list ...*fq.Element) {
	put := func(out []byte, v fq.Element) []byte { b := v.Bytes(); return append(out, b[:]...) }
	for _, v := range list {
		wire.Item(c, what, v, Size, put, (*fq.Element).SetBytesCanonical)
	}
}

// G1 codes points of BN254's G1. Errors name the value by what.
func G1(c *wire.Coder, what string, list ...*bn254.G1Affine) {
	put := func(out []byte, p bn254.G1Affine) []byte { b := p.Bytes(); return append(out, b[:]...) }
	set := func(p *bn254.G1Affine, b []byte) error { _, err := p.SetBytes(b); return err }
	for _, p := range list {
		wire.Item(c, what, p, Size, put, set)
	}
}

// Grumpkin codes points of Grumpkin. Errors name the value by what.
func Grumpkin(c *wire.Coder, what string, list ...*grumpkin.G1Affine) {
	put := func(out []byte, p grumpkin.G1Affine) []byte { b := p.Bytes(); return append(out, b[:]...) }
	set := func(p *grumpkin.G1Affine, b []byte) error { _, err := p.SetBytes(b); return err }
	for _, p := range list {
		wire.Item(c, what, p, Size, put, set)
	}
}
