package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/source"
)

// requireRefused checks the sentinel of an error and a part of its text.
func requireRefused(t *testing.T, err, kind error, says string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	require.ErrorContains(t, err, says)
}

func TestFileRefused(t *testing.T) {
	dir := t.TempDir()
	for _, x := range []struct {
		name, content string
		kind          error
		says          string
	}{
		{"empty", "", source.ErrUnsupported, "a file of 0 bytes"},
		{"text", strings.Repeat("Once upon a time. ", 9), source.ErrUnsupported,
			"neither GGUF nor the header of a llama2.c file"},
		{"pytorch_model.bin", "PK\x03\x04....", source.ErrUnsupported, "a PyTorch checkpoint (pickle)"},
		{"old.bin", "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46", source.ErrUnsupported, "a PyTorch checkpoint (pickle)"},
		{"x.safetensors", string(tinySafetensors(t)), source.ErrUnsupported, "expected the folder"},
		{"v2.bin", "24ka\x02\x00\x00\x00", source.ErrUnsupported,
			"a llama2.c file of version 2, expected the legacy format"},
		{"cut.bin", string(tinyLlama2C(t)[:900]), source.ErrCorrupt, "900 bytes, expected"},
	} {
		path := filepath.Join(dir, x.name)
		require.NoError(t, os.WriteFile(path, []byte(x.content), 0o600))
		_, err := source.Open(path)
		requireRefused(t, err, x.kind, x.says)
		require.ErrorContains(t, err, path)
	}
	_, err := source.Open(filepath.Join(dir, "absent"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = source.Open(dir)
	requireRefused(t, err, source.ErrUnsupported, "a folder without config.json")
	_, err = source.Open(os.DevNull)
	requireRefused(t, err, source.ErrUnsupported, "neither a file nor a folder")
}
