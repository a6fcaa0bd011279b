package argument

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// secondVerifier is the verifier of a step written again, from the documentation of
// this package and of package poly. Prover and verifier share what they absorb, draw
// and combine, so that a message that both of them leave out, or a challenge that is a
// constant, would be seen by no other test. Of the plan it takes the order of the claims
// alone. Public tensors are tabulated, not evaluated by their formulas; expressions are
// read off the program.
type secondVerifier struct {
	t      *testing.T
	a      *Argument
	s      *Statement
	proof  *Proof
	tr     *transcript.Native
	consts map[string]fr.Element
	chal   []fr.Element
	values map[string]fr.Element // of tensors, by tensor and point
	tables map[string]fr.Vector  // of public tensors
}

// TestSecondVerifier: what the second verifier makes of honest steps is what Verify
// says that they leave. The steps are of every kind, with dead cells on every axis, of
// two size classes in one frame, of two ternary blocks, and of blocks with biases and more
// tables. The last ones have dead tokens.
func TestSecondVerifier(t *testing.T) {
	for _, s := range honestSteps(t) {
		verifyAgain(t, s.argument, s.statement, s.proof, s.result)
	}
	for _, c := range uniformOf(t).cases {
		verifyAgain(t, c.argument, c.statement, c.proof, c.result)
	}
	for _, shape := range llamatest.Shapes[3:] {
		rng := rand.New(rand.NewPCG(17, 18))
		m := llamatest.RandomModel(t, rng, llamatest.WithVocab(shape.Config), shape.Scheme, shape.Loud)
		r := newRun(t, relationtest.NewWide(t, rng, m, 2, 1, 2))
		r.step(t, r.Embed(t))
		block := r.step(t, r.Blocks(t, 0))
		verifyAgain(t, block.argument, block.statement, block.proof, block.result)
	}
}

func verifyAgain(t *testing.T, a *Argument, s *Statement, proof *Proof, result *Result) {
	t.Helper()
	t.Run(fmt.Sprint(a.Plan.Kind, " of 2^", a.Shape.TokenBits), func(t *testing.T) {
		v := &secondVerifier{
			t: t, a: a, s: s, proof: proof, tr: transcript.New("fold step v3"),
			consts: map[string]fr.Element{}, values: map[string]fr.Element{}, tables: map[string]fr.Vector{},
		}
		v.begin()
		v.constraints()
		v.contractions()
		v.window()
		v.reduce(result)
		v.weights(result)
	})
}

// begin absorbs the statement and the commitments and draws the lookups' challenges.
func (v *secondVerifier) begin() {
	p, g := v.a.Plan, &v.s.Geometry
	c := &v.proof.Commitments
	list := []fr.Element{
		v.a.Digest, v.s.Context, WindowDigest(g.Start, g.Bits, g.Tokens), fr.NewElement(uint64(g.Prompt<<20 + g.Next)),
		v.s.Running[0].Digest(), v.s.Running[1].Digest(),
	}
	record := make([]fr.Element, v.a.Frame.record)
	for i, k := range v.s.Record {
		record[i].SetBigInt(k)
		v.consts[p.Slots[i]] = record[i]
	}
	list = append(list, record...)
	for _, point := range []bn254.G1Affine{v.s.Input, v.s.Cache, c.Cells, c.Outputs, c.Output, c.Added} {
		list = append(list, threeElements(point)...)
	}
	v.tr.Absorb("step", list...)
	alpha, beta := v.tr.Challenge(), v.tr.Challenge()
	v.consts["beta"] = beta
	tables := []string{"unsigned", "signed", "exp", "silu"}
	if !v.a.Shape.Config.IsLLaMA() { // llamatest.Extended
		tables = []string{"unsigned", "signed", "exp", "gelu", "abs", "leaky", "relu"}
	}
	for i, table := range tables {
		var pole, square, inverse fr.Element
		pole.Square(&beta).Mul(&pole, addressOf(fr.NewElement(uint64(i+1))))
		pole.Sub(&alpha, &pole)
		v.consts["pole."+table], v.consts["pole."+table+".square"] = pole, *square.Square(&pole)
		v.consts["pole."+table+".inverse"] = *inverse.Inverse(&pole)
	}
	v.tr.Absorb("inverses", threeElements(c.Inverses)...)
}

