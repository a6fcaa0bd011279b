package argument

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// WeightClaims are the claims that a step leaves on weights, in the form that ClaimsDigest hashes.
// Coordinates are the challenges that the points of the claims consist of, in the order of
// UniformLayout.Coordinates, which all steps of one layout share. Values are the claimed values, in
// the order of UniformLayout.Settled for the kind of the step.
type WeightClaims[E any] struct{ Coordinates, Values []E }

// weightClaims returns the claims on weights of the variant that the step belongs to. A circuit pads
// the values with zeros to the length UniformLayout.Weighed.
func (v *verifier[E]) weightClaims() (w WeightClaims[E]) {
	for _, c := range v.common.Coordinates {
		w.Coordinates = append(w.Coordinates, v.chal[c])
	}
	if len(v.branches) == 1 {
		for _, i := range v.branches[0].deferred {
			w.Values = append(w.Values, v.m.Values[i])
		}
		return w
	}
	for k := range v.common.Weighed {
		w.Values = append(w.Values, chosenBy(v, 1, func(b *variantVerifier[E]) int {
			if k >= len(b.deferred) {
				return -1
			}
			return b.deferred[k]
		}, func(i int) []E {
			if i < 0 {
				return []E{v.ar.Const(fr.Element{})}
			}
			return []E{v.m.Values[i]}
		})[0])
	}
	return w
}

// ClaimsDigest returns the digest of a step's claims on weights: the kind of the step, start and size
// (bits) of the pass, all coordinates, and all values padded with zeros to f.Weighed.
//
// The digest binds the claims, given the UniformLayout that all steps of a run share. The kind
// determines the number of claims, their tensors, and the coordinates that each point consists of.
// The digest covers every coordinate. A table of positions is read at the positions of the pass: the
// token's coordinates below j, and the bits of the start from j on. Two steps with different claims,
// points or values therefore have different digests, unless the hash has a collision.
func ClaimsDigest[E any](b transcript.Backend[E], f *UniformLayout, kind, start, bits E, w *WeightClaims[E]) E {
	m := append([]E{kind, start, bits}, w.Coordinates...)
	return transcript.Hash(b, claimsTag, append(m, transcript.Padded(b, w.Values, f.Weighed)...)...)
}

// WeightEval is a claim on the model: the multilinear extension of the weight tensor Name of the
// step's program takes the value Value at Point.
type WeightEval[E any] struct {
	Name  string
	Point []E
	Value E
}

// DeferredClaims lists the claims on weights of a kind of step, for a pass of 2^j tokens. below[b] is 1
// for b < j and 0 otherwise, with the length TokenBits of the largest size class. start holds the bits
// of the pass's first position, lowest first. w must have the lengths of the layout and the kind.
func DeferredClaims[E any](
	ar arith.Arithmetic[E], f *UniformLayout, kind relation.Kind, below, start []E, w *WeightClaims[E],
) (all []WeightEval[E]) {
	chal := make([]E, f.challenges())
	for i, c := range f.Coordinates {
		chal[c] = w.Coordinates[i]
	}
	positions := formulas[E]{ar: ar, pass: &Pass[E]{Below: below, Start: start}}
	for k, c := range f.Settled[kind] {
		d := WeightEval[E]{Name: c.Name, Value: w.Values[k]}
		for _, axis := range c.space {
			p := pointOver(ar, chal, c.at[axis])
			if axis == relation.Token {
				p = positions.positions(p)
			}
			d.Point = append(d.Point, p...)
		}
		all = append(all, d)
	}
	return all
}

// Deferred lists the claims on weights that a step leaves whose pass has 2^bits tokens from position
// start on. Deferred has the errors of StepClaims.Deferred.
func (a *Argument) Deferred(start, bits int, w *WeightClaims[fr.Element]) ([]WeightEval[fr.Element], error) {
	s := &StepClaims{Kind: a.Plan.Kind, Start: start, Bits: bits, WeightClaims: *w}
	return s.Deferred(a.Frame, a.Shape.PositionBits)
}

// BlankClaims returns claims of the argument's lengths, all zero.
func (a *Argument) BlankClaims() WeightClaims[fr.Element] {
	return WeightClaims[fr.Element]{
		make([]fr.Element, len(a.Frame.Coordinates)), make([]fr.Element, len(a.Plan.deferred)),
	}
}

// StepClaims are the claims on weights that one step of a run leaves to the settlement.
type StepClaims struct {
	Kind        relation.Kind
	Record      int // number of the first record of weights that the step opened
	Start, Bits int // of the pass
	WeightClaims[fr.Element]
}

// Deferred lists the claims on weights. Deferred returns an error if kind, size or start are out of
// range, or if the number of coordinates or values differs from the layout's.
func (s *StepClaims) Deferred(f *UniformLayout, positionBits int) ([]WeightEval[fr.Element], error) {
	if s.Kind > relation.Head || s.Bits < 0 || s.Bits > f.tokenBits || s.Start < 0 || s.Start>>positionBits != 0 {
		return nil, fmt.Errorf("step: claims of a step of kind %d of 2^%d tokens at position %d",
			s.Kind, s.Bits, s.Start)
	}
	if n, m := len(f.Coordinates), len(f.Settled[s.Kind]); len(s.Coordinates) != n || len(s.Values) != m {
		return nil, fmt.Errorf("step: %d values of claims at %d coordinates, expected %d at %d",
			len(s.Values), len(s.Coordinates), m, n)
	}
	below := make([]fr.Element, f.tokenBits)
	for b := range s.Bits {
		below[b].SetOne()
	}
	start := Bits(s.Start, positionBits)
	return DeferredClaims[fr.Element](new(arith.Native), f, s.Kind, below, start, &s.WeightClaims), nil
}

// Digest returns the ClaimsDigest of the claims.
func (s *StepClaims) Digest(f *UniformLayout) fr.Element {
	kind, start := fr.NewElement(uint64(s.Kind)), fr.NewElement(uint64(s.Start))
	bits := fr.NewElement(uint64(s.Bits))
	return ClaimsDigest(transcript.NewField(), f, kind, start, bits, &s.WeightClaims)
}
