package argument

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/transcript"
	"fold/step/relation"
)

// WeightClaims are the claims that a step leaves on weights, as the claim chain
// holds them: the challenges of which all their points consist, the same for every
// step of a frame, and their values in the order of the kind's claims.
type WeightClaims[E any] struct{ Coordinates, Values []E }

// weightClaims are the claims of the branch that the step is of. In a circuit the
// values are filled up with zeros to the frame's number.
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

// ClaimsDigest is the digest of a step's claims on weights: the kind of the step, the
// pass's start and size, all coordinates and all values, filled up to the frame's
// number.
//
// What is claimed follows from it, by the frame that all steps of a run have: the kind
// decides how many claims there are, on which tensors, and of which coordinates each
// point consists. The coordinates are here one by one. A table of positions is read at
// the pass's positions, which are the token's coordinates below j and the bits of the
// start above. So two steps with different claims, points or values have different
// digests, or the hash has a collision.
func ClaimsDigest[E any](b transcript.Backend[E], f *UniformLayout, kind, start, bits E, w *WeightClaims[E]) E {
	m := append([]E{kind, start, bits}, w.Coordinates...)
	return transcript.Hash(b, claimsTag, append(m, transcript.Padded(b, w.Values, f.Weighed)...)...)
}

// WeightEval is a claim on the model as a step makes it: the tensor of that name, of
// the step's program, has Value at Point.
type WeightEval[E any] struct {
	Name  string
	Point []E
	Value E
}

// DeferredClaims lists the claims of a kind of step. Of the pass, below has a 1 for
// each bit number below j, of the largest class, and start the bits of its start.
func DeferredClaims[E any](ar arith.Arithmetic[E], f *UniformLayout, kind relation.Kind, below, start []E, w *WeightClaims[E]) (all []WeightEval[E]) {
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

// WeightEval lists the claims on weights that a step of a pass of 2^bits tokens at start
// left.
func (a *Argument) Deferred(start, bits int, w *WeightClaims[fr.Element]) ([]WeightEval[fr.Element], error) {
	s := &StepClaims{Kind: a.Plan.Kind, Start: start, Bits: bits, WeightClaims: *w}
	return s.Deferred(a.Frame, a.Shape.PositionBits)
}

// BlankClaims are claims of the right lengths, all zero.
func (a *Argument) BlankClaims() WeightClaims[fr.Element] {
	return WeightClaims[fr.Element]{
		make([]fr.Element, len(a.Frame.Coordinates)), make([]fr.Element, len(a.Plan.deferred)),
	}
}

// StepClaims are what one step of a run left to the settlement.
type StepClaims struct {
	Kind        relation.Kind
	Record      int // the first that the step opened
	Start, Bits int // of the pass
	WeightClaims[fr.Element]
}

// WeightEval lists the claims. It refuses what no step leaves.
func (s *StepClaims) Deferred(f *UniformLayout, positionBits int) ([]WeightEval[fr.Element], error) {
	if s.Kind > relation.Head || s.Bits < 0 || s.Bits > f.tokenBits || s.Start < 0 || s.Start>>positionBits != 0 {
		return nil, fmt.Errorf("step: claims of a step of kind %d of 2^%d tokens at position %d", s.Kind, s.Bits, s.Start)
	}
	if n, m := len(f.Coordinates), len(f.Settled[s.Kind]); len(s.Coordinates) != n || len(s.Values) != m {
		return nil, fmt.Errorf("step: %d values of claims at %d coordinates, expected %d at %d", len(s.Values), len(s.Coordinates), m, n)
	}
	below := make([]fr.Element, f.tokenBits)
	for b := range s.Bits {
		below[b].SetOne()
	}
	return DeferredClaims[fr.Element](new(arith.Native), f, s.Kind, below, Bits(s.Start, positionBits), &s.WeightClaims), nil
}

// Digest is the digest of the claims.
func (s *StepClaims) Digest(f *UniformLayout) fr.Element {
	kind, start, bits := fr.NewElement(uint64(s.Kind)), fr.NewElement(uint64(s.Start)), fr.NewElement(uint64(s.Bits))
	return ClaimsDigest(transcript.NewField(), f, kind, start, bits, &s.WeightClaims)
}
