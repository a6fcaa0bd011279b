package commit

import (
	"fmt"
	"math"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit/msm"
	"fold.example/fold/internal/commit/msm/partition"
)

// Buckets are the sums B_v of the key points whose 16-bit cell has the value v, for
// every v but 0. Any number of commitments to functions of these cells are sums
// Σ_v f(v) B_v of at most 65,535 points: the cells themselves, what they look up,
// and their inverses share the one pass over the cells.
//
// f(0) must be 0: cells and table rows of value 0 contribute nothing.
//
// Memory: 4 bytes a cell, 64 bytes a value, and what package msm states. It is kept
// by Reset, and so reused from step to step; so are copies of the points, and their weights.
type Buckets struct {
	key  *Key
	runs []partition.Run[uint16]
	part partition.Partition
	sums msm.Sums

	// Single points are kept as one more run.
	values  []uint16
	indices []int32
}

// NewBuckets returns empty buckets for the points of a key.
func NewBuckets(k *Key) *Buckets { return &Buckets{key: k} }

// Reset forgets all cells and sums.
func (b *Buckets) Reset() {
	b.runs, b.values, b.indices = b.runs[:0], b.values[:0], b.indices[:0]
	b.sums.Digits, b.sums.Points = b.sums.Digits[:0], b.sums.Points[:0]
}

// Add takes the cells of a grid in; a signed cell is given by its bit pattern. They
// are read by Sum, and must not change before that.
func (b *Buckets) Add(offset int, g Grid, cells []uint16) error {
	span, err := g.check(len(cells))
	if err != nil {
		return err
	}
	if err := b.key.checkFits(offset, span); err != nil {
		return err
	}
	b.runs = append(b.runs, runs(g, offset, cells)...)
	return nil
}

// AddPoint puts the key point of an index, such as that of a table's row, into the
// bucket of v.
func (b *Buckets) AddPoint(v uint16, index int) error {
	if err := b.key.checkFits(index, 1); err != nil {
		return err
	}
	b.values, b.indices = append(b.values, v), append(b.indices, int32(index))
	return nil
}

// Sum computes the sums of all that has been added since Reset.
func (b *Buckets) Sum() {
	all := b.runs
	if len(b.values) > 0 {
		all = append(all, partition.Run[uint16]{Cells: b.values, IDs: b.indices})
	}
	partition.Sort(&b.part, partition.Buckets, all)
	b.sums.Of(b.key.points, &b.part)
}

// Values returns the values that occur, ascending, without 0. They are valid until
// the next Sum or Reset.
func (b *Buckets) Values() []uint16 { return b.sums.Digits }

// Points returns B_v for the values v of Values, valid as long as those.
func (b *Buckets) Points() []bn254.G1Affine { return b.sums.Points }

// AddBucketInts adds Σ_s Σ_v f(s, v) B_v over the buckets of all sets s: one
// commitment to an integer function of the cells of several slots. f is called once
// a set and value.
func (a *Accumulator) AddBucketInts(sets []*Buckets, f func(set int, v uint16) int32) {
	g := gathers.Get().(*gathered)
	defer gathers.Put(g)
	g.ints = g.ints[:0]
	g.gather(sets, func(set int, v uint16) bool {
		w := f(set, v)
		if w != 0 {
			g.ints = append(g.ints, w)
		}
		return w != 0
	})
	a.addSum(narrowed(g.points, g.ints))
}

// AddBucketElements is AddBucketInts for a function with values in the field.
func (a *Accumulator) AddBucketElements(sets []*Buckets, f func(set int, v uint16) fr.Element) {
	g := gathers.Get().(*gathered)
	defer gathers.Put(g)
	g.elements = g.elements[:0]
	g.gather(sets, func(set int, v uint16) bool {
		w := f(set, v)
		if !w.IsZero() {
			g.elements = append(g.elements, w)
		}
		return !w.IsZero()
	})
	a.addSum(msm.Full(g.points, g.elements))
}

// gathered is memory for bucket points and their weights, used again from commitment
// to commitment.
type gathered struct {
	points   []bn254.G1Affine
	ints     []int32
	elements fr.Vector
}

var gathers = sync.Pool{New: func() any { return new(gathered) }}

// gather copies the bucket points that are to be kept.
func (g *gathered) gather(sets []*Buckets, keep func(set int, v uint16) bool) {
	g.points = g.points[:0]
	for s, b := range sets {
		for i, v := range b.sums.Digits {
			if keep(s, v) {
				g.points = append(g.points, b.sums.Points[i])
			}
		}
	}
}

// narrowed is Σ_i w_i P_i in 16 bits if all w fit: then equal weights of several
// sets share a bucket.
func narrowed(pts []bn254.G1Affine, w []int32) bn254.G1Jac {
	lo, hi := int32(0), int32(0)
	for _, x := range w {
		lo, hi = min(lo, x), max(hi, x)
	}
	switch {
	case lo >= math.MinInt16 && hi <= math.MaxInt16:
		return msm.Small(pts, partition.Run[int16]{Cells: convert[int16](w)})
	case lo >= 0 && hi <= math.MaxUint16:
		return msm.Small(pts, partition.Run[uint16]{Cells: convert[uint16](w)})
	}
	return msm.Small(pts, partition.Run[int32]{Cells: w})
}

func convert[T int16 | uint16](w []int32) []T {
	out := make([]T, len(w))
	for i, x := range w {
		out[i] = T(x)
	}
	return out
}

// WeightedSum returns Σ_i w_i P_i for points that need not be a key's.
func WeightedSum(pts []bn254.G1Affine, w []int32) (c bn254.G1Affine, err error) {
	if len(pts) != len(w) {
		return c, fmt.Errorf("%w: %d weights, %d points", ErrTooShort, len(w), len(pts))
	}
	sum := narrowed(pts, w)
	return *c.FromJacobian(&sum), nil
}

// MSM returns Σ_i w_i P_i for points that need not be a key's.
func MSM(pts []bn254.G1Affine, w fr.Vector) (c bn254.G1Affine, err error) {
	if len(pts) != len(w) {
		return c, fmt.Errorf("%w: %d scalars, %d points", ErrTooShort, len(w), len(pts))
	}
	sum := msm.Full(pts, w)
	return *c.FromJacobian(&sum), nil
}
