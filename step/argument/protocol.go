package argument

import (
	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// This file is the argument as a figure: verify has the messages in order (P -> V), what is drawn after each
// (V -> P), and the checks. testdata/transcript.txt lists what it absorbs. The prover (method prove of stepProver)
// absorbs and draws by the same methods.
//
// Not absorbed: the sums that levels and reduction start from, which are weighted sums of values that are
// absorbed; the points of claims, which consist of challenges and constants; the folded commitments and claims,
// which follow from absorbed elements and rho. The claims on weights are among the absorbed values.

// verify is the verifier of the whole argument. m has the elements of the statement and of the proof's
// commitments, v.m the other messages; running are the claims that earlier steps left. verify returns the claims
// that remain. The error wraps ErrShape or poly.ErrShape; a check that fails is an assertion of the backend.
func (v *verifier[E]) verify(m *message[E], running [2]EvalClaim[E]) (*Folded[E], error) {
	if err := v.checkShape(); err != nil {
		return nil, err
	}
	v.assertAbsent(m)

	// P -> V: program digest, statement, layer constants, C_in, C_cache, C_w, C_S, C_out, C_new.
	// V -> P: alpha, beta, of the poles and fingerprints of the lookups.
	v.absorbStep(m)
	v.drawLookups()

	// P -> V: C_h, of the inverses. V -> P: tau, the point of eq, and lambda, which combines the constraints.
	v.absorbInverses(m.inverses)
	tau, lambda := v.drawElementwise()

	// P -> V: one sum per space; they add up to zero. V -> P: the weights of the spaces.
	v.assertBalance()
	v.absorbSums()
	weights := v.drawWeights(v.common.sums)

	// Rounds of all spaces, each P -> V: c_0, c_2, c_3, V -> P: a coordinate. P -> V: the values of cells there.
	sum := inner[E](v.ar, weights, v.m.Sums)
	point, value, err := poly.Rounds[E](v.ar, v.tr, v.common.elementwise, sum, v.m.Elementwise)
	if err != nil {
		return nil, err
	}
	v.absorbValues("values of cells", 0, v.common.cells)
	v.assertElementwise(tau, lambda, weights, point, value)

	// For each level of contractions, V -> P: the weights of the claims on their outputs. Rounds, each P -> V: the
	// coefficients, V -> P: a coordinate. P -> V: the values of factors there.
	from := v.common.cells
	for i := range v.common.levels {
		l := &v.common.levels[i]
		weights := v.drawWeights(l.claims)
		point, value, err := poly.Rounds[E](v.ar, v.tr, l.Shape, v.levelSum(i, weights), v.m.Levels[i])
		if err != nil {
			return nil, err
		}
		v.absorbValues("values of factors", from, from+l.values)
		v.assertLevel(i, weights, point, value)
		from += l.values
	}

	// V -> P: zeta, a point of the cache. P -> V: the values of the window there.
	if v.common.cacheBits > 0 {
		v.drawWindow()
		v.absorbWindow()
		v.assertWindow()
	}
	return v.verifyEnd(running)
}

// verifyEnd is the last part of verify: the claim reduction and the fold.
func (v *verifier[E]) verifyEnd(running [2]EvalClaim[E]) (*Folded[E], error) {
	// V -> P: the weights of all claims on committed polynomials. Rounds, each P -> V: c_0, c_2, V -> P: a
	// coordinate. P -> V: the polynomials' values there.
	weights := v.drawWeights(v.common.reduced)
	shape := poly.Shape{Rounds: v.common.rounds(), Degree: 2}
	bound, value, err := poly.Rounds[E](v.ar, v.tr, shape, v.reductionSum(weights, running), v.m.Reduction.Rounds)
	if err != nil {
		return nil, err
	}
	v.absorbEnds()
	v.assertReduction(weights, running, bound, value)
	return v.end(running), nil
}

// end draws rho, 126 bits, and folds the polynomials' values with its powers. The transcript ends here.
func (v *verifier[E]) end(running [2]EvalClaim[E]) *Folded[E] {
	f := &Folded[E]{Weights: v.weightClaims()}
	f.Rho, f.RhoBits = v.tr.Challenge126()
	v.fold(f, running)
	return f
}

// absorbStep absorbs everything that is fixed before the first challenge, as one message "step": the
// program's digest, the statement's five elements, the layer constants padded with zeros, and the
// commitments to X_in, the cache, w, S, X_out and KV_new. The inverses h depend on alpha and beta, so their
// commitment comes later.
//
// Not absorbed, because an absorbed element binds it:
//
//   - the pass: the window digest covers its start, size and tokens, and the packed element of
//     prompt and next token covers the rest (see StatementElements);
//   - points and values of the running claims: their digests cover them with their commitments;
//   - parameters, model and state: the context is their digest.
//
// A circuit's caller has to assert these bindings; see VerifyInputs.
func (v *verifier[E]) absorbStep(m *message[E]) {
	list := append([]E{v.programDigest()}, m.statement[:]...)
	list = append(list, transcript.Padded[E](v.ar, m.record, v.common.record)...)
	for _, p := range []Limbs[E]{m.input, m.cache, m.cells, m.outputs, m.output, m.added} {
		list = append(list, p.packed(v.ar)...)
	}
	v.tr.Absorb("step", list...)
}

// programDigest returns Argument.Digest of the variant that the step belongs to.
func (v *verifier[E]) programDigest() E {
	return v.chosen(func(b *variantVerifier[E]) E { return v.ar.Const(b.digest) })
}

// drawLookups draws the lookups' challenges and appends their constants.
func (v *verifier[E]) drawLookups() {
	v.alpha, v.beta = v.tr.Challenge(), v.tr.Challenge()
	v.appendPoles()
}

// absorbInverses absorbs the commitment to h, the prover's first message after alpha and beta.
func (v *verifier[E]) absorbInverses(p Limbs[E]) {
	v.tr.Absorb("inverses", p.packed(v.ar)...)
}

// drawElementwise draws tau, the point of eq, and the powers that combine the
// constraints, the lookups and, last, the balance.
func (v *verifier[E]) drawElementwise() (tau, lambda []E) {
	tau = v.drawPoint(v.common.elementwise.Rounds)
	return tau, poly.Powers[E](v.ar, v.tr.Challenge(), v.common.weights)
}

// drawPoint draws one challenge c and returns the point (c^(2^(n-1)), ..., c^2, c). At this point a
// multilinear function of n variables is a polynomial in c of degree below 2^n whose coefficients are
// the function's, each at a different power. A function other than zero therefore vanishes there with
// probability at most 2^n / |Fr|. Drawing one challenge instead of n saves a circuit one permutation
// per three coordinates.
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

// drawWeights draws one challenge and returns its powers: n weights.
func (v *verifier[E]) drawWeights(n int) []E { return poly.Powers[E](v.ar, v.tr.Challenge(), n) }

// absorbSums absorbs one sum per space, before the challenge that combines the spaces.
func (v *verifier[E]) absorbSums() { v.tr.Absorb("sums", v.m.Sums...) }

// absorbValues absorbs the claimed values from ... to-1 of the plan, before the next challenge.
func (v *verifier[E]) absorbValues(label string, from, to int) {
	v.tr.Absorb(label, v.m.Values[from:to]...)
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

// absorbWindow absorbs the values at zeta, which are the last of the values.
func (v *verifier[E]) absorbWindow() {
	n := v.common.values()
	v.absorbValues("values of the window", n-v.common.window, n)
}

// absorbEnds absorbs the polynomials' values at the last point, before rho.
func (v *verifier[E]) absorbEnds() { v.tr.Absorb("values of polynomials", v.m.Reduction.Values...) }
