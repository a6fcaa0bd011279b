package folding

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/folding/internal/protocol"
)

// Operation is a computation with points of BN254's G1 that a step states and the
// CycleFold circuit carries out. Make one with Sum or Horner.
type Operation struct {
	degree int // of a Horner; 0 is a sum
}

// Sum is P_0 + P_1.
func Sum() Operation { return Operation{} }

// Horner is P_0 + [rho] (P_1 + [rho] (P_2 + ... + [rho] P_n)), n at least 1, with the endoscalar
// [rho] of a short challenge rho (transcript.Endoscalar). All Horners of a step have one rho.
func Horner(n int) Operation {
	if n < 1 {
		panic("folding: a Horner of no multiplication")
	}
	return Operation{n}
}

// Degree is the number of multiplications: n for Horner(n), 0 for Sum.
func (o Operation) Degree() int { return o.degree }

// Inputs returns the number of points that the operation is made of, which stand
// before its result wherever it is listed.
func (o Operation) Inputs() int { return max(o.degree, 1) + 1 }

// Step is a step function z_{i+1} = F(z_i, advice) without its circuit, which
// circuit.Step adds. Nothing here may depend on data: every step of a run has the same
// rows.
type Step interface {
	// Width is the number of elements of the state z, at least 1.
	Width() int
	// Advice is the number of elements that the circuit reads besides the state.
	Advice() int
	// Operations lists the point operations that every step makes.
	Operations() []Operation
	// Digest identifies the step function beyond its circuit, for example the
	// protocol that it verifies. The parameters' digest covers it.
	Digest() [32]byte
}

// StepWitness is the prover's input of one step. Its lengths are those that the Step gives.
type StepWitness struct {
	// Advice is what the circuit reads.
	Advice []fr.Element
	// Z is the next state, which the circuit must compute as well.
	Z []fr.Element
	// Rho is the short challenge, below 2^126, and 0 if no operation is a Horner.
	Rho fr.Element
	// Points has, for each operation, its inputs P_0, P_1, ... and then its result.
	Points [][]bn254.G1Affine
}

// Context identifies the place of a step in a run: the hash of pp, i, and the hash of
// z_i. A step binds its transcript to its place by absorbing it.
func Context(pp fr.Element, i uint64, z []fr.Element) fr.Element {
	return protocol.Context(protocol.Native(), pp, fr.NewElement(i), protocol.StateDigest(protocol.Native(), z))
}
