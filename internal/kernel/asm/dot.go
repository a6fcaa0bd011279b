package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// z returns physical vector register i. The kernels keep their accumulators in such
// registers.
func z(i int) reg.VecPhysical {
	return []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
	}[i]
}

// dot generates the kernel that multiplies planes by inputs: out[t][i] is the product of
// plane i and input t. Planes are planeStride bytes apart.
func dot(rows, tokens int) {
	name := fmt.Sprintf("dot%dx%d", rows, tokens)
	TEXT(name, NOSPLIT, "func(out *int64, planes *int16, x *int16, n int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s sets out[t][i], for t < %d and i < %d, to the product of plane i and input t,",
		name, tokens, rows), "over n vectors of 32 entries. Inputs lie as far apart as planes.")
	out, planes := Load(Param("out"), GP64()), Load(Param("planes"), GP64())
	x, n := Load(Param("x"), GP64()), Load(Param("n"), GP64())
	for i := range rows * tokens {
		VPXORD(z(i), z(i), z(i))
	}
	Label("loop")
	v := make([]reg.VecVirtual, tokens)
	for t := range v {
		v[t] = ZMM()
		VMOVDQU16(Mem{Base: x, Disp: t * planeStride}, v[t])
	}
	for i := range rows {
		w := ZMM()
		VMOVDQU16(Mem{Base: planes, Disp: i * planeStride}, w)
		for t := range v {
			vpdpwssd(v[t], w, z(t*rows+i))
		}
	}
	ADDQ(Imm(64), planes)
	ADDQ(Imm(64), x)
	DECQ(n)
	JNZ(LabelRef("loop"))
	for g := 0; g < rows*tokens; g += 8 {
		sumEight(g)
		VMOVDQU64(z(g), Mem{Base: out, Disp: 8 * g})
	}
	VZEROUPPER()
	RET()
}

// sumEight replaces register g by eight 64-bit sums, one for each register g to g+7: the
// sum of the register's sixteen 32-bit integers.
func sumEight(g int) {
	t := ZMM()
	for i := g; i < g+8; i++ {
		VEXTRACTI64X4(Imm(1), z(i), t.AsY())
		VPMOVSXDQ(z(i).AsY(), z(i))
		VPMOVSXDQ(t.AsY(), t)
		VPADDQ(t, z(i), z(i))
	}
	for i := g; i < g+8; i += 2 {
		VPUNPCKHQDQ(z(i+1), z(i), t)
		VPUNPCKLQDQ(z(i+1), z(i), z(i))
		VPADDQ(t, z(i), z(i))
	}
	for step := 2; step < 8; step *= 2 {
		for i := g; i < g+8; i += 2 * step {
			VSHUFI64X2(Imm(0xdd), z(i+step), z(i), t)
			VSHUFI64X2(Imm(0x88), z(i+step), z(i), z(i))
			VPADDQ(t, z(i), z(i))
		}
	}
}

// vpdpwssd adds to each 32-bit integer of sum the two products of the 16-bit integers of a
// and b at the same place. With the suffix BCST, a memory operand a is one pair, used for
// all places. avo has no constructor for the instruction.
func vpdpwssd(a, b, sum Op, suffix ...string) {
	Instruction(&ir.Instruction{
		Opcode:   "VPDPWSSD",
		Suffixes: suffix,
		Operands: []Op{a, b, sum},
		Inputs:   []Op{a, b, sum},
		Outputs:  []Op{sum},
		ISA:      []string{"AVX512_VNNI"},
	})
}
