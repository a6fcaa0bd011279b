package spartan

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/wire"
	"fold.example/fold/r1cs"
)

// VerifierKey is the key of a verifier: the sizes of the main relation and commitments
// to its matrices, the cycle's relation, and the commitment keys' parts for openings.
type VerifierKey struct {
	main     form
	matrices matrixKey[bn254.G1Affine]
	cycle    form
	shape    *r1cs.Shape[fq.Element]
	opening  mainVerifier
	inner    cycleArgument
	digest   fr.Element
	// what the digest covers of the main side and is not above
	mainShape [32]byte
}

// ProverKey is a VerifierKey with the relations and commitment keys that a prover needs. Several
// goroutines may use it at once.
type ProverKey struct {
	*VerifierKey
	relation *r1cs.Shape[fr.Element]
	list     *matrixList
	key      *commit.Key
	cycleKey *commit.GrumpkinKey
	opener   mainOpener
}

// NewKey returns the key of two relations. Of key it needs MainPoints(main), and 2^n
// for claims of n variables; of cycleKey CyclePoints(cycle). Both must stay open.
func NewKey(
	ctx context.Context, main Relation[fr.Element], cycle Relation[fq.Element], key *commit.Key,
	cycleKey *commit.GrumpkinKey,
) (*ProverKey, error) {
	k := &ProverKey{VerifierKey: &VerifierKey{mainShape: main.Shape.Digest()}, relation: main.Shape, key: key}
	var err error
	if k.main, err = main.form(); err != nil {
		return nil, fmt.Errorf("main relation: %w", err)
	}
	if key.Len() < MainPoints(main) {
		return nil, fmt.Errorf("%w: %d points, want %d", commit.ErrTooShort, key.Len(), MainPoints(main))
	}
	if k.list, err = newMatrixList(ctx, k.main, main.Shape, key); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	k.matrices = k.list.matrixKey
	k.opener, k.opening = newMainOpener(key)
	if k.cycleKey, err = k.setCycle(cycle, cycleKey); err != nil {
		return nil, err
	}
	k.digest = k.computeDigest(key.ID(), cycleKey.ID())
	return k, nil
}

// setCycle takes the cycle's relation over, and as many points as it needs.
func (k *VerifierKey) setCycle(cycle Relation[fq.Element], key *commit.GrumpkinKey) (*commit.GrumpkinKey, error) {
	var err error
	k.shape = cycle.Shape
	if k.cycle, err = cycle.form(); err != nil {
		return nil, fmt.Errorf("cycle relation: %w", err)
	}
	cut, err := key.Truncate(CyclePoints(cycle))
	if err != nil {
		return nil, err
	}
	k.inner, err = newCycleArgument(cut)
	return cut, err
}

// MainPoints is the number of points of BN254 that a relation needs: a power of two, with
// one for each entry of its matrices, and for each row of the three.
func MainPoints(r Relation[fr.Element]) int {
	return 1 << max(logCeil(max(1, r.Shape.Entries())), logCeil(r.Shape.Rows())+2, logCeil(r.Shape.Columns()), 1)
}

// CyclePoints is the number of points of Grumpkin that a relation needs: one for each
// row and each private variable, and more than half of the last sumcheck's cube.
func CyclePoints(r Relation[fq.Element]) int {
	n := max(r.Shape.Rows(), r.Shape.Private())
	if vars := max(logCeil(r.Shape.Rows()), logCeil(r.Shape.Columns())); vars > 0 {
		n = max(n, 1<<(vars-1)+1)
	}
	return n
}

// Verifier returns the verifier's part of the key.
func (k *ProverKey) Verifier() *VerifierKey { return k.VerifierKey }

// Digest identifies both relations and both commitment keys. It is the first message
// of every transcript.
func (k *VerifierKey) Digest() fr.Element { return k.digest }

// computeDigest is the first 31 bytes, as an integer, of SHA-256 of the domain; of each
// side's name, a zero byte, key ID, shape digest and numbers (form.code); and of the number
// of the main side's entries, 8 bytes, big-endian, and the commitments to them, compressed.
func (k *VerifierKey) computeDigest(key, cycleKey commit.ID) fr.Element {
	sum := sha256.Sum256(wire.Encode(func(c *wire.Coder) {
		side := func(name string, id commit.ID, shape [32]byte, f form) {
			c.Raw([]byte(name + "\x00"))
			c.Raw(id[:])
			c.Raw(shape[:])
			f.code(c)
		}
		c.Magic("fold/spartan/v1\x00")
		side(curve.BN254.Name, key, k.mainShape, k.main)
		side(curve.Grumpkin.Name, cycleKey, k.shape.Digest(), k.cycle)
		entries := uint64(k.matrices.entries)
		c.Uint64(&entries)
		fixed := k.matrices.fixed
		codePoints(c, curve.BN254, fixed[:])
	}))
	return curve.Fr.FromBytes(sum[:31])
}

// vars is the number of rounds of the main side's last sumcheck.
func (k *VerifierKey) vars(claims []Claim) int {
	n := max(k.main.vars(), k.matrices.entryVars(), k.main.axisVars(byRow))
	for _, c := range claims {
		n = max(n, len(c.Point))
	}
	return n
}

// check says whether the statement has the form that the key is for.
func (k *VerifierKey) check(s *Statement) error {
	if err := checkInstance(curve.BN254, k.main, s.Main); err != nil {
		return err
	}
	if err := checkInstance(curve.Grumpkin, k.cycle, s.Cycle); err != nil {
		return err
	}
	for i, c := range s.Claims {
		if len(c.Point) > k.opening.MaxVars() {
			return fmt.Errorf("%w: claim %d has %d variables, the key %d", ErrStatement, i, len(c.Point),
				k.opening.MaxVars())
		}
		if !c.Commitment.IsOnCurve() {
			return fmt.Errorf("%w: claim %d: the commitment is not on the curve", ErrStatement, i)
		}
	}
	return nil
}
