// Code generated from ../adder_test.go by gen.go. DO NOT EDIT.

package grumpkin

import (
	"testing"

	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestAdders compares both ways to add a batch of pairs with single additions.
func TestAdders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "pairs")
		r := newRand(rapid.Uint64().Draw(t, "seed"))
		pts := pool[:2*n]
		if rapid.Bool().Draw(t, "awkward") {
			pts = awkward(r, pts)
		}
		for _, a := range []*adder{newAdder(), newPortableAdder()} {
			got := make([]curve.G1Affine, n)
			for i := range n {
				a.queue(int32(2*i), int32(2*i+1), int32(n-1-i))
			}
			a.flush(got, pts)
			for i := range n {
				var want curve.G1Affine
				want.Add(&pts[2*i], &pts[2*i+1])
				require.Equal(t, want, got[n-1-i], "pair %d of %d", i, n)
			}
		}
	})
}
