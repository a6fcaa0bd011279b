package recursion

import (
	"context"
	"errors"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding"
	"fold.example/fold/folding/spartan"
	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/cyclefold"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/proof"
	"fold.example/fold/r1cs"
	"fold.example/fold/step"
	"fold.example/fold/step/argument"
)

// ProvingKey is a verification key together with the data for proving.
type ProvingKey struct {
	*proof.VerificationKey
	snark *spartan.ProverKey
}

// mainRelation is the relation of the augmented circuit.
func mainRelation(shape *r1cs.Shape[fr.Element]) spartan.Relation[fr.Element] {
	return spartan.Relation[fr.Element]{Shape: shape, Parts: []int{shape.Private()}}
}

// NewProvingKey makes the proving key and verification key of a recursion.
func NewProvingKey(
	ctx context.Context, p *folding.Params, o *step.VerifierParams, key *commit.Key,
) (*ProvingKey, error) {
	cycle, cycleKey, err := cyclefold.Load()
	if err != nil {
		return nil, err
	}
	if key, err = key.Truncate(1 << KeyBits(p.Circuits, o)); err != nil {
		return nil, err
	}
	main, point, _ := p.Relations()
	if point.Digest() != cycle.Shape.Digest() {
		return nil, errors.New("the relation of the point operations is another one than package cyclefold has")
	}
	snark, err := spartan.NewKey(ctx, mainRelation(main), cycle, key, cycleKey)
	if err != nil {
		return nil, err
	}
	opening := key.ForOpenings()
	k, err := proof.NewKey(o, opening, p.Digest(), snark.Verifier())
	if err != nil {
		return nil, err
	}
	return &ProvingKey{k, snark}, nil
}

func deriveKey(ctx context.Context, p *step.Params, path string) (*ProvingKey, error) {
	c, err := Compile(ctx, p)
	if err != nil {
		return nil, err
	}
	key, err := keyfile.Open(ctx, path, KeyBits(c.Circuits, p.VerifierParams()), nil)
	if err != nil {
		return nil, err
	}
	params, err := folding.NewParams(c.Circuits, key, c.Key)
	if err != nil {
		return nil, err
	}
	return NewProvingKey(ctx, params, p.VerifierParams(), key)
}

// KeyBits returns log2 of the number of points that proofs use of the commitment key. It
// does not depend on the key's length, so neither does the verification key.
func KeyBits(c *folding.Circuits, o *step.VerifierParams) int {
	n := bitlen.Floor(spartan.MainPoints(mainRelation(c.MainShape())))
	return max(n, slices.Max(o.Cells), o.Cache, o.Weights)
}

// BodyOf returns the public part of a finished recursion.
func BodyOf(k *proof.VerificationKey, f *folding.Final, claims []argument.CommittedClaim) proof.Body {
	b := k.BlankBody()
	b.Steps, b.Main, b.Fresh, b.Cross, b.Cycle, b.Claims = f.I, f.Instances.Main, f.Fresh.W[0], f.Cross, f.Cycle, claims
	return b
}

// Prove proves a finished recursion in zero knowledge.
func (k *ProvingKey) Prove(
	ctx context.Context, h *proof.Statement, f *folding.Final, claims []argument.CommittedClaim,
	polys []*argument.Polynomial,
	id fr.Element,
) (*proof.Proof, error) {
	p := &proof.Proof{Statement: *h, Body: BodyOf(k.VerificationKey, f, claims)}
	in, err := k.Instances(p, id)
	if err != nil {
		return nil, err
	}
	s, err := k.Final(p, in)
	if err != nil {
		return nil, err
	}
	secret := &spartan.Secret{
		Main: spartan.Witness[fr.Element]{W: f.MainWitness.W, E: f.MainWitness.E, BlindW: f.MainWitness.BlindW,
			BlindE: f.MainWitness.BlindE},
		Cycle: spartan.Witness[fq.Element]{W: f.CycleWitness.W, E: f.CycleWitness.E, BlindW: f.CycleWitness.BlindW,
			BlindE: f.CycleWitness.BlindE},
	}
	for _, q := range polys {
		secret.Claims = append(secret.Claims, spartan.ClaimWitness{Values: q.Values, Blind: q.Blind})
	}
	p.SNARK, err = spartan.Prove(ctx, k.snark, s, secret, nil)
	return p, err
}
