package model

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/keyfile"
	"fold.example/fold/llama/embedded"
)

// fixture is the folder of what the tests share: the demo model in a folder and a key. It is
// removed when the tests end.
var fixture string

// TestMain makes the fixture's folder.
func TestMain(m *testing.M) {
	var err error
	if fixture, err = os.MkdirTemp("", "fold-model-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(fixture)
	os.Exit(code)
}

// importedDemo is the folder of the demo model, demoKey a development key of 2^16 points: for
// tests that change neither.
var importedDemo = sync.OnceValues(func() (string, error) {
	path := filepath.Join(fixture, "model")
	_, err := Import(context.Background(), embedded.Demo, path, ImportOptions{}, nil)
	return path, err
})

var demoKey = sync.OnceValues(func() (string, error) {
	path := filepath.Join(fixture, "key")
	_, err := keyfile.Setup(context.Background(), path, keyfile.SetupOptions{Development: true, Size: 1 << 16}, nil)
	return path, err
})

// demoCopy is a folder of the demo model that a test may change.
func demoCopy(t *testing.T) string {
	t.Helper()
	src, err := importedDemo()
	require.NoError(t, err)
	dst := filepath.Join(t.TempDir(), "model")
	require.NoError(t, os.CopyFS(dst, os.DirFS(src)))
	return dst
}

// committed is a copy of the demo model's folder that is committed to, and the key.
func committed(t *testing.T, public bool) (*Model, string) {
	t.Helper()
	ctx := context.Background()
	key, err := demoKey()
	require.NoError(t, err)
	m, err := Open(ctx, demoCopy(t), nil)
	require.NoError(t, err)
	t.Cleanup(func() { m.Close() })
	s, err := m.Commit(ctx, CommitOptions{Key: key, Public: public}, nil)
	require.NoError(t, err)
	require.Equal(t, !public, s.Hiding)
	require.True(t, s.Development)
	return m, key
}
