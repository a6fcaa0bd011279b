package argument

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/bitlen"
	"fold/internal/poly"
	"fold/internal/transcript"
	"fold/step/relation"
)

// ErrShape says that a step's proof lacks messages or has too many.
var ErrShape = errors.New("step: proof of the wrong shape")

// Messages are what the prover sends besides commitments.
type Messages[E any] struct {
	Sums        []E               // of the elementwise sumcheck's spaces
	Elementwise poly.Proof[E]     // its rounds
	Levels      []poly.Proof[E]   // the rounds of the contractions' batches
	Values      []E               // of all claims, in the plan's order
	Reduction   poly.Reduction[E] // the claim reduction: its rounds, and the polynomials at the last point
}

// verifier runs a step's argument. It is written once: for one argument over field
// elements, and for all arguments of a frame at once over the variables of a circuit.
// Messages, rounds and challenges are the same for all; what differs between them
// are branches.
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
	ends     map[int][]E  // where the reduction ends, by the number of variables in a row
}

// variantVerifier is an argument that the step may be of. Of all flags one is 1 and the others
// are 0: that is for the caller to make sure.
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

// chosen is what a function gives for the branch that the step is of: in a circuit
// one row for each branch for which it is no constant.
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

// chosenBy is chosen for lists of n elements that follow from a key: branches with
// one key share their products, and a list that all have costs nothing.
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

// point turns coordinates into elements.
func (v *verifier[E]) point(at []coord) []E { return pointOver[E](v.ar, v.chal, at) }

// pointOver is a point over a list of challenges.
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

// drawLookups draws the lookups' challenges and appends their constants.
func (v *verifier[E]) drawLookups() {
	v.alpha, v.beta = v.tr.Challenge(), v.tr.Challenge()
	v.appendPoles()
}

// appendPoles appends the constants that follow from the lookups' challenges.
func (v *verifier[E]) appendPoles() {
	step := v.ar.Mul(v.beta, v.beta)
	named := map[string]E{relation.BetaSlot: v.beta}
	pole := v.alpha
	for t := relation.Unsigned; t < relation.NumTables; t++ {
		pole = v.ar.Sub(pole, step) // alpha - T beta^2
		named[relation.PoleSlot(t)] = pole
		named[relation.SquareSlot(t)] = v.ar.Mul(pole, pole)
		named[relation.InverseSlot(t)] = v.ar.Inverse(pole)
	}
	for _, b := range v.branches {
		for _, s := range b.Slots[b.RecordConstants:] {
			b.consts = append(b.consts, named[s])
		}
	}
}

// checkShape refuses messages of another frame; rounds are checked where they are
// verified. In a circuit the shape is fixed when it is compiled.
func (v *verifier[E]) checkShape() error {
	f := v.common
	for _, l := range []struct {
		name       string
		have, want int
	}{
		{"sums", len(v.m.Sums), f.sums}, {"levels", len(v.m.Levels), len(f.levels)}, {"values", len(v.m.Values), f.values()},
		{"final values", len(v.m.Reduction.Values), len(f.polys)},
	} {
		if l.have != l.want {
			return fmt.Errorf("%w: %d %s, want %d", ErrShape, l.have, l.name, l.want)
		}
	}
	return nil
}

// verifyElementwise checks all constraints, lookups and balances at one point. Sums
// beyond a program's own are claims that zero is their value: nothing at the point
// stands for them.
func (v *verifier[E]) verifyElementwise() error {
	tau, lambda := v.drawElementwise()
	total := v.ar.Const(fr.Element{})
	for _, x := range v.m.Sums {
		total = v.ar.Add(total, x)
	}
	v.ar.AssertEqual(total, v.ar.Const(fr.Element{}), "balance of the lookups")
	v.absorbSums()
	weights := poly.Powers[E](v.ar, v.tr.Challenge(), v.common.sums)
	point, value, err := poly.Rounds[E](v.ar, v.tr, v.common.elementwise, inner[E](v.ar, weights, v.m.Sums), v.m.Elementwise)
	if err != nil {
		return err
	}
	v.chal = append(v.chal, point...)
	v.absorbValues("values of cells", 0, v.common.cells)
	eq := newPoints[E](v.ar, tau, point)
	at := make([]coord, len(point))
	for i := range at {
		at[i] = coord(i)
	}
	sum := v.chosen(func(b *variantVerifier[E]) E { return b.elementwiseAt(eq, at, lambda, weights) })
	v.ar.AssertEqual(sum, value, "constraints and lookups")
	return nil
}

// elementwiseAt is the value of the batch at the point, the number of whose
// coordinates are at.
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

// late is the weight of a claim that joins a sumcheck n rounds late.
func (v *verifier[E]) late(weight E, n int) E {
	return v.ar.Mul(v.ar.Const(poly.Halves(n)), weight)
}