// threeElements is (x mod 2^128, y mod 2^128, floor(x / 2^128) + 2^126 floor(y / 2^128)).
func threeElements(p bn254.G1Affine) []fr.Element {
	x, y, m := p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int)), make([]fr.Element, 3)
	low := new(big.Int).Sub(relation.Pow2(128), big.NewInt(1))
	m[0].SetBigInt(new(big.Int).And(x, low))
	m[1].SetBigInt(new(big.Int).And(y, low))
	high := new(big.Int).Lsh(new(big.Int).Rsh(y, 128), 126)
	m[2].SetBigInt(high.Add(high, new(big.Int).Rsh(x, 128)))
	return m
}

// rounds plays a sumcheck and returns its point and last value.
func (v *secondVerifier) rounds(sum fr.Element, proof poly.Proof[fr.Element]) (point []fr.Element, value fr.Element) {
	for _, c := range proof {
		v.tr.Absorb("round", c...)
		r := v.tr.Challenge()
		linear := sum
		linear.Sub(&linear, &c[0])
		for _, x := range c {
			linear.Sub(&linear, &x)
		}
		next, power := c[0], r
		for _, x := range append([]fr.Element{linear}, c[1:]...) {
			next.Add(&next, x.Mul(&x, &power))
			power.Mul(&power, &r)
		}
		sum, point = next, append(point, r)
	}
	return point, sum
}

// powerPoint draws a point (c^(2^(n-1)), ..., c^2, c).
func (v *secondVerifier) powerPoint(n int) []fr.Element {
	c, point := v.tr.Challenge(), make([]fr.Element, n)
	for i := range point {
		point[i].Exp(c, relation.Pow2(n-1-i))
	}
	return point
}

// read takes the values of a stage from the proof: claims from to to.
func (v *secondVerifier) read(label string, from, n int) {
	v.tr.Absorb(label, v.proof.Values[from:from+n]...)
	for i := from; i < from+n; i++ {
		if c := v.a.Plan.claims[i]; c.tensor >= 0 {
			v.values[v.key(c.tensor, v.at(c.at))] = v.proof.Values[i]
		}
	}
}

func (v *secondVerifier) key(id relation.TensorID, point []fr.Element) string {
	return fmt.Sprint(v.a.Plan.Tensor(id).Name, point)
}

// at turns a claim's coordinates into elements.
func (v *secondVerifier) at(c []coord) (point []fr.Element) {
	for _, x := range c {
		switch x {
		case coordZero, coordOne:
			point = append(point, Flag(x == coordOne))
		default:
			point = append(point, v.chal[x])
		}
	}
	return point
}

// axes gives each axis of a space its part of the last coordinates of a point.
func (v *secondVerifier) axes(s relation.Space, point []fr.Element) (at [relation.NumAxes][]fr.Element) {
	point = Last(point, v.a.Plan.Extents.Bits(s))
	for _, a := range s {
		n := v.a.Plan.Extents[a].Bits
		at[a], point = point[:n], point[n:]
	}
	return at
}

func joined(s relation.Space, at *[relation.NumAxes][]fr.Element) (point []fr.Element) {
	for _, a := range s {
		point = append(point, at[a]...)
	}
	return point
}

// eqOf is prod_i (a_i b_i + (1-a_i)(1-b_i)).
func eqOf(a, b []fr.Element) fr.Element {
	e, one := fr.One(), fr.One()
	for i := range a {
		var both, none, rest fr.Element
		both.Mul(&a[i], &b[i])
		none.Sub(&one, &a[i])
		none.Mul(&none, rest.Sub(&one, &b[i]))
		e.Mul(&e, both.Add(&both, &none))
	}
	return e
}

