package step

import (
	"math/big"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// TestSettleAdviceForgeries gives the circuit of a settlement's step advice that no SettleStep
// can produce: flags that are no bits, or whose sums are the expected numbers.
func TestSettleAdviceForgeries(t *testing.T) {
	steps, before := settleSteps(t)
	c := transitionCircuit(t)
	two, minus := fr.NewElement(2), fr.NewElement(1)
	minus.Neg(&minus)
	one := fr.One()
	const lastGroup = settleRead + 2
	for name, forgery := range map[string]struct {
		at     int
		alter  func(in *transitionAdvice[fr.Element])
		reason string
	}{
		// The next phase would be the masks, and no claim would have been read.
		"two heads follow": {lastGroup, func(in *transitionAdvice[fr.Element]) { in.ToHead = two },
			"what follows a pass"},
		"half an end": {settleSecond + 3, func(in *transitionAdvice[fr.Element]) { in.Finish.Halve() },
			"what follows a pass"},
		"settlement begins twice": {settleSums, func(in *transitionAdvice[fr.Element]) { in.Settle = two },
			"whether a settlement begins"},
		"settlement begins again": {settleRead, func(in *transitionAdvice[fr.Element]) { in.Settle = one },
			"at a pass's end"},
		"sums end early": {settleSums, func(in *transitionAdvice[fr.Element]) { in.SumsInverse.SetZero() },
			"whether the sums end"},
		"a mask among the sums": {settleSums, func(in *transitionAdvice[fr.Element]) { in.Slots[0] = one },
			"one claim is masked"},
		"a mask in a reading": {settleRead, func(in *transitionAdvice[fr.Element]) { in.Slots[0] = one },
			"one claim is masked"},
		"a mask among the weighed": {settleWeigh, func(in *transitionAdvice[fr.Element]) { in.Slots[0] = one },
			"one claim is masked"},
		"nothing masked": {settleMask, func(in *transitionAdvice[fr.Element]) { clear(in.Slots) },
			"one claim is masked"},
		"two claims masked": {settleMask + 3, func(in *transitionAdvice[fr.Element]) {
			copy(in.Slots,
				[]fr.Element{{}, one, one, {}})
		}, "one claim is masked"},
		"claims that add up": {settleMask + 2, func(in *transitionAdvice[fr.Element]) {
			copy(in.Slots,
				[]fr.Element{minus, two, {}})
		}, "flags of the claim"},
		"another claim masked": {settleMask + 1, func(in *transitionAdvice[fr.Element]) {
			in.Slots[1],
				in.Slots[2] = in.Slots[2], in.Slots[1]
		}, "masked in order"},
		"nothing weighed": {settleWeigh, func(in *transitionAdvice[fr.Element]) { clear(in.Chunks) },
			"one part of a record"},
		"a part in a reading": {settleRead, func(in *transitionAdvice[fr.Element]) { in.Chunks[0] = one },
			"one part of a record"},
		"a part in a mask": {settleMask, func(in *transitionAdvice[fr.Element]) { in.Chunks[0] = one },
			"one part of a record"},
		"parts that add up": {settleWeigh + 3, func(in *transitionAdvice[fr.Element]) {
			copy(in.Chunks,
				[]fr.Element{minus, two, {}})
		}, "flags of the part"},
		"another part": {settleWeigh + 1, func(in *transitionAdvice[fr.Element]) { slices.Reverse(in.Chunks) },
			"weighed in order"},
		"embedding taken for block": {settleWeigh,
			func(in *transitionAdvice[fr.Element]) { in.EmbedInverse = one; in.HeadInverse.SetZero() },
			"whether the record is the head's"},
		"block taken for embedding": {settleWeigh + 2,
			func(in *transitionAdvice[fr.Element]) { in.EmbedInverse.SetZero() },
			"whether the record is the embedding's"},
		"a size of two bits": {settleRead, func(in *transitionAdvice[fr.Element]) { in.ReadBelow[0] = two },
			"flags of the size"},
		"start's bits that add up": {settleSecond, func(in *transitionAdvice[fr.Element]) {
			in.ReadStart[0],
				in.ReadStart[1] = two, fr.Element{}
		}, "bits of the start"},
	} {
		t.Run(name, func(t *testing.T) {
			a := settleAttempt(before[forgery.at], steps[forgery.at])
			forgery.alter(a.in)
			require.ErrorContains(t, a.try(t, c), forgery.reason)
		})
	}
}

// TestSettlePointIsOne: every step of the second and third reading has the point of the sums.
func TestSettlePointIsOne(t *testing.T) {
	steps, before := settleSteps(t)
	c := transitionCircuit(t)
	for i := settleRead; i < settleMask; i++ {
		a := settleAttempt(before[i], steps[i])
		arithtest.Bump(&a.in.Point[len(a.in.Point)-1])
		require.ErrorContains(t, a.try(t, c), "the point is that of the sumcheck", "step %d", i)
	}
}

// TestSettleFolding: rho of a step that folds is drawn from the state, all five points and all
// five values, with the definition in the text. If a prover knew rho earlier, it could fold a
// polynomial that compensates for a false claim.
func TestSettleFolding(t *testing.T) {
	steps, before := settleSteps(t)
	rho := func(i int, alter func(s *SettleStep, f *StateTracker)) fr.Element {
		f, s := before[i].clone(), steps[i].clone()
		alter(s, f)
		out, err := f.settleStep(s)
		require.NoError(t, err, "step %d", i)
		return out.rho
	}
	for i := settleMask; i < len(steps); i++ {
		honest := rho(i, func(*SettleStep, *StateTracker) {})
		for k := range weights.ChunkPoints {
			require.NotEqual(t, honest, rho(i, func(s *SettleStep,
				_ *StateTracker) {
				s.Points[k].Add(&s.Points[k], &steps[settleMask].Points[0])
			}), "point %d", k)
			require.NotEqual(t, honest, rho(i, func(s *SettleStep, _ *StateTracker) { arithtest.Bump(&s.Values[k]) }),
				"value %d", k)
		}
		require.NotEqual(t, honest, rho(i, func(_ *SettleStep, f *StateTracker) { f.State.Prompt-- }), "state")

		// the definition in the text
		b := transcript.NewField()
		m := []fr.Element{}
		for k := range steps[i].Points {
			l := transcript.PointLimbs(&steps[i].Points[k])
			m = append(m, l[:]...)
		}
		z := &before[i].State
		chain := transcript.HashNative("fold weight points", append([]fr.Element{z.Settle.Points}, m...)...)
		list := append([]fr.Element{before[i].context(), chain}, steps[i].Values[:]...)
		hash := transcript.Hash(b, "fold settlement fold", list...)
		low := hash.BigInt(new(big.Int))
		low.Mod(low, relation.Pow2(transcript.ChallengeBits))
		require.Equal(t, *new(fr.Element).SetBigInt(low), honest, "step %d", i)
	}
	for i := settleWeigh; i < settleMask; i++ {
		honest := rho(i, func(*SettleStep, *StateTracker) {})
		require.NotEqual(t, honest, rho(i, func(_ *SettleStep, f *StateTracker) { f.State.Prompt-- }), "state")
	}
}
