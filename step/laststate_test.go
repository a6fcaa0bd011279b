package step

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// TestLastState: the state that a verifier computes from a statement is the last state of the
// settled run. With anything in the statement altered, it is another state or an error.
func TestLastState(t *testing.T) {
	r, moments := runMoments(t)
	_, before := settleSteps(t)
	p, end := r.protocol, &before[len(before)-1].State
	var passes []int
	var known []int
	for _, m := range moments {
		if m.before.State.Phase == relation.Embed {
			passes, known = append(passes, m.step.Bits), append(known, m.step.Tokens...)
		}
	}
	last := moments[len(moments)-1].step.Next
	honest := RunStatement{Prompt: known[:2], Output: append(slices.Clone(known[2:]), last)}
	first := moments[0].before
	require.Equal(t, first.Elements(&first.State), p.FirstState(2))
	want := p.Elements(end)
	have, err := p.LastState(&honest, settledRun.run.Salts(), passes, end.slots())
	require.NoError(t, err)
	require.Equal(t, want, have)

	for name, alter := range map[string]func(st *RunStatement, passes *[]int, slots []argument.CommittedClaim){
		"prompt": func(st *RunStatement, _ *[]int, _ []argument.CommittedClaim) {
			st.Prompt = []int{st.Prompt[0] ^ 1, st.Prompt[1]}
		},
		"output": func(st *RunStatement, _ *[]int, _ []argument.CommittedClaim) { st.Output[0] ^= 1 },
		"last token": func(st *RunStatement, _ *[]int,
			_ []argument.CommittedClaim) {
			st.Output[len(st.Output)-1] ^= 1
		},
		"longer prompt": func(st *RunStatement, _ *[]int, _ []argument.CommittedClaim) {
			st.Prompt, st.Output = known[:3], st.Output[1:]
		},
		"no output":     func(st *RunStatement, _ *[]int, _ []argument.CommittedClaim) { st.Output = nil },
		"passes":        func(_ *RunStatement, passes *[]int, _ []argument.CommittedClaim) { *passes = []int{0, 0, 0} },
		"pass missing":  func(_ *RunStatement, passes *[]int, _ []argument.CommittedClaim) { *passes = (*passes)[:1] },
		"huge pass":     func(_ *RunStatement, passes *[]int, _ []argument.CommittedClaim) { *passes = []int{62} },
		"negative pass": func(_ *RunStatement, passes *[]int, _ []argument.CommittedClaim) { *passes = []int{-1} },
		"not aligned":   func(_ *RunStatement, passes *[]int, _ []argument.CommittedClaim) { *passes = []int{0, 1} },
		"cells' value":  func(_ *RunStatement, _ *[]int, slots []argument.CommittedClaim) { slots[0].Value.SetOne() },
		"weights": func(_ *RunStatement, _ *[]int, slots []argument.CommittedClaim) {
			slots[3].Commitment = committest.Generator(t)
		},
		"cache's point": func(_ *RunStatement, _ *[]int, slots []argument.CommittedClaim) {
			slots[2].Point = make([]fr.Element, len(slots[2].Point))
		},
		"point's size": func(_ *RunStatement, _ *[]int, slots []argument.CommittedClaim) { slots[1].Point = nil },
		"off the curve": func(_ *RunStatement, _ *[]int,
			slots []argument.CommittedClaim) {
			slots[1].Commitment.X.SetOne()
		},
	} {
		st, sizes, slots := honest, slices.Clone(passes), end.slots()
		st.Output = slices.Clone(honest.Output)
		alter(&st, &sizes, slots)
		have, err := p.LastState(&st, settledRun.run.Salts(), sizes, slots)
		if err == nil {
			require.NotEqual(t, want, have, name)
			continue
		}
		require.ErrorIs(t, err, ErrRun, name)
	}
	salts := settledRun.run.Salts()
	for _, s := range []TokenSalts{{}, {Prompt: salts.Prompt}, {Output: salts.Output}, {salts.Output, salts.Prompt}} {
		other, err := p.LastState(&honest, s, passes, end.slots())
		require.NoError(t, err)
		require.NotEqual(t, want, other)
	}
	_, err = p.LastState(&honest, settledRun.run.Salts(), passes, end.slots()[1:])
	require.ErrorIs(t, err, ErrRun)
}
