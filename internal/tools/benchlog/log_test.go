package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const testOutput = `goos: linux
goarch: amd64
pkg: fold/internal/kernel
cpu: A Processor: 2 GHz
BenchmarkMatMul/w16-2         	     100	  12000.5 ns/op	  33.00 MB/s
BenchmarkMatMul/w16-2         	     100	  11000.0 ns/op
BenchmarkSkipped
BenchmarkOne                  	 1000000	      17 ns/op	       0 B/op	       0 allocs/op
PASS
ok  	fold/internal/kernel	3.1s
`

func TestParseKeepsTheFastest(t *testing.T) {
	require.Equal(t, []result{
		{"A Processor: 2 GHz linux/amd64 2", "fold/internal/kernel.MatMul/w16", 11000},
		{"A Processor: 2 GHz linux/amd64 1", "fold/internal/kernel.One", 17},
	}, parse([]byte(testOutput)))
}

// A second run is compared with the first run's results in the file.
func TestRunsAreCompared(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.tsv")
	var out strings.Builder
	require.NoError(t, run([]string{"-file", file, "-in", "-"}, strings.NewReader(testOutput), &out))
	require.NotContains(t, out.String(), "0.5")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(data), header))
	require.Equal(t, 3, strings.Count(string(data), "\n"))

	out.Reset()
	faster := strings.ReplaceAll(testOutput, "17 ns/op", "8.5 ns/op")
	require.NoError(t, run([]string{"-file", file, "-in", "-"}, strings.NewReader(faster), &out))
	require.Contains(t, out.String(), "0.500")
	require.Contains(t, out.String(), "1.000")

	before, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, run([]string{"-file", file, "-in", "-", "-n"}, strings.NewReader(faster), &out))
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestRefusals(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.tsv")
	require.NoError(t, os.WriteFile(file, []byte(header+"abc\t1\n"), 0o600))
	err := run([]string{"-file", file, "-in", "-"}, strings.NewReader(testOutput), new(strings.Builder))
	require.ErrorContains(t, err, "line 2: 2 fields, expected 5")
	err = run([]string{"-file", file + "2", "-in", "-"}, strings.NewReader("PASS\n"), new(strings.Builder))
	require.ErrorContains(t, err, "no result")
}
