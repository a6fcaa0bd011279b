package fold_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSlowTestsAreInSlowFiles: .ci/slow finds the slow tests by the names of their files.
func TestSlowTestsAreInSlowFiles(t *testing.T) {
	slow := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tagged := bytes.HasPrefix(data, []byte("//go:build slow\n"))
		require.Equal(t, strings.HasSuffix(path, "_slow_test.go"), tagged, path)
		if tagged {
			slow++
		}
		return nil
	}))
	require.Positive(t, slow)
}