// tensorAt is the value of a tensor's extension.
func (v *secondVerifier) tensorAt(r relation.Read, at *[relation.NumAxes][]fr.Element) (x fr.Element) {
	t := v.a.Plan.Tensor(r.Tensor)
	switch {
	case t.Oracle == relation.Public:
		k := v.key(r.Tensor, joined(t.Space, at))
		if _, ok := v.values[k]; !ok {
			v.values[k] = poly.Eval(v.tabulated(t), joined(t.Space, at))
		}
		return v.values[k]
	case len(at[relation.Part]) == 1 && v.isTurned(r.Tensor) && !at[relation.Part][0].IsZero() &&
		!at[relation.Part][0].IsOne():
		var ends [2]fr.Element
		for b := range ends {
			end := *at
			end[relation.Part] = []fr.Element{Flag(b == 1)}
			ends[b] = v.claimed(r.Tensor, &end)
		}
		if r.Rotated { // (a, b) becomes (-b, a)
			ends[0], ends[1] = *new(fr.Element).Neg(&ends[1]), ends[0]
		}
		return poly.Eval(ends[:], at[relation.Part])
	}
	x = v.claimed(r.Tensor, at)
	if t.Oracle == relation.Weights && t.Space[0] == relation.Token {
		live := make(fr.Vector, 1<<len(at[relation.Token]))
		for i := range 1 << v.s.Geometry.Bits {
			live[i].SetOne()
		}
		x.Mul(&x, addressOf(poly.Eval(live, at[relation.Token])))
	}
	return x
}

func (v *secondVerifier) isTurned(id relation.TensorID) bool {
	for _, c := range v.a.Plan.Constraints {
		for _, t := range c.Terms {
			for _, f := range t.Factors {
				if slices.ContainsFunc(f, func(r relation.Read) bool { return r.Rotated && r.Tensor == id }) {
					return true
				}
			}
		}
	}
	return false
}

func (v *secondVerifier) claimed(id relation.TensorID, at *[relation.NumAxes][]fr.Element) fr.Element {
	k := v.key(id, joined(v.a.Plan.Tensor(id).Space, at))
	x, ok := v.values[k]
	require.True(v.t, ok, "no claim on %s", k)
	return x
}

// tabulated is a public tensor cell by cell.
func (v *secondVerifier) tabulated(t *relation.Tensor) fr.Vector {
	if v.tables[t.Name] == nil {
		p := &stepProver{variantVerifier: &variantVerifier[fr.Element]{plan: &plan{Program: v.a.Plan.Program}},
			w: &relation.Witness{Geometry: v.s.Geometry}}
		for _, x := range p.publicColumn(t) {
			v.tables[t.Name] = append(v.tables[t.Name], *new(fr.Element).SetInt64(x))
		}
	}
	return v.tables[t.Name]
}

// product is a coefficient times forms at a point.
func (v *secondVerifier) product(k relation.Coef, factors []relation.Form,
	at *[relation.NumAxes][]fr.Element) fr.Element {
	p := v.coef(k)
	for _, f := range factors {
		var sum fr.Element
		for _, r := range f {
			x, c := v.tensorAt(r, at), v.coef(r.Coef)
			sum.Add(&sum, x.Mul(&x, &c))
		}
		p.Mul(&p, &sum)
	}
	return p
}

func (v *secondVerifier) coef(k relation.Coef) (c fr.Element) {
	c.SetBigInt(k.Int)
	if k.Slot >= 0 {
		slot, ok := v.consts[v.a.Plan.Slots[k.Slot]]
		require.True(v.t, ok)
		c.Mul(&c, &slot)
	}
	return c
}

// constraints checks all constraints, lookups and the balance at one point.
func (v *secondVerifier) constraints() {
	p, f := v.a.Plan, v.a.Frame
	tau := v.powerPoint(f.elementwise.Rounds)
	lambda := v.tr.Challenge()
	v.tr.Absorb("sums", v.proof.Sums...)
	mix := v.tr.Challenge()
	sum, balance := fr.Element{}, fr.Element{}
	for k, x := range v.proof.Sums {
		balance.Add(&balance, &x)
		sum.Add(&sum, x.Mul(&x, power(mix, k)))
	}
	require.True(v.t, balance.IsZero())
	point, value := v.rounds(sum, v.proof.Elementwise)
	v.chal = append(v.chal, point...)
	v.read("values of cells", 0, f.cells)

	all := slices.Concat(p.Constraints, p.Lookups)
	var order []string // of spaces
	parts := map[string]*fr.Element{}
	add := func(s relation.Space, x fr.Element) {
		name := fmt.Sprint(s)
		if parts[name] == nil {
			order, parts[name] = append(order, name), &fr.Element{}
		}
		late := poly.Halves(f.elementwise.Rounds - p.Extents.Bits(s))
		parts[name].Add(parts[name], x.Mul(&x, &late))
	}
	for i, c := range all {
		at := v.axes(c.Space, point)
		var sum fr.Element
		for _, t := range c.Terms {
			sum.Add(&sum, addressOf(v.product(t.Coef, t.Factors, &at)))
		}
		n := p.Extents.Bits(c.Space)
		sum.Mul(&sum, addressOf(eqOf(Last(tau, n), Last(point, n))))
		add(c.Space, *sum.Mul(&sum, power(lambda, i)))
	}
	for _, b := range p.Balance {
		at := v.axes(b.Space, point)
		x := v.product(b.Term.Coef, b.Term.Factors, &at)
		add(b.Space, *x.Mul(&x, power(lambda, len(all))))
	}
	var want fr.Element
	for k, name := range order {
		want.Add(&want, parts[name].Mul(parts[name], power(mix, k)))
	}
	require.Equal(v.t, want, value)
}

