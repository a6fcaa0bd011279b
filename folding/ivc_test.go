package folding

import (
	"crypto/hmac"
	"crypto/sha512"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/commit"
)

// prf is a PRF of a seed.
func prf(seed string) Blinds {
	return func(label string, digest [32]byte) (out [64]byte) {
		h := hmac.New(sha512.New, []byte(seed))
		h.Write(append([]byte(label+"\x00"), digest[:]...))
		h.Sum(out[:0])
		return
	}
}

var (
	ivcKey      = sync.OnceValues(func() (*commit.Key, error) { return commit.SetupDevelopment(1 << 15) })
	ivcCycleKey = sync.OnceValues(func() (*commit.GrumpkinKey, error) { return commit.NewGrumpkinKey(1 << 13) })
)

// paramsOf compiles a step once for all tests.
func paramsOf(t testing.TB, s Step) *Params {
	paramsMutex.Lock()
	defer paramsMutex.Unlock()
	if p, ok := paramsCache[s]; ok {
		return p
	}
	circuits, err := Compile(s)
	require.NoError(t, err)
	key, err := ivcKey()
	require.NoError(t, err)
	cycle, err := ivcCycleKey()
	require.NoError(t, err)
	p, err := NewParams(circuits, key, cycle)
	require.NoError(t, err)
	paramsCache[s] = p
	return p
}

var (
	paramsMutex sync.Mutex
	paramsCache = map[Step]*Params{}
)

// run proves n steps from z_0.
func run(t testing.TB, p *Params, z0 []fr.Element, n int, next func(s *State) *StepWitness) *State {
	s, err := p.Start(z0)
	require.NoError(t, err)
	for range n {
		s, err = p.Prove(s, next(s), prf("seed"))
		require.NoError(t, err)
	}
	return s
}

func TestCounter(t *testing.T) {
	p := paramsOf(t, counter{})
	z0 := []fr.Element{fr.NewElement(40)}
	for n := 1; n <= 3; n++ {
		s := run(t, p, z0, n, func(s *State) *StepWitness { return counter{}.witness(s.Z) })
		require.NoError(t, p.Verify(s, z0), "%d steps", n)
		require.Equal(t, fr.NewElement(40+uint64(n)), s.Z[0])
	}
}

func TestPoints(t *testing.T) {
	p := paramsOf(t, points{})
	var now twoPoints
	z0 := now.state()
	scalars := [][2]int64{{3, 5}, {0, 0}, {7, 0}, {0, 9}, {7, -7}}
	s := run(t, p, z0, len(scalars), func(s *State) (w *StepWitness) {
		now, w = now.next(p.Context(s), scalars[s.I][0], scalars[s.I][1])
		return
	})
	require.NoError(t, p.Verify(s, z0))
}
