package spartan

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/ipa"
	"fold.example/fold/internal/commit/mercury"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
)

type (
	frElement = fr.Element
	fqElement = fq.Element
)

func isOneOf(err error, kinds ...error) bool {
	return slices.ContainsFunc(kinds, func(k error) bool { return errors.Is(err, k) })
}

// generators returns the index-th points of both keys.
func (w *world) generators(index int) (bn254.G1Affine, grumpkin.G1Affine) {
	return w.key.key.Points()[index], w.key.cycleKey.Points()[index]
}

// A proof is of one statement: every value in it counts.
func TestEveryPublicValueCounts(t *testing.T) {
	w := small(t)
	p := w.prove(t, 1)
	require.NoError(t, Verify(w.key.Verifier(), &w.s, p))
	g, h := w.generators(3)
	one, qOne := fr.One(), fq.One()
	move := func(p *bn254.G1Affine) { p.Add(p, &g) }
	moveCycle := func(p *grumpkin.G1Affine) { p.Add(p, &h) }
	for name, change := range map[string]func(s *Statement){
		"context":    func(s *Statement) { s.Context.Add(&s.Context, &one) },
		"main W":     func(s *Statement) { move(&s.Main.W[0]) },
		"main E":     func(s *Statement) { move(&s.Main.E) },
		"main u":     func(s *Statement) { s.Main.U.Add(&s.Main.U, &one) },
		"main x":     func(s *Statement) { s.Main.X[1].Add(&s.Main.X[1], &one) },
		"cycle W1":   func(s *Statement) { moveCycle(&s.Cycle.W[0]) },
		"cycle W2":   func(s *Statement) { moveCycle(&s.Cycle.W[1]) },
		"cycle E":    func(s *Statement) { moveCycle(&s.Cycle.E) },
		"cycle u":    func(s *Statement) { s.Cycle.U.Add(&s.Cycle.U, &qOne) },
		"cycle x":    func(s *Statement) { s.Cycle.X[2].Add(&s.Cycle.X[2], &qOne) },
		"commitment": func(s *Statement) { move(&s.Claims[0].Commitment) },
		"point":      func(s *Statement) { s.Claims[1].Point[6].Add(&s.Claims[1].Point[6], &one) },
		"value":      func(s *Statement) { s.Claims[1].Value.Add(&s.Claims[1].Value, &one) },
		"order":      func(s *Statement) { slices.Reverse(s.Claims) },
		"no claim":   func(s *Statement) { s.Claims = nil },
		"one more":   func(s *Statement) { s.Claims = append(s.Claims, s.Claims[0]) },
		"parts": func(s *Statement) {
			s.Cycle.W[0], s.Cycle.W[1] = s.Cycle.W[1], s.Cycle.W[0]
		},
	} {
		s := w.copy()
		change(&s)
		require.ErrorIs(t, Verify(w.key.Verifier(), &s, p), ErrRejected, name)
	}
}

// copy returns a statement that shares nothing with the world's.
func (w *world) copy() Statement {
	s := w.s
	s.Main.W, s.Main.X = slices.Clone(s.Main.W), slices.Clone(s.Main.X)
	s.Cycle.W, s.Cycle.X = slices.Clone(s.Cycle.W), slices.Clone(s.Cycle.X)
	s.Claims = slices.Clone(s.Claims)
	for i := range s.Claims {
		s.Claims[i].Point = slices.Clone(s.Claims[i].Point)
	}
	return s
}

// A statement of another form is named, not computed with.
func TestMalformedStatements(t *testing.T) {
	w := small(t)
	p := w.prove(t, 1)
	off := w.s.Main.E
	off.X.Double(&off.X)
	for name, change := range map[string]func(s *Statement){
		"a part less":      func(s *Statement) { s.Cycle.W = s.Cycle.W[:1] },
		"an input more":    func(s *Statement) { s.Main.X = append(s.Main.X, fr.One()) },
		"off the curve":    func(s *Statement) { s.Main.E = off },
		"a claim off it":   func(s *Statement) { s.Claims[0].Commitment = off },
		"too large":        func(s *Statement) { s.Claims[0].Point = make([]fr.Element, 40) },
		"no public inputs": func(s *Statement) { s.Cycle.X = nil },
	} {
		s := w.copy()
		change(&s)
		require.ErrorIs(t, Verify(w.key.Verifier(), &s, p), ErrStatement, name)
		_, err := Prove(context.Background(), w.key, &s, &w.secret, nil)
		require.ErrorIs(t, err, ErrStatement, name)
	}
}