func power(x fr.Element, k int) *fr.Element { return new(fr.Element).Exp(x, big.NewInt(int64(k))) }

// contractions checks them from those that read other contractions on down.
func (v *secondVerifier) contractions() {
	p, from := v.a.Plan, v.a.Frame.cells
	reads := map[relation.TensorID]int{} // the longest chain of contractions below
	for _, c := range p.Contractions {
		for _, f := range c.Factors {
			for _, r := range f {
				if n, ok := reads[r.Tensor]; ok {
					reads[c.Out] = max(reads[c.Out], n+1)
				}
			}
		}
		reads[c.Out] += 0
	}
	depth := -1
	for _, n := range reads {
		depth = max(depth, n)
	}
	for i, l := range v.a.Frame.levels {
		var due []*relation.Contraction
		for k := range p.Contractions {
			if reads[p.Contractions[k].Out] == depth-i {
				due = append(due, &p.Contractions[k])
			}
		}
		v.level(due, &l, v.proof.Levels[i], from)
		from += l.values
	}
}

func (v *secondVerifier) level(due []*relation.Contraction, l *frameLevel, proof poly.Proof[fr.Element], from int) {
	p := v.a.Plan
	mix, k := v.tr.Challenge(), 0
	var sum, want fr.Element
	type open struct {
		c     *relation.Contraction
		claim claim
	}
	var claims []open
	for _, c := range due {
		for j, claim := range p.claims[:from] {
			if claim.tensor == c.Out {
				x := v.proof.Values[j]
				sum.Add(&sum, x.Mul(&x, power(mix, k)))
				claims, k = append(claims, open{c, claim}), k+1
			}
		}
	}
	require.LessOrEqual(v.t, k, l.claims)
	point, value := v.rounds(sum, proof)
	v.chal = append(v.chal, point...)
	v.read("values of factors", from, l.values)
	for k, o := range claims {
		space := p.Tensor(o.c.Out).Space
		at := v.axes(space, v.at(o.claim.at))
		shared, summed := v.bound(o.c)
		vars := slices.Concat(shared, summed)
		drawn := v.axes(vars, point)
		x := poly.Halves(len(point) - p.Extents.Bits(vars))
		x.Mul(&x, power(mix, k))
		x.Mul(&x, addressOf(eqOf(joined(shared, &at), joined(shared, &drawn))))
		for _, a := range vars {
			at[a] = drawn[a]
		}
		product := v.product(relation.Coef{Int: relation.One, Slot: -1}, o.c.Factors, &at)
		want.Add(&want, x.Mul(&x, &product))
	}
	require.Equal(v.t, want, value)
}

// bound lists the axes that a contraction's sum binds: those of the output that several
// factors have, and those that it lacks.
func (v *secondVerifier) bound(c *relation.Contraction) (shared, summed relation.Space) {
	out := v.a.Plan.Tensor(c.Out).Space
	for a := range relation.NumAxes {
		n := 0
		for _, f := range c.Factors {
			if slices.ContainsFunc(f, func(r relation.Read) bool { return v.a.Plan.Tensor(r.Tensor).Space.Has(a) }) {
				n++
			}
		}
		switch {
		case out.Has(a) && n > 1:
			shared = append(shared, a)
		case !out.Has(a) && n > 0:
			summed = append(summed, a)
		}
	}
	return shared, summed
}

