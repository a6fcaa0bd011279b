package fold

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEstimateCountsPassesAndSteps(t *testing.T) {
	opts := EstimateOptions{ProveOptions: ProveOptions{Model: DemoModel, N: 3, Blocks: 2}, PromptTokens: 6}
	j, err := newJob(context.Background(), &opts, nil)
	require.NoError(t, err)
	e, err := j.estimate(1)
	require.NoError(t, err)
	// 4 + 2 tokens of prompt and two chosen tokens. Each pass has two block steps, and each
	// pass except the first has a head step.
	require.Equal(t, 4, e.Passes)
	require.Equal(t, 4*3+3, e.Steps)
	require.Equal(t, 4, e.Pass)
	require.Equal(t, 20, e.KeyBits)
	faster, err := j.estimate(2)
	require.NoError(t, err)
	require.InEpsilon(t, e.CPUSeconds/2, faster.CPUSeconds, 1e-9)
	require.Less(t, e.Seconds, e.CPUSeconds*1.0001)
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	e := &Estimate{Pass: 8, RSS: 10 << 30, Disk: 10 << 30, Memory: 11 << 30, Free: 11 << 30}
	require.NoError(t, e.fits())
	e.Memory = 9 << 30
	require.ErrorIs(t, e.fits(), ErrNoMemory)
	e.Memory, e.Free = 0, 9<<30
	require.ErrorIs(t, e.fits(), ErrNoSpace, "memory that is not known is not missing")
	e.Free = 0
	require.NoError(t, e.fits())
}

func openTest(t *testing.T, ref string) *Model {
	m, err := OpenModel(context.Background(), ref, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}
