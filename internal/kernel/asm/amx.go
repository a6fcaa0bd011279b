package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Go's assembler has no AMX instructions. This file encodes the required ones for tile
// registers 0 to 7 (Intel SDM, volume 2, section 2.3 for the VEX prefix, and the entries of
// the instructions).
const (
	prefixNone = iota // pp field of VEX
	prefix66
	prefixF3
	prefixF2
)

// vex emits a three-byte VEX prefix for map 0F38, 128 bits and W0, and the opcode. v is the
// second source register; base and index are the registers of the memory operand, or zero.
func vex(prefix, v, base, index int, opcode byte) {
	emit(0xc4, byte((^index>>3&1)<<6|(^base>>3&1)<<5|0x80|2), byte((^v&15)<<3|prefix), opcode)
}

func emit(code ...byte) {
	for _, b := range code {
		Instruction(&ir.Instruction{Opcode: "BYTE", Operands: []Op{Imm(uint64(b))}})
	}
}

// ldtilecfg loads the shapes of the tiles from the address in base.
func ldtilecfg(base reg.GPPhysical) {
	n := int(base.PhysicalIndex())
	vex(prefixNone, 0, n, 0, 0x49)
	emit(byte(n & 7))
}

// tilerelease releases the tiles, so that the operating system does not save their state.
func tilerelease() {
	vex(prefixNone, 0, 0, 0, 0x49)
	emit(0xc0)
}

// tileloadd loads rows of 64 bytes, stride apart, from base + disp.
func tileloadd(base reg.GPPhysical, disp int, stride reg.GPPhysical, tile byte) {
	tileMove(prefixF2, base, disp, stride, tile)
}

// tilestored is the inverse of tileloadd.
func tilestored(tile byte, base reg.GPPhysical, disp int, stride reg.GPPhysical) {
	tileMove(prefixF3, base, disp, stride, tile)
}

func tileMove(prefix int, base reg.GPPhysical, disp int, stride reg.GPPhysical, tile byte) {
	b, i := int(base.PhysicalIndex()), int(stride.PhysicalIndex())
	vex(prefix, 0, b, i, 0x4b)
	emit(0x80|tile<<3|4, byte(i&7<<3|b&7)) // ModRM with a 32-bit displacement, SIB
	emit(byte(disp), byte(disp>>8), byte(disp>>16), byte(disp>>24))
}

// tdpbsud adds to sum[i][j], a 32-bit integer, the products over n < 64 of the signed bytes
// a[i][n] and the unsigned bytes b[n/4][4j + n%4].
func tdpbsud(b, a, sum byte) {
	vex(prefixF3, int(b), 0, 0, 0x5e)
	emit(0xc0 | sum<<3 | a)
}

// tdpbusd is tdpbsud with unsigned a and signed b.
func tdpbusd(b, a, sum byte) {
	vex(prefix66, int(b), 0, 0, 0x5e)
	emit(0xc0 | sum<<3 | a)
}

// tileShapes defines the operand of ldtilecfg: eight tiles of 16 rows of 64 bytes.
func tileShapes() {
	define("tileShapes", 64, func(i int) Constant {
		switch {
		case i == 0:
			return U8(1) // the palette
		case 16 <= i && i < 32 && i%2 == 0:
			return U8(64)
		case 48 <= i && i < 56:
			return U8(16)
		}
		return U8(0)
	})
}

// tilesAMX generates the kernel for all digits and 32 columns at a time. It keeps four sums
// of 16 digits by 16 columns: tile 2c+l has the lower (l = 0) or upper digits of 16
// columns.
func tilesAMX() {
	tilesDoc("tilesAMX")
	// The hand-encoded instructions need fixed registers.
	sums, digits, plane := reg.RDI, reg.RSI, reg.RDX
	blocks, columns := reg.RCX, reg.RBX
	e, w, near, far := reg.R8, reg.R9, reg.R10, reg.R11
	Load(Param("sums"), sums)
	Load(Param("digits"), digits)
	Load(Param("plane"), plane)
	Load(Param("columns"), columns)
	MOVQ(U32(digitBytes), near)
	MOVQ(U32(quadStride), far)
	LEAQ(constant["tileShapes"], w)
	ldtilecfg(w)
	Label("tile")
	for t := range 4 {
		tileloadd(sums, tileBytes/4*t, near, byte(t))
	}
	MOVQ(digits, e)
	MOVQ(plane, w)
	MOVQ(NewParamAddr("blocks", 24), blocks)
	Label("block")
	for i := range 2 {
		tileloadd(e, blockDigits/2*i, near, byte(4+i))
		tileloadd(w, 64*i, far, byte(6+i))
	}
	for t := range byte(4) {
		tdpbsud(6+t/2, 4+t%2, t)
	}
	ADDQ(I32(blockDigits), e)
	ADDQ(I32(16*quadStride), w)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	for t := range 4 {
		tilestored(byte(t), sums, tileBytes/4*t, near)
	}
	ADDQ(I32(tileBytes), sums)
	ADDQ(I32(128), plane)
	SUBQ(Imm(32), columns)
	JG(LabelRef("tile"))
	tilerelease()
	RET()
}

// rowsAMX generates the kernel for all digits of 16 rows at a time.
func rowsAMX() {
	rowsDoc("rowsAMX")
	sums, plane, digits, blocks := reg.RDI, reg.RSI, reg.RDX, reg.RCX
	near, far, shapes := reg.R8, reg.R9, reg.R10
	Load(Param("sums"), sums)
	Load(Param("plane"), plane)
	Load(Param("digits"), digits)
	Load(Param("blocks"), blocks)
	MOVQ(U32(digitBytes), near)
	MOVQ(U32(strip), far)
	LEAQ(constant["tileShapes"], shapes)
	ldtilecfg(shapes)
	for t := range 2 {
		tileloadd(sums, blockDigits/2*t, near, byte(t))
	}
	Label("block")
	tileloadd(plane, 0, far, 2)
	for t := range 2 {
		tileloadd(digits, blockDigits/2*t, near, byte(3+t))
	}
	for t := range byte(2) {
		tdpbusd(3+t, 2, t)
	}
	ADDQ(Imm(64), plane)
	ADDQ(I32(blockDigits), digits)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	for t := range 2 {
		tilestored(byte(t), sums, blockDigits/2*t, near)
	}
	tilerelease()
	RET()
}
