package folding

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/folding/internal/protocol"
)

// challenge draws r of a fold by protocol.Fold over field elements. The error is that of a message in m.
func (s *Scheme[E, C]) challenge(
	pp, running fr.Element, statement []fr.Element, m protocol.Messages[fr.Element],
) (fr.Element, error) {
	b := protocol.Native()
	r, _, err := protocol.Fold(b, protocol.NewFold(b, s.group.Name), pp, running, statement, m)
	return r, err
}

// sent returns a commitment as a message of protocol.Fold.
func (s *Scheme[E, C]) sent(p C) func() ([]fr.Element, error) {
	return protocol.Sent(s.group.encodePoint(p)...)
}

// committed returns the commitments to all phases of a fresh witness as messages of protocol.Fold.
func (s *Scheme[E, C]) committed(w []C) (phases []func() ([]fr.Element, error)) {
	for _, p := range w {
		phases = append(phases, s.sent(p))
	}
	return
}

// digest returns protocol.RunningDigest of an instance. The error wraps ErrInstance if the
// instance is not well-formed.
func (s *Scheme[E, C]) digest(u Instance[E, C]) (fr.Element, error) {
	encoded, err := s.encodeRunning(u)
	return protocol.RunningDigest(protocol.Native(), s.group.Name, encoded), err
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
	if !s.group.OnCurve(p) {
		return fmt.Errorf("%w: %s is not a point of %s", ErrInstance, what, s.group.Name)
	}
	return nil
}

// integer returns a challenge as the integer that it is.
func integer(r fr.Element) *big.Int { return r.BigInt(new(big.Int)) }
