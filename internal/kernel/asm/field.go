package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// tileColumns is the number of outputs of a tile: each takes one register, for
// the 16 digits of a field element.
const tileColumns = 16

// fieldTile adds, to the lanes of 16 outputs, scale times the products of the
// digits of field elements with the planes of 16 rows. Both come in pairs: e as
// the 16 digits of two elements interleaved, w as two weights in 32 bits.
func fieldTile() {
	TEXT("fieldTile", NOSPLIT, "func(sums *int64, e *int16, w *int16, pairs int, scale int)")
	Pragma("noescape")
	Doc("fieldTile adds scale sum_p e[p] w[c][p] to each lane of sums[c], c < 16.")
	sums, e := Load(Param("sums"), GP64()), Load(Param("e"), GP64())
	w, n := Load(Param("w"), GP64()), Load(Param("pairs"), GP64())
	for c := range tileColumns {
		VPXORD(z(c), z(c), z(c))
	}
	digits := ZMM()
	Label("loop")
	VMOVDQU16(Mem{Base: e}, digits)
	for c := range tileColumns {
		vpdpwssd(Mem{Base: w, Disp: c * planeStride}, digits, z(c), "BCST")
	}
	ADDQ(Imm(64), e)
	ADDQ(Imm(4), w)
	DECQ(n)
	JNZ(LabelRef("loop"))

	scale, t := ZMM(), ZMM()
	VPBROADCASTQ(NewParamAddr("scale", 32), scale)
	for c := range tileColumns {
		VEXTRACTI64X4(Imm(1), z(c), t.AsY())
		VPMOVSXDQ(z(c).AsY(), z(c))
		VPMOVSXDQ(t.AsY(), t)
		VPMULDQ(scale, z(c), z(c))
		VPMULDQ(scale, t, t)
		for i, v := range []Op{z(c), t} {
			lanes := Mem{Base: sums, Disp: 128*c + 64*i}
			VPADDQ(lanes, v, v)
			VMOVDQU64(v, lanes)
		}
	}
	VZEROUPPER()
	RET()
}
