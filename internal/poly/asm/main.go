// Command asm generates the vector kernels of package poly.
//
// The kernels process eight elements of Fr at a time, as five 52-bit limbs in five
// registers, with the 52-bit multiply-adds of AVX-512 IFMA. Elements in memory have four
// 64-bit limbs in Montgomery form with R = 2^256. The reduction here divides by 2^260, so
// one factor of every product is multiplied by 16 first.
package main

import (
	"math/big"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// modulus is r, the order of BN254's G1.
const modulus = "21888242871839275222246405745257275088548364400416034343698204186575808495617"

const limbBits = 52

// constant maps a name to the address of eight copies of a number, or to a permutation
// table.
var constant = map[string]Mem{}

func main() {
	constants()
	innerProduct()
	multiply()
	interpolate()
	Generate()
}

func constants() {
	p, _ := new(big.Int).SetString(modulus, 10)
	radix := new(big.Int).Lsh(big.NewInt(1), limbBits)
	mask := new(big.Int).Sub(radix, big.NewInt(1))
	define("mask", mask.Uint64())
	inverse := new(big.Int).ModInverse(p, radix)
	define("negInverse", inverse.Sub(radix, inverse).Uint64())
	for i, name := range limbNames {
		limb := new(big.Int).Rsh(p, uint(limbBits*i))
		define(name, limb.And(limb, mask).Uint64())
	}
	// 128-bit lanes: (a0, b0, a1, b1) and (a2, b2, a3, b3)
	constant["low"] = table("low", 0, 1, 8, 9, 2, 3, 10, 11)
	constant["high"] = table("high", 4, 5, 12, 13, 6, 7, 14, 15)
}

var limbNames = [5]string{"p0", "p1", "p2", "p3", "p4"}

func define(name string, v uint64) {
	constant[name] = table(name, v, v, v, v, v, v, v, v)
}

func table(name string, v ...uint64) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	for i, x := range v {
		DATA(8*i, U64(x))
	}
	return m
}

// limbs holds eight elements: register i has limb i of each.
type limbs [5]reg.VecVirtual

// words reads eight elements as 64-bit words. Unpacking permutes the elements to 0 2 4 6 1
// 3 5 7; store undoes the permutation.
func words(p reg.Register) (w [4]reg.VecVirtual) {
	var z, u [4]reg.VecVirtual
	for i := range z {
		z[i], u[i], w[i] = ZMM(), ZMM(), ZMM()
		VMOVDQU64(Mem{Base: p, Disp: 64 * i}, z[i])
	}
	VPUNPCKLQDQ(z[1], z[0], u[0])
	VPUNPCKHQDQ(z[1], z[0], u[1])
	VPUNPCKLQDQ(z[3], z[2], u[2])
	VPUNPCKHQDQ(z[3], z[2], u[3])
	VSHUFI64X2(U8(0x88), u[2], u[0], w[0])
	VSHUFI64X2(U8(0x88), u[3], u[1], w[1])
	VSHUFI64X2(U8(0xdd), u[2], u[0], w[2])
	VSHUFI64X2(U8(0xdd), u[3], u[1], w[3])
	return
}

// load reads eight elements times 2^shift; shift is 0 or 4.
func load(p reg.Register, mask reg.VecVirtual, shift int) (t limbs) {
	w := words(p)
	for i := range t {
		t[i] = ZMM()
		bit := limbBits*i - shift // the bit of the element at which limb i starts
		switch {
		case bit < 0:
			VPSLLQ(Imm(uint64(shift)), w[0], t[i])
		case bit%64 == 0:
			VPANDQ(mask, w[bit/64], t[i])
			continue
		default:
			VPSRLQ(Imm(uint64(bit%64)), w[bit/64], t[i])
		}
		if j := bit/64 + 1; bit >= 0 && bit%64 > 64-limbBits && j < 4 {
			high := ZMM()
			VPSLLQ(Imm(uint64(64-bit%64)), w[j], high)
			VPTERNLOGQ(U8(0xa8), mask, high, t[i]) // (t | high) & mask
		} else {
			VPANDQ(mask, t[i], t[i])
		}
	}
	return
}

// store writes eight elements. Their limbs must be carried.
func store(t limbs, p reg.Register) {
	var w [4]reg.VecVirtual
	for i := range w {
		w[i] = ZMM()
		high := ZMM()
		j := 64 * i / limbBits
		if s := 64*i - limbBits*j; s > 0 {
			VPSRLQ(Imm(uint64(s)), t[j], w[i])
		} else {
			VMOVDQA64(t[j], w[i])
		}
		VPSLLQ(Imm(uint64(limbBits*(j+1)-64*i)), t[j+1], high)
		VPORQ(high, w[i], w[i])
	}
	var u [4]reg.VecVirtual
	for i := range u {
		u[i] = ZMM()
		VMOVDQU64(constant[[]string{"low", "low", "high", "high"}[i]], u[i])
		VPERMI2Q(w[i%2+2], w[i%2], u[i])
	}
	for i := range 2 {
		z := ZMM()
		VPUNPCKLQDQ(u[2*i+1], u[2*i], z)
		VMOVDQU64(z, Mem{Base: p, Disp: 128 * i})
		VPUNPCKHQDQ(u[2*i+1], u[2*i], z)
		VMOVDQU64(z, Mem{Base: p, Disp: 128*i + 64})
	}
}

// accumulate adds the product of a and b, without carries, to the ten columns c.
func accumulate(c []reg.VecVirtual, a, b limbs) {
	for i := range a {
		for j := range b {
			VPMADD52LUQ(a[i], b[j], c[i+j])
			VPMADD52HUQ(a[i], b[j], c[i+j+1])
		}
	}
}

