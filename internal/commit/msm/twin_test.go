package msm

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/msm/twin"
)

func TestTwinIsUpToDate(t *testing.T) {
	files, err := twin.Files(".")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("grumpkin", name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "run go generate in internal/commit/msm")
	}
}
