package source

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/host"
)

// The golden blocks were decoded by the Python package gguf; see
// testdata/golden_blocks.py.
func TestGoldenBlocks(t *testing.T) {
	data, err := os.ReadFile("testdata/golden_blocks.json")
	require.NoError(t, err)
	var golden map[string]struct{ Blocks, Values []byte }
	require.NoError(t, json.Unmarshal(data, &golden))
	require.Len(t, golden, len(ggufTypes))
	for _, enc := range ggufTypes {
		g, ok := golden[enc.name]
		require.True(t, ok, enc.name)
		want := make([]float32, len(g.Values)/4)
		decodeF32(want, g.Values)
		require.Equal(t, len(g.Blocks)/enc.bytes*enc.block, len(want), enc.name)
		got := make([]float32, len(want))
		enc.decode(got, g.Blocks)
		for i := range want {
			require.Equal(t, math.Float32bits(want[i]), math.Float32bits(got[i]), "%s value %d: %v, %v", enc.name, i,
				want[i], got[i])
		}
	}
}

// Every half float is the sum of its parts, as IEEE 754 defines it.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		exp, frac := h>>10&31, float64(h&1023)
		want := math.Ldexp(1024+frac, exp-25)
		switch {
		case exp == 0:
			want = math.Ldexp(frac, -24)
		case exp == 31 && frac == 0:
			want = math.Inf(1)
		case exp == 31:
			want = math.NaN()
		}
		if h>>15 == 1 {
			want = -want
		}
		got := float64(half([]byte{byte(h), byte(h >> 8)}))
		require.True(t, got == want && math.Signbit(got) == math.Signbit(want) || got != got && want != want,
			"%#x: %v, %v", h, got, want)
	}
}

func BenchmarkDecode(b *testing.B) {
	const values = 1 << 16
	for _, kind := range slices.Sorted(maps.Keys(ggufTypes)) {
		enc := ggufTypes[kind]
		b.Run(enc.name, func(b *testing.B) {
			src, dst := make([]byte, values/enc.block*enc.bytes), make([]float32, values)
			for i := range src {
				src[i] = byte(i * i >> 3)
			}
			start := int64(host.CPUTime())
			for b.Loop() {
				enc.decode(dst, src)
			}
			b.ReportMetric(float64(int64(host.CPUTime())-start)/float64(b.N)/values, "cpu-ns/value")
		})
	}
}
