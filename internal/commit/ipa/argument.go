package ipa

import (
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/transcript"
)

// A key is the evaluation argument, as package commit describes one.
var (
	_ commit.EvalVerifier[fq.Element, grumpkin.G1Affine]          = (*Key)(nil)
	_ commit.EvalProver[fq.Element, grumpkin.G1Affine, fq.Vector] = (*Key)(nil)
)

// Open is the function Open, for commit.EvalProver.
func (k *Key) Open(
	tr *transcript.Native, z []fq.Element, claims []Claim, witnesses []Witness, random io.Reader,
) (commit.EvalProof, error) {
	p, err := Open(k, tr, z, claims, witnesses, random)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Verify is the function Verify, for commit.EvalVerifier. A proof of another argument is
// ErrRejected.
func (k *Key) Verify(tr *transcript.Native, z []fq.Element, claims []Claim, proof commit.EvalProof) error {
	p, ok := proof.(*Proof)
	if !ok || p == nil {
		return fmt.Errorf("%w: a proof of type %T", ErrRejected, proof)
	}
	return Verify(k, tr, z, claims, p)
}

// ProofSize returns Size(vars).
func (*Key) ProofSize(vars int) int { return Size(vars) }

// DecodeProof is Decode.
func (*Key) DecodeProof(data []byte, vars int) (commit.EvalProof, error) {
	p, err := Decode(data, vars)
	if err != nil {
		return nil, err
	}
	return p, nil
}
