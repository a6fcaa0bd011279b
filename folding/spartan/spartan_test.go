package spartan

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestProofsOfRandomRelations(t *testing.T) {
	seed := uint64(0)
	rapid.Check(t, func(r *rapid.T) {
		draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(r, name) }
		main := size{draw("rows", 1, 70), draw("public", 0, 4), draw("private", 1, 70), 4}
		cycle := size{draw("cycle rows", 1, 40), draw("cycle public", 0, 4), draw("cycle private", 1, 40), 4}
		var claims []int
		for range draw("claims", 0, 3) {
			claims = append(claims, draw("variables", 0, 8))
		}
		seed++
		w := newWorld(t, seed, main, cycle, claims...)
		encoded := w.prove(t, 1).Encode()
		require.Len(t, encoded, w.key.Size(w.s.Claims))
		p, err := Decode(w.key.Verifier(), w.s.Claims, encoded)
		require.NoError(t, err)
		require.Equal(t, encoded, p.Encode())
		require.NoError(t, Verify(w.key.Verifier(), &w.s, p))
	})
}
