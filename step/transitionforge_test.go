package step

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// at returns an attempt whose advice is that of another state and geometry.
func (m *moment) at(t testing.TB, alter func(z *State, g *relation.Geometry)) *attempt {
	t.Helper()
	a := m.attempt(t)
	f := m.before.clone()
	st, _, err := f.start(m.step)
	require.NoError(t, err)
	alter(&f.State, &st.Geometry)
	points := a.in.Points
	a.z, a.in = f.vector(&f.State), f.passAdvice(st)
	a.in.Points = points
	return a
}

// Indices of the steps of the honest run: two passes, each of embed, two groups and head.
const (
	firstEmbed = iota
	firstBlock
	lastBlock
	firstHead
	secondEmbed
	secondBlock
	secondLast
	secondHead
)

// TestTransitionForgeries breaks each rule of the state. Tracker and circuit both refuse each
// forgery.
func TestTransitionForgeries(t *testing.T) {
	r, moments := runMoments(t)
	c := transitionCircuit(t)
	swap := func(x []fr.Element, i, j int) { x[i], x[j] = x[j], x[i] }
	for name, forgery := range map[string]struct {
		at     int
		alter  func(t *testing.T, m *moment) *attempt
		reason string
	}{
		"pass not aligned": {firstEmbed, geometry(func(z *State, g *relation.Geometry) {
			z.Start, g.Start = 1,
				1
		}), "multiple of its size"},
		"pass behind the positions": {secondEmbed, geometry(func(z *State, g *relation.Geometry) {
			z.Start,
				g.Start = 4, 4
		}), "within the positions"},
		"token outside the vocabulary": {firstEmbed, geometry(func(_ *State,
			g *relation.Geometry) {
			g.Tokens = []int{1, 13}
		}), "vocabulary"},
		"choice outside the vocabulary": {firstHead, geometry(func(_ *State, g *relation.Geometry) { g.Next = 15 }),
			"vocabulary"},
		"first token not the one chosen": {secondEmbed, geometry(func(z *State,
			g *relation.Geometry) {
			g.Tokens = []int{(z.Next + 1) % 13}
		}), "the model chose"},
		"tokens off by one": {firstHead, geometry(func(_ *State,
			g *relation.Geometry) {
			g.Tokens = []int{g.Tokens[1], g.Tokens[0]}
		}), "those of the pass"},
		"token behind the pass": {secondEmbed, advice(func(a *attempt) { a.in.Tokens[1][0].SetOne() }),
			"where the pass has none"},
		"token of three bits and a half": {firstEmbed,
			advice(func(a *attempt) { a.in.Tokens[0][1] = fr.NewElement(2) }),
			"vocabulary"},
		"choice by a block": {firstBlock, advice(func(a *attempt) { a.in.Next[0].SetOne() }), "by a head"},
		"larger pass within": {secondBlock, geometry(func(_ *State, g *relation.Geometry) { g.Bits = 1 }),
			"keeps its size"},
		"window of another start": {secondHead, geometry(func(_ *State, g *relation.Geometry) { g.Start-- }),
			"start"},
		"head skipped": {lastBlock, advice(func(a *attempt) { clear(a.in.Past) }),
			"past the prompt"},
		"choices before the prompt's end": {firstHead, advice(func(a *attempt) { a.in.Past[0].SetOne() }),
			"past the prompt"},
		"second head": {secondEmbed, advice(func(a *attempt) {
			swap(a.in.Phase, int(relation.Embed),
				int(relation.Head))
		}), "state's phase"},
		"two flags": {secondEmbed, advice(func(a *attempt) { a.in.Phase[relation.Block].SetOne() }),
			"one phase"},
		"flags that add up": {lastBlock, advice(func(a *attempt) {
			a.in.Phase[relation.Embed], a.in.Phase[relation.Block] = fr.NewElement(2), fr.Element{}
			a.in.Phase[relation.Embed].Neg(&a.in.Phase[relation.Embed])
		}), "flags of the phase"},
		"group skipped": {firstBlock, advice(func(a *attempt) { a.in.GroupInverse.SetZero() }),
			"the group is the last"},
		"last group repeated": {lastBlock, advice(func(a *attempt) { a.z.Group.SetZero() }),
			"whether the group is the last"},
		"record of another layer": {lastBlock, later(&moments[firstHead], func(a *attempt) {
			a.in.Chains = r.protocol.chains[1:2]
		}), "model's records"},
		"layer taken for another": {lastBlock, later(&moments[firstHead],
			func(a *attempt) { a.z.Model = moments[firstBlock].before.State.Model }), "model's records"},
		"another layer's cache": {secondLast, later(&moments[secondHead], func(a *attempt) {
			a.in.Points[pointCacheBefore] = moments[secondBlock].attempt(t).in.Points[pointCacheBefore]
		}), "reads the cache"},
		"empty cache": {secondLast, later(&moments[secondHead],
			func(a *attempt) { a.in.Points[pointCacheBefore] = argument.Limbs[fr.Element]{} }), "reads the cache"},
		"head's record altered": {firstHead, advice(func(a *attempt) { arithtest.Bump(&a.in.Chains[0]) }),
			"head's record"},
		"S1: another list of exponents": {firstBlock, advice(func(a *attempt) {
			bit, packed := &a.in.Exponents[0][0][0], &a.in.Packed[0] // the lowest bit of both
			packed.Sub(packed, bit)
			one := fr.One()
			bit.Sub(&one, bit)
			packed.Add(packed, bit)
		}), "exponents are the model's"},
		"S2: an exponent beside the list": {firstBlock, advice(func(a *attempt) {
			one, bit := fr.One(), &a.in.Exponents[0][0][0]
			bit.Sub(&one, bit)
		}), "those of the layer"},
		"S2: a place makes up for another": {firstBlock, advice(func(a *attempt) {
			one, bits := fr.One(), a.in.Exponents[0][0]
			next := &a.in.Exponents[0][1][0]
			next.Sub(next, &one) // two in the highest bit of a layer for one in the lowest of the next
			last := &bits[len(bits)-1]
			last.Add(last, one.Double(&one))
		}), "bits of the exponents"},
		"S2: a place that is not selected": {firstBlock, advice(func(a *attempt) {
			one, bit := fr.One(), &a.in.Exponents[0][3][0]
			bit.Sub(&one, bit)
		}), "those of the layer"},
		"S3: the exponents of another group": {firstBlock, advice(func(a *attempt) { swap(a.in.Groups, 0, 1) }),
			"the group is the state's"},
		"S3: no group": {firstBlock, advice(func(a *attempt) { clear(a.in.Groups) }), "has one group"},
		"S3: flags that add up": {lastBlock, advice(func(a *attempt) {
			a.in.Groups[0].SetInt64(-1)
			a.in.Groups[1].SetInt64(2)
		}), "flags of the group"},
		"S3: a group in a head": {firstHead, advice(func(a *attempt) { a.in.Groups[0].SetOne() }), "has one group"},
		"S4: another salt": {firstBlock, advice(func(a *attempt) { arithtest.Bump(&a.in.Salt) }),
			"exponents are the model's"},
		"records of a pass": {secondHead, advice(func(a *attempt) { arithtest.Bump(&a.z.Model) }),
			"model's records"},
		"cache of another pass": {secondHead, advice(func(a *attempt) { arithtest.Bump(&a.z.CacheRead) }),
			"reads the cache"},
		"another cache left": {secondHead, advice(func(a *attempt) { arithtest.Bump(&a.z.CachePrev) }),
			"reads the cache"},
		"caches swapped": {secondHead, advice(func(a *attempt) {
			a.z.CacheRead,
				a.z.CacheWrite = a.z.CacheWrite, a.z.CacheRead
		}), "reads the cache"},
		"a cache for a head": {firstHead, advice(func(a *attempt) { a.in.Points[pointCacheBefore][0].SetOne() }),
			"no cache but a block's"},
		"another residual stream": {firstBlock, advice(func(a *attempt) { arithtest.Bump(&a.z.Stream[1]) }),
			"residual stream"},
		"running claim of another class": {firstBlock, advice(func(a *attempt) { swap(a.z.Slots, 0, 1) }),
			"the pass's class"},
		"running value altered": {secondHead, advice(func(a *attempt) { arithtest.Bump(&a.in.Cells.Value) }),
			"the pass's class"},
		"running point altered": {secondHead, advice(func(a *attempt) { arithtest.Bump(&a.in.Cells.Point[20]) }),
			"the pass's class"},
		"cache's claim altered": {secondBlock, advice(func(a *attempt) { arithtest.Bump(&a.in.Cache.Value) }),
			"claim on the cache"},
		"settlement within a pass": {firstBlock, advice(func(a *attempt) { a.in.Settle.SetOne() }), "at a pass's end"},
		"step after the settlement": {secondEmbed,
			advice(func(a *attempt) { a.z.Phase = fr.NewElement(uint64(relation.Settled)) }), "state's phase"},
	} {
		t.Run(name, func(t *testing.T) {
			a := forgery.alter(t, &moments[forgery.at])
			err := a.try(t, c)
			require.Error(t, err)
			require.ErrorContains(t, err, forgery.reason)
		})
	}
}

