package msm

import (
	"sync"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/commit/msm/partition"
	"fold.example/fold/internal/kernel"
)

// Sums is the sums of the non-empty buckets of a partition other than bucket 0, in
// ascending order of bucket.
type Sums struct {
	Digits []uint16         // bucket numbers, ascending
	Points []curve.G1Affine // sum of each bucket in Digits

	rank []int32 // a bucket's rank among the non-empty ones
}

// trees is a pool of trees. A tree is used by one worker at a time.
var trees = sync.Pool{New: func() any { return newTree() }}

// idleTree returns a tree from the pool, reset because its last user may have panicked.
func idleTree() *tree {
	t := trees.Get().(*tree)
	t.adder.queued, t.adder.special = 0, t.adder.special[:0]
	return t
}

// Of sets s to the bucket sums of p, whose indices are into pts. It reuses the memory of s.
func (s *Sums) Of(pts []curve.G1Affine, p *partition.Partition) {
	s.list(p)
	first, n := int(p.Start[1]), p.Len()
	// A bucket can span several trees. The sum of its first part is written to its place;
	// later parts go to carry.
	size := grainFor(n)
	carry := make([]curve.G1Affine, (n+size-1)/size)
	carried := make([]int32, len(carry))
	kernel.For(n, size, func(lo, hi int) {
		t := idleTree()
		defer trees.Put(t)
		sums := t.sum(pts, p, first+lo, first+hi)
		b := bucketOf(p, first+lo)
		at := s.rank[b]
		carried[lo/size] = -1
		if int(p.Start[b]) < first+lo {
			carry[lo/size], carried[lo/size] = sums[0], at
			sums, at = sums[1:], at+1
		}
		copy(s.Points[at:], sums)
	})
	for i, at := range carried {
		if at >= 0 {
			s.Points[at].Add(&s.Points[at], &carry[i])
		}
	}
}

// grainFor returns the number of points per tree. It gives all workers some points, but not
// so few that the upper levels, where few additions share an inversion, dominate.
func grainFor(n int) int {
	const least = 1 << 12
	workers := kernel.Workers()
	return min(grain, max(least, (n+workers-1)/workers))
}

// list lists the non-empty buckets.
func (s *Sums) list(p *partition.Partition) {
	s.Digits, s.rank = s.Digits[:0], append(s.rank[:0], 0)
	for b := 1; b+1 < len(p.Start); b++ {
		s.rank = append(s.rank, int32(len(s.Digits)))
		if p.Start[b+1] > p.Start[b] {
			s.Digits = append(s.Digits, uint16(b))
		}
	}
	if cap(s.Points) < len(s.Digits) {
		s.Points = make([]curve.G1Affine, len(s.Digits))
	}
	s.Points = s.Points[:len(s.Digits)]
}
