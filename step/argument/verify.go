package argument

import (
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// ErrShape reports that a message of a step's proof has another length than the UniformLayout's.
var ErrShape = errors.New("step: proof of the wrong shape")

// Messages are the field elements that the prover sends besides the commitments. Their lengths are
// those of the UniformLayout (see Argument.Blank).
type Messages[E any] struct {
	Sums        []E               // of the elementwise sumcheck's spaces
	Elementwise poly.Proof[E]     // its rounds
	Levels      []poly.Proof[E]   // the rounds of the contractions' batches
	Values      []E               // of all claims, in the plan's order
	Reduction   poly.Reduction[E] // the claim reduction: its rounds, and the polynomials at the last point
}

// verifier runs a step's argument. One text serves two backends: one argument over field elements,
// and all arguments of a UniformLayout over the variables of a circuit. All arguments have the same
// messages, rounds and challenges; branches hold the parts that differ.
type verifier[E any] struct {
	common   *UniformLayout
	branches []*variantVerifier[E]
	ar       transcript.Backend[E]
	tr       *transcript.Transcript[E]
	pass     *Pass[E]
	alpha    E // the lookups' challenges
	beta     E
	chal     []E // the challenges so far, by coord, and behind them the tokens' in the window
	m        *Messages[E]
	masks    map[string]E // public tensors' values and token masks so far, by class and point
	ends     map[int][]E  // last point of the reduction, by the number of variables in a row
}

// variantVerifier is the verifier of one argument that the step may belong to. The caller ensures that
// exactly one flag is 1 and all others are 0.
type variantVerifier[E any] struct {
	*plan
	*verifier[E]
	reduction *reduction
	digest    fr.Element // of the program
	flag      E
	f         formulas[E]
	consts    []E // the record's constants and those of the lookups
	inside    E   // weight of the pass's window in the cache
}

// chosen returns the function's value for the variant that the step belongs to. A circuit spends one
// constraint per variant whose value is not constant.
func (v *verifier[E]) chosen(of func(b *variantVerifier[E]) E) E {
	if len(v.branches) == 1 {
		return of(v.branches[0])
	}
	sum := v.ar.Const(fr.Element{})
	for _, b := range v.branches {
		sum = v.ar.Add(sum, v.ar.Mul(b.flag, of(b)))
	}
	return sum
}

// chosenBy is chosen for lists of n elements that are functions of a key. Variants with the same key
// share their products; if all variants have the same key, the list costs no constraint.
func chosenBy[E any, K comparable](v *verifier[E], n int, key func(b *variantVerifier[E]) K, list func(K) []E) []E {
	var keys []K
	flags := map[K]E{}
	for _, b := range v.branches {
		k := key(b)
		f, ok := flags[k]
		if !ok {
			keys, f = append(keys, k), v.ar.Const(fr.Element{})
		}
		flags[k] = v.ar.Add(f, b.flag)
	}
	out := append([]E{}, list(keys[0])...)
	for _, k := range keys[1:] {
		other := list(k)
		for i := range n {
			out[i] = v.ar.Add(out[i], v.ar.Mul(flags[k], v.ar.Sub(other[i], list(keys[0])[i])))
		}
	}
	return out
}

// point returns the elements of coordinates.
func (v *verifier[E]) point(at []coord) []E { return pointOver[E](v.ar, v.chal, at) }

// pointOver returns the elements of coordinates, given the challenges that coordinates number.
func pointOver[E any](ar arith.Arithmetic[E], chal []E, at []coord) []E {
	p := make([]E, len(at))
	for i, c := range at {
		switch c {
		case coordZero:
			p[i] = ar.Const(fr.Element{})
		case coordOne:
			p[i] = ar.Const(fr.One())
		default:
			p[i] = chal[c]
		}
	}
	return p
}

// assertAbsent asserts that the commitment to every polynomial that the program lacks is the point
// at infinity. The argument makes no claim on such a polynomial. Without this check a prover could
// choose its commitment freely and hand it on as the next step's input or cache.
func (v *verifier[E]) assertAbsent(m *message[E]) {
	zero, one := v.ar.Const(fr.Element{}), v.ar.Const(fr.One())
	for _, p := range []struct {
		name  string
		poly  polyID
		limbs Limbs[E]
	}{
		{"the outputs", polyOutputs, m.outputs}, {"the inverses", polyInverses, m.inverses},
		{"the input", polyInput, m.input}, {"the output", polyOutput, m.output},
		{"what the cache gains", polyAdded, m.added},
	} {
		lacks := func(b *variantVerifier[E]) bool { return !slices.Contains(b.reduction.polys, p.poly) }
		if !slices.ContainsFunc(v.branches, lacks) {
			continue
		}
		absent := v.chosen(func(b *variantVerifier[E]) E {
			if lacks(b) {
				return one
			}
			return zero
		})
		for _, x := range p.limbs {
			v.ar.AssertEqual(v.ar.Mul(absent, x), zero, "commitment to "+p.name+", which the step does not have")
		}
	}
}

// appendPoles appends the constants that follow from the lookups' challenges.
func (v *verifier[E]) appendPoles() {
	step := v.ar.Mul(v.beta, v.beta)
	named := map[string]E{relation.BetaSlot: v.beta}
	pole := v.alpha
	for _, t := range v.branches[0].Tables[relation.Unsigned:] { // the same in all branches
		pole = v.ar.Sub(pole, step) // alpha - T beta^2
		named[relation.PoleSlot(t.Name)] = pole
		named[relation.SquareSlot(t.Name)] = v.ar.Mul(pole, pole)
		named[relation.InverseSlot(t.Name)] = v.ar.Inverse(pole)
	}
	for _, b := range v.branches {
		for _, s := range b.Slots[b.RecordConstants:] {
			b.consts = append(b.consts, named[s])
		}
	}
}

// checkShape returns ErrShape if messages have other lengths than the UniformLayout's. poly.Rounds
// checks the lengths of rounds. A circuit fixes all lengths at compile time.
func (v *verifier[E]) checkShape() error {
	f := v.common
	for _, l := range []struct {
		name       string
		have, want int
	}{
		{"sums", len(v.m.Sums), f.sums}, {"levels", len(v.m.Levels), len(f.levels)},
		{"values", len(v.m.Values), f.values()}, {"final values", len(v.m.Reduction.Values), len(f.polys)},
	} {
		if l.have != l.want {
			return fmt.Errorf("%w: %d %s, want %d", ErrShape, l.have, l.name, l.want)
		}
	}
	return nil
}

// assertBalance asserts that the sums of the spaces add up to zero. A sum beyond the program's own spaces has
// no term in the final expression, so it is a claim on the zero polynomial.
func (v *verifier[E]) assertBalance() {
	total := v.ar.Const(fr.Element{})
	for _, x := range v.m.Sums {
		total = v.ar.Add(total, x)
	}
	v.ar.AssertEqual(total, v.ar.Const(fr.Element{}), "balance of the lookups")
}

// assertElementwise asserts that all constraints, lookups and balances, at the point where their sumcheck has
// ended and by the values of cells, have the sumcheck's last value.
func (v *verifier[E]) assertElementwise(tau, lambda, weights, point []E, value E) {
	v.chal = append(v.chal, point...)
	eq := newPoints[E](v.ar, tau, point)
	at := make([]coord, len(point))
	for i := range at {
		at[i] = coord(i)
	}
	sum := v.chosen(func(b *variantVerifier[E]) E { return b.elementwiseAt(eq, at, lambda, weights) })
	v.ar.AssertEqual(sum, value, "constraints and lookups")
}

// elementwiseAt returns the value of the batch at the sumcheck's point. at numbers the point's
// coordinates.
func (b *variantVerifier[E]) elementwiseAt(eq *points[E], at []coord, lambda, weights []E) E {
	sum := b.ar.Const(fr.Element{})
	for i, s := range b.elementwise.spaces {
		late := len(at) - b.Extents.Bits(s.space)
		weighted := b.ar.Mul(b.sumOf(s.constraints, lambda), eq.eqSuffix(at[late:]))
		part := b.ar.Add(weighted, b.sumOf(s.balance, lambda))
		sum = b.ar.Add(sum, b.ar.Mul(b.late(weights[i], late), part))
	}
	return sum
}

// late returns the weight of a claim that joins a sumcheck after n rounds: weight / 2^n.
func (v *verifier[E]) late(weight E, n int) E {
	return v.ar.Mul(v.ar.Const(poly.Halves(n)), weight)
}

// inner returns the inner product of two lists, up to the end of the shorter one.
func inner[E any](ar arith.Arithmetic[E], a, b []E) E {
	sum := ar.Const(fr.Element{})
	for i := range min(len(a), len(b)) {
		sum = ar.Add(sum, ar.Mul(a[i], b[i]))
	}
	return sum
}

func (e *elementwise) shape() poly.Shape { return poly.Shape{Rounds: e.vars, Degree: 3} }

// levelSum returns the sum that the sumcheck of level i begins with: the weighted claims on its outputs.
func (v *verifier[E]) levelSum(i int, weights []E) E {
	return v.chosen(func(b *variantVerifier[E]) E {
		var values []E
		for _, n := range b.levels[i].instances {
			values = append(values, v.m.Values[n.claim])
		}
		return inner[E](v.ar, weights, values)
	})
}

// assertLevel asserts that the contractions of level i, at the point where their sumcheck has ended and by the
// values of factors, have the sumcheck's last value.
func (v *verifier[E]) assertLevel(i int, weights, point []E, value E) {
	v.chal = append(v.chal, point...)
	eq := newPoints[E](v.ar, v.chal, point)
	sum := v.chosen(func(b *variantVerifier[E]) E { return b.levelAt(&b.levels[i], eq, weights) })
	v.ar.AssertEqual(sum, value, "contractions")
}

// levelAt returns the value of a batch of contractions at the point, or zero if the program has no
// contraction at this level.
func (b *variantVerifier[E]) levelAt(l *level, eq *points[E], weights []E) E {
	sum := b.ar.Const(fr.Element{})
	for i, n := range l.instances {
		late := l.vars - b.Extents.Bits(n.vars)
		part := b.ar.Mul(b.product(n.factors), eq.eqPrefix(b.sharedPoint(&n), late))
		sum = b.ar.Add(sum, b.ar.Mul(b.late(weights[i], late), part))
	}
	return sum
}

func (l *level) shape() poly.Shape { return poly.Shape{Rounds: l.vars, Degree: l.degree} }

// sharedPoint returns the claim's point on the instance's shared axes. eq with this point weights the
// instance's sum.
func (l *plan) sharedPoint(n *instance) (at []coord) {
	out := l.claims[n.claim]
	all := l.split(l.Tensor(out.tensor).Space, out.at)
	for _, a := range n.vars[:n.shared] {
		at = append(at, all[a]...)
	}
	return at
}

// assertWindow asserts that KV_new equals the pass's keys and values inside the pass's window and zero outside,
// by the values at zeta.
func (v *verifier[E]) assertWindow() {
	zero := v.ar.Const(fr.Element{})
	rest := v.chosen(func(b *variantVerifier[E]) E {
		if b.window.added < 0 {
			return zero
		}
		return v.ar.Sub(v.m.Values[b.window.added], v.ar.Mul(b.inside, b.windowSum()))
	})
	v.ar.AssertEqual(rest, zero, "window of the cache")
}

// windowSum returns KV_new~(zeta) divided by the weight of the pass's window (inside): the sum over
// the cache writes w of eq(zeta_w, w) local_w~.
func (b *variantVerifier[E]) windowSum() E {
	w := &b.window
	selector := b.chal[w.base:][:bitlen.Ceil(len(b.CacheWrites))]
	sum := b.ar.Const(fr.Element{})
	for i, c := range w.local {
		eq := poly.EqBits[E](b.ar, uint64(i), selector)
		sum = b.ar.Add(sum, b.ar.Mul(eq, b.m.Values[c]))
	}
	return sum
}
