package spartan

import (
	"fmt"

	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/wire"
)

// Encode returns what a verifier needs of the main relation, some 230 bytes whatever its
// size: its numbers of rows, of public inputs and of parts, the parts, and the number of
// entries, 8 bytes each, big-endian; its shape's digest; the commitments to its matrices,
// compressed.
func (k *VerifierKey) Encode() []byte { return wire.Encode(k.code) }

// Limits on what a key may say of the main relation.
const (
	maxNumber = 1 << 30
	maxParts  = 8
)

// code visits what Encode writes.
func (k *VerifierKey) code(c *wire.Coder) {
	k.main.code(c)
	c.Int("number of entries", &k.matrices.entries, 8, 0, maxNumber)
	c.Raw(k.mainShape[:])
	for i := range k.matrices.fixed {
		curve.BN254.CodePoints(c, fmt.Sprintf("commitment %d to the matrices", i), &k.matrices.fixed[i])
	}
}

// code visits rows, public inputs, the number of parts, and the parts.
func (f *form) code(c *wire.Coder) {
	parts := len(f.parts)
	c.Int("number of rows", &f.rows, 8, 1, maxNumber)
	c.Int("number of public inputs", &f.public, 8, 0, maxNumber)
	if c.Int("number of parts", &parts, 8, 0, maxParts); c.Reading() {
		f.parts = make([]int, parts)
	}
	for i := range f.parts {
		c.Int("number of variables", &f.parts[i], 8, 0, maxNumber)
	}
}

// DecodeKey returns the key that Encode has written, for the cycle's relation and the
// commitment keys. Nothing says that the commitments are to the matrices of any relation:
// the Digest has to be the one that is expected. Errors wrap ErrEncoding, or are about
// the other arguments.
func DecodeKey(
	data []byte, cycle Relation[fq.Element], opening *commit.OpeningKey, cycleKey *commit.GrumpkinKey,
) (*VerifierKey, error) {
	k := &VerifierKey{opening: newMainVerifier(opening)}
	if err := wire.Decode(data, k.code); err != nil {
		return nil, fmt.Errorf("%w: a key: %w", ErrEncoding, err)
	}
	if have, need := k.opening.MaxVars(), k.vars(nil); have < need {
		return nil, fmt.Errorf("%w: a key for %d variables, want %d", commit.ErrTooShort, have, need)
	}
	if _, err := k.setCycle(cycle, cycleKey); err != nil {
		return nil, err
	}
	k.digest = k.computeDigest(opening.ID(), cycleKey.ID())
	return k, nil
}
