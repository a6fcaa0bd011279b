package msm

import (
	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
)

// Comb multiplies one point G by many scalars. It stores the multiples d 2^(ck) G for every
// digit d = 1 .. 2^(c-1) of every window k, so a multiplication is one affine addition per
// window.
//
// Memory: 64 bytes per multiple, at most 32 MiB.
type Comb struct {
	width, windows int
	table          []curve.G1Affine // one window after the other
}

// NewComb returns a comb for about n multiplications of g.
func NewComb(g *curve.G1Affine, n int) *Comb {
	c := &Comb{}
	best := 0
	for width := 2; width <= maxWidth; width++ {
		windows := (fr.Bits + width) / width // one more bit for the last carry
		if cost := windows * (n + 1<<(width-1)); best == 0 || cost < best {
			best, c.width, c.windows = cost, width, windows
		}
	}
	half := 1 << (c.width - 1)
	c.table = make([]curve.G1Affine, c.windows*half)
	a := newAdder()
	base := *g
	for k := range c.windows {
		row := c.table[k*half : (k+1)*half]
		row[0] = base
		for m := 1; m < half; m *= 2 { // row[i] = (i+1) base
			for i := range m {
				if a.queue(int32(i), int32(m-1), int32(m+i)) {
					a.flush(row, row)
				}
			}
			a.flush(row, row)
		}
		base.Double(&row[half-1])
	}
	return c
}

// combGrain is the number of multiplications that a worker computes together.
const combGrain = batch

// Mul sets out[i] = w_i G. It panics if the lengths differ.
func (c *Comb) Mul(out []curve.G1Affine, w []fr.Element) {
	if len(out) != len(w) {
		panic("msm: number of results and scalars differ")
	}
	kernel.For(len(w), combGrain, func(lo, hi int) { c.mul(out[lo:hi], w[lo:hi]) })
}

func (c *Comb) mul(out []curve.G1Affine, w []fr.Element) {
	t := idleTree()
	defer trees.Put(t)
	n, half := len(w), 1<<(c.width-1)
	digits := make([]uint16, n*c.windows)
	for i := range w {
		limbs, negative := magnitude(&w[i])
		cut(digits[i:], n, c.windows, c.width, limbs, negative)
	}
	clear(out)
	for k := range c.windows {
		row := c.table[k*half : (k+1)*half]
		for i, d := range digits[k*n : (k+1)*n] {
			if d == 0 {
				continue
			}
			var p curve.G1Affine
			if v := int(d); v <= half-1 {
				p = row[v-1]
			} else {
				p.Neg(&row[2*half-v-1])
			}
			t.adder.queuePair(&out[i], &p, int32(i))
		}
		t.adder.add(out)
	}
	clear(digits)
}