func zeros(n int) (c []reg.VecVirtual) {
	for i := range n {
		c = append(c, ZMM())
		VPXORQ(c[i], c[i], c[i])
	}
	return
}

// reduce divides by 2^52 modulo r until five columns are left. The result is not carried.
func reduce(c []reg.VecVirtual) (t limbs) {
	m, carry := ZMM(), ZMM()
	for i := range len(c) - 5 {
		VPXORQ(m, m, m)
		VPMADD52LUQ(constant["negInverse"], c[i], m)
		for j, p := range limbNames {
			VPMADD52LUQ(constant[p], m, c[i+j])
			VPMADD52HUQ(constant[p], m, c[i+j+1])
		}
		VPSRLQ(Imm(limbBits), c[i], carry)
		VPADDQ(carry, c[i+1], c[i+1])
	}
	copy(t[:], c[len(c)-5:])
	return
}

// propagate carries the limbs as signed numbers. The top limb keeps its sign.
func propagate(t limbs, mask reg.VecVirtual) {
	carry := ZMM()
	for i := range 4 {
		VPSRAQ(Imm(limbBits), t[i], carry)
		VPADDQ(carry, t[i+1], t[i+1])
		VPANDQ(mask, t[i], t[i])
	}
}

// subtract subtracts r from t unless t < r. The limbs must be carried.
func subtract(t limbs, mask reg.VecVirtual) {
	var d limbs
	for i := range d {
		d[i] = ZMM()
		VPSUBQ(constant[limbNames[i]], t[i], d[i])
	}
	propagate(d, mask)
	below, zero := K(), ZMM()
	VPXORQ(zero, zero, zero)
	VPCMPGTQ(d[4], zero, below)
	for i := range d {
		VPBLENDMQ(t[i], d[i], below, t[i])
	}
}

// loop generates n/8 iterations of body and advances the pointers.
func loop(n reg.Register, body func(), pointers ...reg.Register) {
	Label("step")
	body()
	for _, p := range pointers {
		ADDQ(U32(256), p)
	}
	SUBQ(Imm(8), n)
	JG(LabelRef("step"))
	VZEROUPPER()
	RET()
}

func loadMask() reg.VecVirtual {
	mask := ZMM()
	VMOVDQU64(constant["mask"], mask)
	return mask
}

func innerProduct() {
	TEXT("innerProductIFMA", NOSPLIT, "func(columns *[10][8]uint64, a, b *uint64, n int)")
	Pragma("noescape")
	Doc("innerProductIFMA writes the sums, lane by lane, of the ten columns of the raw products; " +
		"n is a multiple of 8, at most 3200.")
	a, b, n := Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
	out, mask, c := Load(Param("columns"), GP64()), loadMask(), zeros(10)
	Label("step")
	accumulate(c, load(a, mask, 0), load(b, mask, 0))
	ADDQ(U32(256), a)
	ADDQ(U32(256), b)
	SUBQ(Imm(8), n)
	JG(LabelRef("step"))
	for i := range c {
		VMOVDQU64(c[i], Mem{Base: out, Disp: 64 * i})
	}
	VZEROUPPER()
	RET()
}

func multiply() {
	TEXT("mulIFMA", NOSPLIT, "func(dst, a, b *uint64, n int)")
	Pragma("noescape")
	Doc("mulIFMA sets dst to a b, element by element; n is a multiple of 8.")
	a, b, n := Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
	dst, mask := Load(Param("dst"), GP64()), loadMask()
	loop(n, func() {
		c := zeros(10)
		accumulate(c, load(a, mask, 0), load(b, mask, 4))
		t := reduce(c)
		propagate(t, mask)
		subtract(t, mask)
		store(t, dst)
	}, dst, a, b)
}

// interpolate multiplies by a fixed r. Limb i of the other factor is multiplied by r 2^(52
// i) modulo the modulus; these five numbers are computed once. All products then lie in the
// first six columns, so two steps of the reduction suffice instead of five.
func interpolate() {
	TEXT("lerpIFMA", NOSPLIT, "func(dst, x, y *uint64, factors *[5][5][8]uint64, n int)")
	Pragma("noescape")
	Doc("lerpIFMA sets dst to x + r (y - x), factors[i] being the limbs of r 2^(52 i - 152), eight times each; " +
		"n is a multiple of 8.")
	x, y, n := Load(Param("x"), GP64()), Load(Param("y"), GP64()), Load(Param("n"), GP64())
	dst, factors, mask := Load(Param("dst"), GP64()), Load(Param("factors"), GP64()), loadMask()
	loop(n, func() {
		d := load(y, mask, 0)
		low := load(x, mask, 0)
		for i := range d { // y - x + modulus, which is positive
			VPSUBQ(low[i], d[i], d[i])
			VPADDQ(constant[limbNames[i]], d[i], d[i])
		}
		propagate(d, mask)
		c := zeros(7)
		for i := range d {
			for j := range 5 {
				factor := Mem{Base: factors, Disp: 64 * (5*i + j)}
				VPMADD52LUQ(factor, d[i], c[j])
				VPMADD52HUQ(factor, d[i], c[j+1])
			}
		}
		t := reduce(c)
		for i := range t {
			VPADDQ(low[i], t[i], t[i])
		}
		propagate(t, mask)
		subtract(t, mask)
		// The product is below r (1 + 2^-49), so the difference is below r except in one case in
		// 2^48. The difference is compared with r only if some top limb equals the top limb of r.
		above := K()
		VPCMPUQ(Imm(5), constant["p4"], t[4], above) // not less than
		KORTESTB(above, above)
		JZ(LabelRef("canonical"))
		subtract(t, mask)
		Label("canonical")
		store(t, dst)
	}, dst, x, y)
}
