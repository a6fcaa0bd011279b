package curve

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
)

// Code writes or reads elements with a coder, ElementSize bytes each, as Encode and Decode
// do. Errors name the value by what.
func (f *Field[E]) Code(c *wire.Coder, what string, list ...*E) {
	switch list := any(list).(type) {
	case []*fr.Element:
		elements.Fr(c, what, list...)
	case []*fq.Element:
		elements.Fq(c, what, list...)
	}
}

// CodeAll is Code for vectors whose lengths are fixed by the caller.
func (f *Field[E]) CodeAll(c *wire.Coder, what string, vectors ...[]E) {
	for _, v := range vectors {
		for i := range v {
			f.Code(c, what, &v[i])
		}
	}
}

// CodePoints writes or reads points with a coder, ElementSize bytes each, as Compress and
// Decompress do. Errors name the value by what.
func (c *Curve[E, C]) CodePoints(coder *wire.Coder, what string, list ...*C) {
	switch list := any(list).(type) {
	case []*bn254.G1Affine:
		elements.G1(coder, what, list...)
	case []*grumpkin.G1Affine:
		elements.Grumpkin(coder, what, list...)
	}
}
