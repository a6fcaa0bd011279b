package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// expander describes the stored form of a row and generates the row's planes.
type expander struct {
	name    string
	planes  int
	vectors int    // vectors of 32 columns in a step
	element string // Go type of a stored element
	bytes   int    // size in bytes of the 32 stored elements of a step
	// load reads one step of the row at p (and the multiplier at q) under the mask K1. The
	// returned function computes the planes of vector v.
	load func(p, q reg.GPVirtual) func(v int) []reg.VecVirtual
	// words is the counterpart of load for the byte planes of bytes.go.
	words func(p, q reg.GPVirtual, order order) func(v int) []word
}

func expanders() []expander {
	return []expander{
		{name: "W16", planes: 2, vectors: 1, element: "int16", bytes: 64, load: loadW16, words: wordsW16},
		{name: "W8", planes: 2, vectors: 1, element: "int8", bytes: 32, load: loadW8, words: wordsW8},
		{name: "Ternary", planes: 1, vectors: 5, element: "byte", bytes: 32, load: loadTernary, words: wordsTernary},
	}
}

var mask = reg.K1

// ahead is the prefetch distance in bytes. It covers about the latency of memory.
const ahead = 2048

// loadW16 returns two planes: the low byte, unsigned, and the high byte, signed.
func loadW16(p, _ reg.GPVirtual) func(int) []reg.VecVirtual {
	w := ZMM()
	VMOVDQU16_Z(Mem{Base: p}, mask, w)
	lo, hi := ZMM(), ZMM()
	VPANDD(constant["lowByte"], w, lo)
	VPSRAW(Imm(8), w, hi)
	return func(int) []reg.VecVirtual { return []reg.VecVirtual{lo, hi} }
}

// loadW8 returns the two planes of M = m W = 2^9 hi + lo with -256 <= lo < 256. VPMULHRSW
// computes floor((a b + 2^14) / 2^15), so its result for 2^6 W and m is hi.
func loadW8(p, q reg.GPVirtual) func(int) []reg.VecVirtual {
	b, w, m := YMM(), ZMM(), ZMM()
	VMOVDQU8_Z(Mem{Base: p}, mask, b)
	VPMOVSXBW(b, w)
	VPBROADCASTW(Mem{Base: q}, m)
	lo, hi, t := ZMM(), ZMM(), ZMM()
	VPSLLW(Imm(6), w, hi)
	VPMULHRSW(m, hi, hi)
	VPMULLW(m, w, lo)
	VPSLLW(Imm(9), hi, t)
	VPSUBW(t, lo, lo)
	return func(int) []reg.VecVirtual { return []reg.VecVirtual{lo, hi} }
}

// loadTernary returns one plane: the stored digits minus one.
func loadTernary(p, _ reg.GPVirtual) func(int) []reg.VecVirtual {
	digit := ternaryDigits(p, plain)
	return func(v int) []reg.VecVirtual {
		d := digit(v)
		VPSUBW(constant["one16"], d, d)
		return []reg.VecVirtual{d}
	}
}

// ternaryDigits computes digit i of a byte b as the integer part of 3 frac(b/3^(i+1)). The
// fraction is approximated in 16 bits by b ceil(2^16/3^(i+1)) mod 2^16, which is too large
// by less than 2^16/243; the error does not change the integer part.
func ternaryDigits(p reg.GPVirtual, order order) func(v int) reg.VecVirtual {
	b, w := YMM(), ZMM()
	VMOVDQU8_Z(Mem{Base: p}, mask, b)
	VPMOVZXBW(b, w)
	return func(v int) reg.VecVirtual {
		d, index := ZMM(), ZMM()
		VMOVDQU16(table(string(order)+"Byte", v), index)
		VPERMW(w, index, d)
		VPMULLW(table(string(order)+"Power", v), d, d)
		VPMULHUW(constant["three"], d, d)
		return d
	}
}

// forSteps generates a loop over the n stored elements of a row. body generates one step;
// mask is set for the elements below n.
func forSteps(n reg.Register, body func()) {
	ones, left := GP64(), GP64()
	MOVQ(I32(-1), ones)
	KMOVD(ones.As32(), mask)
	MOVQ(n, left)
	Label("step")
	CMPQ(left, Imm(32))
	JGE(LabelRef("full"))
	BZHIQ(left, ones, ones)
	KMOVD(ones.As32(), mask)
	Label("full")
	body()
	SUBQ(Imm(32), left)
	JG(LabelRef("step"))
	VZEROUPPER()
	RET()
}

// planes generates the kernel that expands one row of n stored elements to planes. Planes
// are planeStride bytes apart.
func planes(e expander) {
	TEXT("planes"+e.name, NOSPLIT, "func(dst *int16, "+signature(e)+")")
	Pragma("noescape")
	Doc("planes" + e.name + " writes the planes of a row of n stored elements.")
	dst, row := Load(Param("dst"), GP64()), Load(Param("row"), GP64())
	q := multiplier(e)
	forSteps(Load(Param("n"), GP64()), func() {
		PREFETCHT0(Mem{Base: row, Disp: ahead})
		expand := e.load(row.(reg.GPVirtual), q)
		for v := range e.vectors {
			for i, plane := range expand(v) {
				VMOVDQU16(plane, Mem{Base: dst, Disp: 64*v + planeStride*i})
			}
		}
		ADDQ(I32(64*int32(e.vectors)), dst)
		advance(e, q, row)
	})
}

func signature(e expander) string {
	if e.name == "W8" {
		return "row *" + e.element + ", mul *uint16, n int"
	}
	return "row *" + e.element + ", n int"
}

func multiplier(e expander) reg.GPVirtual {
	if e.name != "W8" {
		return nil
	}
	return Load(Param("mul"), GP64()).(reg.GPVirtual)
}

func advance(e expander, q reg.GPVirtual, row reg.Register) {
	ADDQ(Imm(uint64(e.bytes)), row)
	if q != nil {
		ADDQ(Imm(2), q)
	}
}
