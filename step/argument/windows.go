package argument

import (
	"fold.example/fold/internal/bitlen"
	"fold.example/fold/step/relation"
)

// planWindows adds the check of the cache. The cache polynomial has the index
// (window, position, group, pair, part), where the windows are the keys and the
// values of the step's blocks. At a random zeta, what the pass adds must be
//
//	prod_{b >= j} eq(zeta_b, start_b) * sum_w eq(zeta_w, w) local_w~(zeta_b for b < j, 0 above; ...).
//
// The token's coordinates depend on the pass: the verifier derives them from zeta,
// and they stand behind all challenges, those of
// each size class at a place of their own.
func (l *plan) planWindows() {
	w, from := &l.window, len(l.claims)
	w.added = -1
	if len(l.CacheWrites) == 0 {
		w.base = l.draw(l.frame.cacheBits)
		w.end = l.pad(from, l.frame.window)
		return
	}
	space := l.Tensor(l.CacheWrites[0].Cache).Space
	selector := bitlen.Ceil(len(l.CacheWrites))
	l.CacheBits = selector + l.Extents.Bits(space)
	w.base = l.draw(l.CacheBits)
	n := l.Extents[relation.Token].Bits
	l.draw(n * (n - 1) / 2) // of smaller size classes
	w.token = l.draw(n)

	at := l.points(space, w.base+selector)
	at[relation.Token] = l.points(relation.Space{relation.Token}, w.token)[relation.Token]
	for _, win := range l.CacheWrites {
		w.local = append(w.local, l.claimOn(claim{win.Local, pointOf(l.Tensor(win.Local).Space, &at)}))
	}
	zeta := make([]coord, l.CacheBits)
	for i := range zeta {
		zeta[i] = coord(w.base + i)
	}
	w.added = l.claimOn(claim{cacheAdded, zeta})
	w.end = l.pad(from, l.frame.window)
}

// cachePoint is the point of the cache polynomial for a claim on the cache of
// one window: the window's number in bits, then the claim's point.
func (l *plan) cachePoint(window int, at []coord) []coord {
	return append(bitsOf(window, bitlen.Ceil(len(l.CacheWrites))), at...)
}

// bitsOf writes a number in n constant coordinates, highest bit first.
func bitsOf(x, n int) []coord {
	c := make([]coord, n)
	for i := range c {
		c[i] = coordZero
		if x>>(n-1-i)&1 == 1 {
			c[i] = coordOne
		}
	}
	return c
}
