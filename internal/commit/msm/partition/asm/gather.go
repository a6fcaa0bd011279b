//go:build ignore

// Command asm writes the AVX-512 kernel of package partition.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// ahead is partition.Ahead in bytes of 32-bit indices.
const ahead = 4 * 32

func main() {
	ConstraintExpr("amd64,!purego")
	TEXT("gatherAVX512", NOSPLIT, "func(x1, y1, x2, y2 *[4]uint64, src *[2][4]uint64, pairs *int32, n int)")
	Doc("gatherAVX512 is gather for n > 0. A point is one cache line, read as one register;",
		"the line that is needed 16 pairs later is fetched meanwhile.")
	x1, y1 := Load(Param("x1"), GP64()), Load(Param("y1"), GP64())
	x2, y2 := Load(Param("x2"), GP64()), Load(Param("y2"), GP64())
	src, pairs, n := Load(Param("src"), GP64()), Load(Param("pairs"), GP64()), Load(Param("n"), GP64())
	at := GP64()
	XORQ(at, at)

	Label("pair")
	for i, to := range [][2]Register{{x1, y1}, {x2, y2}} {
		later := index(pairs, ahead+4*i)
		PREFETCHT0(Mem{Base: src, Index: later, Scale: 1})
		p := ZMM()
		VMOVDQU64(Mem{Base: src, Index: index(pairs, 4*i), Scale: 1}, p)
		VMOVDQU(p.AsY(), Mem{Base: to[0], Index: at, Scale: 1})
		VEXTRACTI64X4(Imm(1), p, Mem{Base: to[1], Index: at, Scale: 1})
	}
	ADDQ(Imm(8), pairs)
	ADDQ(Imm(32), at)
	DECQ(n)
	JNZ(LabelRef("pair"))
	VZEROUPPER()
	RET()
	Generate()
}

// index loads the index at an offset of pairs and scales it to bytes.
func index(pairs Register, offset int) GPVirtual {
	i := GP64()
	MOVL(Mem{Base: pairs, Disp: offset}, i.As32())
	SHLQ(Imm(6), i)
	return i
}
