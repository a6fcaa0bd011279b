package argument

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// domain names the step's transcript.
const domain = "fold step v3"

// Argument is the step argument for one program: what prover and verifier
// derive from it alone. It is immutable and may be shared.
type Argument struct {
	Frame     *UniformLayout
	Plan      *plan
	reduction *reduction
	Shape     relation.Shape
	Digest    fr.Element // of the program and of the UniformLayout
}

// NewArgument prepares the argument for one program of a shape. slots are the sizes of the
// running polynomials, in variables; each must be at least AccumulatorSizesOf(p). NewArgument
// returns an error if program, shape and slots do not fit together.
func NewArgument(p *relation.Program, shape relation.Shape, slots AccumulatorSizes) (*Argument, error) {
	as, err := NewArguments(Variant{p, shape, slots})
	if err != nil {
		return nil, err
	}
	return as[0], nil
}

// NewArguments prepares one argument per variant, in the order of the variants, all with one
// UniformLayout. The shapes may differ in TokenBits only, and all caches must have one size.
// NewArguments returns an error otherwise.
func NewArguments(variants ...Variant) ([]*Argument, error) {
	for _, m := range variants {
		if err := m.check(variants[0].Shape); err != nil {
			return nil, err
		}
	}
	f, err := newUniformLayout(variants)
	if err != nil {
		return nil, err
	}
	as, plans := make([]*Argument, len(variants)), make([]*plan, len(variants))
	for i, m := range variants {
		plans[i] = newPlan(m.Program, f)
		as[i] = &Argument{Frame: f, Plan: plans[i], reduction: plans[i].planReduction(m.Slots), Shape: m.Shape}
	}
	if err := f.settle(plans); err != nil {
		return nil, err
	}
	for i, m := range variants {
		shape := shapeDigest(&m.Shape, m.Program.Kind, m.Slots)
		as[i].Digest = transcript.HashNative(programTag, append(f.elements(), shape)...)
	}
	return as, nil
}

// check returns an error if program, shape and slots do not fit together, or if the shape
// differs from first in more than TokenBits.
func (m *Variant) check(first relation.Shape) error {
	first.TokenBits = m.Shape.TokenBits
	if !reflect.DeepEqual(first, m.Shape) {
		return errors.New("step: shapes that differ in more than the size of passes")
	}
	if m.Program.Extents != m.Shape.Extents() {
		return fmt.Errorf("step: a program of other extents than the shape's")
	}
	need := AccumulatorSizesOf(m.Program)
	if m.Slots.Cells < need.Cells {
		return fmt.Errorf("step: a slot of %d variables for cells of %d", m.Slots.Cells, need.Cells)
	}
	// The positions of a cache depend on its size: no step may see it as another.
	if len(m.Program.CacheWrites) > 0 && m.Slots.Cache != need.Cache {
		return fmt.Errorf("step: a slot of %d variables for a cache of %d", m.Slots.Cache, need.Cache)
	}
	return nil
}

// Commitments are the commitments that the prover of a step sends. KV_new is the polynomial of
// the keys and values that the pass adds to the cache.
type Commitments struct {
	Cells, Outputs, Inverses bn254.G1Affine
	Output                   bn254.G1Affine // X_out
	Added                    bn254.G1Affine // KV_new
}

// pointNames are the commitments' names, in the order of points.
var pointNames = [...]string{"the cells", "the outputs", "the inverses", "the output", "what the cache gains"}

func (c *Commitments) points() [len(pointNames)]*bn254.G1Affine {
	return [...]*bn254.G1Affine{&c.Cells, &c.Outputs, &c.Inverses, &c.Output, &c.Added}
}

// CommittedClaim is a running claim with its commitment: the committed polynomial takes the
// value Value at Point. Point has as many coordinates as the polynomial has variables.
type CommittedClaim struct {
	Commitment bn254.G1Affine
	EvalClaim[fr.Element]
}

// Statement is the public input of a step's proof.
type Statement struct {
	Context  fr.Element              // digest of everything before: parameters, model, state
	Geometry relation.Geometry       // of the pass
	Record   relation.LayerConstants // of the step's layers
	Input    bn254.G1Affine          // C of X_in; the point at infinity for embed
	Cache    bn254.G1Affine          // C of the cache before the pass; infinity if there is none yet
	Running  [2]CommittedClaim       // cells, cache
}

// AccumulatorCells and AccumulatorCache index Statement.Running and Result.Running.
const (
	AccumulatorCells = iota
	AccumulatorCache
)

// Proof is a step's proof: the prover's commitments and messages.
type Proof struct {
	Commitments
	Messages[fr.Element]
}

