//go:build slow

package float

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
)

func TestSmolGreedyWithTemplate(t *testing.T) {
	var cases []struct {
		IDs       []int
		GreedyIDs []int `json:"greedy_ids"`
	}
	testfiles.ReadJSON(t, testfiles.Model(t, "smollm2-135m", "golden", "prompts.json"), &cases)
	m := load(t, testfiles.Model(t, "smollm2-135m", smol))
	for _, c := range cases[2:] {
		ids, _ := greedy(t, m, c.IDs, len(c.GreedyIDs))
		require.Equal(t, c.GreedyIDs, ids)
	}
}

func TestSmolLossesOfAllWindows(t *testing.T) {
	var g struct {
		Windows []struct {
			IDs []int
			NLL []float64
		}
	}
	testfiles.ReadJSON(t, testfiles.Model(t, "smollm2-135m", "golden", "eval_slice_nll.json"), &g)
	m := load(t, testfiles.Model(t, "smollm2-135m", smol))
	for _, w := range g.Windows {
		checkLosses(t, m, w.IDs, w.NLL)
	}
}
