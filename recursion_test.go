package fold

import (
	"context"
	"crypto/hmac"
	"crypto/sha512"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/prf"
	"fold.example/fold/step"
	"fold.example/fold/step/circuit"
	"fold.example/fold/step/weights"
)

// TestRecursionOfAStep: a run's first step, proven in the context that the recursion gives,
// can be folded; the recursion's state is then the run's.
func TestRecursionOfAStep(t *testing.T) {
	ctx := context.Background()
	m, err := OpenModel(ctx, committedModel(t), nil)
	require.NoError(t, err)
	defer m.Close()
	key, err := keyfile.Open(ctx, provingKey(t), 20, nil)
	require.NoError(t, err)
	c, _, err := weights.CommitModel(ctx, key, m.Integers(), weights.CommitOptions{SegmentBits: 16})
	require.NoError(t, err)
	p, err := step.NewParams(c, 2, 4, []int{0})
	require.NoError(t, err)
	f, err := circuit.New(p)
	require.NoError(t, err)
	circuits, err := circuit.Compile(f)
	require.NoError(t, err)
	t.Logf("%d and %d rows", circuits.MainRows(), circuits.CycleRows())
	cycleKey, err := commit.NewGrumpkinKey(circuits.CyclePoints())
	require.NoError(t, err)
	params, err := folding.NewParams(circuits, key, cycleKey)
	require.NoError(t, err)

	g := p.Track(1)
	first := p.Elements(&g.State)
	state, err := params.Start(first)
	require.NoError(t, err)
	here := func(z []fr.Element) fr.Element { return folding.Context(params.Digest(), state.I, z) }
	g.Context = here
	prover, err := step.NewRunProver(p, key, m.Integers(), prf.Seed("sixteen bytes or more"), 1)
	require.NoError(t, err)
	prover.InContext(here)
	proven, err := prover.Prove(ctx, []int{65})
	require.NoError(t, err)
	w, err := f.Witness(g, proven.Step)
	require.NoError(t, err)

	blinds := func(label string, digest [32]byte) (out [64]byte) {
		h := hmac.New(sha512.New, []byte(label))
		h.Write(digest[:])
		h.Sum(out[:0])
		return
	}
	next, err := params.Prove(state, w.Folding(), blinds)
	require.NoError(t, err)
	require.NoError(t, params.Verify(next, first))
	require.Equal(t, p.Elements(&g.State), next.Z)

	other := w.Folding()
	one := fr.One()
	other.Z[5].Add(&other.Z[5], &one)
	_, err = params.Prove(state, other, blinds)
	require.Error(t, err, "another state")
}
