package argument

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/internal/transcript/transcripttest"
	"fold.example/fold/step/relation"
)

// eachKind runs a test on the honest step of every kind.
func eachKind(t *testing.T, test func(t *testing.T, s *step)) {
	for _, s := range honestSteps(t) {
		t.Run(s.argument.Plan.Kind.String(), func(t *testing.T) { test(t, s) })
	}
}

var generator = func() bn254.G1Affine { _, _, g, _ := bn254.Generators(); return g }()

// TestEveryMessageCounts alters each element of a proof, each commitment, and
// sees Verify refuse: none is left to settlement.
func TestEveryMessageCounts(t *testing.T) {
	eachKind(t, func(t *testing.T, s *step) {
		proof := s.proof.copied(s.argument)
		one := fr.One()
		for i, x := range s.elements(proof) {
			was := *x
			x.Add(x, &one)
			_, err := s.argument.Verify(s.statement, proof)
			require.Error(t, err, "element %d", i)
			*x = was
		}
		for i, c := range proof.points() {
			was := *c
			c.Add(c, &generator)
			_, err := s.argument.Verify(s.statement, proof)
			require.Error(t, err, "commitment to %s", pointNames[i])
			*c = was
		}
		_, err := s.argument.Verify(s.statement, proof)
		require.NoError(t, err)
	})
}

// TestEveryItemIsBound drops, alters and renames each item of the verifier's
// transcript. Verify refuses, except after a change of the last message, the values of the
// reduction: only rho is drawn after it. Then the step leaves other claims than the prover
// has, and settlement refuses.
func TestEveryItemIsBound(t *testing.T) {
	type item = transcripttest.Message
	eachKind(t, func(t *testing.T, s *step) {
		_, count, err := s.verifyEdited(t, transcripttest.Keep)
		require.NoError(t, err)
		for at := range count {
			for name, change := range map[string]func(m item) []item{
				"dropped": func(item) []item { return nil },
				"twice":   func(m item) []item { return []item{m, m} },
				"renamed": func(m item) []item { return []item{{Label: m.Label + "'", Values: m.Values}} },
				"altered": func(m item) []item {
					v := slices.Clone(m.Values)
					if len(v) == 0 {
						return nil
					}
					arithtest.Bump(&v[at%len(v)])
					return []item{{Label: m.Label, Values: v}}
				},
			} {
				result, _, err := s.verifyEdited(t, transcripttest.At(at, change))
				if at == count-1 {
					require.NoError(t, err)
					require.NotEqual(t, s.result.Running[AccumulatorCells], result.Running[AccumulatorCells], name)
					continue
				}
				require.Error(t, err, "message %d of %d, %s", at, count, name)
			}
		}
	})
}

// verifyEdited is Verify of the step's proof with other messages in the transcript. It also returns the number
// of messages that the verifier sends.
func (s *step) verifyEdited(t testing.TB, edit transcripttest.Edit) (*Result, int, error) {
	t.Helper()
	b := transcripttest.NewEditor(edit)
	v, err := s.argument.nativeVerifier(b, s.statement, &s.proof.Messages)
	require.NoError(t, err)
	f, err := v.verify(s.statement.native(&s.proof.Commitments), s.statement.running())
	require.NoError(t, err)
	return s.argument.result(s.statement, &s.proof.Commitments, f), b.Messages, b.Err()
}

// TestEveryFieldOfTheStatementCounts alters each field of what a step starts
// from.
func TestEveryFieldOfTheStatementCounts(t *testing.T) {
	one := fr.One()
	changes := map[string]func(s *Statement){
		"context":       func(s *Statement) { s.Context.Add(&s.Context, &one) },
		"start":         func(s *Statement) { s.Geometry.Start -= 2 },
		"prompt":        func(s *Statement) { s.Geometry.Prompt-- },
		"first token":   func(s *Statement) { s.Geometry.Tokens[0] ^= 1 },
		"last token":    func(s *Statement) { s.Geometry.Tokens[1] ^= 1 },
		"next":          func(s *Statement) { s.Geometry.Next ^= 1 },
		"size":          func(s *Statement) { s.Geometry.Bits, s.Geometry.Tokens = 0, s.Geometry.Tokens[:1] },
		"size and more": func(s *Statement) { s.Geometry.Bits, s.Geometry.Tokens = 2, []int{1, 2, 3, 4} },
		"input":         func(s *Statement) { s.Input.Add(&s.Input, &generator) },
		"cache":         func(s *Statement) { s.Cache.Add(&s.Cache, &generator) },
	}
	for i, name := range []string{"cells", "cache"} {
		changes["running commitment of "+name] = func(s *Statement) {
			c := &s.Running[i].Commitment
			c.Add(c, &generator)
		}
		changes["running value of "+name] = func(s *Statement) { v := &s.Running[i].Value; v.Add(v, &one) }
		changes["first coordinate of running "+name] = func(s *Statement) {
			v := &s.Running[i].Point[0]
			v.Add(v,
				&one)
		}
		changes["last coordinate of running "+name] = func(s *Statement) {
			v := &s.Running[i].Point[len(s.Running[i].Point)-1]
			v.Add(v, &one)
		}
	}
	eachKind(t, func(t *testing.T, s *step) {
		all := map[string]func(*Statement){}
		for name, change := range changes {
			all[name] = change
		}
		for i := range s.statement.Record {
			all["record "+s.argument.Plan.Slots[i]] = func(s *Statement) {
				s.Record[i] = new(big.Int).Add(s.Record[i],
					one.BigInt(new(big.Int)))
			}
		}
		for name, change := range all {
			altered := s.statement.copied()
			change(altered)
			_, err := s.argument.Verify(altered, s.proof)
			require.Error(t, err, name)
		}
	})
}

