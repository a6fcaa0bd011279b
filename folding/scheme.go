package folding

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

var (
	// ErrInstance marks an instance that no run produces: a point off its curve, a
	// wrong number of public inputs, a factor out of range.
	ErrInstance = errors.New("malformed instance")
	// ErrOpening marks a commitment that the given witness and blind do not open.
	ErrOpening = errors.New("the commitment is to something else")
	// ErrBlind marks a blind of zero, which would publish an unblinded commitment.
	ErrBlind = errors.New("the blind is zero")
)

// Instance is a running instance U of relaxed R1CS (Nova, eprint 2021/370, section 4.1; PROTOCOL.md, section 1):
// W has a commitment for each phase of the private variables, E is the commitment to the error vector, U is the
// factor u, and X are the public inputs. The zero value of C is the point at infinity.
type Instance[E curve.Element, C comparable] struct {
	W []C
	E C
	U E
	X []E
}

// Witness is the witness of an Instance: W has a value for each private variable, E one for each row, BlindW the
// blind of each commitment of the instance's W, and BlindE that of its E.
type Witness[E curve.Element] struct {
	W, E   []E
	BlindW []E // a phase each
	BlindE E

	// products are Az, Bz, Cz, if they are known. They are the prover's, to save
	// work, and never checked against: Check does not read them.
	products *r1cs.Products[E]
}

// Fresh is an instance that has not been folded: u = 1 and E = 0.
type Fresh[E curve.Element, C comparable] struct {
	W []C
	X []E
}

// FreshWitness is the witness of a Fresh: a value for each private variable, and the blind of each commitment.
type FreshWitness[E curve.Element] struct {
	W     []E
	Blind []E // a phase each

	products *r1cs.Products[E]
}

// Scheme folds instances of one shape on one curve.
type Scheme[E curve.Element, C comparable] struct {
	shape *r1cs.Shape[E]
	group *group[E, C]
	// ends has the private variables up to the end of each phase.
	ends   []int
	public int
}

// Main folds instances over Fr, committed to on BN254.
type Main = Scheme[fr.Element, bn254.G1Affine]

// Cycle folds instances over Fq, committed to on Grumpkin.
type Cycle = Scheme[fq.Element, grumpkin.G1Affine]

// NewMain returns the scheme on BN254. The key needs a point for each row and for
// each private variable.
func NewMain(shape *r1cs.Shape[fr.Element], key *commit.Key) (*Main, error) {
	return newScheme[fr.Element, bn254.G1Affine](shape, []int{shape.Private()}, mainGroup(key))
}

// NewCycle returns the scheme on Grumpkin. The key needs a point for each row and
// for each private variable. With a prefix, which the shape must extend, the private
// variables are committed to in two phases: those of the prefix, and the others.
func NewCycle(shape, prefix *r1cs.Shape[fq.Element], key *commit.GrumpkinKey) (*Cycle, error) {
	ends := []int{shape.Private()}
	if prefix != nil {
		if err := shape.Extends(prefix); err != nil {
			return nil, fmt.Errorf("the first phase: %w", err)
		}
		ends = []int{prefix.Private(), shape.Private()}
	}
	return newScheme[fq.Element, grumpkin.G1Affine](shape, ends, cycleGroup(key))
}

func newScheme[E curve.Element, C comparable](shape *r1cs.Shape[E], ends []int, g *group[E, C]) (*Scheme[E, C], error) {
	if need := max(shape.Rows(), shape.Private()); g.key.Len() < need {
		return nil, fmt.Errorf("%s: %w: %d points, want %d", g.Name, commit.ErrTooShort, g.key.Len(), need)
	}
	return &Scheme[E, C]{shape, g, ends, shape.Public()}, nil
}

// ID identifies curve, relation, phases and commitment key, a ceremony's included.
func (s *Scheme[E, C]) ID() (id [32]byte) {
	shape, key := s.shape.Digest(), s.group.key.ID()
	h := sha256.New()
	for _, part := range [][]byte{[]byte("fold/folding/v3/" + s.group.Name), {0}, shape[:], key[:]} {
		h.Write(part)
	}
	for _, end := range append([]int{len(s.ends)}, s.ends...) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(end)))
	}
	h.Sum(id[:0])
	return
}

// Default returns the instance that a run begins with, all zeros and points at
// infinity, and its witness. It is satisfied: 0 * 0 = 0 in every row.
func (s *Scheme[E, C]) Default() (Instance[E, C], *Witness[E]) {
	return Instance[E, C]{W: make([]C, len(s.ends)), X: make([]E, s.public)},
		&Witness[E]{W: make([]E, s.shape.Private()), E: make([]E, s.shape.Rows()), BlindW: make([]E, len(s.ends))}
}

// Commit makes an instance of a solved circuit, with a blind for each phase. Blinds
// must be uniform and used for nothing else.
func (s *Scheme[E, C]) Commit(solved *r1cs.Solution[E], blinds ...E) (Fresh[E, C], *FreshWitness[E], error) {
	draws := make([]drawer[E, C], len(blinds))
	for i, b := range blinds {
		draws[i] = known[E, C](b)
	}
	return s.commit(solved, draws...)
}

// commit is Commit with blinds that are drawn.
func (s *Scheme[E, C]) commit(solved *r1cs.Solution[E], blinds ...drawer[E, C]) (Fresh[E, C], *FreshWitness[E], error) {
	u, w := Fresh[E, C]{X: solved.X}, &FreshWitness[E]{W: solved.W, products: &solved.Products}
	if err := s.lengths(u.X, w.W); err != nil {
		return u, nil, err
	}
	if err := s.phaseCount("blinds", len(blinds)); err != nil {
		return u, nil, err
	}
	for phase, blind := range blinds {
		c, b, err := s.commitPhase(phase, w.W, blind)
		if err != nil {
			return u, nil, err
		}
		u.W, w.Blind = append(u.W, c), append(w.Blind, b)
	}
	return u, w, nil
}

// commitPhase commits to the variables of one phase, over its own generators. The
// vector has to reach to the end of the phase.
func (s *Scheme[E, C]) commitPhase(phase int, w []E, blind drawer[E, C]) (C, E, error) {
	return s.blinded(s.start(phase), s.only(phase, w), blind, "witness")
}

// only returns the variables of one phase.
func (s *Scheme[E, C]) only(phase int, w []E) []E { return w[s.start(phase):s.ends[phase]] }

// start returns the number of the phase's first variable, and of its first generator.
func (s *Scheme[E, C]) start(phase int) int {
	if phase == 0 {
		return 0
	}
	return s.ends[phase-1]
}

func (s *Scheme[E, C]) lengths(x, w []E) error {
	if len(w) != s.shape.Private() {
		return fmt.Errorf("%w: %d private variables, want %d", r1cs.ErrLength, len(w), s.shape.Private())
	}
	return s.publicLength(x)
}

func (s *Scheme[E, C]) publicLength(x []E) error {
	if len(x) != s.public {
		return fmt.Errorf("%w: %d public inputs, want %d", ErrInstance, len(x), s.public)
	}
	return nil
}

func (s *Scheme[E, C]) phaseCount(what string, n int) error {
	if n != len(s.ends) {
		return fmt.Errorf("%w: %d %s to phases of a witness, want %d", ErrInstance, n, what, len(s.ends))
	}
	return nil
}
