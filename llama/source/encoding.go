package source

import (
	"encoding/binary"
	"math"
)

// encoding is a format of numbers: each block of bytes holds a fixed number of values.
type encoding struct {
	name   string
	block  int                             // values a block
	bytes  int                             // bytes a block
	decode func(dst []float32, src []byte) // decodes whole blocks; nil for a type that no weight may have
}

// The encodings of single numbers, little endian.
var (
	encF32  = encoding{"F32", 1, 4, decodeF32}
	encF16  = encoding{"F16", 1, 2, decodeF16}
	encBF16 = encoding{"BF16", 1, 2, decodeBF16}
	encI8   = encoding{"I8", 1, 1, decodeI8}
)

func decodeF32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func decodeF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = half(src[2*i:])
	}
}

func decodeBF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
	}
}

func decodeI8(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(int8(src[i]))
	}
}

// half decodes IEEE 754 binary16. Shifting the fields into place leaves a number that is
// too small by 2^112, the ratio of the two biases. The product with 2^112 is exact, also
// for subnormal numbers.
func half(b []byte) float32 {
	h := uint32(binary.LittleEndian.Uint16(b))
	sign, rest := h>>15<<31, h&0x7fff<<13
	if h&0x7c00 == 0x7c00 { // infinite or not a number
		return math.Float32frombits(sign | 0xff<<23 | rest)
	}
	return math.Float32frombits(sign | math.Float32bits(math.Float32frombits(rest)*0x1p112))
}
