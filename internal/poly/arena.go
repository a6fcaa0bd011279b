package poly

import (
	"math/bits"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Arena lends memory to one sum after the other. Fresh memory costs a page
// fault every 128 elements and its zeroing, which on a first round is as much
// as the arithmetic. It keeps what it is given back until it is dropped. The
// zero value is ready and may be used from several goroutines.
type Arena struct {
	elements shelf[fr.Vector, fr.Element]
	ints     shelf[[]int64, int64]
}

// shelf holds the slices of one type that nobody uses, by their size class: a sum of
// many columns asks for thousands.
type shelf[V ~[]T, T any] struct {
	mu   sync.Mutex
	free map[int][]V
}

// Slices are made in the sizes 4, 5, 6 and 7 times powers of two. sizeClass numbers the
// least of them that holds n, and sizeOf is its size.
func sizeClass(n int) int {
	if n <= 4 {
		return 0
	}
	shift := bits.Len(uint(n-1)) - 3
	return 4*shift + (n-1)>>shift - 3
}

func sizeOf(class int) int { return (4 + class%4) << (class / 4) }

// get returns n values of any content: the smallest slice that holds them, if
// it is not more than about twice too large.
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

// put takes back what get has lent.
func (s *shelf[V, T]) put(slices ...V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == nil {
		s.free = map[int][]V{}
	}
	for _, v := range slices {
		c := sizeClass(cap(v))
		if sizeOf(c) > cap(v) {
			c-- // not made here: it counts as smaller than it is
		}
		if c < 0 {
			continue
		}
		s.free[c] = append(s.free[c], v)
	}
}
