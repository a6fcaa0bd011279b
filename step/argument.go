package step

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/poly"
	"fold/internal/transcript"
)

// domain names the step's transcript.
const domain = "fold step v1"

// Argument is the step argument for one program: what prover and verifier
// derive from it alone. It is immutable and may be shared.
type Argument struct {
	plan      *plan
	reduction *reduction
	shape     Shape
	digest    fr.Element // of the program
}

// NewArgument prepares the argument for a program of a shape; slots are the
// sizes of the running polynomials, at least those of the program.
func NewArgument(p *Program, shape Shape, slots Slots) (*Argument, error) {
	if p.Extents != shape.extents() {
		return nil, fmt.Errorf("step: a program of other extents than the shape's")
	}
	l := newPlan(p)
	if need := max(p.CellBits, p.Extents.Bits(perChannel)); slots.Cells < need {
		return nil, fmt.Errorf("step: a slot of %d variables for cells of %d", slots.Cells, need)
	}
	// The positions of a cache depend on its size: no step may see it as another.
	if len(p.Windows) > 0 && slots.Cache != l.cacheBits {
		return nil, fmt.Errorf("step: a slot of %d variables for a cache of %d", slots.Cache, l.cacheBits)
	}
	return &Argument{l, l.planReduction(slots), shape, shape.digest(p.Kind, slots)}, nil
}

// Commitments are the points of a step that the prover makes. KV_new is what
// the pass adds to the cache.
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

// Opening is a running claim with its commitment: the committed polynomial has
// Value at Point.
type Opening struct {
	Commitment bn254.G1Affine
	Running[fr.Element]
}

// Statement is what a step starts from.
type Statement struct {
	Context  fr.Element     // digest of everything before: parameters, model, state
	Geometry Geometry       // of the pass
	Record   Record         // of the step's layers
	Input    bn254.G1Affine // C of X_in; the point at infinity for embed
	Cache    bn254.G1Affine // C of the cache before the pass; infinity if there is none yet
	Running  [2]Opening     // cells, cache
}

// The slots of Statement.Running and Result.Running.
const (
	SlotCells = iota
	SlotCache
)

// Proof is a step's proof.
type Proof struct {
	Commitments
	Messages[fr.Element]
}

// Result is what a verified step leaves.
type Result struct {
	Output   bn254.G1Affine // the next step's Input
	Cache    bn254.G1Affine // C of the cache after the pass
	Running  [2]Opening
	Rho      fr.Element // by which the commitments were combined
	Deferred []Deferred[fr.Element]
}

// limbs is a point as the transcript absorbs it.
type limbsOf[E any] [4]E

// message is a transcript's view of the points of a step.
type message[E any] struct {
	context        E
	record         []E
	input, cache   limbsOf[E]
	cells, outputs limbsOf[E]
	output, added  limbsOf[E]
	inverses       limbsOf[E]
}

func absorbPoints[E any](tr *transcript.Transcript[E], label string, points ...limbsOf[E]) {
	var m []E
	for _, p := range points {
		m = append(m, p[:]...)
	}
	tr.Absorb(label, m...)
}

// assertAbsent states that the points of polynomials that the program lacks are
// infinity: nothing is claimed of them, so that one of them handed on, as the
// next step's input or cache, would be free.
func (v *verifier[E]) assertAbsent(r *reduction, m *message[E]) {
	zero := v.ar.Const(fr.Element{})
	for _, p := range []struct {
		name  string
		poly  polyID
		limbs limbsOf[E]
	}{
		{"the outputs", polyOutputs, m.outputs}, {"the inverses", polyInverses, m.inverses},
		{"the input", polyInput, m.input}, {"the output", polyOutput, m.output}, {"what the cache gains", polyAdded, m.added},
	} {
		if slices.Contains(r.polys, p.poly) {
			continue
		}
		for _, x := range p.limbs {
			v.ar.AssertEqual(x, zero, "commitment to "+p.name+", which the step does not have")
		}
	}
}

// begin absorbs everything that is fixed before the first challenge and draws
// those of the lookups, on which the inverses depend.
func (v *verifier[E]) begin(m *message[E]) {
	v.tr.Absorb("program", v.ar.Const(v.digest))
	v.tr.Absorb("context", m.context)
	v.tr.Absorb("record", m.record...)
	absorbPoints(v.tr, "commitments", m.input, m.cache, m.cells, m.outputs, m.output, m.added)
	v.drawLookups()
}

// verify runs the whole argument and returns what it leaves.
func (v *verifier[E]) verify(r *reduction, m *message[E], cells, cache Running[E]) (*Folded[E], error) {
	if err := v.checkShape(); err != nil {
		return nil, err
	}
	v.assertAbsent(r, m)
	v.begin(m)
	absorbPoints(v.tr, "inverses", m.inverses)
	if err := v.verifyElementwise(); err != nil {
		return nil, err
	}
	from := v.elementwise.end
	for i := range v.levels {
		if err := v.verifyLevel(&v.levels[i], from, v.m.Levels[i]); err != nil {
			return nil, err
		}
		from = v.levels[i].end
	}
	v.verifyWindow(from)
	return v.verifyReduction(r, cells, cache)
}

// newVerifier builds a verifier over any backend.
func newVerifier[E any](a *Argument, b transcript.Backend[E], record []E, pass *Pass[E], m *Messages[E]) *verifier[E] {
	return &verifier[E]{
		plan:   a.plan,
		digest: a.digest,
		ar:     b,
		tr:     transcript.Over(b, domain),
		f:      formulas[E]{b, &a.plan.Extents, pass},
		consts: append([]E{}, record...),
		m:      m,
		public: map[string]E{},
	}
}

