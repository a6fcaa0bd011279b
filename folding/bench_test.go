package folding

import (
	"fmt"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/host"
)

// BenchmarkFoldStep proves steps of x -> x^2 + 7, of so many constraints, all of full
// size: solving, both folds and all commitments. The two commitments to full-size
// vectors beside it are the least that a step of Nova costs.
func BenchmarkFoldStep(b *testing.B) {
	for _, n := range []int{1 << 10, 1 << 14, 1 << 16, 77_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchStep(b, squares{n}) })
	}
}

func benchStep(b *testing.B, step squares) {
	start := host.CPUTime()
	circuits, err := CompileSteps(step)
	require.NoError(b, err)
	compiling := host.CPUTime() - start
	key, err := commit.SetupDevelopment(circuits.MainPoints())
	require.NoError(b, err)
	cycleKey, err := commit.NewGrumpkinKey(circuits.CyclePoints())
	require.NoError(b, err)
	p, err := NewParams(circuits, key, cycleKey)
	require.NoError(b, err)
	z0 := []fr.Element{fr.NewElement(3)}
	s := run(b, p, z0, 2, func(s *State) *StepWitness { return step.witness(s.Z) })

	var proving, plain time.Duration
	for b.Loop() {
		w := step.witness(s.Z)
		t0 := host.CPUTime()
		s, err = p.Prove(s, w, prf("seed"))
		require.NoError(b, err)
		t1 := host.CPUTime()
		for _, v := range [][]fr.Element{s.main.W, s.main.E} {
			_, err = p.main.group.key.CommitAt(0, v, v[0])
			require.NoError(b, err)
		}
		proving, plain = proving+t1-t0, plain+host.CPUTime()-t1
	}
	t := host.CPUTime()
	require.NoError(b, p.Verify(s, z0))
	b.ReportMetric(float64(circuits.MainRows()), "rows")
	b.ReportMetric(proving.Seconds()/float64(b.N), "cpu-s/step")
	b.ReportMetric(plain.Seconds()/float64(b.N), "2commits-cpu-s")
	b.ReportMetric((host.CPUTime() - t).Seconds(), "verify-cpu-s")
	b.ReportMetric(compiling.Seconds(), "compile-cpu-s")
	b.ReportMetric(float64(len(p.Encode(s))), "state-B")
}
