package prf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBlinds: a blinding factor depends on the seed, the label and every part; parts are
// not concatenated; without a seed the factor is zero.
func TestBlinds(t *testing.T) {
	part := func(s string) []byte { return []byte(s) }
	seen := map[[64]byte]bool{}
	for _, b := range [][64]byte{
		Seed("a").Bytes("x", part("p"), part("q")), Seed("b").Bytes("x", part("p"), part("q")),
		Seed("a").Bytes("y", part("p"), part("q")), Seed("a").Bytes("x", part("pq")),
		Seed("a").Bytes("x", part("pq"), nil),
		Seed("a").Bytes("x", part("p")), Seed("a").Bytes("xp", part("q")), Seed("a").Bytes("x"),
	} {
		require.False(t, seen[b])
		seen[b] = true
	}
	b := Seed("a").Blind("x")
	require.False(t, b.IsZero())
	b = Seed(nil).Blind("x")
	require.True(t, b.IsZero())
}
