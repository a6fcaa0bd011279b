package mercury

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

const testVars = 9

var (
	testKey  = sync.OnceValue(func() *ProverKey { return developmentKey(testVars + 1) })
	otherKey = sync.OnceValue(func() *ProverKey { return developmentKey(testVars + 1) })
)

// developmentKey makes a key of 2^n points.
func developmentKey(n int) *ProverKey {
	key, err := commit.SetupDevelopment(1 << n)
	if err != nil {
		panic(err)
	}
	return NewProverKey(key)
}

// seeded is a reproducible source of randomness.
func seeded(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func randomVector(r *rand.ChaCha8, n int) fr.Vector {
	v := make(fr.Vector, n)
	var b [48]byte
	for i := range v {
		_, _ = r.Read(b[:])
		v[i].SetBytes(b[:])
	}
	return v
}

// statement is a set of claims that hold, with what proves them.
type statement struct {
	z         []fr.Element
	claims    []Claim
	witnesses []Witness
}

// newStatement has a random polynomial for each number of variables.
func newStatement(pk *ProverKey, r *rand.ChaCha8, n int, vars ...int) statement {
	s := statement{z: randomVector(r, n)}
	for _, k := range vars {
		s.add(pk, k, randomVector(r, 1<<k), randomVector(r, 1)[0])
	}
	return s
}

func (s *statement) add(pk *ProverKey, vars int, w fr.Vector, blind fr.Element) {
	value := poly.Eval(w[:1<<vars], s.z[len(s.z)-vars:])
	s.claims = append(s.claims, Claim{Commitment: commitTo(pk, w, blind), NumVars: vars, Value: value})
	s.witnesses = append(s.witnesses, Witness{Polynomial: poly.Dense(w), Blind: blind})
}

func commitTo(pk *ProverKey, w fr.Vector, blind fr.Element) bn254.G1Affine {
	points := append(append([]bn254.G1Affine{}, pk.points[:len(w)]...), pk.vk.h)
	return sum(points, append(append(fr.Vector{}, w...), blind))
}

func (s *statement) open(t testing.TB, pk *ProverKey) *Proof {
	t.Helper()
	p, err := Open(pk, newTestTranscript(), s.z, s.claims, s.witnesses, seeded(1))
	require.NoError(t, err)
	return p
}

func (s *statement) verify(pk *ProverKey, p *Proof) error {
	return Verify(pk.Verifier(), newTestTranscript(), s.z, s.claims, p)
}

func newTestTranscript() *transcript.Native { return transcript.New("test") }