// inner is the inner product of two lists.
func inner[E any](ar arith.Arithmetic[E], a, b []E) E {
	sum := ar.Const(fr.Element{})
	for i := range min(len(a), len(b)) {
		sum = ar.Add(sum, ar.Mul(a[i], b[i]))
	}
	return sum
}

// drawElementwise draws tau, the point of eq, and the powers that combine the
// constraints, the lookups and, last, the balance.
func (v *verifier[E]) drawElementwise() (tau, lambda []E) {
	tau = v.drawPoint(v.common.elementwise.Rounds)
	return tau, poly.Powers[E](v.ar, v.tr.Challenge(), v.common.weights)
}

// drawPoint draws one challenge c and returns the point (c^(2^(n-1)), ..., c^2, c).
// A multilinear function of n variables is there a polynomial in c of degree
// below 2^n that has the function's coefficients, each at a power of its own. So
// one that is not zero vanishes there with probability 2^n / |Fr| at most, and a
// circuit is spared a permutation for every three coordinates.
func (v *verifier[E]) drawPoint(n int) []E {
	point := make([]E, n)
	c := v.tr.Challenge()
	for i := n - 1; i >= 0; i-- {
		point[i] = c
		if i > 0 {
			c = v.ar.Mul(c, c)
		}
	}
	return point
}

func (e *elementwise) shape() poly.Shape { return poly.Shape{Rounds: e.vars, Degree: 3} }

func (v *verifier[E]) absorbSums() { v.tr.Absorb("sums", v.m.Sums...) }

func (v *verifier[E]) absorbValues(label string, from, to int) {
	v.tr.Absorb(label, v.m.Values[from:to]...)
}

// verifyLevel checks a batch of contractions, whose values begin at from.
func (v *verifier[E]) verifyLevel(i, from int) error {
	l := &v.common.levels[i]
	weights := poly.Powers[E](v.ar, v.tr.Challenge(), l.claims)
	sum := v.chosen(func(b *variantVerifier[E]) E {
		var values []E
		for _, n := range b.levels[i].instances {
			values = append(values, v.m.Values[n.claim])
		}
		return inner[E](v.ar, weights, values)
	})
	point, value, err := poly.Rounds[E](v.ar, v.tr, l.Shape, sum, v.m.Levels[i])
	if err != nil {
		return err
	}
	v.chal = append(v.chal, point...)
	v.absorbValues("values of factors", from, from+l.values)
	eq := newPoints[E](v.ar, v.chal, point)
	sum = v.chosen(func(b *variantVerifier[E]) E { return b.levelAt(&b.levels[i], eq, weights) })
	v.ar.AssertEqual(sum, value, "contractions")
	return nil
}

// levelAt is the value of a batch of contractions at the point, zero if the program
// has none at this level.
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

// sharedPoint is the claim's point on the instance's shared axes: its sum is
// weighted by eq with it.
func (l *plan) sharedPoint(n *instance) (at []coord) {
	out := l.claims[n.claim]
	all := l.split(l.Tensor(out.tensor).Space, out.at)
	for _, a := range n.vars[:n.shared] {
		at = append(at, all[a]...)
	}
	return at
}

// verifyWindow checks at a random point that the pass adds to the cache what it
// may and no more.
func (v *verifier[E]) verifyWindow() {
	if v.common.cacheBits == 0 {
		return
	}
	v.drawWindow()
	v.absorbWindow()
	zero := v.ar.Const(fr.Element{})
	rest := v.chosen(func(b *variantVerifier[E]) E {
		if b.window.added < 0 {
			return zero
		}
		return v.ar.Sub(v.m.Values[b.window.added], v.ar.Mul(b.inside, b.windowSum()))
	})
	v.ar.AssertEqual(rest, zero, "window of the cache")
}

// absorbWindow absorbs the last values.
func (v *verifier[E]) absorbWindow() {
	n := v.common.values()
	v.absorbValues("values of the window", n-v.common.window, n)
}

// drawWindow draws zeta and derives from it the token's coordinates and the weight of
// the pass's window.
func (v *verifier[E]) drawWindow() {
	zeta := v.drawPoint(v.common.cacheBits)
	v.chal = append(v.chal, zeta...)
	for _, b := range v.branches {
		if b.window.added >= 0 {
			position := zeta[bitlen.Ceil(len(b.CacheWrites)):][:b.Extents[relation.Position].Bits]
			var token []E
			token, b.inside = b.f.window(position, b.Extents[relation.Token].Bits)
			v.chal = append(v.chal, make([]E, max(0, b.challenges-len(v.chal)))...)
			copy(v.chal[b.window.token:], token)
		}
	}
}

// windowSum is what the pass adds to the cache at zeta, but for the window's
// weight.
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
