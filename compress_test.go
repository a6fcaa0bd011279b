package fold

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// compressKey is a key that is long enough for compressed proofs.
func compressKey(t testing.TB) string {
	return shareOnce(t, "long", func(path string) {
		_, err := Setup(context.Background(), path, SetupOptions{Development: true, Size: 1 << 21}, nil)
		require.NoError(t, err)
	})
}

// compressStore is the store of a finished run of few steps.
func compressStore(t testing.TB) string {
	return shareOnce(t, "finished", func(path string) {
		opts := ProveOptions{Model: DemoModel, Key: compressKey(t), Store: path, Prompt: "A", N: 2, Blocks: 4, Pass: 1}
		_, err := Prove(context.Background(), opts, nil)
		require.NoError(t, err)
	})
}

func TestCompress(t *testing.T) {
	dir := t.TempDir()
	store := copyStore(t, compressStore(t), filepath.Join(dir, "s"))
	out := filepath.Join(dir, "proof")
	s, err := Compress(context.Background(), store, CompressOptions{Out: out, Label: "a trial"}, func(e Event) { t.Logf("%+v", e) })
	require.NoError(t, err)
	t.Logf("%+v", s)
	vk, err := ReadVerifierKey(out + ".vk")
	require.NoError(t, err)
	data, err := os.ReadFile(out)
	require.NoError(t, err)
	p, err := decodeProof(vk, data)
	require.NoError(t, err)
	id, err := vk.verify(p)
	require.NoError(t, err)
	require.Equal(t, s.ModelID, hexOf(id))
	require.Equal(t, data, p.encode())
}