// TestStatementsAreValidated: what no honest run has is refused before any
// arithmetic, and says why.
func TestStatementsAreValidated(t *testing.T) {
	s := honestSteps(t)[1]
	off := bn254.G1Affine{X: fp.NewElement(1), Y: fp.NewElement(1)}
	for name, c := range map[string]struct {
		change func(s *Statement)
		says   string
	}{
		"misaligned":        {func(s *Statement) { s.Geometry.Start = 3 }, "expected a multiple"},
		"negative":          {func(s *Statement) { s.Geometry.Start = -2 }, "expected a multiple"},
		"beyond the shape":  {func(s *Statement) { s.Geometry.Start = 8 }, "expected an end within 8"},
		"too many tokens":   {func(s *Statement) { s.Geometry.Bits = 3 }, "in a shape for up to 2^2"},
		"a negative size":   {func(s *Statement) { s.Geometry.Bits = -1 }, "a pass of 2^-1 tokens"},
		"an end that wraps": {func(s *Statement) { s.Geometry.Start = math.MaxInt - 1 }, "expected an end within 8"},
		"no prompt":         {func(s *Statement) { s.Geometry.Prompt = 0 }, "a prompt of 0 tokens"},
		"a token too few": {func(s *Statement) { s.Geometry.Tokens = s.Geometry.Tokens[:1] },
			"1 tokens for a pass of 2"},
		"a dead row's token":  {func(s *Statement) { s.Geometry.Tokens[0] = 13 }, "token 13, expected 0 to 12"},
		"a dead row chosen":   {func(s *Statement) { s.Geometry.Next = 13 }, "token 13, expected 0 to 12"},
		"a negative token":    {func(s *Statement) { s.Geometry.Next = -1 }, "token -1"},
		"a short record":      {func(s *Statement) { s.Record = s.Record[1:] }, "a record of"},
		"a negative constant": {func(s *Statement) { s.Record[0] = big.NewInt(-1) }, "expected 1 to"},
		"a huge constant":     {func(s *Statement) { s.Record[0] = relation.Pow2(200) }, "expected 1 to"},
		"a constant of zero":  {func(s *Statement) { s.Record[0] = new(big.Int) }, "expected 1 to"},
		"no constant":         {func(s *Statement) { s.Record[0] = nil }, "expected 1 to"},
		"a short point":       {func(s *Statement) { s.Running[0].Point = s.Running[0].Point[1:] }, "coordinates"},
		"a long point": {func(s *Statement) { s.Running[1].Point = append(s.Running[1].Point, fr.One()) },
			"coordinates"},
		"input off curve":   {func(s *Statement) { s.Input = off }, "not on the curve"},
		"cache off curve":   {func(s *Statement) { s.Cache = off }, "not on the curve"},
		"running off curve": {func(s *Statement) { s.Running[1].Commitment = off }, "not on the curve"},
	} {
		altered := s.statement.copied()
		c.change(altered)
		_, err := s.argument.Verify(altered, s.proof)
		require.ErrorContains(t, err, c.says, name)
	}
	for i := range pointNames {
		proof := s.proof.copied(s.argument)
		*proof.points()[i] = off
		_, err := s.argument.Verify(s.statement, proof)
		require.ErrorContains(t, err, pointNames[i]+" is not on the curve")
	}
}

// A pass at the end of the positions of a shape may still be past the model's
// context, where the tables of angles are zero.
func TestContextEnds(t *testing.T) {
	s := honestSteps(t)[1].Shape
	s.Config.Context = 5
	g := honestSteps(t)[1].statement.Geometry
	require.ErrorContains(t, g.Validate(s), "expected an end within 5")
}

// TestWrongLengths: every list of a proof, one element longer, shorter or empty,
// is ErrShape and nothing else.
func TestWrongLengths(t *testing.T) {
	eachKind(t, func(t *testing.T, s *step) {
		m := &s.proof.copied(s.argument).Messages
		lists := map[string]*[]fr.Element{"sums": &m.Sums, "values": &m.Values, "reduction values": &m.Reduction.Values}
		rounds := map[string]*[][]fr.Element{"elementwise": (*[][]fr.Element)(&m.Elementwise),
			"reduction": (*[][]fr.Element)(&m.Reduction.Rounds)}
		for i := range m.Levels {
			rounds[fmt.Sprint("level ", i)] = (*[][]fr.Element)(&m.Levels[i])
		}
		for name, r := range rounds {
			for i := range *r {
				lists[fmt.Sprint(name, " round ", i)] = &(*r)[i]
			}
		}
		refused := func(name string) {
			_, err := s.argument.Verify(s.statement, &Proof{s.proof.Commitments, *m})
			require.ErrorIs(t, err, ErrShape, name)
		}
		for name, l := range lists {
			was := *l
			for _, other := range [][]fr.Element{was[:len(was)-1], append(slices.Clone(was), fr.One()), nil} {
				*l = other
				refused(name)
			}
			*l = was
		}
		for name, r := range rounds {
			was := *r
			for _, other := range [][][]fr.Element{was[:len(was)-1], append(slices.Clone(was), was[0]), nil} {
				*r = other
				refused(name)
			}
			*r = was
		}
		levels := m.Levels
		m.Levels = nil
		refused("no levels")
		m.Levels = append(slices.Clone(levels), levels...)
		refused("more levels")
	})
}

