package fold

import (
	"context"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/folding"
	"fold/folding/spartan"
	"fold/internal/bitlen"
	"fold/internal/commit"
	"fold/r1cs"
	"fold/step"
)

// proverKey is a verification key with what proving takes.
type proverKey struct {
	*VerifierKey
	snark *spartan.ProverKey
}

// mainRelation is that of the augmented circuit.
func mainRelation(shape *r1cs.Shape[fr.Element]) spartan.Relation[fr.Element] {
	return spartan.Relation[fr.Element]{Shape: shape, Parts: []int{shape.Private()}}
}

// newProverKey makes the keys of a recursion's proofs.
func newProverKey(ctx context.Context, p *folding.Params, o *step.Outline, key *commit.Key) (*proverKey, error) {
	cycle, cycleKey, err := cycleHalf()
	if err != nil {
		return nil, err
	}
	if key, err = key.Truncate(1 << compressBits(p.Circuits, o)); err != nil {
		return nil, err
	}
	main, _, _ := p.Relations()
	snark, err := spartan.NewKey(ctx, mainRelation(main), cycle, key, cycleKey)
	if err != nil {
		return nil, err
	}
	opening := key.ForOpenings()
	k, err := newVerifierKey(o, opening, p.Digest(), snark.Verifier())
	if err != nil {
		return nil, err
	}
	return &proverKey{k, snark}, nil
}

func deriveKey(ctx context.Context, p *step.Protocol, path string) (*proverKey, error) {
	c, err := compile(ctx, p)
	if err != nil {
		return nil, err
	}
	key, err := openKey(ctx, path, compressBits(c.circuits, p.Outline()), nil)
	if err != nil {
		return nil, err
	}
	params, err := folding.NewParams(c.circuits, key, c.key)
	if err != nil {
		return nil, err
	}
	return newProverKey(ctx, params, p.Outline(), key)
}

// compressBits is log2 of the points of a commitment key that proofs take: exactly so many
// are used of a longer one, so that the verification key does not depend on that.
func compressBits(c *folding.Circuits, o *step.Outline) int {
	n := bitlen.Floor(spartan.MainPoints(mainRelation(c.MainShape())))
	return max(n, slices.Max(o.Cells), o.Cache, o.Weights)
}

// body is what is public of a finished recursion.
func bodyOf(k *VerifierKey, f *folding.Final, claims []step.Opening) proofBody {
	b := k.blankBody()
	b.steps, b.main, b.fresh, b.cross, b.cycle, b.claims = f.I, f.Instances.Main, f.Fresh.W[0], f.Cross, f.Cycle, claims
	return b
}

// prove proves a finished recursion in zero knowledge.
func (k *proverKey) prove(ctx context.Context, h *proofHead, f *folding.Final, claims []step.Opening, polys []*step.Polynomial, id fr.Element) (*compressed, error) {
	p := &compressed{proofHead: *h, proofBody: bodyOf(k.VerifierKey, f, claims)}
	in, err := k.instances(p, id)
	if err != nil {
		return nil, err
	}
	s, err := k.statement(p, in)
	if err != nil {
		return nil, err
	}
	secret := &spartan.Secret{
		Main:  spartan.Witness[fr.Element]{W: f.MainWitness.W, E: f.MainWitness.E, BlindW: f.MainWitness.BlindW, BlindE: f.MainWitness.BlindE},
		Cycle: spartan.Witness[fq.Element]{W: f.CycleWitness.W, E: f.CycleWitness.E, BlindW: f.CycleWitness.BlindW, BlindE: f.CycleWitness.BlindE},
	}
	for _, q := range polys {
		secret.Claims = append(secret.Claims, spartan.ClaimWitness{Values: q.Values, Blind: q.Blind})
	}
	p.snark, err = spartan.Prove(ctx, k.snark, s, secret, nil)
	return p, err
}