// window checks what the pass adds to the cache.
func (v *secondVerifier) window() {
	p, f := v.a.Plan, v.a.Frame
	if f.cacheBits == 0 {
		return
	}
	zeta := v.powerPoint(f.cacheBits)
	v.chal = append(v.chal, zeta...)
	from := f.values() - f.window
	v.tr.Absorb("values of the window", v.proof.Values[from:]...)
	if len(p.CacheWrites) == 0 {
		return
	}
	selector := bitlen.Ceil(len(p.CacheWrites))
	position := zeta[selector:][:p.Extents[relation.Position].Bits]
	token := make([]fr.Element, p.Extents[relation.Token].Bits)
	inside := fr.One()
	for b := range position {
		x := position[len(position)-1-b]
		if b < v.s.Geometry.Bits {
			token[len(token)-1-b] = x
			continue
		}
		start := Flag(v.s.Geometry.Start>>b&1 == 1)
		inside.Mul(&inside, addressOf(eqOf([]fr.Element{x}, []fr.Element{start})))
	}
	v.chal = append(v.chal, make([]fr.Element, p.challenges-len(v.chal))...)
	copy(v.chal[p.window.token:], token)
	var sum fr.Element
	for i := range p.CacheWrites {
		x := poly.EqTable(zeta[:selector])[i]
		sum.Add(&sum, x.Mul(&x, &v.proof.Values[from+i]))
	}
	require.Equal(v.t, *sum.Mul(&sum, &inside), v.proof.Values[from+len(p.CacheWrites)])
}

// polyClaim is a claim on one of the step's polynomials.
type polyClaim struct {
	poly  polyID
	point []fr.Element
	value fr.Element
}

// committedClaims lists the claims on polynomials in their order.
func (v *secondVerifier) committedClaims() (list []polyClaim) {
	p, slots := v.a.Plan, v.a.reduction.slots
	homes := map[relation.Oracle]polyID{relation.Cells: polyCells, relation.Outputs: polyOutputs,
		relation.Inverses: polyInverses, relation.Input: polyInput, relation.Output: polyOutput,
		relation.Cache: polyCache}
	for i, c := range p.claims {
		switch {
		case c.tensor == cacheAdded:
			list = append(list, polyClaim{polyAdded, v.at(c.at), v.proof.Values[i]})
			continue
		case c.tensor < 0:
			continue
		}
		t, prefix := p.Tensor(c.tensor), []fr.Element(nil)
		id, ok := homes[t.Oracle]
		if !ok {
			continue
		}
		switch t.Oracle {
		case relation.Cells, relation.Outputs, relation.Inverses:
			n := slots.Cells - len(c.at)
			prefix = reversed(Bits(t.Offset>>len(c.at), n))
		case relation.Cache:
			w := slices.IndexFunc(p.CacheWrites, func(w relation.CacheWrite) bool { return w.Cache == c.tensor })
			prefix = reversed(Bits(w, bitlen.Ceil(len(p.CacheWrites))))
		}
		list = append(list, polyClaim{id, append(prefix, v.at(c.at)...), v.proof.Values[i]})
	}
	list = append(list, polyClaim{polyRunningCells, v.s.Running[AccumulatorCells].Point,
		v.s.Running[AccumulatorCells].Value})
	if len(p.CacheWrites) > 0 {
		list = append(list, polyClaim{polyRunningCache, v.s.Running[AccumulatorCache].Point,
			v.s.Running[AccumulatorCache].Value})
	}
	slices.SortStableFunc(list, func(a, b polyClaim) int { return int(a.poly - b.poly) })
	return list
}

