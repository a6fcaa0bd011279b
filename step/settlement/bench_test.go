package settlement

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/host"
	"fold.example/fold/llama"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/step/weights"
)

// BenchmarkCheckClaims commits to a model of two layers and checks one claim for each tensor
// and pass, for several numbers of passes. It reports CPU time for each weight.
func BenchmarkCheckClaims(b *testing.B) {
	c := llama.Config{Dim: 512, Hidden: 1408, Layers: 2, Heads: 8, KVHeads: 4, HeadDim: 64, Vocab: 1000, Context: 64,
		RMSEps: 1e-5}
	c.Rope.Theta = 10000
	m, err := synthetic.Model(c, c.Layers, c.Vocab, 1)
	require.NoError(b, err)
	key, err := committest.Key()
	require.NoError(b, err)
	opt := weights.CommitOptions{SegmentBits: 20, Seed: committest.Seed}
	start := host.CPUTime()
	com, blinds, err := weights.CommitModel(context.Background(), key, m, opt)
	require.NoError(b, err)
	cells := 0
	shape, err := com.Description.WholeShape()
	require.NoError(b, err)
	for record := range weights.RecordCount(m.Config) {
		for _, t := range com.Layout.TensorsOf(shape, record) {
			cells += 1 << t.Vars()
		}
	}
	commitNanos := float64(host.CPUTime()-start) / float64(cells)
	for _, passes := range []int{1, 8} {
		b.Run(map[int]string{1: "passes=1", 8: "passes=8"}[passes], func(b *testing.B) {
			k := &committed{model: m, seed: blinds, key: key, commit: com}
			for range passes {
				k.addPass(b)
			}
			b.ResetTimer()
			start := host.CPUTime()
			for range b.N {
				require.NoError(b, k.prover(b, m).Check(b.Context()))
			}
			b.ReportMetric(float64(host.CPUTime()-start)/float64(b.N)/float64(cells), "cpu-ns/weight")
			b.ReportMetric(commitNanos, "commit-cpu-ns/weight")
		})
	}
}

// addPass adds a true claim on every tensor. The claims on one record have one point.
func (c *committed) addPass(t testing.TB) {
	t.Helper()
	shape, err := c.commit.Description.WholeShape()
	require.NoError(t, err)
	for record := range weights.RecordCount(c.model.Config) {
		at := randomPoint(40)
		for _, tensor := range weights.UncutTensors(shape, record) {
			k := Claim{Record: record, Name: tensor.Name, Point: at[40-tensor.Vars():]}
			k.Value = claimValue(t, c.model, shape, &k)
			c.claims = append(c.claims, k)
		}
	}
}
