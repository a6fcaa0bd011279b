// Command asm generates the matrix kernels of package float. Run it by
// go generate in that package.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tokens is the height of a tile; panel is the number of matrix rows that are
// interleaved in memory, and thus the distance of two inner steps.
const (
	tokens = 4
	panel  = 32
)

// isa is one width of vector register.
type isa struct {
	name  string
	lanes int
	reg   func() reg.VecVirtual
}

func main() {
	ConstraintExpr("amd64")
	generate(isa{"AVX2", 8, YMM})
	generate(isa{"AVX512", 16, ZMM})
	Generate()
}

// generate writes a tile of 4 tokens by two vectors of outputs. Product and sum are rounded
// separately (no fused multiply-add), and each output adds its products in the order of
// the inner dimension, so the portable twin gives the same bits.
func generate(v isa) {
	TEXT("tile"+v.name, NOSPLIT, "func(n int, x *float32, xStride int, w *float32, y *float32, yStride int)")
	Doc(fmt.Sprintf("tile%s adds to 4 rows of y, %d wide, the products of 4 rows of x with n columns of a panel.",
		v.name, 2*v.lanes))
	Pragma("noescape")

	n := Load(Param("n"), GP64())
	xs := rows("x", "xStride")
	w := Load(Param("w"), GP64())
	ys := rows("y", "yStride")

	var acc [tokens][2]reg.VecVirtual
	for t := range acc {
		for h := range acc[t] {
			acc[t][h] = v.reg()
			VMOVUPS(Mem{Base: ys[t], Disp: 4 * v.lanes * h}, acc[t][h])
		}
	}
	wv, xv, p := [2]reg.VecVirtual{v.reg(), v.reg()}, v.reg(), v.reg()
	k := GP64()
	XORQ(k, k)

	Label("loop" + v.name)
	CMPQ(k, n)
	JGE(LabelRef("done" + v.name))
	for h := range wv {
		VMOVUPS(Mem{Base: w, Disp: 4 * v.lanes * h}, wv[h])
	}
	for t := range acc {
		VBROADCASTSS(Mem{Base: xs[t], Index: k, Scale: 4}, xv)
		for h := range acc[t] {
			VMULPS(wv[h], xv, p)
			VADDPS(p, acc[t][h], acc[t][h])
		}
	}
	ADDQ(Imm(4*panel), w)
	INCQ(k)
	JMP(LabelRef("loop" + v.name))

	Label("done" + v.name)
	for t := range acc {
		for h := range acc[t] {
			VMOVUPS(acc[t][h], Mem{Base: ys[t], Disp: 4 * v.lanes * h})
		}
	}
	VZEROUPPER()
	RET()
}

// rows returns the addresses of four rows that lie a stride (in bytes) apart.
func rows(base, stride string) (p [tokens]reg.Register) {
	p[0] = Load(Param(base), GP64())
	s := Load(Param(stride), GP64())
	for t := 1; t < tokens; t++ {
		r := GP64()
		MOVQ(p[t-1], r)
		ADDQ(s, r)
		p[t] = r
	}
	return p
}
