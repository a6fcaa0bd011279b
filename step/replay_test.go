package step

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// kept is a run in the form in which a store keeps it.
type kept struct {
	*provenRun
	steps                     []*Step
	trails, states, snapshots [][]byte
	kvs                       [][]int16
	polys                     [][]byte // the blinding factors of the running polynomials after each step
}

// blindsOf returns the running blinding factors of a prover.
func blindsOf(q *RunProver) (b []byte) {
	for _, p := range q.polynomials() {
		b = append(b, arith.Bytes(p.Blind)...)
	}
	return b
}

func newKept(t *testing.T, r *provenRun) *kept {
	k := &kept{provenRun: r}
	q := r.prover(t)
	k.snapshot(t, q)
	_, err := ProveRun(context.Background(), q, r.run.Prompt, r.plan, func(p *Proven) error {
		k.steps, k.trails = append(k.steps, p.Step), append(k.trails, p.EncodeReplay())
		k.states = append(k.states, q.Tracker().EncodeState(q.State()))
		kv, err := DecodeKV(EncodeKV(p.Trail.KV))
		require.NoError(t, err)
		k.kvs = append(k.kvs, kv)
		k.snapshot(t, q)
		return nil
	})
	require.NoError(t, err)
	return k
}

func (k *kept) snapshot(t *testing.T, q *RunProver) {
	var b bytes.Buffer
	require.NoError(t, q.WriteSnapshot(&b))
	require.EqualValues(t, b.Len(), q.SnapshotSize())
	k.snapshots, k.polys = append(k.snapshots, b.Bytes()), append(k.polys, blindsOf(q))
}

// resumed returns a prover that has gone over the first n steps, with the snapshot at step
// from: it restores the steps before from and replays the others.
func (k *kept) resumed(t *testing.T, from, n int) (*RunProver, error) {
	q := k.prover(t)
	for i := range n {
		if i == from {
			require.NoError(t, q.ReadSnapshot(bytes.NewReader(k.snapshots[from])))
		}
		f := q.Tracker()
		s, trail, err := f.DecodeReplay(k.trails[i])
		require.NoError(t, err)
		trail.KV = k.kvs[i]
		after, err := f.DecodeState(k.states[i])
		require.NoError(t, err)
		over := q.Replay
		if i < from {
			over = q.Restore
		}
		if err := over(s, trail, after); err != nil {
			return q, err
		}
	}
	if from == n {
		require.NoError(t, q.ReadSnapshot(bytes.NewReader(k.snapshots[from])))
	}
	return q, q.Check()
}

// TestRunResumes: from any step, and with the last snapshot at any step before it, a resumed
// prover is in the state of the first prover, and its next step is the same.
func TestRunResumes(t *testing.T) {
	k := newKept(t, newProvenRun(t, 0, 3, 1, PlanOptions{PassBits: 1, Blocks: 1}))
	total := len(k.steps)
	require.Equal(t, 7, total, "embed and two blocks, embed and two blocks and a head")
	for n := range total + 1 {
		for _, from := range []int{0, n / 2, n} {
			q, err := k.resumed(t, from, n)
			require.NoError(t, err, "step %d, snapshot at %d", n, from)
			again := &kept{provenRun: k.provenRun}
			again.snapshot(t, q)
			require.True(t, bytes.Equal(k.snapshots[n], again.snapshots[0]), "step %d, snapshot at %d", n, from)
			require.Equal(t, k.polys[n], again.polys[0])
			chain, err := k.protocol.Chain(&q.Tracker().Log)
			require.NoError(t, err)
			require.Equal(t, q.State().Claims, chain)
			if n == total || from != n/2 {
				continue
			}
			var tokens []int
			if z := q.State(); z.Phase == relation.Embed {
				tokens = k.run.Prompt[z.Start:min(z.Start+2, 3)]
			}
			p, err := q.Prove(context.Background(), tokens)
			require.NoError(t, err)
			require.Equal(t, k.steps[n], p.Step, "step %d, snapshot at %d", n, from)
			require.Equal(t, k.trails[n], p.EncodeReplay())
		}
	}
}

// TestReplayRefuses: wrong replay data is detected by the state after the step or by the
// commitment at the end.
func TestReplayRefuses(t *testing.T) {
	honest := newKept(t, newProvenRun(t, 0, 1, 1, PlanOptions{PassBits: 0, Blocks: 2}))
	n := len(honest.steps)
	first, err := honest.resumed(t, 0, 1)
	require.NoError(t, err)
	s, block, err := first.Tracker().DecodeReplay(honest.trails[1])
	require.NoError(t, err)
	point := committest.Generator(t)
	for name, alter := range map[string]func(k *kept, t *ReplayData){
		"rho":           func(_ *kept, t *ReplayData) { t.Rho.SetUint64(5) },
		"alpha":         func(_ *kept, t *ReplayData) { t.Alpha.SetUint64(5) },
		"beta":          func(_ *kept, t *ReplayData) { t.Beta.SetUint64(5) },
		"running blind": func(_ *kept, t *ReplayData) { t.Running[argument.AccumulatorCells].SetUint64(5) },
		"cache blind":   func(_ *kept, t *ReplayData) { t.Running[argument.AccumulatorCache].SetUint64(5) },
		"cache point":   func(_ *kept, t *ReplayData) { t.Point = point },
		"claim":         func(_ *kept, t *ReplayData) { t.Claims.Values[0].SetUint64(5) },
		"coordinate":    func(_ *kept, t *ReplayData) { t.Claims.Coordinates[0].SetUint64(5) },
		"state":         func(k *kept, _ *ReplayData) { k.states[1] = k.states[0] },
	} {
		t.Run(name, func(t *testing.T) {
			k, trail := *honest, *block
			k.trails, k.states = append([][]byte{}, k.trails...), append([][]byte{}, k.states...)
			c := &trail.Claims
			c.Values, c.Coordinates = slices.Clone(c.Values), slices.Clone(c.Coordinates)
			alter(&k, &trail)
			k.trails[1] = (&Proven{Kind: relation.Block, Step: s, Trail: &trail}).EncodeReplay()
			_, err := k.resumed(t, 0, min(2, n))
			require.ErrorIs(t, err, ErrRun)
		})
	}
	wrong := *honest
	wrong.kvs = append([][]int16{}, wrong.kvs...)
	wrong.kvs[1] = wrong.kvs[1][1:]
	_, err = wrong.resumed(t, 2, 2)
	require.ErrorContains(t, err, "keys and values")
}
