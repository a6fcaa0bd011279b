//go:build slow

package commit

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSnarkjs imports a file that snarkjs made: a new ceremony of power 6 with one
// contribution.
func TestSnarkjs(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is not installed")
	}
	dir := t.TempDir()
	run := func(name string, args ...string) error {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Logf("%s %v: %s", name, args, out)
		}
		return err
	}
	if run(npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "snarkjs@0.7.5") != nil {
		t.Skip("snarkjs could not be installed: is there a network?")
	}
	snarkjs := filepath.Join(dir, "node_modules", ".bin", "snarkjs")
	require.NoError(t, run(snarkjs, "powersoftau", "new", "bn128", "6", "0.ptau"))
	require.NoError(t, run(snarkjs, "powersoftau", "contribute", "0.ptau", "1.ptau", "--name=test", "-e=some entropy"))

	out := filepath.Join(dir, "key")
	require.NoError(t, ImportPtau(t.Context(), filepath.Join(dir, "1.ptau"), "test", out, 64, nil))
	k, err := Open(t.Context(), out, 0, nil)
	require.NoError(t, err)
	require.Equal(t, 64, k.Len())
	_, powers := k.Opening()
	require.Len(t, powers, 6)
	// Before a contribution τ is 1, and all points are the same.
	err = ImportPtau(t.Context(), filepath.Join(dir, "0.ptau"), "test", filepath.Join(dir, "bad"), 64, nil)
	require.ErrorIs(t, err, ErrCorrupt)
}
