package partition

import (
	"fmt"
	"math"
	"math/bits"

	"fold.example/fold/internal/kernel"
)

// Buckets is the maximum number of buckets: one for each value of a 16-bit digit.
const Buckets = 1 << 16

// Digit is the constraint of stored digits. A digit is a bit pattern, the number of its
// bucket.
type Digit interface{ ~uint8 | ~uint16 }

// Run is a run of cells. Cell i is the scalar of point IDs[i], or of point Base+i if IDs is
// nil.
type Run[T any] struct {
	Cells []T     // scalars or digits
	Base  int32   // index of the first cell's point
	IDs   []int32 // point indices; nil for consecutive points
}

// slice returns the part [lo, hi) of the run.
func (r Run[T]) slice(lo, hi int) Run[T] {
	s := Run[T]{Cells: r.Cells[lo:hi], Base: r.Base + int32(lo)}
	if r.IDs != nil {
		s.IDs = r.IDs[lo:hi]
	}
	return s
}

// Partition lists point indices by bucket: bucket b is Index[Start[b]:Start[b+1]]. The zero
// value is ready for use. Sort and SetBits reuse its memory.
type Partition struct {
	Start []int32
	Index []int32

	counts []*[Buckets]int32 // per worker: the counts, then the next free positions
}

// Len returns the number of points outside bucket 0.
func (p *Partition) Len() int { return len(p.Index) - int(p.Start[1]) }

// grow sets the number of entries and discards their content.
func (p *Partition) grow(n int) {
	if n > math.MaxInt32 {
		panic(fmt.Sprintf("partition: %d cells at once, the limit is 2^31-1", n))
	}
	if cap(p.Index) < n {
		p.Index = make([]int32, n)
	}
	p.Index = p.Index[:n]
}

// SetBits sets bucket 1 to the points i for which bit i of words is set; bit i is bit i mod
// 64 of words[i/64]. Bucket 0 is empty.
func (p *Partition) SetBits(words []uint64) {
	ones := 0
	for _, w := range words {
		ones += bits.OnesCount64(w)
	}
	p.grow(ones)
	p.Start = append(p.Start[:0], 0, 0, int32(ones))
	at := 0
	for i, w := range words {
		for ; w != 0; w &= w - 1 {
			p.Index[at] = int32(64*i + bits.TrailingZeros64(w))
			at++
		}
	}
}

// Sort partitions the cells of the runs by digit into buckets 0 to buckets-1. Every digit
// must be below buckets.
func Sort[D Digit](p *Partition, buckets int, runs []Run[D]) {
	total := Total(runs)
	p.grow(total)
	shares := Split(runs, max(1, min(kernel.Workers(), total/minShare)))
	for len(p.counts) < len(shares) {
		p.counts = append(p.counts, new([Buckets]int32))
	}
	kernel.For(len(shares), 1, func(lo, _ int) {
		c := p.counts[lo]
		clear(c[:buckets])
		for _, r := range shares[lo] {
			for _, d := range r.Cells {
				c[d]++
			}
		}
	})
	p.place(buckets, len(shares))
	kernel.For(len(shares), 1, func(lo, _ int) {
		for _, r := range shares[lo] {
			scatter(p.Index, p.counts[lo], r)
		}
	})
}

// place replaces counts by start positions, ordered by bucket and within a bucket by share.
func (p *Partition) place(buckets, shares int) {
	p.Start = p.Start[:0]
	next := int32(0)
	for b := range buckets {
		p.Start = append(p.Start, next)
		for _, c := range p.counts[:shares] {
			next, c[b] = next+c[b], next
		}
	}
	p.Start = append(p.Start, next)
}

// scatter writes the indices of a run to their positions. It does not skip zero cells: a
// branch would cost more than the store.
func scatter[D Digit](index []int32, next *[Buckets]int32, r Run[D]) {
	if r.IDs != nil {
		for i, d := range r.Cells {
			at := next[d]
			next[d] = at + 1
			index[at] = r.IDs[i]
		}
		return
	}
	for i, d := range r.Cells {
		at := next[d]
		next[d] = at + 1
		index[at] = r.Base + int32(i)
	}
}

// minShare is the minimum number of cells per worker.
const minShare = 1 << 13

// Total returns the number of cells of the runs.
func Total[T any](runs []Run[T]) (n int) {
	for _, r := range runs {
		n += len(r.Cells)
	}
	return
}

// Split divides the runs, in order, into n >= 1 shares of about equal size.
func Split[T any](runs []Run[T], n int) [][]Run[T] {
	size := (Total(runs) + n - 1) / n
	shares := make([][]Run[T], 0, n)
	var share []Run[T]
	room := size
	for _, r := range runs {
		for len(r.Cells) > room {
			shares = append(shares, append(share, r.slice(0, room)))
			share, r, room = nil, r.slice(room, len(r.Cells)), size
		}
		share, room = append(share, r), room-len(r.Cells)
	}
	return append(shares, share)
}
