//go:build ignore

// Command asm writes the AVX-512 IFMA kernels of package chord.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Row numbers in the types Field and block.
const (
	fieldP, fieldTwoP, fieldSixteenP, fieldOne = 0, 5, 10, 15
	fieldNegInv, fieldMask                     = 20, 21

	blockP, blockQ = 0, 8 // x then y, four rows each
	blockD         = 16
	blockBefore    = 21
	blockSize      = 26 * 64

	ahead = 4 * 32 // partition.Ahead in bytes of indices
)

type (
	words  [4]VecVirtual // 64-bit limbs of eight numbers
	number [5]VecVirtual // 52-bit limbs
)

var field Register

func row(base Register, i int) Mem { return Mem{Base: base, Disp: 64 * i} }

func load(base Register, i int) VecVirtual {
	z := ZMM()
	VMOVDQU64(row(base, i), z)
	return z
}

func loadWords(base Register, i int) (w words) {
	for k := range w {
		w[k] = load(base, i+k)
	}
	return
}

func loadNumber(base Register, i int) (n number) {
	for k := range n {
		n[k] = load(base, i+k)
	}
	return
}

func (n number) store(base Register, i int) {
	for k := range n {
		VMOVDQU64(n[k], row(base, i+k))
	}
}

// transpose transposes eight rows of eight words.
func transpose(r [8]VecVirtual) (c [8]VecVirtual) {
	for odd := range 2 {
		var t, u [4]VecVirtual
		for i := range t {
			t[i] = ZMM()
			if odd == 0 {
				VPUNPCKLQDQ(r[2*i+1], r[2*i], t[i])
			} else {
				VPUNPCKHQDQ(r[2*i+1], r[2*i], t[i])
			}
		}
		for i := range u {
			u[i] = shuffle(i%2, t[i/2*2], t[i/2*2+1])
		}
		for i := range 2 { // u[i] has 128-bit lanes i and i+2
			c[2*i+odd] = shuffle(0, u[i], u[i+2])
			c[2*i+4+odd] = shuffle(1, u[i], u[i+2])
		}
	}
	return
}

// shuffle returns the even or odd 128-bit lanes of a, followed by those of b.
func shuffle(odd int, a, b VecVirtual) VecVirtual {
	z := ZMM()
	VSHUFI64X2(Imm([]uint64{0x88, 0xdd}[odd]), b, a, z)
	return z
}

// split converts 64-bit words to 52-bit limbs, multiplied by 2^shift.
func split(w words, shift int, mask VecVirtual) (n number) {
	for k := range n {
		n[k] = ZMM()
		at := 52*k - shift
		if at < 0 {
			VPSLLQ(Imm(uint64(-at)), w[0], n[k])
			VPANDQ(mask, n[k], n[k])
			continue
		}
		i, b := at/64, at%64
		VPSRLQ(Imm(uint64(b)), w[i], n[k])
		if b > 12 && i < 3 {
			high := ZMM()
			VPSLLQ(Imm(uint64(64-b)), w[i+1], high)
			VPORQ(high, n[k], n[k])
		}
		if k < 4 {
			VPANDQ(mask, n[k], n[k])
		}
	}
	return
}

// join is the inverse of split with shift 0, for numbers below 2^256.
func join(n number) (w words) {
	for i := range w {
		w[i] = ZMM()
		high := ZMM()
		VPSLLQ(Imm(uint64(52-12*i)), n[i+1], high)
		if i == 0 {
			VPORQ(high, n[0], w[0])
			continue
		}
		VPSRLQ(Imm(uint64(12*i)), n[i], w[i])
		VPORQ(high, w[i], w[i])
	}
	return
}

// carry normalises signed limbs to 52 bits. The top limb keeps the sign.
func carry(n number, mask VecVirtual) {
	c := ZMM()
	for k := range 4 {
		VPSRAQ(Imm(52), n[k], c)
		VPANDQ(mask, n[k], n[k])
		VPADDQ(c, n[k+1], n[k+1])
	}
}

// sub returns a - b limb by limb.
func sub(a, b number) (d number) {
	for k := range d {
		d[k] = ZMM()
		VPSUBQ(b[k], a[k], d[k])
	}
	return
}

