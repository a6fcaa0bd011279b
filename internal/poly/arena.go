package poly

import (
	"math/bits"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Arena provides memory to one sum after another. Fresh memory costs a page fault for every
// 128 elements and its zeroing; in a first round this is as much as the arithmetic. An
// arena keeps all memory that is returned to it for as long as the arena lives. The zero
// value is ready, and may be used from several goroutines.
type Arena struct {
	elements shelf[fr.Vector, fr.Element]
	ints     shelf[[]int64, int64]
}

// shelf is the free list of the slices of one type, by size class. A sum of many columns
// allocates thousands of slices.
type shelf[V ~[]T, T any] struct {
	mu   sync.Mutex
	free map[int][]V
}

// Slices have capacities 4, 5, 6 and 7 times powers of two. sizeClass returns the number of
// the smallest class that holds n elements, and sizeOf the capacity of a class.
func sizeClass(n int) int {
	if n <= 4 {
		return 0
	}
	shift := bits.Len(uint(n-1)) - 3
	return 4*shift + (n-1)>>shift - 3
}

func sizeOf(class int) int { return (4 + class%4) << (class / 4) }

// get returns n elements of arbitrary content, in the smallest free slice of at most about
// twice the size or in a new one.
func (s *shelf[V, T]) get(n int) V {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := sizeClass(n)
	for c := first; c <= first+4; c++ {
		if there := s.free[c]; len(there) > 0 {
			last := len(there) - 1
			v := there[last]
			there[last] = nil
			s.free[c] = there[:last]
			return v[:n]
		}
	}
	return make(V, n, sizeOf(first))
}

// put adds slices to the free list.
func (s *shelf[V, T]) put(slices ...V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == nil {
		s.free = map[int][]V{}
	}
	for _, v := range slices {
		c := sizeClass(cap(v))
		if sizeOf(c) > cap(v) {
			c-- // a capacity between two classes counts as the smaller one
		}
		if c < 0 {
			continue
		}
		s.free[c] = append(s.free[c], v)
	}
}
