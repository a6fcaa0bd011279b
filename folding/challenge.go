package folding

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/transcript"
)

// Digest is the hash of a running instance of a curve, "bn254" or "grumpkin":
// W, E, u and x in the encoding of PROTOCOL.md.
func Digest[F any](b transcript.Backend[F], curve string, encoded []F) F {
	return transcript.Hash(b, curve+" running", encoded...)
}

// Challenge draws r, and its bits, lowest first, from the parameters' digest, the
// running instance's Digest, the encoded fresh instance (W and x), and the
// encoded commitment to T.
func Challenge[F any](b transcript.Backend[F], curve string, pp, running F, fresh, cross []F) (r F, bits []F) {
	t := transcript.Over(b, curve+" nifs")
	t.Absorb("running", pp, running)
	t.Absorb("fresh", fresh...)
	t.Absorb("cross", cross...)
	return t.Challenge126()
}

// EncodeRunning returns what Digest hashes. It fails with ErrInstance if U is
// not well-formed.
func (s *Scheme[E, C]) EncodeRunning(u Instance[E, C]) ([]fr.Element, error) {
	if err := s.validate(u); err != nil {
		return nil, err
	}
	factor, err := s.group.encodeFactor(u.U)
	if err != nil {
		return nil, err
	}
	out := append(s.group.encodePoint(u.W), s.group.encodePoint(u.E)...)
	return s.encodeScalars(append(out, factor), u.X), nil
}

// EncodeFresh returns what Challenge absorbs of a fresh instance.
func (s *Scheme[E, C]) EncodeFresh(u Fresh[E, C]) ([]fr.Element, error) {
	if err := s.validateFresh(u); err != nil {
		return nil, err
	}
	return s.encodeScalars(s.group.encodePoint(u.W), u.X), nil
}

func (s *Scheme[E, C]) encodeScalars(out []fr.Element, x []E) []fr.Element {
	for _, v := range x {
		out = append(out, s.group.encodeScalar(v)...)
	}
	return out
}

func (s *Scheme[E, C]) validate(u Instance[E, C]) error {
	if err := s.onCurve("W", u.W); err != nil {
		return err
	}
	if err := s.onCurve("E", u.E); err != nil {
		return err
	}
	if _, err := s.group.encodeFactor(u.U); err != nil {
		return err
	}
	return s.publicLength(u.X)
}

func (s *Scheme[E, C]) validateFresh(u Fresh[E, C]) error {
	if err := s.onCurve("W", u.W); err != nil {
		return err
	}
	return s.publicLength(u.X)
}

func (s *Scheme[E, C]) onCurve(what string, p C) error {
	if !s.group.onCurve(p) {
		return fmt.Errorf("%w: %s is not a point of %s", ErrInstance, what, s.group.name())
	}
	return nil
}

// challenge is Challenge on values.
func (s *Scheme[E, C]) challenge(pp fr.Element, u Instance[E, C], fresh Fresh[E, C], cross C) (r fr.Element, err error) {
	running, err := s.EncodeRunning(u)
	if err != nil {
		return r, fmt.Errorf("running instance: %w", err)
	}
	second, err := s.EncodeFresh(fresh)
	if err != nil {
		return r, fmt.Errorf("fresh instance: %w", err)
	}
	if err := s.onCurve("T", cross); err != nil {
		return r, err
	}
	b := transcript.Field{Native: new(arith.Native)}
	digest := Digest(b, s.group.name(), running)
	r, _ = Challenge(b, s.group.name(), pp, digest, second, s.group.encodePoint(cross))
	return r, b.Err()
}
