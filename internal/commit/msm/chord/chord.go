package chord

import (
	"encoding/binary"
	"math/big"
	"math/bits"

	"fold.example/fold/internal/commit/msm/partition"
)

// Lanes is the number of pairs in a block.
const Lanes = 8

type (
	// row is one limb of eight numbers.
	row = [Lanes]uint64
	// number is eight numbers of five 52-bit limbs each.
	number [5]row
)

const mask52 = 1<<52 - 1

// Field holds the constants of a prime in the layout that the kernels read.
type Field struct {
	rows    [22]row // p, 2p, 16p, 1₂₆₀ in five rows each; -1/p mod 2^52; 2^52 - 1
	modulus partition.Element
}

// NewField returns the constants for an odd prime of 254 bits.
func NewField(p *big.Int) *Field {
	f := &Field{}
	radix := new(big.Int).Lsh(big.NewInt(1), 52)
	inverse := new(big.Int).ModInverse(p, radix)
	inverse.Sub(radix, inverse)
	one := new(big.Int).Lsh(big.NewInt(1), 260)
	one.Mod(one, p)
	for l := range Lanes {
		setLane(f.rows[0:5], l, p)
		setLane(f.rows[5:10], l, new(big.Int).Lsh(p, 1))
		setLane(f.rows[10:15], l, new(big.Int).Lsh(p, 4))
		setLane(f.rows[15:20], l, one)
		f.rows[20][l], f.rows[21][l] = inverse.Uint64(), mask52
	}
	var b [32]byte
	p.FillBytes(b[:])
	for i := range f.modulus {
		f.modulus[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
	return f
}

func setLane(n []row, lane int, v *big.Int) {
	v, limb := new(big.Int).Set(v), new(big.Int)
	for i := range n {
		n[i][lane] = limb.And(v, big.NewInt(mask52)).Uint64()
		v.Rsh(v, 52)
	}
}

// block is the rows that the forward pass stores for the backward pass: x1, y1, x2 and y2
// in the memory form, four rows each; d₂₆₀ and the product of the earlier d₂₆₀, five rows
// each.
type block = [26]row

// Work is the memory for adding a batch of pairs.
type Work struct {
	blocks  []block
	flags   []uint8
	product number
}

// NewWork returns memory for batches of up to n pairs. n is a multiple of Lanes.
func NewWork(n int) *Work {
	return &Work{blocks: make([]block, n/Lanes), flags: make([]uint8, n/Lanes)}
}

// Forward reads the pairs of points src[pairs[2i]], src[pairs[2i+1]], i < n. n is a
// multiple of Lanes, and pairs must have partition.Ahead further entries of arbitrary
// content. It returns flags: bit l of flags[b] is set if pair 8b+l has x1 = x2 or a point
// with x = 0, which includes infinity. Backward's result for such a pair is undefined.
func (w *Work) Forward(f *Field, src []partition.Point, pairs []int32, n int) (flags []uint8) {
	_ = pairs[2*n+partition.Ahead-1]
	for _, i := range pairs[:2*n] {
		_ = src[i]
	}
	flags = w.flags[:n/Lanes]
	_ = w.blocks[len(flags)-1]
	w.product = number(f.rows[15:20])
	forward(&w.blocks[0], &f.rows, &src[0], &pairs[0], &flags[0], (*[5]row)(&w.product), len(flags))
	return flags
}

// Product returns, for each lane, 16 times the product of its differences: reduced, nonzero
// elements in Montgomery form.
func (w *Work) Product(f *Field) (p [Lanes]partition.Element) {
	for l := range p {
		p[l] = w.product.lane(l)
		for f.reduceOnce(&p[l]) {
		}
	}
	return
}

// Backward writes the sums of the pairs of the last Forward to dst[to[i]]. inverses must be
// 256 times the inverses of the elements that Product returned.
func (w *Work) Backward(f *Field, dst []partition.Point, to []int32, inverses *[Lanes]partition.Element) {
	for _, i := range to {
		_ = dst[i]
	}
	n := len(to) / Lanes
	_ = w.blocks[n-1]
	var acc number
	for l := range inverses {
		acc.setLane(l, &inverses[l])
	}
	backward(&w.blocks[n-1], &f.rows, &dst[0], &to[len(to)-Lanes], (*[5]row)(&acc), n)
}

// lane returns number l in 64-bit limbs. The number must be below 2^256.
func (n *number) lane(l int) partition.Element {
	return partition.Element{
		n[0][l] | n[1][l]<<52,
		n[1][l]>>12 | n[2][l]<<40,
		n[2][l]>>24 | n[3][l]<<28,
		n[3][l]>>36 | n[4][l]<<16,
	}
}

func (n *number) setLane(l int, e *partition.Element) {
	n[0][l] = e[0] & mask52
	n[1][l] = (e[0]>>52 | e[1]<<12) & mask52
	n[2][l] = (e[1]>>40 | e[2]<<24) & mask52
	n[3][l] = (e[2]>>28 | e[3]<<36) & mask52
	n[4][l] = e[3] >> 16
}

// reduceOnce subtracts p if the result is not negative, and reports whether it did.
func (f *Field) reduceOnce(e *partition.Element) bool {
	var r partition.Element
	var b uint64
	for i := range r {
		r[i], b = bits.Sub64(e[i], f.modulus[i], b)
	}
	if b == 0 {
		*e = r
	}
	return b == 0
}
