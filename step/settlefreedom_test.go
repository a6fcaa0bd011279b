package step

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/step/relation"
)

// TestSettleFreedom alters elements of the advice on a settlement's steps, each by itself.
// What a kind of step has no use for must be refused or make no difference to the state
// that follows; what it does have a use for is listed here, and bound elsewhere: by the
// chains, the sumcheck and the claims that are opened in the end.
func TestSettleFreedom(t *testing.T) {
	steps, before := settleSteps(t)
	allowed := func(i int, in *transitionAdvice[fr.Element]) map[*fr.Element]bool {
		m := map[*fr.Element]bool{}
		use := func(e *fr.Element) { m[e] = true }
		records := func() {
			visitAll(use, in.Chains)
			visitAll(use, in.Constants...)
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
			if of[e] || place%3 != i%3 { // neighbours are alike
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

// TestTotalIsNamedOnce: a total that a later step of the sums names is of no account.
func TestTotalIsNamedOnce(t *testing.T) {
	steps, before := settleSteps(t)
	const second = settleSums + 1
	a := settleAttempt(before[second], steps[second])
	arithtest.Bump(&a.in.Total)
	next, err := a.next(before[second].Params)
	require.NoError(t, err)
	require.Equal(t, before[second+1].Elements(&before[second+1].State), flatten(next))
}