// TestAbsentCommitments: a step hands on no commitment that it makes no
// claim about. Without this, an embed or a head could put any cache, and an embed
// any input, into the run.
func TestAbsentCommitments(t *testing.T) {
	steps := honestSteps(t)
	for _, c := range []struct {
		step *step
		set  func(p *Proof, s *Statement) *bn254.G1Affine
	}{
		{steps[0], func(p *Proof, _ *Statement) *bn254.G1Affine { return &p.Added }},
		{steps[0], func(p *Proof, _ *Statement) *bn254.G1Affine { return &p.Outputs }},
		{steps[0], func(p *Proof, _ *Statement) *bn254.G1Affine { return &p.Inverses }},
		{steps[0], func(_ *Proof, s *Statement) *bn254.G1Affine { return &s.Input }},
		{steps[2], func(p *Proof, _ *Statement) *bn254.G1Affine { return &p.Added }},
		{steps[2], func(p *Proof, _ *Statement) *bn254.G1Affine { return &p.Output }},
		{steps[2], func(p *Proof, _ *Statement) *bn254.G1Affine { return &p.Outputs }},
	} {
		proof, statement := c.step.proof.copied(c.step.argument), c.step.statement.copied()
		p := c.set(proof, statement)
		require.True(t, p.IsInfinity())
		*p = generator
		_, err := c.step.argument.Verify(statement, proof)
		require.ErrorContains(t, err, "which the step does not have")
	}
}

// TestSlots: a running claim that a step does not touch stays as it was, and a
// program of another shape, or other slots, has another transcript.
func TestSlots(t *testing.T) {
	steps := honestSteps(t)
	for _, i := range []int{0, 2} {
		require.Equal(t, steps[i].statement.Running[AccumulatorCache], steps[i].result.Running[AccumulatorCache])
		require.Equal(t, steps[i].statement.Cache, steps[i].result.Cache)
	}
	s := steps[1]
	other := *s.argument
	other.Digest.SetUint64(1)
	_, err := other.Verify(s.statement, s.proof)
	require.Error(t, err)
	slots := s.argument.reduction.slots
	_, err = NewArgument(s.witness.Program, s.Shape, AccumulatorSizes{slots.Cells, slots.Cache + 1})
	require.ErrorContains(t, err, "for a cache of")
	_, err = NewArgument(s.witness.Program, s.Shape, AccumulatorSizes{s.witness.Program.CellBits - 1, slots.Cache})
	require.ErrorContains(t, err, "for cells of")
	shape := s.Shape
	shape.TokenBits++
	_, err = NewArgument(s.witness.Program, shape, slots)
	require.ErrorContains(t, err, "other extents")
}

// TestEveryClaimIsResolved: a claim on a virtual tensor is the sum of exactly one
// later instance, one on a committed tensor is part of the reduction exactly
// once, one on the model is deferred exactly once.
func TestEveryClaimIsResolved(t *testing.T) {
	eachKind(t, func(t *testing.T, s *step) {
		a := s.argument
		times := make([]int, len(a.Plan.claims))
		end := a.Plan.elementwise.end
		for i := range a.Plan.levels {
			for _, n := range a.Plan.levels[i].instances {
				times[n.claim]++
				require.Less(t, n.claim, end, "a claim of a level before it is made")
				require.Equal(t, relation.Virtual, a.Plan.Tensor(a.Plan.claims[n.claim].tensor).Oracle)
			}
			end = a.Plan.levels[i].end
		}
		for _, p := range a.reduction.parts {
			for _, c := range p {
				times[c.claim]++
			}
		}
		deferred := 0
		for i, c := range a.Plan.claims {
			if c.tensor >= 0 && a.Plan.Tensor(c.tensor).Oracle == relation.Weights {
				times[i]++
				deferred++
			}
			want := 1
			if a.Plan.isPadding(i) {
				want = 0
			}
			require.Equal(t, want, times[i], "claim %d", i)
		}
		require.Len(t, s.result.Weights.Values, deferred)
		read := map[string]bool{}
		for _, d := range s.deferred(t, s.result) {
			read[d.Name] = true
		}
		for _, tensor := range a.Plan.Tensors {
			require.Equal(t, tensor.Oracle == relation.Weights, read[tensor.Name], tensor.Name)
		}
	})
}
