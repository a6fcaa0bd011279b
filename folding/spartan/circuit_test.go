package spartan

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
	"fold.example/fold/r1cs"
	"fold.example/fold/r1cs/gadget"
)

// Elements and points in a circuit, as a transcript absorbs them.
type (
	variable      = frontend.Variable
	pointLimbs    [4]variable // of BN254
	scalarLimbs   [2]variable // of Fq
	grumpkinPoint [2]variable
)

// flat is a channel that absorbs elements S and points C as lists of variables.
type flat[S, C any] struct {
	*transcript.Transcript[variable]
	scalar func(S) []variable
	point  func(C) []variable
}

func (c flat[S, C]) Absorb(label string, v ...S) {
	var list []variable
	for _, x := range v {
		list = append(list, c.scalar(x)...)
	}
	c.Transcript.Absorb(label, list...)
}

func (c flat[S, C]) AbsorbPoints(label string, p ...C) {
	var list []variable
	for _, x := range p {
		list = append(list, c.point(x)...)
	}
	c.Transcript.Absorb(label, list...)
}

func (c flat[S, C]) Challenge() (s S) { return any(c.Transcript.Challenge()).(S) }

// reader gives each element of a statement and a proof a variable, in one order.
type reader struct {
	next   func(v fr.Element) variable // a constant's value to its variable
	values []fr.Element
}

func (r *reader) scalar(v fr.Element) variable { r.values = append(r.values, v); return r.next(v) }

func (r *reader) point(p bn254.G1Affine) (out pointLimbs) {
	for i, l := range transcript.PointLimbs(&p) {
		out[i] = r.scalar(l)
	}
	return
}

func (r *reader) cyclePoint(p grumpkin.G1Affine) grumpkinPoint {
	return grumpkinPoint{r.scalar(fr.Element(p.X)), r.scalar(fr.Element(p.Y))}
}

func (r *reader) cycleScalar(v fq.Element) scalarLimbs {
	b := v.Bytes()
	return scalarLimbs{r.scalar(curve.Fr.FromBytes(b[16:])), r.scalar(curve.Fr.FromBytes(b[:16]))}
}

