package committest

import (
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/commit"
	"fold/internal/prf"
)

// Commit commits to a vector with a blind, the plain way.
func Commit(t testing.TB, k *commit.Key, w fr.Vector, blind fr.Element) bn254.G1Affine {
	t.Helper()
	acc := k.NewAccumulator()
	require.NoError(t, acc.AddElements(0, w))
	acc.AddBlind(&blind)
	return acc.Commitment()
}

var Key = sync.OnceValues(func() (*commit.Key, error) { return commit.SetupDevelopment(1 << 20) })

func Generator(t testing.TB) bn254.G1Affine {
	t.Helper()
	_, _, p, _ := bn254.Generators()
	return p
}

const SegmentBits = 12

// SmallKey holds the segments of the tests' models and no more.
var SmallKey = sync.OnceValues(func() (*commit.Key, error) { return commit.SetupDevelopment(1 << SegmentBits) })

// Seed is a seed of blinds.
var Seed = prf.Seed("sixteen bytes, and a few more")
