package folding

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/transcript"
)

// beginFold starts a fold's transcript with the parameters' digest, a digest of the
// running instance, and a statement that the fresh instance's public inputs follow
// from, with the challenges of the transcript itself. What comes next is each phase
// of the fresh W, by absorbPhase.
func beginFold[F any](b transcript.Backend[F], curve string, pp, running F, statement ...F) *transcript.Transcript[F] {
	t := transcript.Over(b, curve+" nifs")
	t.Absorb("running", append([]F{pp, running}, statement...)...)
	return t
}

func absorbPhase[F any](t *transcript.Transcript[F], w ...F) { t.Absorb("witness", w...) }

// drawWord draws the 252 bits, lowest first, of two challenges, between the first
// phase and the second. Of an element that is uniform in Fr, each value of them comes
// up with probability at most 4/r, 1.33 times that of a uniform one.
func drawWord[F any](b transcript.Backend[F], t *transcript.Transcript[F]) []F {
	return b.Bits(t.Challenge())[:wordBits]
}

// wordBits is the size of two challenges in one element of either field.
const wordBits = 2 * transcript.ChallengeBits

// endFold absorbs the commitment to T and draws r, with its bits, lowest first.
func endFold[F any](t *transcript.Transcript[F], cross ...F) (r F, bits []F) {
	t.Absorb("cross", cross...)
	return t.Challenge126()
}

// begin is beginFold on values.
func (s *Scheme[E, C]) begin(pp, running fr.Element, statement ...fr.Element) *transcript.Native {
	return beginFold(native(), s.group.name(), pp, running, statement...)
}

// digest is runningDigest of an instance. It fails with ErrInstance if it is not
// well-formed.
func (s *Scheme[E, C]) digest(u Instance[E, C]) (fr.Element, error) {
	encoded, err := s.encodeRunning(u)
	return runningDigest(native(), s.group.name(), encoded), err
}

// encodeRunning returns what is hashed of a running instance. It fails with ErrInstance
// if U is not well-formed.
func (s *Scheme[E, C]) encodeRunning(u Instance[E, C]) (out []fr.Element, err error) {
	if err := s.validate(u); err != nil {
		return nil, err
	}
	for _, p := range append(u.W[:len(u.W):len(u.W)], u.E) {
		out = append(out, s.group.encodePoint(p)...)
	}
	factor, err := s.group.encodeFactor(u.U)
	return append(append(out, factor), s.group.encodeScalars(u.X)...), err
}

func (s *Scheme[E, C]) validate(u Instance[E, C]) error {
	if err := s.onCurve("E", u.E); err != nil {
		return err
	}
	if _, err := s.group.encodeFactor(u.U); err != nil {
		return err
	}
	return s.validateFresh(Fresh[E, C]{u.W, u.X})
}

func (s *Scheme[E, C]) validateFresh(u Fresh[E, C]) error {
	if err := s.phaseCount("commitments", len(u.W)); err != nil {
		return err
	}
	for _, p := range u.W {
		if err := s.onCurve("W", p); err != nil {
			return err
		}
	}
	return s.publicLength(u.X)
}

func (s *Scheme[E, C]) onCurve(what string, p C) error {
	if !s.group.onCurve(p) {
		return fmt.Errorf("%w: %s is not a point of %s", ErrInstance, what, s.group.name())
	}
	return nil
}

// integer returns a challenge as the integer that it is.
func integer(r fr.Element) *big.Int { return r.BigInt(new(big.Int)) }