// reduce checks the reduction and what is left of it.
func (v *secondVerifier) reduce(result *Result) {
	f, list := v.a.Frame, v.committedClaims()
	mix := v.tr.Challenge()
	var sum, want fr.Element
	sizes, row := map[polyID]int{}, 10 // variables within a row, bound first
	for k, c := range list {
		x := c.value
		sum.Add(&sum, x.Mul(&x, power(mix, k)))
		sizes[c.poly] = len(c.point)
		row = min(row, len(c.point))
	}
	for _, w := range v.a.Plan.CacheWrites {
		row = min(row, v.a.Plan.Extents.Bits(v.a.Plan.Tensor(w.Cache).Space))
	}
	drawn, value := v.rounds(sum, v.proof.Reduction.Rounds)
	v.tr.Absorb("values of polynomials", v.proof.Reduction.Values...)
	point := slices.Concat(drawn[row:], drawn[:row])
	require.Len(v.t, point, f.rounds())
	final := func(id polyID) fr.Element { return v.proof.Reduction.Values[slices.Index(f.polys, id)] }
	for k, c := range list {
		x := poly.Halves(len(point) - len(c.point))
		x.Mul(&x, power(mix, k)).Mul(&x, addressOf(final(c.poly)))
		want.Add(&want, x.Mul(&x, addressOf(eqOf(c.point, Last(point, len(c.point))))))
	}
	require.Equal(v.t, want, value)

	rho, _ := v.tr.Challenge126()
	require.Equal(v.t, rho, result.Rho)
	scalar := endoscalar(rho)
	folded := func(slot int, running polyID, parts ...polyID) {
		at := Last(point, sizes[running])
		sum := final(running)
		for k, id := range parts {
			if n, ok := sizes[id]; ok {
				x := final(id)
				for _, high := range at[:len(at)-n] {
					x.Mul(&x, new(fr.Element).Sub(addressOf(fr.One()), &high))
				}
				sum.Add(&sum, x.Mul(&x, power(scalar, k+1)))
			}
		}
		require.Equal(v.t, at, result.Running[slot].Point)
		require.Equal(v.t, sum, result.Running[slot].Value)
	}
	folded(AccumulatorCells, polyRunningCells, polyCells, polyOutputs, polyInverses, polyInput, polyOutput)
	if len(v.a.Plan.CacheWrites) > 0 {
		folded(AccumulatorCache, polyRunningCache, polyCache, polyAdded)
	} else {
		require.Equal(v.t, v.s.Running[AccumulatorCache], result.Running[AccumulatorCache])
	}
}

// weights compares the claims on the model with those that Verify leaves: tables of
// positions at the pass's positions.
func (v *secondVerifier) weights(result *Result) {
	left, err := v.a.Deferred(v.s.Geometry.Start, v.s.Geometry.Bits, &result.Weights)
	require.NoError(v.t, err)
	have, want := map[string]fr.Element{}, map[string]fr.Element{}
	for _, d := range left {
		have[fmt.Sprint(d.Name, d.Point)] = d.Value
	}
	for i, c := range v.a.Plan.claims {
		if c.tensor < 0 || v.a.Plan.Tensor(c.tensor).Oracle != relation.Weights {
			continue
		}
		t := v.a.Plan.Tensor(c.tensor)
		at := v.axes(t.Space, v.at(c.at))
		if t.Space[0] == relation.Token {
			position := reversed(Bits(v.s.Geometry.Start, v.a.Shape.PositionBits))
			j := v.s.Geometry.Bits
			copy(position[len(position)-j:], Last(at[relation.Token], j))
			at[relation.Token] = position
		}
		want[fmt.Sprint(t.Name, joined(t.Space, &at))] = v.proof.Values[i]
	}
	require.Equal(v.t, want, have)
}

// endoscalar is the scalar of a short challenge, digit by digit from the definition: the lower bit of a
// digit is its sign, the upper one chooses a cube root of unity other than 1.
func endoscalar(challenge fr.Element) (sum fr.Element) {
	root := cubeRoot()
	n := challenge.BigInt(new(big.Int))
	for i := range 63 {
		digit := fr.One()
		if n.Bit(2*i+1) == 1 {
			digit = root
		}
		if n.Bit(2*i) == 1 {
			digit.Neg(&digit)
		}
		var power fr.Element
		power.SetBigInt(relation.Pow2(i))
		sum.Add(&sum, digit.Mul(&digit, &power))
	}
	return sum
}

// cubeRoot is the cube root of unity in Fr whose square is 2^128 times larger or more, as an integer.
func cubeRoot() (root fr.Element) {
	exponent := new(big.Int).Sub(fr.Modulus(), relation.One)
	root.SetUint64(5)
	root.Exp(root, exponent.Div(exponent, big.NewInt(3)))
	if root.BigInt(new(big.Int)).BitLen() > 200 {
		root.Square(&root)
	}
	return root
}
