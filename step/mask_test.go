package step

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/weights"
)

// TestMasksHide: a polynomial with one coefficient and a blinding factor is folded into each
// running claim. Both are nonzero and differ between claims and between settlements, also if a
// step is made again from the same state: the same mask under two challenges would reveal the
// claim. The salts of the last mask are new for each settlement, too.
func TestMasksHide(t *testing.T) {
	r, _ := runMoments(t)
	steps, before := settleSteps(t)
	seen := map[fr.Element]bool{}
	fresh := func(x fr.Element) {
		require.False(t, x.IsZero())
		require.False(t, seen[x], "a secret twice")
		seen[x] = true
	}
	masked := func(at int) *SettleStep {
		f := before[at].clone()
		q := *settledRun.run
		q.tracker, q.Running = f, make([]*argument.Polynomial, f.slotCount())
		for i := range q.Running {
			q.Running[i] = &argument.Polynomial{Values: make(fr.Vector, 1)}
		}
		s, fold, err := q.nextMask()
		require.NoError(t, err)
		one := fr.One()
		require.NoError(t, fold(one))
		p := q.Running[f.State.Group] // at rho = 1 the difference is the mask
		fresh(p.Values[0])
		fresh(p.Blind)
		require.Equal(t, committest.Commit(t, r.key, p.Values, p.Blind), s.Points[0])
		at0 := poly.EqBits[fr.Element](transcript.NewField(), 0, f.State.slots()[f.State.Group].Point)
		require.Equal(t, *at0.Mul(&at0, &p.Values[0]), s.Values[0])
		for i := 1; i < weights.ChunkPoints; i++ {
			require.True(t, s.Points[i].IsInfinity() && s.Values[i].IsZero())
		}
		return s
	}
	for i := settleMask; i < len(steps); i++ {
		for _, s := range []*SettleStep{masked(i), masked(i)} {
			require.NotEqual(t, steps[i].Points, s.Points)
			if i < len(steps)-1 {
				require.Zero(t, s.Salts)
				continue
			}
			fresh(s.Salts.Prompt)
			fresh(s.Salts.Output)
			require.NotEqual(t, settledRun.run.Salts(), s.Salts)
		}
		after, was := before[i+1].State.slots()[i-settleMask], before[i].State.slots()[i-settleMask]
		require.NotEqual(t, was.Value, after.Value)
		require.NotEqual(t, was.Commitment, after.Commitment)
	}
	require.Equal(t, len(steps)-settleMask, settledRun.run.Masked())
	require.Equal(t, steps[len(steps)-1].Salts, settledRun.run.Salts())
}
