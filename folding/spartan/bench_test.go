package spartan

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/host"
)

// large is a statement of the size of a run of a small model: 96k rows of nine
// entries, as the augmented circuit has, 10k rows on Grumpkin, and running polynomials
// of 2^18 values.
func large(b *testing.B) *world {
	key, err := commit.SetupDevelopment(1 << 20)
	require.NoError(b, err)
	cycleKey, err := commit.NewGrumpkinKey(1 << 14)
	require.NoError(b, err)
	return newWorldOver(b, 7, key, cycleKey, size{96 << 10, 1, 95000, 5}, size{10000, 5, 9900, 3}, 16, 18, 18)
}

// BenchmarkProve reports the processor time of a proof, and of either side of it.
func BenchmarkProve(b *testing.B) {
	w := large(b)
	var main, cycle time.Duration
	for b.Loop() {
		tr, proof := begun(&w.s, w.key.VerifierKey), new(Proof)
		t := host.CPUTime()
		require.NoError(b, w.key.proveMain(b.Context(), tr, &w.s, &w.secret, proof, seeded(1)))
		main += host.CPUTime() - t
		t = host.CPUTime()
		require.NoError(b, w.key.proveCycle(b.Context(), tr, &w.s, &w.secret, proof, seeded(2)))
		cycle += host.CPUTime() - t
	}
	peak := host.PeakHeap(5, func() { w.prove(b, 1) })
	seconds := func(d time.Duration) float64 { return d.Seconds() / float64(b.N) }
	b.ReportMetric(seconds(main+cycle), "cpu-s")
	b.ReportMetric(seconds(main), "main-cpu-s")
	b.ReportMetric(seconds(cycle), "cycle-cpu-s")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
}

// BenchmarkVerify reports the processor time of a verification, of either side of it,
// and of what the main side would take in addition, were the matrices evaluated by the
// verifier.
func BenchmarkVerify(b *testing.B) {
	w := large(b)
	encoded, vk := w.prove(b, 1).Encode(), w.key.Verifier()
	prover, _ := w.newProver(b)
	ry, err := curve.Fr.DrawVector(seeded(1), w.key.main.columnVars())
	require.NoError(b, err)
	var all, main, cycle, direct time.Duration
	for b.Loop() {
		t := host.CPUTime()
		p, err := Decode(vk, w.s.Claims, encoded)
		require.NoError(b, err)
		require.NoError(b, Verify(vk, &w.s, p))
		all += host.CPUTime() - t

		tr := begun(&w.s, vk)
		t = host.CPUTime()
		require.NoError(b, vk.verifyMain(tr, &w.s, p))
		main += host.CPUTime() - t
		t = host.CPUTime()
		require.NoError(b, vk.verifyCycle(tr, &w.s, p))
		cycle += host.CPUTime() - t
		t = host.CPUTime()
		prover.evaluateMatrices(ry)
		direct += host.CPUTime() - t
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1e3 / float64(b.N) }
	b.ReportMetric(ms(all), "cpu-ms")
	b.ReportMetric(ms(main), "main-cpu-ms")
	b.ReportMetric(ms(cycle), "cycle-cpu-ms")
	b.ReportMetric(ms(direct), "direct-matrices-cpu-ms")
	b.ReportMetric(float64(len(encoded)), "proof-bytes")
}
