package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dotRows generates the kernel of DotRows. VPMADDWD adds two products in 32 bits. The sum
// overflows in one case, 2 (-2^15)^2, to -2^31; all other sums are greater than -2^31.
// After subtracting 1, that case is 2^31-1, and every sum is too small by exactly one.
func dotRows() {
	TEXT("dotRows", NOSPLIT, "func(dst *int64, q *int16, keys *int16, stride int, n int, rows int)")
	Pragma("noescape")
	Doc("dotRows sets dst[j] to the product of q and row j of keys, rows lying stride bytes apart, n > 0 entries each.")
	dst, keys := Load(Param("dst"), GP64()), Load(Param("keys"), GP64())
	stride, n := Load(Param("stride"), GP64()), Load(Param("n"), GP64())
	rows, query := Load(Param("rows"), GP64()), Load(Param("q"), GP64())
	one := ZMM()
	VMOVDQU32(constant["one32"], one)
	ones := GP64()
	MOVQ(I32(-1), ones)

	Label("row")
	q, k, left, m := GP64(), GP64(), GP64(), GP64()
	MOVQ(query, q)
	MOVQ(keys, k)
	MOVQ(n, left)
	sum, correction := ZMM(), GP64()
	VPXORD(sum, sum, sum)
	XORQ(correction, correction)
	KMOVD(ones.As32(), mask)
	Label("step")
	CMPQ(left, Imm(32))
	JGE(LabelRef("full"))
	BZHIQ(left, ones, m)
	KMOVD(m.As32(), mask)
	Label("full")
	a, b := ZMM(), ZMM()
	VMOVDQU16_Z(Mem{Base: q}, mask, a)
	VMOVDQU16_Z(Mem{Base: k}, mask, b)
	VPMADDWD(a, b, a)
	VPSUBD(one, a, a)
	VEXTRACTI64X4(Imm(1), a, b.AsY())
	VPMOVSXDQ(a.AsY(), a)
	VPMOVSXDQ(b.AsY(), b)
	VPADDQ(a, sum, sum)
	VPADDQ(b, sum, sum)
	ADDQ(Imm(64), q)
	ADDQ(Imm(64), k)
	ADDQ(Imm(16), correction)
	SUBQ(Imm(32), left)
	JG(LabelRef("step"))
	total := sumLanes(sum)
	ADDQ(correction, total)
	MOVQ(total, Mem{Base: dst})
	ADDQ(Imm(8), dst)
	ADDQ(stride, keys)
	DECQ(rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// sumLanes returns the sum of the eight 64-bit integers of v. It overwrites v.
func sumLanes(v reg.VecVirtual) reg.GPVirtual {
	t, r := ZMM(), GP64()
	VEXTRACTI64X4(Imm(1), v, t.AsY())
	VPADDQ(t.AsY(), v.AsY(), v.AsY())
	VEXTRACTI128(Imm(1), v.AsY(), t.AsX())
	VPADDQ(t.AsX(), v.AsX(), v.AsX())
	VPSRLDQ(Imm(8), v.AsX(), t.AsX())
	VPADDQ(t.AsX(), v.AsX(), v.AsX())
	VMOVQ(v.AsX(), r)
	return r
}

// sumRows generates the kernel of SumRows. It keeps 32 sums of 64 bits in four registers.
func sumRows() {
	TEXT("sumRows", NOSPLIT, "func(dst *int64, e *int16, values *int16, stride int, columns uint32, rows int)")
	Pragma("noescape")
	Doc("sumRows sets dst[i], for the at most 32 columns i whose bits are set, to the sum of e[j] values[j][i],",
		"the rows > 0 of values lying stride bytes apart.")
	dst, e := Load(Param("dst"), GP64()), Load(Param("e"), GP64())
	values, stride := Load(Param("values"), GP64()), Load(Param("stride"), GP64())
	columns, rows := Load(Param("columns"), GP32()), Load(Param("rows"), GP64())
	masks := []reg.OpmaskPhysical{reg.K1, reg.K2, reg.K3, reg.K4}
	for i, k := range masks {
		KMOVD(columns, k)
		if i < 3 {
			SHRL(Imm(8), columns)
		}
		VPXORD(z(i), z(i), z(i))
	}
	Label("row")
	weight, w := GP64(), ZMM()
	MOVWQSX(Mem{Base: e}, weight)
	VPBROADCASTQ(weight, w)
	for i, k := range masks {
		v := ZMM()
		VPMOVSXWQ_Z(Mem{Base: values, Disp: 16 * i}, k, v)
		VPMULDQ(w, v, v)
		VPADDQ(v, z(i), z(i))
	}
	ADDQ(Imm(2), e)
	ADDQ(stride, values)
	DECQ(rows)
	JNZ(LabelRef("row"))
	for i, k := range masks {
		VMOVDQU64(z(i), k, Mem{Base: dst, Disp: 64 * i})
	}
	VZEROUPPER()
	RET()
}
