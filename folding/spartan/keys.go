package spartan

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/commit"
	"fold/internal/commit/ipa"
	"fold/internal/commit/mercury"
	"fold/r1cs"
)

// VerifierKey is what verifying needs: the sizes of the main relation and commitments
// to its matrices, the cycle's relation, and the commitment keys' parts for openings.
type VerifierKey struct {
	main     form
	matrices matrixKey
	cycle    form
	shape    *r1cs.Shape[fq.Element]
	opening  *mercury.VerifierKey
	inner    *ipa.Key
	digest   fr.Element
}

// ProverKey is a VerifierKey with what proving needs. It may be used by several
// goroutines.
type ProverKey struct {
	*VerifierKey
	mainShape *r1cs.Shape[fr.Element]
	list      *matrixList
	key       *commit.Key
	cycleKey  *commit.GrumpkinKey
	mercury   *mercury.ProverKey
}

// NewKey returns the key of two relations. Of key it needs MainPoints(main), and 2^n
// for claims of n variables; of cycleKey CyclePoints(cycle). Both must stay open.
func NewKey(main Relation[fr.Element], cycle Relation[fq.Element], key *commit.Key, cycleKey *commit.GrumpkinKey) (*ProverKey, error) {
	k := &ProverKey{VerifierKey: &VerifierKey{shape: cycle.Shape}, mainShape: main.Shape, key: key}
	var err error
	if k.main, err = main.form(); err != nil {
		return nil, fmt.Errorf("main relation: %w", err)
	}
	if k.cycle, err = cycle.form(); err != nil {
		return nil, fmt.Errorf("cycle relation: %w", err)
	}
	if key.Len() < MainPoints(main) {
		return nil, fmt.Errorf("%w: %d points, want %d", commit.ErrTooShort, key.Len(), MainPoints(main))
	}
	if k.list, err = newMatrixList(k.main, main.Shape, key); err != nil {
		return nil, err
	}
	k.matrices = k.list.matrixKey
	if k.mercury, err = mercury.NewProverKey(key); err != nil {
		return nil, err
	}
	k.opening = k.mercury.Verifier()
	if k.cycleKey, err = cycleKey.Truncate(CyclePoints(cycle)); err != nil {
		return nil, err
	}
	id := k.cycleKey.ID()
	if k.inner, err = ipa.NewKey(k.cycleKey.Points(), k.cycleKey.BlindingBase(), id.Element()); err != nil {
		return nil, err
	}
	k.digest = k.computeDigest(main.Shape.Digest(), key.ID(), id)
	return k, nil
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
// half's name, shape digest, number of parts, parts, and key ID; and of the commitments
// to the main half's matrices, compressed. Numbers are 8 bytes, big-endian.
func (k *VerifierKey) computeDigest(mainShape [32]byte, key, cycleKey commit.ID) (digest fr.Element) {
	h := []byte("fold/spartan/v1\x00")
	half := func(name string, shape [32]byte, f form, id commit.ID) {
		h = append(append(h, name...), 0)
		h = append(h, shape[:]...)
		h = binary.BigEndian.AppendUint64(h, uint64(len(f.parts)))
		for _, n := range f.parts {
			h = binary.BigEndian.AppendUint64(h, uint64(n))
		}
		h = append(h, id[:]...)
	}
	half("bn254", mainShape, k.main, key)
	half("grumpkin", k.shape.Digest(), k.cycle, cycleKey)
	for _, c := range k.matrices.fixed {
		b := c.Bytes()
		h = append(h, b[:]...)
	}
	sum := sha256.Sum256(h)
	digest.SetBytes(sum[:31])
	return
}

// vars is the number of rounds of the main half's last sumcheck.
func (k *VerifierKey) vars(claims []Claim) int {
	n := max(k.main.vars(), k.matrices.entryVars(), k.main.axisVars(byRow))
	for _, c := range claims {
		n = max(n, len(c.Point))
	}
	return n
}

// check says whether the statement has the form that the key is for.
func (k *VerifierKey) check(s *Statement) error {
	if err := checkInstance(bn254Curve, k.main, s.Main); err != nil {
		return err
	}
	if err := checkInstance(grumpkinCurve, k.cycle, s.Cycle); err != nil {
		return err
	}
	for i, c := range s.Claims {
		if len(c.Point) > k.opening.MaxVars() {
			return fmt.Errorf("%w: claim %d has %d variables, the key %d", ErrStatement, i, len(c.Point), k.opening.MaxVars())
		}
		if !c.Commitment.IsOnCurve() {
			return fmt.Errorf("%w: claim %d: the commitment is not on the curve", ErrStatement, i)
		}
	}
	return nil
}

func (k *ProverKey) commitMain(at int, values []fr.Element, blind fr.Element) (bn254.G1Affine, error) {
	a := k.key.NewAccumulator()
	if err := a.AddElements(at, values); err != nil {
		return bn254.G1Affine{}, err
	}
	a.AddBlind(&blind)
	return a.Commitment(), nil
}

func (k *ProverKey) commitCycle(at int, values []fq.Element, blind fq.Element) (grumpkin.G1Affine, error) {
	return k.cycleKey.Commit(append(make([]fq.Element, at), values...), &blind) // zeros are free
}
