package step

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/transcript"
)

// TestClaimsDigest: the digest of a step's claims is of its kind, of where and how large
// the pass is, and of each coordinate and value in its place.
func TestClaimsDigest(t *testing.T) {
	a := honestSteps(t)[1].argument
	coordinates, values := len(a.frame.coordinates), a.frame.weighed
	list := randomElements(3 + coordinates + values)
	digest := func() fr.Element {
		w := WeightClaims[fr.Element]{list[3:][:coordinates], list[3+coordinates:]}
		return claimsDigest(transcript.NewField(), a.frame, list[0], list[1], list[2], &w)
	}
	seen := map[fr.Element]bool{digest(): true}
	for i := range list {
		bump(&list[i])
		require.False(t, seen[digest()], "element %d", i)
		seen[digest()] = true
	}
}
