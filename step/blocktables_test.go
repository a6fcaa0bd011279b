package step

import (
	"context"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/settlement"
	"fold.example/fold/step/weights"
)

// TestTablesOfEveryBlock: a table that all blocks read is settled against the record of each
// block of a step. If the second block's record has another table, values of the first
// record's table make the claims wrong. The results of a model therefore do not depend on the
// number of blocks in a step.
func TestTablesOfEveryBlock(t *testing.T) {
	ctx := context.Background()
	r := newProvenRun(t, 0, 1, 1, PlanOptions{PassBits: 0, Blocks: 2})
	q := r.prover(t)
	_, err := ProveRun(ctx, q, r.run.Prompt, r.plan, r.keep)
	require.NoError(t, err)
	f := q.tracker.clone()
	f.Log = q.tracker.Log
	begin := f.clone()
	begin.Log = f.Log
	run, err := NewSettlementRun(f, r.key, r.model, r.weights, q.polynomials()[:f.slotCount()-1])
	require.NoError(t, err)
	var steps []*SettleStep
	var kinds []relation.Kind
	for done := false; !done; {
		kind := f.State.settleKind()
		var s *SettleStep
		s, done, err = run.Next(ctx)
		require.NoError(t, err)
		steps, kinds = append(steps, s), append(kinds, kind)
	}
	require.NoError(t, r.replay(begin, steps[:len(steps)-1]))
	for _, name := range []string{"cos", "sin", "exp", "silu"} {
		at := slices.IndexFunc(run.prover.Tensors, func(s settlement.Tensor) bool {
			return s.Record == weights.BlockRecord(1) && s.Name == name
		})
		omega := &run.evals[run.prover.Tensors[at].Segment]
		was := *omega
		arithtest.Bump(omega)
		altered := slices.Clone(steps[:len(steps)-1])
		for i := range altered {
			switch altered[i] = altered[i].clone(); {
			case kinds[i] == relation.Sums && kinds[i+1] != relation.Sums:
				altered[i].OmegaBody, altered[i].OmegaHead = run.omegaChains()
			case kinds[i] == relation.RereadBlock:
				altered[i].Omegas = [][]fr.Element{run.omegasOf(weights.BlockRecord(0)),
					run.omegasOf(weights.BlockRecord(1))}
			}
		}
		require.ErrorContains(t, r.replay(begin, altered), "add up to the segments", name)
		*omega = was
	}
}

// replay advances a tracker over the steps of a settlement.
func (r *provenRun) replay(from *StateTracker, steps []*SettleStep) error {
	f := from.clone()
	for _, s := range steps {
		if err := f.Settle(s); err != nil {
			return err
		}
	}
	return nil
}
