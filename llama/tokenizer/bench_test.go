package tokenizer

import (
	"strings"
	"syscall"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/stretchr/testify/require"
)

// cpuNanos is the processor time of this process so far.
func cpuNanos(b *testing.B) float64 {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWords compares the word pattern on an automaton with a backtracking
// engine, in nanoseconds of processor time a byte.
func BenchmarkWords(b *testing.B) {
	text := strings.Repeat("Now is the winter of our discontent, made glorious; we'll 1594 see.\n", 256)
	p, err := compilePattern(patternLlama3)
	require.NoError(b, err)
	start := cpuNanos(b)
	for range b.N {
		p.each(text, func(_, _ int) {})
	}
	b.ReportMetric((cpuNanos(b)-start)/float64(b.N*len(text)), "cpu-ns/B")
	re := regexp2.MustCompile(patternLlama3, 0)
	start = cpuNanos(b)
	for range b.N {
		for m, err := re.FindStringMatch(text); m != nil; m, err = re.FindNextMatch(m) {
			require.NoError(b, err)
		}
	}
	b.ReportMetric((cpuNanos(b)-start)/float64(b.N*len(text)), "cpu-ns/B-regexp2")
}

// BenchmarkEncode encodes words and one long run, in nanoseconds of processor
// time a byte.
func BenchmarkEncode(b *testing.B) {
	tok := must(b)(FromJSON(own(b, "bard/tokenizer.json")))
	for name, text := range map[string]string{
		"words": strings.Repeat("Now is the winter of our discontent. ", 1<<12),
		"run":   strings.Repeat("the", 1<<16),
	} {
		b.Run(name, func(b *testing.B) {
			start := cpuNanos(b)
			for range b.N {
				tok.Encode(text)
			}
			b.ReportMetric((cpuNanos(b)-start)/float64(b.N*len(text)), "cpu-ns/B")
		})
	}
}