// subFrom sets a to a - b limb by limb.
func subFrom(a, b number) {
	for k := range a {
		VPSUBQ(b[k], a[k], a[k])
	}
}

func plus(a number, constant int) {
	for k := range a {
		VPADDQ(row(field, constant+k), a[k], a[k])
	}
}

// reduce subtracts a constant from the numbers that stay non-negative.
func reduce(n number, constant int, mask VecVirtual) {
	var d number
	for k := range d {
		d[k] = ZMM()
		VPSUBQ(row(field, constant+k), n[k], d[k])
	}
	carry(d, mask)
	negative := K()
	VPMOVQ2M(d[4], negative)
	for k := range n {
		VPBLENDMQ(n[k], d[k], negative, n[k])
	}
}

// zero sets z to 0 by XORing any, a register that holds a value. With z as operand, avo
// would treat z as an input to preserve.
func zero(z, any VecVirtual) { VPXORQ(any, any, z) }

// mul returns ab/2^260 mod p by Montgomery multiplication, limb by limb.
func mul(a, b number, mask VecVirtual) (t number) {
	for k := range t {
		t[k] = ZMM()
		zero(t[k], mask)
	}
	m := ZMM()
	for i := range b {
		for k := range a {
			VPMADD52LUQ(a[k], b[i], t[k])
		}
		zero(m, mask)
		VPMADD52LUQ(row(field, fieldNegInv), t[0], m)
		for k := range a {
			VPMADD52LUQ(row(field, fieldP+k), m, t[k])
		}
		// The lowest limb is now a multiple of 2^52. Divide by 2^52.
		VPSRLQ(Imm(52), t[0], t[0])
		VPADDQ(t[0], t[1], t[1])
		low := t[0]
		copy(t[:], t[1:])
		t[4] = low
		zero(low, mask)
		for k := range a {
			VPMADD52HUQ(a[k], b[i], t[k])
			VPMADD52HUQ(row(field, fieldP+k), m, t[k])
		}
	}
	carry(t, mask)
	return
}

// shift4 returns 16 n for n below 2^256.
func shift4(n number, mask VecVirtual) (s number) {
	high := ZMM()
	for k := range s {
		s[k] = ZMM()
		VPSLLQ(Imm(4), n[k], s[k])
		if k < 4 {
			VPANDQ(mask, s[k], s[k])
		}
		if k > 0 {
			VPSRLQ(Imm(48), n[k-1], high)
			VPORQ(high, s[k], s[k])
		}
	}
	return
}

// index loads an index and converts it to a byte offset of a point.
func index(from Mem) GPVirtual {
	i := GP64()
	MOVL(from, i.As32())
	SHLQ(Imm(6), i)
	return i
}

// readPoints reads the first or second points of eight pairs and stores their limbs in the
// block.
func readPoints(src, pairs, block Register, second, at int) (x words) {
	var r [8]VecVirtual
	for l := range r {
		PREFETCHT0(Mem{Base: src, Index: index(Mem{Base: pairs, Disp: ahead + 8*l + 4*second}), Scale: 1})
		r[l] = ZMM()
		VMOVDQU64(Mem{Base: src, Index: index(Mem{Base: pairs, Disp: 8*l + 4*second}), Scale: 1}, r[l])
	}
	c := transpose(r)
	for k := range c {
		VMOVDQU64(c[k], row(block, at+k))
	}
	copy(x[:], c[:4])
	return
}

// isZero returns a mask of the lanes where all words are zero.
func isZero(w words) Register {
	any, k := ZMM(), K()
	VPORQ(w[0], w[1], any)
	VPORQ(w[2], any, any)
	VPORQ(w[3], any, any)
	VPTESTNMQ(any, any, k)
	return k
}

// flag returns a mask of the lanes whose pair is not two finite points with different x.
func flag(x1, x2 words) Register {
	var diff words
	for k := range diff {
		diff[k] = ZMM()
		VPXORQ(x1[k], x2[k], diff[k])
	}
	k := isZero(diff)
	KORW(isZero(x1), k, k)
	KORW(isZero(x2), k, k)
	return k
}

