package fold_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExampleModule builds the program of folder example outside this tree. The program is
// a module of its own, so the build shows that other modules can require this one.
func TestExampleModule(t *testing.T) {
	root, err := filepath.Abs(".")
	require.NoError(t, err)
	outside := t.TempDir()
	for _, name := range []string{"main.go", "go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join("example", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(outside, name), b, 0o600))
	}
	for _, args := range [][]string{
		{"mod", "edit", "-replace", host + "fold=" + root},
		{"build", "-o", os.DevNull, "."},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = outside
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "go %v: %s(after a change of go.mod: go mod tidy in folder example)", args, out)
	}
}
