package commit

import (
	"io"

	"fold.example/fold/internal/transcript"
)

// EvalClaim says that the multilinear polynomial in NumVars variables that Commitment
// commits to has Value at the last NumVars coordinates of the point of an opening.
type EvalClaim[E, C any] struct {
	Commitment C
	NumVars    int
	Value      E
}

// EvalWitness is the opening of an EvalClaim's commitment: the polynomial, in the form P that an evaluation
// argument reads, and the blind.
type EvalWitness[E, P any] struct {
	Polynomial P
	Blind      E
}

// EvalProof proves EvalClaims at one point. Each evaluation argument has a type of its own.
type EvalProof interface {
	// Encode returns the proof as bytes, of the length that ProofSize says.
	Encode() []byte
}

// EvalVerifier is the verifier's side of an evaluation argument, over scalars E and points
// C. A protocol that opens commitments takes this interface and EvalProver, and one place
// chooses the argument: packages mercury on BN254 and ipa on Grumpkin implement them.
//
// The interface cannot say what package spartan also needs: a proof is zero-knowledge, and at a point
// that is drawn after the commitment it shows that the polynomial has no coefficients from 2^NumVars on.
type EvalVerifier[E, C any] interface {
	// MaxVars is the largest number of coordinates of a point.
	MaxVars() int
	// ProofSize is the number of bytes of a proof at a point of vars coordinates.
	ProofSize(vars int) int
	// DecodeProof reads a proof at a point of vars coordinates. There is exactly one
	// encoding of each proof.
	DecodeProof(data []byte, vars int) (EvalProof, error)
	// Verify returns nil if and only if the proof holds. tr has absorbed what the claims
	// depend on, and has absorbed claims and proof when Verify returns nil.
	Verify(tr *transcript.Native, z []E, claims []EvalClaim[E, C], proof EvalProof) error
}

// EvalProver is the prover's side of an evaluation argument. claims[i] and witnesses[i]
// belong together. Masks and blinds are read from random, from the system's generator if
// it is nil. The error says that the polynomials do not have the claimed values, or that
// a claim does not fit the key; commitments are not computed again.
type EvalProver[E, C, P any] interface {
	Open(tr *transcript.Native, z []E, claims []EvalClaim[E, C], witnesses []EvalWitness[E, P],
		random io.Reader) (EvalProof, error)
}
