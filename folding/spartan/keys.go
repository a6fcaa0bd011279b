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
)

// VerifierKey is what verifying needs: both relations, and the commitment keys'
// parts for openings.
type VerifierKey struct {
	main    Relation[fr.Element]
	cycle   Relation[fq.Element]
	opening *mercury.VerifierKey
	inner   *ipa.Key
	digest  fr.Element
}

// ProverKey is a VerifierKey with what proving needs. It may be used by several
// goroutines.
type ProverKey struct {
	*VerifierKey
	key     *commit.Key
	cycle   *commit.GrumpkinKey
	mercury *mercury.ProverKey
}

// NewKey returns the key of two relations. Of key it needs 2^n points, n being the
// largest number of variables of the main relation and of the claims to be proven;
// of cycleKey CyclePoints(cycle). Both must stay open.
func NewKey(main Relation[fr.Element], cycle Relation[fq.Element], key *commit.Key, cycleKey *commit.GrumpkinKey) (*ProverKey, error) {
	if err := main.check(); err != nil {
		return nil, fmt.Errorf("main relation: %w", err)
	}
	if err := cycle.check(); err != nil {
		return nil, fmt.Errorf("cycle relation: %w", err)
	}
	opening, err := mercury.NewProverKey(key)
	if err != nil {
		return nil, err
	}
	if have := opening.Verifier().MaxVars(); have < main.vars() {
		return nil, fmt.Errorf("%w: a key for %d variables, the main relation has %d", commit.ErrTooShort, have, main.vars())
	}
	cut, err := cycleKey.Truncate(CyclePoints(cycle))
	if err != nil {
		return nil, err
	}
	inner, err := ipa.NewKey(cut.Points(), cut.BlindingBase(), cut.ID().Element())
	if err != nil {
		return nil, err
	}
	vk := &VerifierKey{main: main, cycle: cycle, opening: opening.Verifier(), inner: inner}
	vk.digest = vk.computeDigest(key.ID(), cut.ID())
	return &ProverKey{VerifierKey: vk, key: key, cycle: cut, mercury: opening}, nil
}

// CyclePoints is the number of points of Grumpkin that a relation needs: one for each
// row and each private variable, and more than half of the last sumcheck's cube.
func CyclePoints(r Relation[fq.Element]) int {
	n := max(r.Shape.Rows(), r.Shape.Private())
	if vars := r.vars(); vars > 0 {
		n = max(n, 1<<(vars-1)+1)
	}
	return n
}

// Verifier returns the verifier's part of the key.
func (k *ProverKey) Verifier() *VerifierKey { return k.VerifierKey }

// Digest identifies both relations and both commitment keys. It is the first message
// of every transcript.
func (k *VerifierKey) Digest() fr.Element { return k.digest }

// computeDigest is the first 31 bytes, as an integer, of SHA-256 of the domain and of
// each half's name, shape digest, number of parts, parts, and key ID; numbers are 8
// bytes, big-endian.
func (k *VerifierKey) computeDigest(key, cycleKey commit.ID) (digest fr.Element) {
	h := []byte("fold/spartan/v1\x00")
	half := func(name string, shape [32]byte, parts []int, id commit.ID) {
		h = append(append(h, name...), 0)
		h = append(h, shape[:]...)
		h = binary.BigEndian.AppendUint64(h, uint64(len(parts)))
		for _, n := range parts {
			h = binary.BigEndian.AppendUint64(h, uint64(n))
		}
		h = append(h, id[:]...)
	}
	half("bn254", k.main.Shape.Digest(), k.main.Parts, key)
	half("grumpkin", k.cycle.Shape.Digest(), k.cycle.Parts, cycleKey)
	sum := sha256.Sum256(h)
	digest.SetBytes(sum[:31])
	return
}

// vars is the number of rounds of the main half's last sumcheck.
func (k *VerifierKey) vars(claims []Claim) int {
	n := k.main.vars()
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
	return k.cycle.Commit(append(make([]fq.Element, at), values...), &blind) // zeros are free
}
