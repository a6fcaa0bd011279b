package mercury

import (
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// A key is the evaluation argument, as package commit describes one.
var (
	_ commit.EvalVerifier[fr.Element, bn254.G1Affine]                = (*VerifierKey)(nil)
	_ commit.EvalProver[fr.Element, bn254.G1Affine, poly.Polynomial] = (*ProverKey)(nil)
)

// Open is the function Open, for commit.EvalProver.
func (pk *ProverKey) Open(
	tr *transcript.Native, z []fr.Element, claims []Claim, witnesses []Witness, random io.Reader,
) (commit.EvalProof, error) {
	p, err := Open(pk, tr, z, claims, witnesses, random)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Verify is the function Verify, for commit.EvalVerifier. A proof of another argument is
// ErrRejected.
func (vk *VerifierKey) Verify(tr *transcript.Native, z []fr.Element, claims []Claim, proof commit.EvalProof) error {
	p, ok := proof.(*Proof)
	if !ok || p == nil {
		return fmt.Errorf("%w: a proof of type %T", ErrRejected, proof)
	}
	return Verify(vk, tr, z, claims, p)
}

// ProofSize returns the constant ProofSize.
func (*VerifierKey) ProofSize(int) int { return ProofSize }

// DecodeProof is Decode: a proof does not depend on the number of coordinates.
func (*VerifierKey) DecodeProof(data []byte, _ int) (commit.EvalProof, error) {
	p, err := Decode(data)
	if err != nil {
		return nil, err
	}
	return p, nil
}
