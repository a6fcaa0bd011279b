package transcript

import (
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"

	"fold.example/fold/internal/arith"
)

// Field is the backend of native transcripts, over field elements.
type Field struct{ *arith.Native }

var _ Backend[fr.Element] = Field{}

var (
	short = sync.OnceValue(func() *poseidon2.Permutation { return NewPermutation(ShortWidth) })
	bulk  = sync.OnceValue(func() *poseidon2.Permutation { return NewPermutation(BulkWidth) })
)

// Rounds returns the number of full and of partial rounds of Poseidon2 over Fr
// at the two widths of this package (HorizenLabs' parameters).
func Rounds(width int) (full, partial int) {
	if width == ShortWidth {
		return 8, 56
	}
	return 8, 57
}

// NewPermutation returns the Poseidon2 permutation of a width, ShortWidth or BulkWidth.
func NewPermutation(width int) *poseidon2.Permutation {
	full, partial := Rounds(width)
	return poseidon2.NewPermutation(width, full, partial)
}

// Permute applies Poseidon2 in place.
func (Field) Permute(state []fr.Element) {
	p := short()
	if len(state) == BulkWidth {
		p = bulk()
	}
	if err := p.Permutation(state); err != nil {
		panic(err) // the width is neither ShortWidth nor BulkWidth
	}
}

// Bits returns the bits of x, lowest first.
func (f Field) Bits(x fr.Element) []fr.Element {
	words := x.Bits()
	bits := make([]fr.Element, fr.Bits)
	for i := range bits {
		if words[i/64]>>(i%64)&1 == 1 {
			bits[i].SetOne()
		}
	}
	return bits
}

// Wire returns x.
func (Field) Wire(x fr.Element) fr.Element { return x }

// HashNative returns the hash of field elements; see [Hash].
func HashNative(tag string, values ...fr.Element) fr.Element {
	return Hash(NewField(), tag, values...)
}

// PointLimbs returns the limbs of a point of BN254 G1: x mod 2^128, x div 2^128,
// y mod 2^128, y div 2^128. They are zero for the point at infinity.
func PointLimbs(p *bn254.G1Affine) (limbs [4]fr.Element) {
	for i, c := range [...][4]uint64{p.X.Bits(), p.Y.Bits()} {
		limbs[2*i] = fromWords(c[0], c[1])
		limbs[2*i+1] = fromWords(c[2], c[3])
	}
	return
}

// fromWords returns hi 2^64 + lo.
func fromWords(lo, hi uint64) (z fr.Element) {
	var b [16]byte
	for i := range 8 {
		b[15-i], b[7-i] = byte(lo>>(8*i)), byte(hi>>(8*i))
	}
	z.SetBytes(b[:])
	return
}

// AbsorbPoints absorbs points of BN254 G1 as one message of four elements for each point.
func AbsorbPoints(t *Native, label string, points ...bn254.G1Affine) {
	m := make([]fr.Element, 0, 4*len(points))
	for i := range points {
		l := PointLimbs(&points[i])
		m = append(m, l[:]...)
	}
	t.Absorb(label, m...)
}

// AbsorbGrumpkin absorbs points of Grumpkin as one message of two elements for each point.
func AbsorbGrumpkin(t *Native, label string, points ...grumpkin.G1Affine) {
	m := make([]fr.Element, 0, 2*len(points))
	for i := range points {
		// The base field of Grumpkin is Fr; gnark-crypto has a second type for it.
		m = append(m, fr.Element(points[i].X), fr.Element(points[i].Y))
	}
	t.Absorb(label, m...)
}