// Result is the output of a verified step. The step holds if the claims in Running and Weights
// hold; the caller has to settle both.
type Result struct {
	Output  bn254.G1Affine // the next step's Input
	Cache   bn254.G1Affine // C of the cache after the pass
	Running [2]CommittedClaim
	Rho     fr.Element // the short challenge; powers of its endoscalar combine the commitments
	Weights WeightClaims[fr.Element]
}

// Limbs is a point of BN254's G1 in affine coordinates, as transcript.PointLimbs gives it: the
// lower and the upper limb of x, then those of y. The upper limb has 126 bits.
type Limbs[E any] [4]E

// message holds the elements of a step's statement and commitments that the transcript absorbs.
type message[E any] struct {
	statement      StatementElements[E]
	record         []E
	input, cache   Limbs[E]
	cells, outputs Limbs[E]
	output, added  Limbs[E]
	inverses       Limbs[E]
}

// packed returns a point as three elements: the two lower limbs, and one element for both upper
// limbs. The map is one-to-one because an upper limb has at most 126 bits.
func (p Limbs[E]) packed(ar arith.Arithmetic[E]) []E {
	var shift fr.Element
	shift.SetBigInt(relation.Pow2(upperBits))
	return []E{p[0], p[2], ar.Add(p[1], ar.Mul(ar.Const(shift), p[3]))}
}

// upperBits is the size of the upper limb of a coordinate of 254 bits.
const upperBits = 126

// newVerifier builds a verifier over any backend, for one argument or for all arguments of one
// UniformLayout. flags has one entry per argument, 1 for the argument of the step and 0 for the
// others. pass has the lengths of the layout's largest size class.
func newVerifier[E any](
	as []*Argument, b transcript.Backend[E], flags, record []E, pass *Pass[E], m *Messages[E],
) *verifier[E] {
	v := &verifier[E]{
		common: as[0].Frame, ar: b, tr: transcript.Over(b, domain), m: m,
		masks: map[string]E{}, ends: map[int][]E{}, pass: pass,
	}
	for i, a := range as {
		n := a.Shape.TokenBits
		own := *pass
		own.Below, own.Live, own.Picks = pass.Below[:n], pass.Live[:1<<n], pass.Picks[:1<<n]
		own.Tokens, own.Nexts = pass.Tokens[:1<<n], pass.Nexts[:1<<n]
		v.branches = append(v.branches, &variantVerifier[E]{
			plan: a.Plan, verifier: v, reduction: a.reduction, digest: a.Digest, flag: flags[i],
			f:      formulas[E]{b, &a.Plan.Extents, &own},
			consts: slices.Clone(record[:a.Plan.RecordConstants]),
		})
	}
	return v
}

// nativeVerifier returns the verifier of one argument over field elements.
func (a *Argument) nativeVerifier(
	b transcript.Backend[fr.Element], s *Statement, m *Messages[fr.Element],
) (*verifier[fr.Element], error) {
	pass, err := NewPass(a.Shape, s.Geometry)
	if err != nil {
		return nil, err
	}
	flags := []fr.Element{fr.One()}
	return newVerifier([]*Argument{a}, b, flags, s.Record.Elements(), pass, m), nil
}

// native returns the elements of a statement and of a proof's commitments for the transcript.
func (s *Statement) native(c *Commitments) *message[fr.Element] {
	limbs := func(p *bn254.G1Affine) Limbs[fr.Element] { return transcript.PointLimbs(p) }
	return &message[fr.Element]{
		statement: s.elements(), record: s.Record.Elements(),
		input: limbs(&s.Input), cache: limbs(&s.Cache),
		cells: limbs(&c.Cells), outputs: limbs(&c.Outputs),
		output: limbs(&c.Output), added: limbs(&c.Added), inverses: limbs(&c.Inverses),
	}
}

// running returns the claims that earlier steps left, without their commitments.
func (s *Statement) running() [2]EvalClaim[fr.Element] {
	return [2]EvalClaim[fr.Element]{s.Running[AccumulatorCells].EvalClaim, s.Running[AccumulatorCache].EvalClaim}
}

// Digest returns the hash of the statement's five elements (StatementElements).
func (s *Statement) Digest() fr.Element {
	e := s.elements()
	return transcript.HashNative(statementTag, e[:]...)
}

// elements returns the five elements of the statement that the first message of the transcript holds.
func (s *Statement) elements() StatementElements[fr.Element] {
	g := s.Geometry
	return ElementsOf(transcript.NewField(), s.Context, WindowDigest(g.Start, g.Bits, g.Tokens),
		fr.NewElement(uint64(g.Prompt)), fr.NewElement(uint64(g.Next)),
		s.Running[AccumulatorCells].Digest(), s.Running[AccumulatorCache].Digest())
}

