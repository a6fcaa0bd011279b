package proof

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/host"
)

// BenchmarkVerifyProof reports the processor time of decoding and verifying a proof under a
// key that has already been decoded.
func BenchmarkVerifyProof(b *testing.B) {
	k, data := demo(b)
	var all time.Duration
	for b.Loop() {
		t := host.CPUTime()
		p, err := Decode(k, data)
		require.NoError(b, err)
		_, err = k.Verify(p)
		require.NoError(b, err)
		all += host.CPUTime() - t
	}
	b.ReportMetric(1e3*all.Seconds()/float64(b.N), "cpu-ms")
	b.ReportMetric(float64(len(data)), "proof-bytes")
}
