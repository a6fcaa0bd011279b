package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// constant maps the name of a constant to its address. A constant is one or more full
// vectors.
var constant = map[string]Mem{}

// VPUNPCKLWD and VPUNPCKHWD read the low and the high half of each 128-bit lane. After a
// permutation that moves quadword (or half quadword) spread[i] to place i, they return
// columns 0 to 15 and 16 to 31.
var spread = [8]int{0, 4, 1, 5, 2, 6, 3, 7}

// order is the order of the columns in a vector.
type order string

const (
	plain       order = "plain"
	spreadOrder order = "spread"
)

// constants lays out the data section.
func constants() {
	define("spread", 8, func(i int) Constant { return U64(spread[i]) })
	define("spread32", 8, func(i int) Constant { return U32(spread[i]) })
	define("lowByte", 32, func(int) Constant { return U16(0xff) })
	define("three", 32, func(int) Constant { return U16(3) })
	define("top16", 32, func(int) Constant { return U16(1 << 15) })
	define("two16", 32, func(int) Constant { return U16(2) })
	define("one16", 32, func(int) Constant { return U16(1) })
	define("one32", 16, func(int) Constant { return U32(1) })
	perVector(plain, func(i int) int { return i })
	perVector(spreadOrder, func(i int) int { return i/32*32 + 4*spread[i%32/4] + i%4 })
}

// perVector defines, for each of 160 places, the byte and the multiplier from which the
// ternary digit of that place's column is computed.
func perVector(order order, column func(place int) int) {
	define(string(order)+"Byte", 160, func(i int) Constant { return U16(column(i) / 5) })
	define(string(order)+"Power", 160, func(i int) Constant { return U16(inversePower(column(i) % 5)) })
}

// inversePower returns ceil(2^16 / 3^(i+1)).
func inversePower(i int) int {
	p := 3
	for range i {
		p *= 3
	}
	return (1<<16 + p - 1) / p
}

func define(name string, n int, value func(i int) Constant) {
	constant[name] = GLOBL(name, RODATA|NOPTR)
	for i := range n {
		c := value(i)
		DATA(i*c.Bytes(), c)
	}
}

// table returns vector v of a constant of several vectors.
func table(name string, v int) Mem { return constant[name].Offset(64 * v) }