// check returns an error if the statement does not fit the argument.
func (a *Argument) check(s *Statement) error {
	if len(s.Record) != a.Plan.RecordConstants {
		return fmt.Errorf("step: a record of %d constants, expected %d", len(s.Record), a.Plan.RecordConstants)
	}
	for i, k := range s.Record {
		// With a lift of 0 a product would be read as zero.
		if k == nil || k.Sign() <= 0 || k.Cmp(relation.LiftMax()) > 0 {
			return fmt.Errorf("step: constant %q of the record is %v, expected 1 to %v",
				a.Plan.Slots[i], k, relation.LiftMax())
		}
	}
	for _, p := range []struct {
		name  string
		point *bn254.G1Affine
	}{
		{"the input", &s.Input}, {"the cache", &s.Cache},
		{"the running cells", &s.Running[AccumulatorCells].Commitment},
		{"the running cache", &s.Running[AccumulatorCache].Commitment},
	} {
		if !p.point.IsOnCurve() {
			return fmt.Errorf("step: commitment to %s is not on the curve", p.name)
		}
	}
	for i, n := range []int{a.reduction.slots.Cells, a.reduction.slots.Cache} {
		if len(s.Running[i].Point) != n {
			return fmt.Errorf("step: running claim %d at a point of %d coordinates, expected %d",
				i, len(s.Running[i].Point), n)
		}
	}
	return nil
}

// Verify checks a step's proof against a statement. The error says which check failed; it wraps
// ErrShape if the proof has messages of other lengths than the argument's. The accepted step holds
// if the claims of the result hold: the running claims and the claims on weights. Method verify of
// the verifier lists the messages and challenges in order.
func (a *Argument) Verify(s *Statement, proof *Proof) (*Result, error) {
	if err := a.check(s); err != nil {
		return nil, err
	}
	if err := proof.validate(); err != nil {
		return nil, err
	}
	if err := a.checkPadding(&proof.Messages); err != nil {
		return nil, err
	}
	b := transcript.NewField()
	v, err := a.nativeVerifier(b, s, &proof.Messages)
	if err != nil {
		return nil, err
	}
	f, err := v.verify(s.native(&proof.Commitments), s.running())
	if errors.Is(err, poly.ErrShape) {
		err = fmt.Errorf("%w: %w", ErrShape, err)
	}
	if err != nil {
		return nil, err
	}
	if err := b.Err(); err != nil {
		return nil, fmt.Errorf("step: %s: %w", a.Plan.Kind, err)
	}
	return a.result(s, &proof.Commitments, f), nil
}

// validate returns an error if a point is not on the curve.
func (c *Commitments) validate() error {
	for i, p := range c.points() {
		if !p.IsOnCurve() { // infinity is; the group has no cofactor
			return fmt.Errorf("step: commitment to %s is not on the curve", pointNames[i])
		}
	}
	return nil
}

// result combines the commitments with the powers of rho that method fold of the verifier has
// combined the values with.
func (a *Argument) result(s *Statement, c *Commitments, f *Folded[fr.Element]) *Result {
	r := &Result{Output: c.Output, Cache: s.Cache, Running: s.Running, Rho: f.Rho, Weights: f.Weights}
	cells, cache := s.Running[AccumulatorCells].Commitment, s.Running[AccumulatorCache].Commitment
	r.Running[AccumulatorCells] = CommittedClaim{
		Horner(f.Rho, cells, c.Cells, c.Outputs, c.Inverses, s.Input, c.Output), f.Running[AccumulatorCells],
	}
	if len(a.Plan.CacheWrites) > 0 {
		r.Cache.Add(&s.Cache, &c.Added)
		r.Running[AccumulatorCache] = CommittedClaim{
			Horner(f.Rho, cache, r.Cache, c.Added), f.Running[AccumulatorCache],
		}
	}
	return r
}

// Horner returns C + [rho] (P_0 + [rho] (P_1 + ...)) with the endoscalar [rho] of a short challenge.
func Horner(rho fr.Element, c bn254.G1Affine, points ...bn254.G1Affine) bn254.G1Affine {
	var sum, next bn254.G1Jac
	scalar := transcript.NativeEndoscalar(rho)
	k := scalar.BigInt(new(big.Int))
	for i := len(points) - 1; i >= 0; i-- {
		next.FromAffine(&points[i])
		sum.AddAssign(&next)
		sum.ScalarMultiplication(&sum, k)
	}
	next.FromAffine(&c)
	sum.AddAssign(&next)
	return *new(bn254.G1Affine).FromJacobian(&sum)
}
