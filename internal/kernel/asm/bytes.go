package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// word is 16 bits of M + offset for each of 32 columns of a row.
type word struct {
	reg.VecVirtual
	bytes int // number of low bytes in use
}

// wordsW16 computes M + 2^15.
func wordsW16(p, _ reg.GPVirtual, order order) func(int) []word {
	w := ZMM()
	VMOVDQU16_Z(Mem{Base: p}, mask, w)
	if order == spreadOrder {
		places := ZMM()
		VMOVDQU64(constant["spread"], places)
		VPERMQ(w, places, w)
	}
	VPXORD(constant["top16"], w, w)
	return func(int) []word { return []word{{w, 2}} }
}

// wordsW8 computes M + 2^17, where M = m W is at most 1023*127 in magnitude.
func wordsW8(p, q reg.GPVirtual, order order) func(int) []word {
	b, w, m := YMM(), ZMM(), ZMM()
	VMOVDQU8_Z(Mem{Base: p}, mask, b)
	if order == spreadOrder {
		places := YMM()
		VMOVDQU(constant["spread32"], places)
		VPERMD(b, places, b)
	}
	VPMOVSXBW(b, w)
	VPBROADCASTW(Mem{Base: q}, m)
	lo, hi := ZMM(), ZMM()
	VPMULLW(m, w, lo)
	VPMULHW(m, w, hi)
	VPADDW(constant["two16"], hi, hi)
	return func(int) []word { return []word{{lo, 2}, {hi, 1}} }
}

// wordsTernary computes the stored digit, which is the weight's digit plus one.
func wordsTernary(p, _ reg.GPVirtual, order order) func(int) []word {
	digit := ternaryDigits(p, order)
	return func(v int) []word { return []word{{digit(v), 1}} }
}

// rowBytes generates the kernel that writes the byte planes of a row. Planes are rowsPlane
// bytes apart.
func rowBytes(e expander) {
	TEXT("bytes"+e.name, NOSPLIT, "func(dst *uint8, "+signature(e)+")")
	Pragma("noescape")
	Doc("bytes" + e.name + " writes the byte planes of a row of n stored elements.")
	dst, row := Load(Param("dst"), GP64()), Load(Param("row"), GP64())
	q := multiplier(e)
	forSteps(Load(Param("n"), GP64()), func() {
		PREFETCHT0(Mem{Base: row, Disp: ahead})
		words := e.words(row.(reg.GPVirtual), q, plain)
		for v := range e.vectors {
			plane := 0
			for _, w := range words(v) {
				for b := range w.bytes {
					if b > 0 {
						VPSRLW(Imm(8), w, w)
					}
					VPMOVWB(w, Mem{Base: dst, Disp: plane*rowsPlane + 32*v})
					plane++
				}
			}
		}
		ADDQ(I32(int32(32*e.vectors)), dst)
		advance(e, q, row)
	})
}

// quads generates the kernel that writes the byte planes of four rows. Planes are bytePlane
// bytes apart; 32 bits hold one byte of a column for each of the four rows. The kernel
// prefetches the next four rows.
func quads(e expander) {
	args := "func(dst *uint8, rows *[4]*" + e.element + ", n int, ahead int"
	if e.name == "W8" {
		args += ", muls *[4]*uint16, aheadMul int"
	}
	TEXT("quads"+e.name, NOSPLIT, args+")")
	Pragma("noescape")
	Doc("quads"+e.name+" interleaves the bytes of four rows of n stored elements; those that lie ahead bytes",
		"further are fetched.")
	dst, ahead := Load(Param("dst"), GP64()), Load(Param("ahead"), GP64())
	rows, muls := fourPointers("rows"), [4]reg.GPVirtual{}
	if e.name == "W8" {
		muls = fourPointers("muls")
		next := Load(Param("aheadMul"), GP64())
		for _, mul := range muls {
			PREFETCHT0(Mem{Base: mul, Index: next, Scale: 1})
			PREFETCHT0(Mem{Base: mul, Index: next, Scale: 1, Disp: 2 * (strip/32 - 1)})
		}
	}
	forSteps(Load(Param("n"), GP64()), func() {
		var words [4]func(int) []word
		for i, row := range rows {
			PREFETCHT0(Mem{Base: row, Index: ahead, Scale: 1})
			words[i] = e.words(row, muls[i], spreadOrder)
		}
		for v := range e.vectors {
			a, b, c, d := words[0](v), words[1](v), words[2](v), words[3](v)
			plane := 0
			for i := range a {
				low, high := twoRows(a[i], b[i]), twoRows(c[i], d[i])
				for j := range low {
					storeQuad(low[j], high[j], Mem{Base: dst, Disp: plane*bytePlane + 128*v})
					plane++
				}
			}
		}
		ADDQ(I32(int32(128*e.vectors)), dst)
		for i := range rows {
			advance(e, muls[i], rows[i])
		}
	})
}

// fourPointers loads the four pointers in the array that the named argument points to.
func fourPointers(name string) (p [4]reg.GPVirtual) {
	list := Load(Param(name), GP64())
	for i := range p {
		p[i] = GP64()
		MOVQ(Mem{Base: list, Disp: 8 * i}, p[i])
	}
	return
}

// twoRows returns, for each byte in use, a vector with a's byte in the low half and b's
// byte in the high half of every 16 bits.
func twoRows(a, b word) []reg.VecVirtual {
	low := ZMM()
	VPSLLW(Imm(8), b, low)
	if a.bytes == 1 {
		VPORD(a, low, low)
		return []reg.VecVirtual{low}
	}
	high := ZMM()
	VPSRLW(Imm(8), a, high)
	const chooseSecond, chooseFirst = 0xd8, 0xe4 // where the mask is set, else the other
	VPTERNLOGD(Imm(chooseSecond), constant["lowByte"], a, low)
	VPTERNLOGD(Imm(chooseFirst), constant["lowByte"], b, high)
	return []reg.VecVirtual{low, high}
}

// storeQuad interleaves two pairs of rows and stores 32 columns.
func storeQuad(a, b reg.VecVirtual, dst Mem) {
	lo, hi := ZMM(), ZMM()
	VPUNPCKLWD(b, a, lo)
	VPUNPCKHWD(b, a, hi)
	VMOVDQU8(lo, dst)
	VMOVDQU8(hi, dst.Offset(64))
}
