package msm

import (
	"sort"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/commit/msm/partition"
)

// grain is the number of points that one tree sums. Each level reads the sums of the level
// below from the L2 cache.
const grain = 1 << 15

// tree sums the points of consecutive buckets level by level; a level adds all pairs within
// all buckets.
type tree struct {
	adder  *adder
	memory []curve.G1Affine // finished sums, then the even and the odd levels
	open   []group          // buckets of the current level with more than one point
}

// group is the n points of a bucket at one level; their sum is written to memory[to].
type group struct{ to, n int32 }

// Offsets in a tree's memory.
const (
	evenLevel = grain
	oddLevel  = evenLevel + grain/2 + grain/4 // a bucket of 3 leaves 2 points
	treeSize  = oddLevel + grain/2
)

func newTree() *tree {
	return &tree{adder: newAdder(), memory: make([]curve.G1Affine, treeSize)}
}

// sum sums the points at positions [lo, hi) of the partition, at most grain of them, by
// bucket. It returns the sums of the non-empty buckets, in the tree's memory.
func (t *tree) sum(pts []curve.G1Affine, p *partition.Partition, lo, hi int) []curve.G1Affine {
	b := bucketOf(p, lo)
	t.open = t.open[:0]
	done, next := int32(0), int32(evenLevel)
	for at := lo; at < hi; b++ {
		end := min(int(p.Start[b+1]), hi)
		if end > at {
			next = t.firstLevel(pts, p.Index[at:end], done, next)
			done++
		}
		at = end
	}
	t.adder.flush(t.memory, pts)
	for from, to := int32(evenLevel), int32(oddLevel); len(t.open) > 0; from, to = to, from {
		t.level(from, to)
	}
	return t.memory[:done]
}

// firstLevel adds pairs of points of one bucket, given by index, and returns the next free
// position of the level.
func (t *tree) firstLevel(pts []curve.G1Affine, index []int32, to, next int32) int32 {
	switch n := int32(len(index)); n {
	case 1:
		t.memory[to] = pts[index[0]]
		return next
	case 2:
		t.pair(pts, index[0], index[1], to)
		return next
	default:
		t.open = append(t.open, group{to, (n + 1) / 2})
	}
	for ; len(index) > 1; index = index[2:] {
		t.pair(pts, index[0], index[1], next)
		next++
	}
	if len(index) == 1 {
		t.memory[next] = pts[index[0]]
		next++
	}
	return next
}

// level adds pairs of the points from memory[from] on, and writes the sums from memory[to]
// on.
func (t *tree) level(from, to int32) {
	open := t.open
	t.open = t.open[:0]
	for _, g := range open {
		if g.n == 2 {
			t.pair(t.memory, from, from+1, g.to)
			from += 2
			continue
		}
		t.open = append(t.open, group{g.to, (g.n + 1) / 2})
		for n := g.n; n > 1; n -= 2 {
			t.pair(t.memory, from, from+1, to)
			from, to = from+2, to+1
		}
		if g.n%2 == 1 {
			t.memory[to] = t.memory[from]
			from, to = from+1, to+1
		}
	}
	t.adder.flush(t.memory, t.memory)
}

// bucketOf returns the bucket that contains a position.
func bucketOf(p *partition.Partition, at int) int {
	return sort.Search(len(p.Start), func(b int) bool { return int(p.Start[b]) > at }) - 1
}

func (t *tree) pair(src []curve.G1Affine, i, j, to int32) {
	if t.adder.queue(i, j, to) {
		t.adder.flush(t.memory, src)
	}
}
