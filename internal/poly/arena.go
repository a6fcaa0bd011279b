package poly

import (
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Arena lends vectors to one sum after the other. Fresh memory costs a page
// fault every 128 elements and its zeroing, which on a first round is as much
// as the arithmetic. It keeps what it is given back until it is dropped; the
// zero value is ready, a nil Arena allocates anew, and both may be used from
// several goroutines.
type Arena struct {
	mu   sync.Mutex
	free []fr.Vector
}

// get returns n elements of any content.
func (a *Arena) get(n int) fr.Vector {
	if a == nil {
		return make(fr.Vector, n)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	best := -1
	for i, v := range a.free {
		if cap(v) >= n && (best < 0 || cap(v) < cap(a.free[best])) {
			best = i
		}
	}
	if best < 0 {
		return make(fr.Vector, n)
	}
	v := a.free[best]
	last := len(a.free) - 1
	a.free[best], a.free = a.free[last], a.free[:last]
	return v[:n]
}

// put takes back what get has lent.
func (a *Arena) put(vectors ...fr.Vector) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.free = append(a.free, vectors...)
}