func geometry(alter func(*State, *relation.Geometry)) func(*testing.T, *moment) *attempt {
	return func(t *testing.T, m *moment) *attempt { return m.at(t, alter) }
}

func advice(alter func(*attempt)) func(*testing.T, *moment) *attempt {
	return func(t *testing.T, m *moment) *attempt {
		a := m.attempt(t)
		alter(a)
		return a
	}
}

// later alters a step without breaking its rules, and attempts an honest step from the
// resulting state.
func later(then *moment, alter func(*attempt)) func(*testing.T, *moment) *attempt {
	return func(t *testing.T, m *moment) *attempt {
		a := m.attempt(t)
		alter(a)
		z, err := a.next(m.before.Params)
		require.NoError(t, err)
		b := then.attempt(t)
		b.z = z
		return b
	}
}

// TestTransitionAlteredAgrees: with any one element of state or advice altered, the circuit
// accepts exactly when the tracker does.
func TestTransitionAlteredAgrees(t *testing.T) {
	_, moments := runMoments(t)
	c := transitionCircuit(t)
	rng := rand.New(rand.NewPCG(71, 0))
	refused := 0
	for range 120 {
		a := moments[rng.IntN(len(moments))].attempt(t)
		var all []*fr.Element
		a.z.visit(func(e *fr.Element) { all = append(all, e) })
		a.in.visit(func(e *fr.Element) { all = append(all, e) })
		x := all[rng.IntN(len(all))]
		if rng.IntN(2) == 0 && (x.IsZero() || x.IsOne()) {
			one := fr.One()
			x.Sub(&one, x)
		} else {
			arithtest.Bump(x)
		}
		if a.try(t, c) != nil {
			refused++
		}
	}
	require.Greater(t, refused, 40)
}