func mapped[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

func mappedInstance[E, C, F, D any](u Instance[E, C], f func(E) F, g func(C) D) Instance[F, D] {
	return Instance[F, D]{mapped(u.W, g), g(u.E), f(u.U), mapped(u.X, f)}
}

// mainPart is a statement and a proof's main part in a circuit.
type mainPart struct {
	head   [3]variable
	main   Instance[variable, pointLimbs]
	cycle  Instance[scalarLimbs, grumpkinPoint]
	claims []PointClaim[variable, pointLimbs]
	proof  *mainProof[variable, pointLimbs]
}

// variablesOf reads a statement and a proof's main part.
func (r *reader) variablesOf(key fr.Element, s *Statement, p *mainProof[fr.Element, bn254.G1Affine]) (out mainPart) {
	out.head = [3]variable{r.scalar(key), r.scalar(s.Context), r.scalar(fr.NewElement(uint64(len(s.Claims))))}
	out.main = mappedInstance(s.Main, r.scalar, r.point)
	out.cycle = mappedInstance(s.Cycle, r.cycleScalar, r.cyclePoint)
	out.claims = mapped(s.Claims, func(c Claim) PointClaim[variable, pointLimbs] {
		return PointClaim[variable, pointLimbs]{r.point(c.Commitment), mapped(c.Point, r.scalar), r.scalar(c.Value)}
	})
	rounds := func(list [][]fr.Element) [][]variable {
		return mapped(list, func(g []fr.Element) []variable { return mapped(g, r.scalar) })
	}
	m := &p.matrices
	out.proof = &mainProof[variable, pointLimbs]{
		sideProof: sideProof[variable, pointLimbs]{
			mask: mappedInstance(p.mask, r.scalar, r.point), cross: r.point(p.cross), outer: rounds(p.outer),
			values: [3]variable(mapped(p.values[:], r.scalar)), batch: rounds(p.batch),
		},
		matrices: matrixProof[variable, pointLimbs]{
			looked:   [axes]pointLimbs(mapped(m.looked[:], r.point)),
			inverses: [2 * axes]pointLimbs(mapped(m.inverses[:], r.point)),
			values:   [3 * axes]variable(mapped(m.values[:], r.scalar)),
		},
		maskPolys: [maskPolys]pointLimbs(mapped(p.maskPolys[:], r.point)),
	}
	return
}

// verifierCircuit is the verifier of the main side as a circuit: In is all that it reads,
// Out what is left, as the native verifier gives it.
type verifierCircuit struct {
	In, Out []variable
	w       *world
	proof   *Proof
	record  []transcripttest.Item // what the circuit absorbs
}

// newVerifierCircuit returns the circuit for proofs of the length of p.
func newVerifierCircuit(w *world, p *Proof) *verifierCircuit {
	return &verifierCircuit{
		In:  make([]variable, len(elementsRead(w, p))),
		Out: make([]variable, len(nativeRemainder(w, p))), w: w, proof: p,
	}
}

// elementsRead lists the elements of statement and proof in the order in which the circuit reads them.
func elementsRead(w *world, p *Proof) []fr.Element {
	r := &reader{next: func(v fr.Element) variable { return v }}
	r.variablesOf(w.key.digest, &w.s, &p.main)
	return r.values
}

// nativeRemainder lists what the native verifier of the main side leaves.
func nativeRemainder(w *world, p *Proof) []fr.Element {
	k := w.key.VerifierKey
	left, err := verifyMain(curve.Fr.Arithmetic(), curve.BN254.Channel(begun(&w.s, k)), k.main, &k.matrices,
		k.vars(w.s.Claims), w.s.Main, w.s.Claims, &p.main)
	if err != nil {
		panic(err) // the proof has the statement's form
	}
	return remainderList(left)
}

func (v *verifierCircuit) Define(api frontend.API) error {
	c, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	b := &transcripttest.Recorder[variable]{Backend: c}
	tr := transcript.Over(b, domain)
	ch := flat[variable, pointLimbs]{
		tr, func(x variable) []variable { return []variable{x} }, func(p pointLimbs) []variable { return p[:] },
	}
	onCycle := flat[scalarLimbs, grumpkinPoint]{
		tr, func(x scalarLimbs) []variable { return x[:] }, func(p grumpkinPoint) []variable { return p[:] },
	}
	at := 0
	r := &reader{next: func(fr.Element) variable { at++; return v.In[at-1] }}
	k := v.w.key.VerifierKey
	in := r.variablesOf(k.digest, &v.w.s, &v.proof.main)
	absorbStatement(ch, onCycle, in.head, in.main, in.cycle, in.claims)
	key := &matrixKey[pointLimbs]{entries: k.matrices.entries}
	left, err := verifyMain[variable](c, ch, k.main, key, k.vars(v.w.s.Claims), in.main, in.claims, in.proof)
	if err != nil {
		return err
	}
	v.record = b.Items
	for i, x := range remainderList(left) {
		c.AssertEqual(x, v.Out[i], "what is left")
	}
	return nil
}

// remainderList is everything that is left but the commitments themselves.
func remainderList[E, C any](r *remainder[E, C]) []E {
	return append(append(append([]E{r.value}, r.point...), r.combined.scalars...), r.factors...)
}

// The verifier of the main side is a circuit as it stands: it leaves what the native one
// leaves, and something else for a proof with another element.
func TestMainVerifierIsACircuit(t *testing.T) {
	w := tiny(t)
	p := w.prove(t, 1)
	sys, err := gadget.Compile[fr.Element](newVerifierCircuit(w, p), frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	t.Logf("%d rows", sys.Shape().Rows())
	out := nativeRemainder(w, p)
	solve := func() error {
		_, err := sys.Solve(nil, append(elementsRead(w, p), out...))
		return err
	}
	require.NoError(t, solve())
	for name, x := range map[string]*fr.Element{
		"a lookup's value": &p.main.matrices.values[2], "a round": &p.main.batch[1][2],
		"an outer round": &p.main.outer[0][1],
		"Bz":             &p.main.values[1], "u of the mask": &p.main.mask.U,
	} {
		x.Double(x)
		require.ErrorIs(t, solve(), r1cs.ErrUnsatisfied, name)
		out = nativeRemainder(w, p)
		require.NoError(t, solve(), name)
	}
}
