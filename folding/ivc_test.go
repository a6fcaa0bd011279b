package folding

import (
	"crypto/hmac"
	"crypto/sha512"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/transcript"
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
	circuits, err := CompileSteps(s)
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

// The chain of hashes is the one that hashing gives, with the context of each step.
func TestHashChain(t *testing.T) {
	p := paramsOf(t, hashes{})
	z0 := []fr.Element{fr.NewElement(1), fr.NewElement(2)}
	want := z0[0]
	s := run(t, p, z0, 3, func(s *State) *StepWitness {
		context, advice := p.Context(s), fr.NewElement(s.I)
		require.Equal(t, Context(p.Digest(), s.I, s.Z), context)
		want = transcript.HashNative("test", want, context, advice)
		return hashes{}.witness(context, s.Z, advice)
	})
	require.NoError(t, p.Verify(s, z0))
	require.Equal(t, []fr.Element{want, z0[1]}, s.Z)
}
