package argument

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/internal/transcript"
)

// TestClaimsDigest: the digest of a step's claims is of its kind, of where and how large
// the pass is, and of each coordinate and value in its place.
func TestClaimsDigest(t *testing.T) {
	a := honestSteps(t)[1].argument
	coordinates, values := len(a.Frame.Coordinates), a.Frame.Weighed
	list := arithtest.RandomElements(3 + coordinates + values)
	digest := func() fr.Element {
		w := WeightClaims[fr.Element]{list[3:][:coordinates], list[3+coordinates:]}
		return ClaimsDigest(transcript.NewField(), a.Frame, list[0], list[1], list[2], &w)
	}
	seen := map[fr.Element]bool{digest(): true}
	for i := range list {
		arithtest.Bump(&list[i])
		require.False(t, seen[digest()], "element %d", i)
		seen[digest()] = true
	}
}
