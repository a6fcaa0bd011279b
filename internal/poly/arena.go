package poly

import (
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

// shelf holds the slices of one type that nobody uses.
type shelf[V ~[]T, T any] struct {
	mu   sync.Mutex
	free []V
}

// get returns n values of any content: the smallest slice that holds them, if
// it is not more than twice too large.
func (s *shelf[V, T]) get(n int) V {
	s.mu.Lock()
	defer s.mu.Unlock()
	best := -1
	for i, v := range s.free {
		if cap(v) >= n && cap(v) <= 2*n && (best < 0 || cap(v) < cap(s.free[best])) {
			best = i
		}
	}
	if best < 0 {
		return make(V, n)
	}
	v := s.free[best]
	last := len(s.free) - 1
	s.free[best], s.free = s.free[last], s.free[:last]
	return v[:n]
}

// put takes back what get has lent.
func (s *shelf[V, T]) put(slices ...V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, slices...)
}
