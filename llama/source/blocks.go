package source

import "encoding/binary"

// The block formats of GGUF as ggml defines them (ggml-quants.c): blocks of 32 values,
// and the "K" and ternary formats with blocks of 256. d and m are half floats. The
// explicit conversion of a product forbids the compiler to fuse it with the following
// sum, which would change the last bit on some platforms.
var (
	encQ40  = blocks("Q4_0", 32, 18, decodeQ40)
	encQ41  = blocks("Q4_1", 32, 20, decodeQ41)
	encQ50  = blocks("Q5_0", 32, 22, decodeQ50)
	encQ51  = blocks("Q5_1", 32, 24, decodeQ51)
	encQ80  = blocks("Q8_0", 32, 34, decodeQ80)
	encQ4K  = blocks("Q4_K", 256, 144, decodeQ4K)
	encQ5K  = blocks("Q5_K", 256, 176, decodeQ5K)
	encQ6K  = blocks("Q6_K", 256, 210, decodeQ6K)
	encTQ10 = blocks("TQ1_0", 256, 54, decodeTQ10)
	encTQ20 = blocks("TQ2_0", 256, 66, decodeTQ20)
)

// blocks returns the encoding whose blocks the function one decodes.
func blocks(name string, block, bytes int, one func(dst []float32, b []byte)) encoding {
	return encoding{name, block, bytes, func(dst []float32, src []byte) {
		for ; len(dst) > 0; dst, src = dst[block:], src[bytes:] {
			one(dst[:block], src[:bytes])
		}
	}}
}

// decodeQ40: d, 16 bytes; the low digits come first. w = d (q - 8).
func decodeQ40(dst []float32, b []byte) {
	d := half(b)
	for i, q := range b[2:] {
		dst[i] = d * float32(int(q&15)-8)
		dst[i+16] = d * float32(int(q>>4)-8)
	}
}

// decodeQ41: d, m, 16 bytes. w = d q + m.
func decodeQ41(dst []float32, b []byte) {
	d, m := half(b), half(b[2:])
	for i, q := range b[4:] {
		dst[i] = float32(d*float32(q&15)) + m
		dst[i+16] = float32(d*float32(q>>4)) + m
	}
}

// decodeQ50: d, the fifth bits as one word, 16 bytes. w = d (q - 16).
func decodeQ50(dst []float32, b []byte) {
	d, high := half(b), binary.LittleEndian.Uint32(b[2:])
	for i, q := range b[6:] {
		dst[i] = d * float32(int(uint32(q&15)|high>>i&1<<4)-16)
		dst[i+16] = d * float32(int(uint32(q>>4)|high>>(i+16)&1<<4)-16)
	}
}

// decodeQ51: d, m, the fifth bits, 16 bytes. w = d q + m.
func decodeQ51(dst []float32, b []byte) {
	d, m, high := half(b), half(b[2:]), binary.LittleEndian.Uint32(b[4:])
	for i, q := range b[8:] {
		dst[i] = float32(d*float32(uint32(q&15)|high>>i&1<<4)) + m
		dst[i+16] = float32(d*float32(uint32(q>>4)|high>>(i+16)&1<<4)) + m
	}
}

// decodeQ80: d, 32 signed bytes. w = d q.
func decodeQ80(dst []float32, b []byte) {
	d := half(b)
	for i, q := range b[2:] {
		dst[i] = d * float32(int8(q))
	}
}

// scaleMin returns the 6-bit scale and minimum of group j of the eight of a Q4_K
// or Q5_K block. The high bits of the last four groups lie in the spare bits of the first
// four.
func scaleMin(s []byte, j int) (scale, minimum float32) {
	if j < 4 {
		return float32(s[j] & 63), float32(s[j+4] & 63)
	}
	return float32(s[j+4]&15 | s[j-4]>>6<<4), float32(s[j+4]>>4 | s[j]>>6<<4)
}

// decodeQ4K: d, dmin, 12 bytes of scales, 128 bytes; 32 bytes hold two groups,
// the first in the low digits. w = d scale q - dmin minimum.
func decodeQ4K(dst []float32, b []byte) {
	d, dmin, scales, qs := half(b), half(b[2:]), b[4:16], b[16:]
	for j := range 8 {
		s, m := scaleMin(scales, j)
		s, m = d*s, dmin*m
		out, digits, shift := dst[32*j:][:32], qs[32*(j/2):][:32], 4*(j%2)
		for i, q := range digits {
			out[i] = float32(s*float32(q>>shift&15)) - m
		}
	}
}

// decodeQ5K: as Q4_K, with 32 bytes of fifth bits, bit j of them for group j.
func decodeQ5K(dst []float32, b []byte) {
	d, dmin, scales, high, qs := half(b), half(b[2:]), b[4:16], b[16:48], b[48:]
	for j := range 8 {
		s, m := scaleMin(scales, j)
		s, m = d*s, dmin*m
		out, digits, shift := dst[32*j:][:32], qs[32*(j/2):][:32], 4*(j%2)
		for i, q := range digits {
			out[i] = float32(s*float32(q>>shift&15|high[i]>>j&1<<4)) - m
		}
	}
}

// decodeQ6K: 128 bytes of low digits, 64 of high pairs of bits, 16 signed scales
// for 16 values each, d. Each half of 128 values takes 64 low bytes (digit for
// values 0..63, then 64..127) and 32 high ones. w = d scale (q - 32).
func decodeQ6K(dst []float32, b []byte) {
	d := half(b[208:])
	for i := range dst {
		part, j := i/128, i%128
		low := b[64*part+j%64] >> (4 * (j / 64)) & 15
		high := b[128+32*part+j%32] >> (2 * (j / 32)) & 3
		s := d * float32(int8(b[192+i/16]))
		dst[i] = s * float32(int(low|high<<4)-32)
	}
}

// decodeTQ10: ternary digits, five a byte in 48 bytes and four a byte in 4; then
// d. A byte is 256 times the base-3 fraction 0.q0q1q2..., rounded up. So 3^n times the
// byte modulo 256 is 256 times 0.qnq(n+1)..., and digit n is the high byte of three times
// that. w = d (digit - 1).
func decodeTQ10(dst []float32, b []byte) {
	d := half(b[52:])
	for _, part := range [...][]byte{b[:32], b[32:48], b[48:52]} {
		digits := 5
		if len(part) == 4 {
			digits = 4
		}
		for power := uint8(1); digits > 0; digits, power = digits-1, 3*power {
			for i, q := range part {
				dst[i] = d * float32(int(uint16(q*power)*3>>8)-1)
			}
			dst = dst[len(part):]
		}
	}
}

// decodeTQ20: 64 bytes of four digits, then d; 32 bytes hold 128 values, the
// lowest digits first. w = d (digit - 1).
func decodeTQ20(dst []float32, b []byte) {
	d := half(b[64:])
	for i := range dst {
		q := b[i/128*32+i%32] >> (2 * (i % 128 / 32)) & 3
		dst[i] = d * float32(int(q)-1)
	}
}
