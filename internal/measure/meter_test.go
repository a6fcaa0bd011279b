package measure

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/progress"
)

// allIn lists the stages of Summary.AllIn.
var allIn = append(slices.Clone(phases), progress.Generation, progress.Recursion, progress.Durable, Opening,
	progress.Settlement, progress.SettlementRecursion, progress.LastArgument)

// TestStagesSumToCoreTime: in any order of stages, each is charged with the core time from
// its beginnings to the next stage's and with the largest memory at its ends, and all sum
// to the core time of the whole.
func TestStagesSumToCoreTime(t *testing.T) {
	names := append(slices.Clone(allIn), Planning, Model, Key, Commitment, VerificationKey, Verification)
	rapid.Check(t, func(t *rapid.T) {
		var cpu, memory atomic.Int64
		draw := rapid.SampledFrom(names)
		now := draw.Draw(t, "first")
		m := startMeter(now, nil, func() time.Duration { return time.Duration(cpu.Load()) }, memory.Load)
		spent, peaks := map[progress.Stage]time.Duration{}, map[progress.Stage]int64{}
		work := func() {
			d := rapid.Int64Range(0, 1e12).Draw(t, "core time")
			cpu.Add(d)
			spent[now] += time.Duration(d)
			resident := rapid.Int64Range(memory.Load(), 1<<40).Draw(t, "memory")
			memory.Store(resident)
			peaks[now] = max(peaks[now], resident)
		}
		for range rapid.IntRange(0, 30).Draw(t, "stages") {
			work()
			now = draw.Draw(t, "stage")
			m.event(progress.Entered{Stage: now})
			if now == progress.Generation { // of a run in batch
				now = Repetition
			}
		}
		work()
		stages, sum := m.finish(), 0.0
		for _, s := range stages {
			require.InDelta(t, spent[s.Stage].Seconds(), s.Seconds, 1e-6)
			require.GreaterOrEqual(t, s.Peak, peaks[s.Stage])
			require.Equal(t, !slices.Contains(allIn, s.Stage), s.Apart)
			sum += s.Seconds
		}
		require.InDelta(t, time.Duration(cpu.Load()).Seconds(), sum, 1e-6)
	})
}

// TestMeterForwards: events reach the caller.
func TestMeterForwards(t *testing.T) {
	var got []progress.Event
	m := newMeter(Opening, func(e progress.Event) { got = append(got, e) })
	m.event(progress.Entered{Stage: progress.Trace})
	m.event(progress.Token{ID: 3})
	require.Len(t, m.finish(), 2)
	require.Equal(t, []progress.Event{progress.Entered{Stage: progress.Trace}, progress.Token{ID: 3}}, got)
}

// TestAllInIsTheSumOfItsStages: every stage that is not apart is in exactly one figure of the summary.
func TestAllInIsTheSumOfItsStages(t *testing.T) {
	var stages []StageCost
	sum := 0.0
	for i, name := range allIn {
		c := StageCost{Stage: name, Seconds: float64(int(1) << i)}
		stages, sum = append(stages, c), sum+c.Seconds
	}
	stages = append(stages, StageCost{Stage: Key, Seconds: 1 << 30, Apart: true})
	s := Summary{Positions: 4}
	s.take(stages)
	require.Equal(t, sum, s.AllIn)
	require.Equal(t, sum/4, s.PerTokenAllIn)
	require.Equal(t, sum/s.Generation, s.Overhead)
	require.Equal(t, s.Generation/4, s.GenerationPerToken)
	require.Equal(t, float64(int(1)<<len(phases)-1), s.Argument)
}

// TestExtrapolate: the figures of 1 and 3 layers extend to any number of layers as an
// affine function; figures that do not grow stay constant.
func TestExtrapolate(t *testing.T) {
	of := func(layers int) *Summary {
		s := &Summary{Layers: layers, Positions: 2, Steps: 2 + 5*layers, Settled: 9, StoreBytes: int64(100 * layers),
			RSS: int64(layers)}
		s.take([]StageCost{{Stage: progress.Generation, Seconds: 1 + float64(layers)},
			{Stage: progress.Recursion, Seconds: 10 * float64(layers)}, {Stage: progress.LastArgument, Seconds: 7},
			{Stage: Key, Seconds: 3, Apart: true}})
		return s
	}
	got, want := extrapolate(of(fewLayers), of(moreLayers), 80, 123), of(80)
	require.Equal(t, 123, got.Params)
	require.Len(t, got.Extrapolated, 2)
	require.Equal(t, want.AllIn+3, got.CPU)
	require.Equal(t, int64(moreLayers), got.RSS)
	want.Params, want.CPU, want.RSS, want.Extrapolated = got.Params, got.CPU, got.RSS, got.Extrapolated
	require.Equal(t, want, got)
	require.Equal(t, 2.0, affine(2, 1.9, 80), "a cost that seems to fall is noise")
}