// native gives a statement's and a proof's points to the transcript.
func (s *Statement) native(c *Commitments) *message[fr.Element] {
	limbs := func(p *bn254.G1Affine) limbsOf[fr.Element] { return transcript.PointLimbs(p) }
	return &message[fr.Element]{
		context: s.digest(), record: s.Record.elements(),
		input: limbs(&s.Input), cache: limbs(&s.Cache),
		cells: limbs(&c.Cells), outputs: limbs(&c.Outputs),
		output: limbs(&c.Output), added: limbs(&c.Added), inverses: limbs(&c.Inverses),
	}
}

// digest is what the step's transcript begins with.
func (s *Statement) digest() fr.Element {
	g := s.Geometry
	return statementDigest(nativeBackend(), s.Context, windowOf(g.Start, g.Bits, g.Tokens),
		fr.NewElement(uint64(g.Prompt)), fr.NewElement(uint64(g.Next)), s.Running[SlotCells].digest(), s.Running[SlotCache].digest())
}

// check refuses a statement that does not fit the argument.
func (a *Argument) check(s *Statement) error {
	if len(s.Record) != a.plan.RecordSlots {
		return fmt.Errorf("step: a record of %d constants, expected %d", len(s.Record), a.plan.RecordSlots)
	}
	for i, k := range s.Record {
		// With eps = 0 a row of zeros would leave its inverse root free, with a lift
		// of 0 a product would be read as zero.
		if k == nil || k.Sign() <= 0 || k.Cmp(a.plan.slotMax(i)) > 0 {
			return fmt.Errorf("step: constant %q of the record is %v, expected 1 to %v", a.plan.Slots[i], k, a.plan.slotMax(i))
		}
	}
	for _, p := range []struct {
		name  string
		point *bn254.G1Affine
	}{
		{"the input", &s.Input}, {"the cache", &s.Cache},
		{"the running cells", &s.Running[SlotCells].Commitment}, {"the running cache", &s.Running[SlotCache].Commitment},
	} {
		if !p.point.IsOnCurve() {
			return fmt.Errorf("step: commitment to %s is not on the curve", p.name)
		}
	}
	for i, n := range []int{a.reduction.slots.Cells, a.reduction.slots.Cache} {
		if len(s.Running[i].Point) != n {
			return fmt.Errorf("step: running claim %d at a point of %d coordinates, expected %d", i, len(s.Running[i].Point), n)
		}
	}
	return nil
}

// Verify checks a step's proof against a statement. The error says which check
// failed. An accepted step holds if, in the end, the running claims and the
// deferred ones do.
func (a *Argument) Verify(s *Statement, proof *Proof) (*Result, error) {
	return a.verify(s, proof, nil)
}

// verify is Verify with a transcript that a test may intercept.
func (a *Argument) verify(s *Statement, proof *Proof, intercept func(transcript.Message[fr.Element]) []transcript.Message[fr.Element]) (*Result, error) {
	if err := a.check(s); err != nil {
		return nil, err
	}
	pass, err := NewPass(a.shape, s.Geometry)
	if err != nil {
		return nil, err
	}
	if err := proof.validate(); err != nil {
		return nil, err
	}
	n := new(arith.Native)
	v := newVerifier(a, transcript.Field{Native: n}, s.Record.elements(), pass, &proof.Messages)
	v.tr.Intercept(intercept)
	f, err := v.verify(a.reduction, s.native(&proof.Commitments), s.Running[SlotCells].Running, s.Running[SlotCache].Running)
	if errors.Is(err, poly.ErrShape) {
		err = fmt.Errorf("%w: %w", ErrShape, err)
	}
	if err != nil {
		return nil, err
	}
	if err := n.Err(); err != nil {
		return nil, fmt.Errorf("step: %s: %w", a.plan.Kind, err)
	}
	return a.result(s, &proof.Commitments, f), nil
}

// validate refuses points that are not on the curve.
func (c *Commitments) validate() error {
	for i, p := range c.points() {
		if !p.IsOnCurve() { // infinity is; the group has no cofactor
			return fmt.Errorf("step: commitment to %s is not on the curve", pointNames[i])
		}
	}
	return nil
}

// result combines the commitments as the claims were.
func (a *Argument) result(s *Statement, c *Commitments, f *Folded[fr.Element]) *Result {
	r := &Result{Output: c.Output, Cache: s.Cache, Running: s.Running, Rho: f.Rho, Deferred: f.Deferred}
	r.Running[SlotCells] = Opening{horner(f.Rho, s.Running[SlotCells].Commitment, c.Cells, c.Outputs, c.Inverses, s.Input, c.Output), f.Cells}
	if len(a.plan.Windows) > 0 {
		r.Cache.Add(&s.Cache, &c.Added)
		r.Running[SlotCache] = Opening{horner(f.Rho, s.Running[SlotCache].Commitment, r.Cache, c.Added), f.Cache}
	}
	return r
}

// horner returns C + rho (P_0 + rho (P_1 + ...)).
func horner(rho fr.Element, c bn254.G1Affine, points ...bn254.G1Affine) bn254.G1Affine {
	var sum, next bn254.G1Jac
	k := rho.BigInt(new(big.Int))
	for i := len(points) - 1; i >= 0; i-- {
		next.FromAffine(&points[i])
		sum.AddAssign(&next)
		sum.ScalarMultiplication(&sum, k)
	}
	next.FromAffine(&c)
	sum.AddAssign(&next)
	return *new(bn254.G1Affine).FromJacobian(&sum)
}