func forward() {
	TEXT("forward", NOSPLIT, "func(w *[26][8]uint64, f *[22][8]uint64, src *[2][4]uint64, pairs *int32, flags *uint8, product *[5][8]uint64, n int)")
	Pragma("noescape")
	Doc("forward goes through n blocks from w on: it reads their points, and multiplies their",
		"differences onto product.")
	block := Load(Param("w"), GP64())
	field = Load(Param("f"), GP64())
	src, pairs := Load(Param("src"), GP64()), Load(Param("pairs"), GP64())
	flags, product := Load(Param("flags"), GP64()), Load(Param("product"), GP64())
	n := Load(Param("n"), GP64())
	mask := load(field, fieldMask)

	Label("forwardBlock")
	x1 := readPoints(src, pairs, block, 0, blockP)
	x2 := readPoints(src, pairs, block, 1, blockQ)
	special := flag(x1, x2)
	bits := GP32()
	KMOVW(special, bits)
	MOVB(bits.As8(), Mem{Base: flags})
	d := sub(split(x2, 4, mask), split(x1, 4, mask))
	plus(d, fieldSixteenP)
	carry(d, mask)
	for k := range d {
		VMOVDQU64(row(field, fieldOne+k), special, d[k])
	}
	d.store(block, blockD)
	p := loadNumber(product, 0)
	p.store(block, blockBefore)
	mul(p, d, mask).store(product, 0)
	ADDQ(Imm(64), pairs)
	ADDQ(Imm(1), flags)
	ADDQ(U32(blockSize), block)
	DECQ(n)
	JNZ(LabelRef("forwardBlock"))
	VZEROUPPER()
	RET()
}

func backward() {
	TEXT("backward", NOSPLIT, "func(w *[26][8]uint64, f *[22][8]uint64, dst *[2][4]uint64, to *int32, acc *[5][8]uint64, n int)")
	Pragma("noescape")
	Doc("backward goes through n blocks from the last, w, to the first: acc is the inverse of",
		"the product up to the block, and to the last places.")
	block := Load(Param("w"), GP64())
	field = Load(Param("f"), GP64())
	dst, to := Load(Param("dst"), GP64()), Load(Param("to"), GP64())
	acc, n := Load(Param("acc"), GP64()), Load(Param("n"), GP64())
	mask := load(field, fieldMask)

	Label("backwardBlock")
	a := loadNumber(acc, 0)
	inverse := mul(a, loadNumber(block, blockBefore), mask)
	mul(a, loadNumber(block, blockD), mask).store(acc, 0)

	num := sub(split(loadWords(block, blockQ+4), 0, mask), split(loadWords(block, blockP+4), 0, mask))
	plus(num, fieldP)
	carry(num, mask)
	s := mul(num, inverse, mask)
	s260 := shift4(s, mask)

	x3 := mul(s, s260, mask)
	x1 := split(loadWords(block, blockP), 0, mask)
	subFrom(x3, x1)
	subFrom(x3, split(loadWords(block, blockQ), 0, mask))
	plus(x3, fieldTwoP)
	carry(x3, mask)
	reduce(x3, fieldTwoP, mask)
	reduce(x3, fieldP, mask)

	subFrom(x1, x3)
	plus(x1, fieldP)
	carry(x1, mask)
	y3 := mul(x1, s260, mask)
	subFrom(y3, split(loadWords(block, blockP+4), 0, mask))
	plus(y3, fieldP)
	carry(y3, mask)
	reduce(y3, fieldTwoP, mask)
	reduce(y3, fieldP, mask)

	var rows [8]VecVirtual
	x, y := join(x3), join(y3)
	copy(rows[:], x[:])
	copy(rows[4:], y[:])
	for l, p := range transpose(rows) {
		VMOVDQU64(p, Mem{Base: dst, Index: index(Mem{Base: to, Disp: 4 * l}), Scale: 1})
	}
	SUBQ(Imm(32), to)
	SUBQ(U32(blockSize), block)
	DECQ(n)
	JNZ(LabelRef("backwardBlock"))
	VZEROUPPER()
	RET()
}

func main() {
	ConstraintExpr("amd64,!purego")
	forward()
	backward()
	Generate()
}
