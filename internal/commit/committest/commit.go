// Package committest has the commitment keys and seeds that tests of several packages share.
package committest

import (
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/prf"
)

// Commit returns the commitment to w with a blind, computed by an Accumulator from all elements at once.
func Commit(t testing.TB, k *commit.Key, w fr.Vector, blind fr.Element) bn254.G1Affine {
	t.Helper()
	acc := k.NewAccumulator()
	require.NoError(t, acc.AddElements(0, w))
	acc.AddBlind(&blind)
	return acc.Commitment()
}

// Key returns a development key of 2^20 points, which it sets up at the first call.
var Key = sync.OnceValues(func() (*commit.Key, error) { return commit.SetupDevelopment(1 << 20) })

// Generator returns the generator of BN254's G1.
func Generator(t testing.TB) bn254.G1Affine {
	t.Helper()
	_, _, p, _ := bn254.Generators()
	return p
}

// SegmentBits is the binary logarithm of the number of points of SmallKey.
const SegmentBits = 12

// SmallKey returns a development key of 2^SegmentBits points, the segment size of the tests' models.
var SmallKey = sync.OnceValues(func() (*commit.Key, error) { return commit.SetupDevelopment(1 << SegmentBits) })

// Seed is a seed of blinds.
var Seed = prf.Seed("sixteen bytes, and a few more")