// TestPassOfTransition: for a valid geometry, the transition computes the same pass as
// NewPass, in the geometry's class. With altered advice about the pass, the transition refuses
// it or computes the same pass.
func TestPassOfTransition(t *testing.T) {
	config := llamatest.Configs[0].Config
	config.Context = 32
	p := blankProtocol(t, config, 32, 5, 24, 1, 3)
	base := p.first(1)
	rapid.Check(t, func(t *rapid.T) {
		j := rapid.IntRange(0, 3).Draw(t, "j")
		start := rapid.IntRange(0, 1<<(5-j)-1).Draw(t, "start") << j
		z := base
		z.Start, z.Prompt, z.Next = start, rapid.IntRange(1, 32).Draw(t, "prompt"), 7
		g := relation.Geometry{Start: start, Bits: j, Prompt: z.Prompt}
		for i := range 1 << j {
			g.Tokens = append(g.Tokens, rapid.IntRange(0, config.Vocab-1).Draw(t, "token"))
			if i == 0 && start >= z.Prompt {
				g.Tokens[0] = z.Next
			}
		}
		f := &StateTracker{Params: p, State: z}
		class, err := p.class(j)
		require.NoError(t, err)
		shape := p.classes[class].shape
		want, err := argument.NewPass(shape, g)
		require.NoError(t, err)
		st := &argument.Statement{Geometry: g, Running: [2]argument.CommittedClaim{z.Cells[class], z.Cache}}
		in := f.passAdvice(st)
		lay := func() (*transition[fr.Element], error) {
			tr, m := f.transition(in)
			tr.begin()
			return tr, m.Err()
		}
		tr, err := lay()
		require.NoError(t, err)
		have := tr.pass.Within(shape)
		require.Equal(t, *want, have)
		require.True(t, tr.classes[class].IsOne() && tr.classes[1-class].IsZero())
		if last := 1<<j - 1; want.Picks[last].IsOne() != tr.chooses.IsOne() {
			t.Fatalf("chooses: %v", tr.chooses)
		}

		lists := [][]fr.Element{in.Below, in.Start, in.Past, in.Excess, in.Room}
		list := lists[rapid.IntRange(0, len(lists)-1).Draw(t, "list")]
		x := &list[rapid.IntRange(0, len(list)-1).Draw(t, "at")]
		one := fr.One()
		x.Sub(&one, x)
		_, err = lay()
		require.Error(t, err)
	})
}

// TestStatesOfFiles: a state that no step leads to, as a file may contain, is refused without
// an access out of range.
func TestStatesOfFiles(t *testing.T) {
	_, moments := runMoments(t)
	steps, before := settleSteps(t)
	for phase := relation.Embed; phase <= relation.Settled+1; phase++ {
		for _, group := range []int{-1, 2, 3, 5, 40, 1 << 40} {
			for i := range moments {
				f := moments[i].before.clone()
				f.State.Phase, f.State.Group = phase, group
				_ = f.Verify(moments[i].step)
			}
			for i, s := range steps {
				f := before[i].clone()
				f.State.Phase, f.State.Group = phase, group
				f.State.Settle.Chunk.SetUint64(uint64(i))
				_ = f.Settle(s)
			}
		}
	}
	f := moments[firstBlock].before.clone()
	f.State.Group = 2
	require.ErrorIs(t, f.Verify(moments[firstBlock].step), ErrRun)
	g := before[settleWeigh].clone()
	g.State.Group = 7
	require.ErrorIs(t, g.Settle(steps[settleWeigh]), ErrSettlement)
}
