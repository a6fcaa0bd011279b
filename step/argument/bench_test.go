package argument

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/host"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/step/relation/relationtest"
)

// BenchmarkBlock proves a block of the demo's shape for 32 tokens and reports core
// time a committed cell; most of it is spent on tables, which a large block shares
// among more cells. What large shapes cost is for `fold bench` to say.
func BenchmarkBlock(b *testing.B) {
	c, err := synthetic.Shape("bard")
	require.NoError(b, err)
	m, err := synthetic.Model(c, 1, 256, 1)
	require.NoError(b, err)
	r := newRun(b, relationtest.NewPass(b, rand.New(rand.NewPCG(1, 2)), m, 1, 0, 5))
	w := r.Blocks(b, 0)
	r.prove(b, w, 0)
	start := host.CPUTime()
	for b.Loop() {
		r.prove(b, w, 0)
	}
	b.ReportMetric(float64((host.CPUTime()-start).Nanoseconds())/float64(b.N)/float64(w.CommittedCells()),
		"cpu-ns/cell")
}
