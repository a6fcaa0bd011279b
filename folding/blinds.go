package folding

import (
	"crypto/sha256"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/curve"
)

// Blinds gives the blinds of a run: uniform bytes for a label and a digest, always
// the same for the same ones, and unpredictable without the caller's secret, as a
// keyed hash gives them. The digest covers the instances that a commitment comes from,
// all that it commits to, the commitment without its blind, and the point H. So neither
// two different vectors nor two different keys ever get one blind, which would subtract
// to an unblinded commitment, and a step that is proven again gives the same bytes again.
type Blinds func(label string, digest [32]byte) [64]byte

// drawer returns the blind of a commitment that is of without its blind.
type drawer[E curve.Element, C comparable] func(of C) E

// known draws a blind that is there already.
func known[E curve.Element, C comparable](blind E) drawer[E, C] { return func(C) E { return blind } }

// drawing draws the blind of a vector, at a place in a run that some elements identify.
func (s *Scheme[E, C]) drawing(blinds Blinds, label string, place []fr.Element, vector []E) drawer[E, C] {
	return func(of C) E {
		h := sha256.New()
		write := func(list []fr.Element) {
			for i := range list {
				b := list[i].Bytes()
				h.Write(b[:])
			}
		}
		write(s.group.encodePoint(s.group.key.BlindingBase()))
		write(s.group.encodePoint(of))
		write(place)
		for i := range vector {
			b := s.group.Encode(vector[i])
			h.Write(b[:])
		}
		uniform := blinds(label, [32]byte(h.Sum(nil)))
		return curve.FromInteger[E](new(big.Int).SetBytes(uniform[:]))
	}
}

// blinded commits to a vector over the generators from number at on, and then draws and
// adds the blind.
func (s *Scheme[E, C]) blinded(at int, v []E, blind drawer[E, C], what string) (c C, b E, err error) {
	var zero E
	if c, err = s.group.key.CommitAt(at, v, zero); err != nil {
		return c, b, err
	}
	if b = blind(c); b == zero {
		return c, b, fmt.Errorf("%w: of a %s", ErrBlind, what)
	}
	return s.group.AddMultiple(c, curve.Integer(b), s.group.key.BlindingBase()), b, nil
}
