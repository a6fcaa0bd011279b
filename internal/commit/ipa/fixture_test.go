package ipa

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
)

const testVars = 7

var (
	testKey  = sync.OnceValue(func() *Key { return keyOf(1<<(testVars+1), 1) })
	otherKey = sync.OnceValue(func() *Key { return keyOf(1<<(testVars+1), 2) })
)

// keyOf makes a key of points whose logarithms a test may know.
func keyOf(n int, seed byte) *Key {
	_, g := grumpkin.Generators()
	p := grumpkin.BatchScalarMultiplicationG1(&g, randomVector(seeded(seed), n+1))
	key, err := NewKey(p[1:], p[0], fr.NewElement(uint64(seed)))
	if err != nil {
		panic(err)
	}
	return key
}

// truncated is a view of the first n points.
func (k *Key) truncated(n int) *Key {
	t := *k
	t.points = k.points[:n]
	return &t
}

// seeded is a reproducible source of randomness.
func seeded(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func randomVector(r *rand.ChaCha8, n int) fq.Vector {
	v := make(fq.Vector, n)
	var b [48]byte
	for i := range v {
		_, _ = r.Read(b[:])
		v[i].SetBytes(b[:])
	}
	return v
}

// statement is a set of claims that hold, with what proves them.
type statement struct {
	z         []fq.Element
	claims    []Claim
	witnesses []Witness
}

// newStatement has a random polynomial for each number of variables.
func newStatement(key *Key, r *rand.ChaCha8, n int, vars ...int) statement {
	s := statement{z: randomVector(r, n)}
	for _, k := range vars {
		s.add(key, k, randomVector(r, key.live(k)), randomVector(r, 1)[0])
	}
	return s
}

func (s *statement) add(key *Key, vars int, w fq.Vector, blind fq.Element) {
	eq := fq.Vector(curve.Fq.EqTable(s.z[len(s.z)-vars:]))
	eq = eq[:min(len(w), len(eq))]
	value := eq.InnerProduct(w[:len(eq)])
	s.claims = append(s.claims, Claim{Commitment: commitTo(key, w, blind), NumVars: vars, Value: value})
	s.witnesses = append(s.witnesses, Witness{Polynomial: w, Blind: blind})
}

func commitTo(key *Key, w fq.Vector, blind fq.Element) grumpkin.G1Affine {
	points := append(append([]grumpkin.G1Affine{}, key.points[:len(w)]...), key.h)
	return sum(points, append(append(fq.Vector{}, w...), blind))
}

func (s *statement) open(t testing.TB, key *Key) *Proof {
	t.Helper()
	p, err := Open(key, newTestTranscript(), s.z, s.claims, s.witnesses, seeded(1))
	require.NoError(t, err)
	return p
}

func (s *statement) verify(key *Key, p *Proof) error {
	return Verify(key, newTestTranscript(), s.z, s.claims, p)
}

func newTestTranscript() *transcript.Native { return transcript.New("test") }
