package step

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/step/argument"
)

// TestLoansAgree: with shared permutations, the circuit accepts a step of a settlement with
// one altered element of its advice exactly when the native rules do.
func TestLoansAgree(t *testing.T) {
	steps, before := settleSteps(t)
	c := functionOf(t)
	rng := rand.New(rand.NewPCG(81, 0))
	refused := 0
	for _, at := range []int{settleSums, settleSums + 1, settleRead, settleRead + 1, settleSecond + 3, settleWeigh,
		settleWeigh + 3, settleMask} {
		for range 8 {
			a := settleAttempt(before[at], steps[at])
			var all []*fr.Element
			a.in.settleAdvice.visit(func(e *fr.Element) { all = append(all, e) })
			arithtest.Bump(all[rng.IntN(len(all))])
			next, err := a.next(c.f.p)
			advice := a.advice()
			advice = append(advice[:len(advice)-(&anyArgument{p: a.p}).advice()], make([]fr.Element, c.f.messages)...)
			solved := c.solves(t, a.of, flatten(a.z), advice, flatten(next))
			require.Equal(t, err == nil, solved == nil, "natively: %v; the circuit: %v", err, solved)
			if err != nil {
				refused++
			}
		}
	}
	require.Greater(t, refused, 12)
}

// TestLoansAreSelected: the hashes of a settlement do not depend on the argument's messages,
// and the hashes of the argument do not depend on the settlement's advice.
func TestLoansAreSelected(t *testing.T) {
	steps, before := settleSteps(t)
	c := functionOf(t)
	for i, s := range steps {
		g := before[i].clone()
		z, of := g.Elements(&g.State), g.context()
		w, err := c.f.SettleWitness(g, s)
		require.NoError(t, err)
		m := c.f.uniform.Arguments[0].Blank()
		for k := range m.Values {
			m.Values[k].SetUint64(uint64(k + 1))
		}
		copy(w.Advice[len(w.Advice)-c.f.messages:], c.f.messagesOf(&Step{Proof: &argument.Proof{Messages: *m}}))
		require.NoError(t, c.solves(t, of, z, w.Advice, w.Z), "step %d, %s", i, before[i].State.Phase)
	}

	_, moments := runMoments(t)
	for _, at := range []int{firstEmbed, secondBlock, firstHead} {
		m := &moments[at]
		g := m.before.clone()
		z, of := g.Elements(&g.State), g.context()
		w, err := c.f.Witness(g, m.step)
		require.NoError(t, err)
		in := newTransitionAdvice[fr.Element](c.f.p)
		require.NoError(t, fill(in, w.Advice[:len(flatten(in))]))
		for _, list := range append([][]fr.Element{in.Point, in.Omegas[0], in.Read.Values, in.Read.Coordinates,
			in.Values},
			in.Rounds...) {
			for k := range list {
				list[k].SetUint64(uint64(k + 3))
			}
		}
		copy(w.Advice, flatten(in))
		require.NoError(t, c.solves(t, of, z, w.Advice, w.Z))
		arithtest.Bump(&w.Z[len(w.Z)-1])
		require.Error(t, c.solves(t, of, z, w.Advice, w.Z))
	}
}
