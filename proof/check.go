package proof

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding"
	"fold.example/fold/folding/spartan"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/transcript"
)

// proofTag is the domain of the hash of all bytes before the last argument.
const proofTag = "fold proof"

// Verify checks a proof whose head has not been checked. Every byte of the head is in the
// context of the last argument, and every field of the head except the label, the mode and the
// sizes of hidden passes is also in the first or the last state of the recursion. Verify
// returns the model id of the proof. The error wraps ErrRejected.
func (k *VerificationKey) Verify(p *Proof) (fr.Element, error) {
	id, err := k.checkHead(p)
	if err != nil {
		return id, fault.Rejected(err)
	}
	in, err := k.Instances(p, id)
	if err != nil {
		return id, fault.Rejected(err)
	}
	s, err := k.Final(p, in)
	if err != nil {
		return id, fault.Rejected(err)
	}
	if err := spartan.Verify(k.snark, s, p.SNARK); err != nil {
		return id, fault.Rejected(err)
	}
	return id, nil
}

// checkHead compares the head with the key and returns the model id.
func (k *VerificationKey) checkHead(p *Proof) (id fr.Element, err error) {
	switch {
	case p.Key != k.digest:
		return id, fmt.Errorf("key: the proof is for %w", errOtherKey)
	case p.SRS != k.opening.ID():
		return id, fmt.Errorf("key: the proof names commitment key %s, the verification key is of %s", p.SRS,
			k.opening.ID())
	case p.Development != k.Development():
		return id, fmt.Errorf("key: the proof is wrong about the kind of the key, %s", k.opening.Kind())
	}
	for _, t := range slices.Concat(p.Prompt.Tokens, p.Output.Tokens) {
		if t >= k.outline.Vocab() {
			return id, fmt.Errorf("token %d, the model has %d", t, k.outline.Vocab())
		}
	}
	return k.outline.ModelID(k.opening.ID(), p.Model)
}

// Instances computes the public values of the recursion, including its first and its last
// state.
func (k *VerificationKey) Instances(p *Proof, id fr.Element) (*folding.Instances, error) {
	if n := p.positions(); n > k.outline.Positions() {
		return nil, fmt.Errorf("%d positions, the run has room for %d", n, k.outline.Positions())
	}
	chains, err := p.TokenChains(slices.Max(k.outline.Classes))
	if err != nil {
		return nil, err
	}
	first, last, err := k.outline.Ends(id, p.Model, p.Prompt.N, p.positions(), chains[0], chains[1], p.Claims)
	if err != nil {
		return nil, err
	}
	in := &folding.Instances{
		I: p.Steps, First: first, Z: last, Main: p.Main, Cycle: p.Cycle,
		Fresh: folding.Fresh[fr.Element, bn254.G1Affine]{W: []bn254.G1Affine{p.Fresh}, X: make([]fr.Element, 1)},
	}
	in.Fresh.X[0], err = folding.NewVerifier(k.pp, len(first)).Public(in)
	return in, err
}

// Final returns the statement of the last argument: the fold of the last two instances, the
// CycleFold instance and the running claims.
func (k *VerificationKey) Final(p *Proof, in *folding.Instances) (*spartan.Statement, error) {
	main, err := folding.NewVerifier(k.pp, len(in.First)).Finish(in, in.First, p.Cross)
	if err != nil {
		return nil, err
	}
	return &spartan.Statement{
		Context: p.context(), Main: spartan.Instance[fr.Element, bn254.G1Affine](main),
		Cycle: spartan.Instance[fq.Element, grumpkin.G1Affine](p.Cycle), Claims: p.SpartanClaims(),
	}, nil
}

// context returns the digest of all bytes of the proof before the last argument.
func (p *Proof) context() fr.Element {
	h := sha256.Sum256(p.EncodeStatement())
	var hi, lo fr.Element
	hi.SetBytes(h[:16])
	lo.SetBytes(h[16:])
	return transcript.HashNative(proofTag, hi, lo)
}

// OpensTo checks that the hidden parts of h are commitments to the tokens, passes and salts in
// shown, which shows more parts of the same statement. The error for a difference wraps
// ErrRejected and names the part.
func (h *Statement) OpensTo(shown *Statement, largest int) error {
	have, err := h.TokenChains(largest)
	if err != nil {
		return err
	}
	want, err := shown.TokenChains(largest)
	switch {
	case err != nil:
		return fault.Rejected(err)
	case have[0] != want[0]:
		return fmt.Errorf("%w: prompt: the commitment is to other tokens or passes, or with another salt",
			fault.ErrRejected)
	case have[1] != want[1]:
		return fmt.Errorf("%w: output: the commitment is to other tokens or passes, or with another salt",
			fault.ErrRejected)
	}
	return nil
}
