package step

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/step/relation"
)

// TestSettleFreedom alters each element of the advice of a settlement's steps. An element that
// a kind of step does not use must be refused or must not change the next state. Elements that
// a kind of step uses are listed here; the chains, the sumcheck and the opened claims bind
// them.
func TestSettleFreedom(t *testing.T) {
	steps, before := settleSteps(t)
	allowed := func(i int, in *transitionAdvice[fr.Element]) map[*fr.Element]bool {
		m := map[*fr.Element]bool{}
		use := func(e *fr.Element) { m[e] = true }
		records := func() {
			visitAll(use, in.Chains)
			visitAll(use, in.Omegas...)
		}
		switch k := before[i].State.settleKind(); {
		case k == relation.Sums:
			visitAll(use, in.Rounds...)
			if i == settleSums {
				use(&in.Total)
			} else {
				use(&in.OmegaBody)
				use(&in.OmegaHead)
			}
		case k == relation.Weigh:
			records()
		case k == relation.Mask:
			visitAll(use, in.Values)
			if i == len(steps)-1 {
				use(&in.SaltPrompt)
				use(&in.SaltOutput)
			}
		default:
			records()
			visitAll(use, in.Read.Coordinates, in.Read.Values, in.ReadStart, in.ReadBelow)
			use(&in.ToHead)
			use(&in.Finish)
		}
		return m
	}
	for _, i := range []int{settleSums, settleSums + 1, settleRead + 2, settleRead + 3, settleWeigh + 1, settleMask,
		len(steps) - 1} {
		honest, err := settleAttempt(before[i], steps[i]).next(before[i].Params)
		require.NoError(t, err)
		a := settleAttempt(before[i], steps[i])
		of, place := allowed(i, a.in), 0
		a.in.visit(func(e *fr.Element) {
			place++
			if of[e] || place%3 != i%3 { // neighbouring elements behave alike
				return
			}
			was := *e
			arithtest.Bump(e)
			next, err := a.next(before[i].Params)
			require.True(t, err != nil || equalStates(next, honest), "step %d, %s: element %d of the advice", i,
				before[i].State.settleKind(), place)
			*e = was
		})
	}
}

func equalStates(a, b *stateVector[fr.Element]) bool { return slices.Equal(flatten(a), flatten(b)) }

// TestTotalIsNamedOnce: the total in a later step of sums has no effect.
func TestTotalIsNamedOnce(t *testing.T) {
	steps, before := settleSteps(t)
	const second = settleSums + 1
	a := settleAttempt(before[second], steps[second])
	arithtest.Bump(&a.in.Total)
	next, err := a.next(before[second].Params)
	require.NoError(t, err)
	require.Equal(t, before[second+1].Elements(&before[second+1].State), flatten(next))
}