// A proof is of one key: another relation, or another cut of a witness.
func TestAnotherKeyRefuses(t *testing.T) {
	w := small(t)
	p := w.prove(t, 1)
	other := newWorld(t, 2, size{50, 2, 40, 3}, size{30, 3, 27, 3})
	require.ErrorIs(t, Verify(other.key.Verifier(), &w.s, p), ErrRejected)

	cut := *w.key.VerifierKey
	cut.cycle.parts = []int{8, 19}
	require.Equal(t, w.key.cycle.private(), cut.cycle.private())
	require.ErrorIs(t, Verify(&cut, &w.s, p), ErrRejected)

	digest := *w.key.VerifierKey
	digest.digest.SetUint64(1)
	require.ErrorIs(t, Verify(&digest, &w.s, p), ErrRejected)
}

// A prover who does not have a witness gets no proof, or one that is refused. secret is
// changed and everything else is left to an honest prover's code.
func TestFalseStatements(t *testing.T) {
	one, qOne := fr.One(), fq.One()
	for name, change := range map[string]func(w *world){
		"a row of the main relation":  func(w *world) { w.secret.Main.E[7].Add(&w.secret.Main.E[7], &one) },
		"a variable":                  func(w *world) { w.secret.Main.W[7].Add(&w.secret.Main.W[7], &one) },
		"a row of the cycle":          func(w *world) { w.secret.Cycle.E[29].Add(&w.secret.Cycle.E[29], &qOne) },
		"a variable of the cycle":     func(w *world) { w.secret.Cycle.W[26].Add(&w.secret.Cycle.W[26], &qOne) },
		"a public input":              func(w *world) { w.s.Main.X[0].Add(&w.s.Main.X[0], &one) },
		"a public input of the cycle": func(w *world) { w.s.Cycle.X[0].Add(&w.s.Cycle.X[0], &qOne) },
		"u":                           func(w *world) { w.s.Main.U.Add(&w.s.Main.U, &one) },
		"a claim's value":             func(w *world) { w.s.Claims[0].Value.Add(&w.s.Claims[0].Value, &one) },
		"a claim's polynomial":        func(w *world) { w.secret.Claims[1].Values[127].Add(&one, &one) },
		"a blind":                     func(w *world) { w.secret.Main.BlindW[0].Add(&w.secret.Main.BlindW[0], &one) },
		"a blind of the cycle":        func(w *world) { w.secret.Cycle.BlindE.Add(&w.secret.Cycle.BlindE, &qOne) },
		"a claim's blind":             func(w *world) { w.secret.Claims[1].Blind.Add(&w.secret.Claims[1].Blind, &one) },
	} {
		w := small(t)
		change(w)
		p, err := Prove(context.Background(), w.key, &w.s, &w.secret, seeded(1))
		if err != nil {
			require.True(t, isOneOf(err, ErrWitness, mercury.ErrStatement, ipa.ErrStatement), "%s: %v", name, err)
			continue
		}
		require.ErrorIs(t, Verify(w.key.Verifier(), &w.s, p), ErrRejected, name)
	}
}

// The parts of a witness are over disjoint generators. Who moves a value from one
// commitment to the other keeps their sum, which is all that the matrices see.
func TestPartsHaveTheirOwnVariables(t *testing.T) {
	w := small(t)
	_, h := w.generators(20) // of the second part
	h.ScalarMultiplication(&h, big.NewInt(5))
	w.s.Cycle.W[0].Add(&w.s.Cycle.W[0], &h)
	w.s.Cycle.W[1].Sub(&w.s.Cycle.W[1], &h)
	p := w.prove(t, 1)
	require.ErrorIs(t, Verify(w.key.Verifier(), &w.s, p), ErrRejected)
}

