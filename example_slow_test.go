//go:build slow

package fold_test

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExampleCompress runs the example, which is too slow for every go test, and compares
// its output with the example's comment.
func TestExampleCompress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stdout")
	out, err := os.Create(path)
	require.NoError(t, err)
	stdout := os.Stdout
	os.Stdout = out
	defer func() { os.Stdout = stdout }()
	ExampleCompress()
	require.NoError(t, out.Close())

	printed, err := os.Open(path)
	require.NoError(t, err)
	defer printed.Close()
	var lines []string
	for in := bufio.NewScanner(printed); in.Scan(); {
		lines = append(lines, in.Text())
	}
	require.Equal(t, []string{
		"finished 1 <nil>", "short: true", `true: "U" after 2 tokens, for "audit 7"`, "true",
	}, lines)
}
