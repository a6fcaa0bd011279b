package fold

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/proof"
)

// FuzzInspect: a file of arbitrary bytes is one of fold's, or is rejected as damaged or as
// unknown. Every command that takes a single file also reads the same bytes.
func FuzzInspect(f *testing.F) {
	whole := proof.Statement{
		Label: "label", Prompt: proof.Part{N: 1, Tokens: []int{1}}, Output: proof.Part{N: 1, Tokens: []int{3}},
		Passes: []proof.PassRun{{Bits: 0, Count: 1}},
	}
	f.Add(whole.Encode())
	f.Add([]byte("foldvkey\x02"))
	f.Add(append([]byte("foldkey\x00\x01\x00\x00\x00"), make([]byte, 8180)...))
	f.Add(append([]byte("foldwgts\x01\x00\x00\x00\x00\x00\x00\x00\x38"), make([]byte, 39)...))
	f.Add([]byte("foldmcom\x02\x00\x05\x0c"))
	for _, text := range []string{
		`{"format":"fold integer model","version":1,"scheme":"w8","config":{"dim":8}}`, `{"format":"fold weight seed"}`,
		`{"format":"fold-tokenizer","version":1}`, `{"magic":"fold-checkpoint"}`, `{"scheme":"w16","tokens":1}`,
		`{"format":"fold weight seed","version":2,"seed":""}`,
	} {
		f.Add([]byte(text))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "file")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		if _, err := Inspect(path); err != nil {
			known := errors.Is(err, ErrFormat) || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNoStore)
			require.True(t, known, "%v", err)
		}
		_, err := Verify(context.Background(), path, VerifyOptions{AllowDevelopmentKey: true}, nil)
		require.Error(t, err)
		require.False(t, errors.Is(err, ErrRejected) && errors.Is(err, ErrFormat), "%v", err)
	})
}
