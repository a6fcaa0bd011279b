package run

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/checkpoint"
	"fold.example/fold/step"
	"fold.example/fold/step/weights"
)

// FuzzNote: a store's note is shown or not, and nothing else in the status depends on it.
func FuzzNote(f *testing.F) {
	r := &Run{
		Manifest:   Manifest{N: []int{1}, Classes: []int{0}},
		commitment: &weights.ModelCommitment{}, plan: &step.RunPlan{},
	}
	f.Add(`{"seconds":1.5,"left":3}`)
	f.Add(`{"seconds":-1,"left":1e300}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, note string) {
		c := checkpoint.Status{Note: note}
		got := newStatus("dir", r, c)
		c.Note = ""
		want := newStatus("dir", r, c)
		want.StepSeconds, want.ETA = got.StepSeconds, got.ETA
		require.Equal(t, want, got)
	})
}
