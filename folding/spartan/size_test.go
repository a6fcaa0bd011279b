package spartan

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/stretchr/testify/require"
)

// The sizes that the documentation gives.
func TestSizeOfAProof(t *testing.T) {
	w := tiny(t)
	k := &VerifierKey{
		opening: w.key.opening, inner: w.key.inner,
		main:     form{rows: 96 << 10, public: 1, parts: []int{95000}},
		matrices: matrixKey[bn254.G1Affine]{entries: 884000},
		cycle:    form{rows: 10000, public: 5, parts: []int{3000, 6900}},
	}
	require.Equal(t, 7424, k.Size(nil), "20 variables for the entries")
	require.Equal(t, 7808, k.Size([]Claim{{Point: make([]frElement, 18)}, {Point: make([]frElement, 24)}}))
}