// The claim that a part is zero elsewhere looks at every place that is not the part's,
// the public columns among them, and at none that is.
func TestSupport(t *testing.T) {
	w := small(t)
	h := &side[fq.Element, grumpkin.G1Affine]{
		ar: curve.Fq.Arithmetic(), form: w.key.cycle, x: make([]fq.Element, 3),
	}
	vars := h.columnVars()
	point, err := curve.Fq.DrawVector(seeded(9), vars+2)
	require.NoError(t, err)
	for part, claim := range h.claims(point)[:2] {
		from, to := h.bounds(part)
		for i := range 1 << vars {
			y := make([]fq.Element, vars)
			for j := range y {
				y[j] = curve.Fq.Int(int64(i >> (vars - 1 - j) & 1))
			}
			terms, known := claim.at(y)
			require.Len(t, terms, 1)
			require.Equal(t, part, terms[0].poly)
			require.Equal(t, fq.Element{}, known)
			want := poly.EqBits(h.ar, uint64(i), point[2:])
			if from <= i && i < to {
				want = fq.Element{}
			}
			require.Equal(t, want, terms[0].factor, "part %d, place %d", part, i)
		}
	}
}

// A commitment may hold more than its polynomial's values. A claim of few variables does
// not see them, or the proof is refused.
func TestValuesBeyondTheClaim(t *testing.T) {
	w := small(t)
	g, _ := w.generators(1 << 4)
	w.s.Claims[0].Commitment.Add(&w.s.Claims[0].Commitment, &g)
	p := w.prove(t, 1)
	require.ErrorIs(t, Verify(w.key.Verifier(), &w.s, p), ErrRejected)
}

// Every message decides what follows: a verifier who leaves one out of the transcript
// refuses. The last one, after which nothing is drawn, is the exception.
func TestEveryMessageCounts(t *testing.T) {
	w := tiny(t)
	p := w.prove(t, 1)
	vk := w.key.Verifier()
	verify := func(edit transcripttest.Edit) (messages int, err error) {
		b := transcripttest.NewEditor(edit)
		tr := transcript.Over(b, domain)
		w.s.absorb(tr, vk.digest)
		if err = vk.verifyMain(tr, &w.s, p); err == nil {
			err = vk.verifyCycle(tr, &w.s, p)
		}
		return b.Messages, err
	}
	n, err := verify(transcripttest.Keep)
	require.NoError(t, err)
	for i := range n - 1 {
		for name, edit := range map[string]transcripttest.Edit{
			"dropped": transcripttest.Drop(i), "altered": transcripttest.Alter(i),
		} {
			_, err := verify(edit)
			require.Error(t, err, "message %d of %d %s", i, n, name)
		}
	}
}

// Proofs that no decoder makes are refused, not indexed into.
func TestProofsOfAnotherForm(t *testing.T) {
	w := small(t)
	for name, change := range map[string]func(p *Proof){
		"outer rounds":  func(p *Proof) { p.main.outer = p.main.outer[1:] },
		"last rounds":   func(p *Proof) { p.main.batch = append(p.main.batch, p.main.batch[0]) },
		"a degree":      func(p *Proof) { p.main.batch[2] = p.main.batch[2][:2] },
		"cycle rounds":  func(p *Proof) { p.cycle.batch = p.cycle.batch[:1] },
		"mask":          func(p *Proof) { p.main.mask.W = nil },
		"cycle mask":    func(p *Proof) { p.cycle.mask.X = nil },
		"off the curve": func(p *Proof) { p.cycle.cross.X.Double(&p.cycle.cross.X) },
		"points off it": func(p *Proof) { p.main.matrices.looked[0].X.Double(&p.main.matrices.looked[0].X) },
	} {
		p := w.prove(t, 1)
		change(p)
		require.ErrorIs(t, Verify(w.key.Verifier(), &w.s, p), ErrRejected, name)
	}
}
