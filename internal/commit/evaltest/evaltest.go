// Package evaltest has tests that every evaluation argument of package commit has to pass.
package evaltest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
)

// Argument is an evaluation argument under test, with a key.
type Argument[E curve.Element, C comparable, P any] struct {
	Curve    *curve.Curve[E, C]
	Prover   commit.EvalProver[E, C, P]
	Verifier commit.EvalVerifier[E, C]
	// Commit returns the commitment to values with a blind.
	Commit func(values []E, blind E) C
	// Polynomial returns values in the form that the prover reads.
	Polynomial func(values []E) P
	// Rejected is what errors about a proof that does not hold wrap.
	Rejected error
}

// statement is claims at a point with their witnesses.
type statement[E curve.Element, C comparable, P any] struct {
	z         []E
	claims    []commit.EvalClaim[E, C]
	witnesses []commit.EvalWitness[E, P]
}

// add adds the claim about a polynomial of 2^n values, at the last coordinates of z.
func (a *Argument[E, C, P]) add(s *statement[E, C, P], n int, w []E, blind E) {
	value := a.Curve.Dot(a.Curve.EqTable(s.z[len(s.z)-n:]), w)
	s.claims = append(s.claims, commit.EvalClaim[E, C]{Commitment: a.Commit(w, blind), NumVars: n, Value: value})
	s.witnesses = append(s.witnesses, commit.EvalWitness[E, P]{Polynomial: a.Polynomial(w), Blind: blind})
}

func (a *Argument[E, C, P]) open(t *testing.T, s *statement[E, C, P]) commit.EvalProof {
	p, err := a.Prover.Open(transcript.New("evaltest"), s.z, s.claims, s.witnesses, seeded(1))
	require.NoError(t, err)
	return p
}

func (a *Argument[E, C, P]) verify(s *statement[E, C, P], p commit.EvalProof) error {
	return a.Verifier.Verify(transcript.New("evaltest"), s.z, s.claims, p)
}

func seeded(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// vector returns n uniform elements.
func (a *Argument[E, C, P]) vector(t *testing.T, seed byte, n int) []E {
	v, err := a.Curve.DrawVector(seeded(seed), n)
	require.NoError(t, err)
	return v
}

// VanishingPolynomials opens three polynomials for each number of variables: zero, a
// constant, and one with a single value other than zero. Each is opened with a blind and
// without, alone and together with another polynomial.
func (a *Argument[E, C, P]) VanishingPolynomials(t *testing.T, vars ...int) {
	f := a.Curve.Field
	for _, n := range vars {
		one, constant := make([]E, 1<<n), make([]E, 1<<n)
		one[len(one)/2] = f.One
		for i := range constant {
			constant[i] = f.Int(7)
		}
		for name, w := range map[string][]E{"zero": make([]E, 1<<n), "one": one, "constant": constant} {
			for i := range 4 {
				a.vanishing(t, fmt.Sprintf("%s, %d variables", name, n), n, w, f.Int(int64(99*(i%2))), i >= 2)
			}
		}
	}
}

// vanishing opens one polynomial, beside another if that is asked for, and no other value.
func (a *Argument[E, C, P]) vanishing(t *testing.T, name string, n int, w []E, blind E, beside bool) {
	f, infinity := a.Curve.Field, *new(C)
	s := &statement[E, C, P]{z: a.vector(t, 3, n)}
	a.add(s, n, w, blind)
	zero := blind == f.Zero && f.Dot(w, w) == f.Zero
	require.Equal(t, zero, s.claims[0].Commitment == infinity, name)
	if beside {
		a.add(s, n/2, a.vector(t, 4, 1<<(n/2)), f.Int(5))
	}
	p := a.open(t, s)
	require.NoError(t, a.verify(s, p), name)
	encoded := p.Encode()
	require.Len(t, encoded, a.Verifier.ProofSize(n), name)
	again, err := a.Verifier.DecodeProof(encoded, n)
	require.NoError(t, err, name)
	require.NoError(t, a.verify(s, again), name)
	s.claims[0].Value = f.Int(8)
	require.ErrorIs(t, a.verify(s, p), a.Rejected, "%s, another value", name)
}

// ForeignProofs are refused, not computed with.
func (a *Argument[E, C, P]) ForeignProofs(t *testing.T) {
	s := &statement[E, C, P]{z: a.vector(t, 3, 2)}
	a.add(s, 2, a.vector(t, 4, 4), a.Curve.One)
	for _, p := range []commit.EvalProof{nil, foreign{}} {
		require.ErrorIs(t, a.verify(s, p), a.Rejected)
	}
}

type foreign struct{}

func (foreign) Encode() []byte { return nil }
