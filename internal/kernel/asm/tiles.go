package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Memory layouts of the two kernels that multiply a byte plane, in bytes:
//
//	sums   [columns/16][32 digits][16 columns] 32-bit integers
//	digits [blocks of 64 rows][32 digits][64 rows] signed bytes
//	plane  [rows/4][strip][4 rows] unsigned bytes
const (
	digitBytes  = 64              // one digit of the sums of 16 columns, or of 64 rows
	columnsSum  = 32 * digitBytes // the sums of 16 columns
	blockDigits = 32 * digitBytes // the digits of 64 rows
	tileBytes   = 2 * columnsSum  // the sums of 32 columns
)

const tilesArgs = "func(sums *int32, digits *uint32, plane *uint8, blocks int, columns int)"

// tilesDoc writes the doc comment of tilesVNNI or tilesAMX.
func tilesDoc(name string) {
	TEXT(name, NOSPLIT, tilesArgs)
	Pragma("noescape")
	Doc(name+" adds sum_y digits[y,l] plane[y,k] to sums[k,l], over blocks of 64 rows, for all digits l and",
		"for columns k in whole groups of 32.")
}

// tilesVNNI generates the kernel for 8 digits and 32 columns at a time. VPDPBUSD adds 64
// products: one digit of four rows times the bytes of 16 columns.
func tilesVNNI() {
	tilesDoc("tilesVNNI")
	sums, digits := Load(Param("sums"), GP64()), Load(Param("digits"), GP64())
	plane, columns := Load(Param("plane"), GP64()), Load(Param("columns"), GP64())
	blocks, groups, quads := GP64(), GP64(), GP64()
	e, w := GP64(), GP64()
	const atOnce = 8
	Label("tile")
	MOVQ(U32(32/atOnce), groups)
	Label("group")
	for i := range atOnce {
		VMOVDQU32(Mem{Base: sums, Disp: digitBytes * i}, z(2*i))
		VMOVDQU32(Mem{Base: sums, Disp: columnsSum + digitBytes*i}, z(2*i+1))
	}
	MOVQ(digits, e)
	MOVQ(plane, w)
	MOVQ(NewParamAddr("blocks", 24), blocks)
	Label("block")
	MOVQ(U32(64/4), quads)
	Label("quad")
	w0, w1 := ZMM(), ZMM()
	VMOVDQU8(Mem{Base: w}, w0)
	VMOVDQU8(Mem{Base: w, Disp: 64}, w1)
	for i := range atOnce {
		d := ZMM()
		VPBROADCASTD(Mem{Base: e, Disp: digitBytes * i}, d)
		vpdpbusd(d, w0, z(2*i))
		vpdpbusd(d, w1, z(2*i+1))
	}
	ADDQ(Imm(4), e)
	ADDQ(I32(quadStride), w)
	DECQ(quads)
	JNZ(LabelRef("quad"))
	ADDQ(I32(blockDigits-64), e)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	for i := range atOnce {
		VMOVDQU32(z(2*i), Mem{Base: sums, Disp: digitBytes * i})
		VMOVDQU32(z(2*i+1), Mem{Base: sums, Disp: columnsSum + digitBytes*i})
	}
	ADDQ(I32(atOnce*digitBytes), sums)
	ADDQ(I32(atOnce*digitBytes), digits)
	DECQ(groups)
	JNZ(LabelRef("group"))
	ADDQ(I32(tileBytes-columnsSum), sums)
	SUBQ(I32(blockDigits), digits)
	ADDQ(I32(128), plane)
	SUBQ(Imm(32), columns)
	JG(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

// rowsDoc writes the doc comment of rowsVNNI or rowsAMX, the kernels that multiply along
// rows. Their memory layouts:
//
//	sums   [2][16 rows][16 digits] 32-bit integers
//	plane  [16 rows][strip] unsigned bytes
//	digits [blocks of 64 columns][2][columns/4][16 digits][4 columns] signed bytes
func rowsDoc(name string) {
	TEXT(name, NOSPLIT, "func(sums *int32, plane *uint8, digits *uint32, blocks int)")
	Pragma("noescape")
	Doc(name + " adds sum_k plane[y,k] digits[k,l] to sums[y,l], over blocks of 64 columns, for 16 rows y.")
}

// rowsVNNI generates the kernel for all digits and 8 rows at a time.
func rowsVNNI() {
	rowsDoc("rowsVNNI")
	sums, plane := Load(Param("sums"), GP64()), Load(Param("plane"), GP64())
	blocks, groups, quads := GP64(), GP64(), GP64()
	e, w := GP64(), GP64()
	const atOnce = 8
	MOVQ(U32(16/atOnce), groups)
	Label("group")
	for i := range atOnce {
		VMOVDQU32(Mem{Base: sums, Disp: digitBytes * i}, z(2*i))
		VMOVDQU32(Mem{Base: sums, Disp: blockDigits/2 + digitBytes*i}, z(2*i+1))
	}
	MOVQ(NewParamAddr("digits", 16), e)
	MOVQ(plane, w)
	MOVQ(NewParamAddr("blocks", 24), blocks)
	Label("block")
	MOVQ(U32(64/4), quads)
	Label("quad")
	low, high := ZMM(), ZMM()
	VMOVDQU8(Mem{Base: e}, low)
	VMOVDQU8(Mem{Base: e, Disp: blockDigits / 2}, high)
	for i := range atOnce {
		b := ZMM()
		VPBROADCASTD(Mem{Base: w, Disp: strip * i}, b)
		vpdpbusd(low, b, z(2*i))
		vpdpbusd(high, b, z(2*i+1))
	}
	ADDQ(Imm(4), w)
	ADDQ(Imm(64), e)
	DECQ(quads)
	JNZ(LabelRef("quad"))
	ADDQ(I32(blockDigits/2), e)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	for i := range atOnce {
		VMOVDQU32(z(2*i), Mem{Base: sums, Disp: digitBytes * i})
		VMOVDQU32(z(2*i+1), Mem{Base: sums, Disp: blockDigits/2 + digitBytes*i})
	}
	ADDQ(I32(atOnce*digitBytes), sums)
	ADDQ(I32(atOnce*strip), plane)
	DECQ(groups)
	JNZ(LabelRef("group"))
	VZEROUPPER()
	RET()
}

// vpdpbusd adds to each 32-bit integer of sum the four products of a's signed bytes and b's
// unsigned bytes at the same place. avo has no constructor for the instruction.
func vpdpbusd(a, b, sum Op) {
	Instruction(&ir.Instruction{
		Opcode:   "VPDPBUSD",
		Operands: []Op{a, b, sum},
		Inputs:   []Op{a, b, sum},
		Outputs:  []Op{sum},
		ISA:      []string{"AVX512_VNNI"},
	})
}

// addLanes generates the kernel that adds sums of 8-bit digits to 16-bit lanes: lane l
// receives digit 2l plus 2^8 times digit 2l+1.
func addLanes() {
	TEXT("addLanes", NOSPLIT, "func(lanes *int64, sums *int32, n int, scale int)")
	Pragma("noescape")
	Doc("addLanes adds scale times the sums of n groups of 16 columns to their lanes, in the same order.")
	lanes, sums := Load(Param("lanes"), GP64()), Load(Param("sums"), GP64())
	n, scale := Load(Param("n"), GP64()), ZMM()
	VPBROADCASTQ(NewParamAddr("scale", 24), scale)
	SHLQ(Imm(4), n)
	Label("lane")
	for half := range 2 {
		a, b := ZMM(), ZMM()
		for i, v := range []reg.VecVirtual{a, b} {
			VPMOVSXDQ(Mem{Base: sums, Disp: digitBytes*i + 32*half}, v)
			VPMULDQ(scale, v, v)
		}
		VPSLLQ(Imm(8), b, b)
		VPADDQ(b, a, a)
		sum := Mem{Base: lanes, Disp: 64 * half}
		VPADDQ(sum, a, a)
		VMOVDQU64(a, sum)
	}
	ADDQ(I32(128), lanes)
	ADDQ(I32(128), sums)
	DECQ(n)
	JNZ(LabelRef("lane"))
	VZEROUPPER()
	RET()
}
