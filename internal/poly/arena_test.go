package poly

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// count returns the number of free slices.
func (s *shelf[V, T]) count() (n int) {
	for _, there := range s.free {
		n += len(there)
	}
	return n
}

func TestSizeClass(t *testing.T) {
	for n := 1; n < 1<<12; n++ {
		c := sizeClass(n)
		require.GreaterOrEqual(t, sizeOf(c), n)
		if c > 0 {
			require.Less(t, sizeOf(c-1), n)
		}
	}
}

// A slice from get has the requested length, is not returned twice, and is reused after
// put.
func TestArena(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a Arena
		lent := map[*fr.Element]fr.Vector{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(lent) > 0 && rapid.Bool().Draw(t, "put") {
				for at, v := range lent {
					a.elements.put(v)
					delete(lent, at)
					break
				}
				continue
			}
			n := rapid.IntRange(1, 100).Draw(t, "n")
			v := a.elements.get(n)
			require.Len(t, v, n)
			require.LessOrEqual(t, cap(v), max(8, 5*n/2))
			_, twice := lent[&v[0]]
			require.False(t, twice)
			lent[&v[0]] = v
		}
	})
	var a Arena
	v := a.elements.get(100)
	a.elements.put(v)
	require.Same(t, &v[0], &a.elements.get(90)[0])
}
