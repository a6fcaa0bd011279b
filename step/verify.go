package step

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/poly"
	"fold/internal/transcript"
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

// verifier runs a step's argument up to the claim reduction.
type verifier[E any] struct {
	*plan
	digest fr.Element // of the program
	ar     transcript.Backend[E]
	tr     *transcript.Transcript[E]
	f      formulas[E]
	consts []E // the record's constants and those of the lookups
	alpha  E   // the lookups' challenges
	beta   E
	chal   []E // the challenges so far, by coord
	m      *Messages[E]
	public map[string]E // the public tensors' values and token masks so far, by point
}

// point turns coordinates into elements.
func (v *verifier[E]) point(at []coord) []E {
	p := make([]E, len(at))
	for i, c := range at {
		switch c {
		case coordZero:
			p[i] = v.ar.Const(fr.Element{})
		case coordOne:
			p[i] = v.ar.Const(fr.One())
		default:
			p[i] = v.chal[c]
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
	named := map[string]E{betaSlot: v.beta}
	pole := v.alpha
	for t := Unsigned; t < numTables; t++ {
		pole = v.ar.Sub(pole, step) // alpha - T beta^2
		named[poleSlot(t)] = pole
		named[squareSlot(t)] = v.ar.Mul(pole, pole)
		named[inverseSlot(t)] = v.ar.Inverse(pole)
	}
	for _, s := range v.Slots[v.RecordSlots:] {
		v.consts = append(v.consts, named[s])
	}
}

// checkShape refuses messages of another program. In a circuit the shape is
// fixed when it is compiled.
func (v *verifier[E]) checkShape() error {
	switch m := v.m; {
	case len(m.Sums) != len(v.elementwise.spaces):
		return fmt.Errorf("%w: %d sums, want %d", ErrShape, len(m.Sums), len(v.elementwise.spaces))
	case len(m.Levels) != len(v.levels):
		return fmt.Errorf("%w: %d levels, want %d", ErrShape, len(m.Levels), len(v.levels))
	case len(m.Values) != len(v.claims):
		return fmt.Errorf("%w: %d values, want %d", ErrShape, len(m.Values), len(v.claims))
	}
	return nil
}

// verifyElementwise checks all constraints, lookups and balances at one point.
func (v *verifier[E]) verifyElementwise() error {
	e := &v.elementwise
	tau, lambda := v.drawElementwise()
	claims := make([]poly.Claim[E], len(e.spaces))
	total := v.ar.Const(fr.Element{})
	for i, s := range e.spaces {
		claims[i] = poly.Claim[E]{Vars: v.Extents.Bits(s.space), Sum: v.m.Sums[i]}
		total = v.ar.Add(total, v.m.Sums[i])
	}
	v.ar.AssertEqual(total, v.ar.Const(fr.Element{}), "balance of the lookups")
	v.tr.Absorb("sums", v.m.Sums...)
	point, value, weights, err := poly.VerifyBatch[E](v.ar, v.tr, e.shape(), claims, v.m.Elementwise)
	if err != nil {
		return err
	}
	v.chal = append(v.chal, point...)
	v.absorbValues("values of cells", 0, e.end)

	sum := v.ar.Const(fr.Element{})
	eq := newPoints[E](v.ar, tau, point)
	at := make([]coord, e.vars)
	for i := range at {
		at[i] = coord(i)
	}
	for i, s := range e.spaces {
		weighted := v.sumOf(s.constraints, lambda)
		weighted = v.ar.Mul(weighted, eq.eqSuffix(at[e.vars-claims[i].Vars:]))
		part := v.ar.Add(weighted, v.sumOf(s.balance, lambda))
		sum = v.ar.Add(sum, v.ar.Mul(weights[i], part))
	}
	v.ar.AssertEqual(sum, value, "constraints and lookups")
	return nil
}

// drawElementwise draws tau, the point of eq, and the powers that combine the
// constraints, the lookups and, last, the balance.
func (v *verifier[E]) drawElementwise() (tau, lambda []E) {
	tau = v.drawPoint(v.elementwise.vars)
	return tau, poly.Powers[E](v.ar, v.tr.Challenge(), len(v.Constraints)+len(v.Lookups)+1)
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

func (v *verifier[E]) absorbValues(label string, from, to int) {
	v.tr.Absorb(label, v.m.Values[from:to]...)
}

// sumOf is sum_c lambda^weight terms.
func (v *verifier[E]) sumOf(rs []resolved, lambda []E) E {
	sum := v.ar.Const(fr.Element{})
	for _, r := range rs {
		inner := v.ar.Const(fr.Element{})
		for _, t := range r.terms {
			inner = v.ar.Add(inner, v.ar.Mul(v.coef(t.coef), v.product(t.factors)))
		}
		sum = v.ar.Add(sum, v.ar.Mul(lambda[r.weight], inner))
	}
	return sum
}

func (v *verifier[E]) coef(c Coef) E {
	var k fr.Element
	k.SetBigInt(c.Int)
	if c.Slot < 0 {
		return v.ar.Const(k)
	}
	return v.ar.Mul(v.ar.Const(k), v.consts[c.Slot])
}

func (v *verifier[E]) product(factors [][]reading) E {
	p := v.ar.Const(fr.One())
	for _, f := range factors {
		sum := v.ar.Const(fr.Element{})
		for _, r := range f {
			sum = v.ar.Add(sum, v.ar.Mul(v.coef(r.coef), v.read(&r)))
		}
		p = v.ar.Mul(p, sum)
	}
	return p
}

// read is the value of a reading. With (a, b) the values of a turned tensor's
// two parts, at coordinate x it is (1-x) a + x b, and turned -(1-x) b + x a.
func (v *verifier[E]) read(r *reading) E {
	switch {
	case r.claims[0] < 0:
		return remember(v.public, claim{r.tensor, r.public}.key(), func() E { return v.formula(r) })
	case r.claims[1] < 0:
		return v.masked(r.claims[0])
	}
	a, b := v.m.Values[r.claims[0]], v.m.Values[r.claims[1]]
	if r.turned {
		a, b = v.ar.Neg(b), a
	}
	x := v.point(r.public)[0]
	return v.ar.Add(a, v.ar.Mul(x, v.ar.Sub(b, a)))
}

// formula evaluates a public tensor.
func (v *verifier[E]) formula(r *reading) E {
	t := v.tensor(r.tensor)
	at := v.split(t.Space, r.public)
	var point [numAxes][]E
	for a := range at {
		point[a] = v.point(at[a])
	}
	return v.f.at(t.Public, t.Space, &point)
}

// masked is the value of a claim. A table of positions is claimed at the pass's
// positions and read as zero for tokens that the pass does not have.
func (v *verifier[E]) masked(claim int) E {
	c := v.claims[claim]
	t := v.tensor(c.tensor)
	if t.Home != Weights || !t.Space.Has(Token) {
		return v.m.Values[claim]
	}
	at := v.split(t.Space, c.at)
	live := remember(v.public, fmt.Sprint("live", at[Token]), func() E { return v.f.liveTokens(v.point(at[Token])) })
	return v.ar.Mul(live, v.m.Values[claim])
}

// verifyLevel checks a batch of contractions.
func (v *verifier[E]) verifyLevel(l *level, from int, proof poly.Proof[E]) error {
	claims := make([]poly.Claim[E], len(l.instances))
	for i, n := range l.instances {
		claims[i] = poly.Claim[E]{Vars: v.Extents.Bits(n.vars), Sum: v.m.Values[n.claim]}
	}
	point, value, weights, err := poly.VerifyBatch[E](v.ar, v.tr, l.shape(), claims, proof)
	if err != nil {
		return err
	}
	v.chal = append(v.chal, point...)
	v.absorbValues("values of factors", from, l.end)
	sum := v.ar.Const(fr.Element{})
	eqs := map[string]E{}
	for i, n := range l.instances {
		old := v.sharedPoint(&n)
		here := point[l.vars-claims[i].Vars:][:len(old)]
		eq := remember(eqs, fmt.Sprint(claims[i].Vars, old), func() E { return poly.Eq[E](v.ar, v.point(old), here) })
		part := v.ar.Mul(v.product(n.factors), eq)
		sum = v.ar.Add(sum, v.ar.Mul(weights[i], part))
	}
	v.ar.AssertEqual(sum, value, "contractions")
	return nil
}

func (l *level) shape() poly.Shape { return poly.Shape{Rounds: l.vars, Degree: l.degree} }

// sharedPoint is the claim's point on the instance's shared axes: its sum is
// weighted by eq with it.
func (l *plan) sharedPoint(n *instance) (at []coord) {
	out := l.claims[n.claim]
	all := l.split(l.tensor(out.tensor).Space, out.at)
	for _, a := range n.vars[:n.shared] {
		at = append(at, all[a]...)
	}
	return at
}

// verifyWindow checks at a random point that the pass adds to the cache what it
// may and no more.
func (v *verifier[E]) verifyWindow(from int) {
	w := &v.window
	if w.added < 0 {
		return
	}
	inside := v.drawWindow()
	v.absorbValues("values of the window", from, w.end)
	v.ar.AssertEqual(v.m.Values[w.added], v.ar.Mul(inside, v.windowSum()), "window of the cache")
}

// drawWindow draws zeta, derives the token's coordinates and returns the weight
// of the pass's window.
func (v *verifier[E]) drawWindow() (inside E) {
	zeta := v.drawPoint(v.cacheBits)
	position := zeta[log2Ceil(len(v.Windows)):][:v.Extents[Position].Bits]
	token, inside := v.f.window(position, v.Extents[Token].Bits)
	v.chal = append(append(v.chal, zeta...), token...)
	return inside
}

// windowSum is what the pass adds to the cache at zeta, but for the window's
// weight.
func (v *verifier[E]) windowSum() E {
	w := &v.window
	selector := v.chal[w.base:][:log2Ceil(len(v.Windows))]
	sum := v.ar.Const(fr.Element{})
	for i, c := range w.local {
		eq := poly.EqBits[E](v.ar, uint64(i), selector)
		sum = v.ar.Add(sum, v.ar.Mul(eq, v.m.Values[c]))
	}
	return sum
}
