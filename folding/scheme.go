package folding

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/commit"
	"fold/r1cs"
)

var (
	// ErrInstance marks an instance that no run produces: a point off its curve, a
	// wrong number of public inputs, a factor out of range.
	ErrInstance = errors.New("malformed instance")
	// ErrOpening marks a commitment that is not to the witness that is given.
	ErrOpening = errors.New("the commitment is to something else")
	// ErrBlind marks a blind of zero, which would publish an unblinded commitment.
	ErrBlind = errors.New("the blind is zero")
)

// Instance is a running instance U: commitments to W and E, the factor u, and the
// public inputs.
type Instance[E r1cs.Element, C comparable] struct {
	W, E C
	U    E
	X    []E
}

// Witness is what U commits to, with the blinds.
type Witness[E r1cs.Element] struct {
	W, E           []E
	BlindW, BlindE E

	// products are Az, Bz, Cz, if they are known. They are the prover's, to save
	// work, and never checked against: Check does not read them.
	products *r1cs.Products[E]
}

// Fresh is an instance that has not been folded: u = 1 and E = 0.
type Fresh[E r1cs.Element, C comparable] struct {
	W C
	X []E
}

// FreshWitness is what a Fresh commits to.
type FreshWitness[E r1cs.Element] struct {
	W     []E
	Blind E

	products *r1cs.Products[E]
}

// Scheme folds instances of one shape on one curve.
type Scheme[E r1cs.Element, C comparable] struct {
	shape *r1cs.Shape[E]
	group group[E, C]
}

// Main folds instances over Fr, committed to on BN254.
type Main = Scheme[fr.Element, bn254.G1Affine]

// Cycle folds instances over Fq, committed to on Grumpkin.
type Cycle = Scheme[fq.Element, grumpkin.G1Affine]

// NewMain returns the scheme on BN254. The key needs a point for each row and for
// each private variable.
func NewMain(shape *r1cs.Shape[fr.Element], key *commit.Key) (*Main, error) {
	return newScheme[fr.Element, bn254.G1Affine](shape, mainGroup{key})
}

// NewCycle returns the scheme on Grumpkin. The key needs a point for each row and
// for each private variable.
func NewCycle(shape *r1cs.Shape[fq.Element], key *commit.GrumpkinKey) (*Cycle, error) {
	return newScheme[fq.Element, grumpkin.G1Affine](shape, cycleGroup{key})
}

func newScheme[E r1cs.Element, C comparable](shape *r1cs.Shape[E], g group[E, C]) (*Scheme[E, C], error) {
	if need := max(shape.Rows(), shape.Private()); g.size() < need {
		return nil, fmt.Errorf("%s: %w: %d points, want %d", g.name(), commit.ErrTooShort, g.size(), need)
	}
	return &Scheme[E, C]{shape, g}, nil
}

// ID identifies curve, relation and commitment key, a ceremony's included.
func (s *Scheme[E, C]) ID() (id [32]byte) {
	shape, key := s.shape.Digest(), s.group.keyID()
	h := sha256.New()
	for _, part := range [][]byte{[]byte("fold/folding/v1/" + s.group.name()), {0}, shape[:], key[:]} {
		h.Write(part)
	}
	h.Sum(id[:0])
	return
}

// Parameters is the digest pp of both schemes, which every challenge and state
// hash contains: 248 bits of SHA-256 as an element of Fr.
func Parameters(main *Main, cycle *Cycle) (pp fr.Element) {
	a, b := main.ID(), cycle.ID()
	h := sha256.Sum256(append(append([]byte("fold/folding/v1/parameters\x00"), a[:]...), b[:]...))
	pp.SetBytes(h[:31])
	return
}

// Default returns the instance that a run begins with, all zeros and points at
// infinity, and its witness. It is satisfied: 0 * 0 = 0 in every row.
func (s *Scheme[E, C]) Default() (Instance[E, C], *Witness[E]) {
	return Instance[E, C]{X: make([]E, s.shape.Public())},
		&Witness[E]{W: make([]E, s.shape.Private()), E: make([]E, s.shape.Rows())}
}

// Commit makes an instance of a solved circuit. The blind must be uniform and
// used for nothing else.
func (s *Scheme[E, C]) Commit(solved *r1cs.Solution[E], blind E) (Fresh[E, C], *FreshWitness[E], error) {
	var zero E
	if blind == zero {
		return Fresh[E, C]{}, nil, fmt.Errorf("%w: of a witness", ErrBlind)
	}
	u := Fresh[E, C]{X: solved.X}
	w := &FreshWitness[E]{W: solved.W, Blind: blind, products: &solved.Products}
	if err := s.lengths(u.X, w.W); err != nil {
		return Fresh[E, C]{}, nil, err
	}
	var err error
	u.W, err = s.group.commit(w.W, blind)
	return u, w, err
}

func (s *Scheme[E, C]) lengths(x, w []E) error {
	if len(w) != s.shape.Private() {
		return fmt.Errorf("%w: %d private variables, want %d", r1cs.ErrLength, len(w), s.shape.Private())
	}
	return s.publicLength(x)
}

func (s *Scheme[E, C]) publicLength(x []E) error {
	if len(x) != s.shape.Public() {
		return fmt.Errorf("%w: %d public inputs, want %d", ErrInstance, len(x), s.shape.Public())
	}
	return nil
}
