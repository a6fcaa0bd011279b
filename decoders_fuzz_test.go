package fold

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold/internal/wire"
	"fold/step"
)

// FuzzInspect: a file of any bytes is one of fold's, or is refused as damaged or as none; and
// the same bytes are read by each command that takes a single file.
func FuzzInspect(f *testing.F) {
	whole := proofHead{
		label: "label", prompt: tokenPart{n: 1, tokens: []int{1}}, output: tokenPart{n: 1, tokens: []int{3}},
		passes: []passRun{{0, 1}},
	}
	f.Add(whole.encode())
	f.Add([]byte(keyMagic + "\x02"))
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
			require.True(t, errors.Is(err, ErrFormat) || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNoStore), "%v", err)
		}
		_, err := Verify(context.Background(), path, VerifyOptions{AllowDevelopmentKey: true}, nil)
		require.Error(t, err)
		require.False(t, errors.Is(err, ErrRejected) && errors.Is(err, ErrFormat), "%v", err)
	})
}

// FuzzProofBody: what is read of a proof between its head and its last part is written as it
// was, for a key with a claim on a cache that has coordinates to spare and one without.
func FuzzProofBody(f *testing.F) {
	keys := []*VerifierKey{}
	for _, room := range []int{3, 5} {
		c, _, err := readCommitment(filepath.Join(committedModel(f), commitmentFile))
		require.NoError(f, err)
		p, err := step.NewProtocol(c, room, 4, []int{0})
		require.NoError(f, err)
		keys = append(keys, &VerifierKey{outline: p.Outline()})
	}
	for i, k := range keys {
		b := k.blankBody()
		b.steps = 7
		for j := range b.claims {
			b.claims[j].Value.SetUint64(uint64(j))
		}
		c := wire.NewWriter(nil)
		b.code(c)
		f.Add(c.Bytes(), i == 1)
		f.Add(c.Bytes()[:len(c.Bytes())/2], i == 1)
	}
	f.Fuzz(func(t *testing.T, data []byte, second bool) {
		k := keys[0]
		if second {
			k = keys[1]
		}
		b, c := k.blankBody(), wire.NewReader(data)
		if b.code(c); c.Err() != nil {
			return
		}
		again := wire.NewWriter(nil)
		b.code(again)
		require.True(t, bytes.Equal(data, append(again.Bytes(), c.Bytes()...)))
		require.Len(t, b.spartanClaims(), len(b.claims))
	})
}

// FuzzNote: what a store says of its running step is shown or not, and nothing else of the
// status depends on it.
func FuzzNote(f *testing.F) {
	s, err := Open(begunStore(f))
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, s.Close()) })
	plain := s.store.Status()
	f.Add(plain.Note)
	f.Add(`{"seconds":-1,"left":1e300}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, note string) {
		c := plain
		c.Note = note
		got := newStatus(s.dir, s.run, c)
		c.Note = ""
		want := newStatus(s.dir, s.run, c)
		want.StepSeconds, want.ETA = got.StepSeconds, got.ETA
		require.Equal(t, want, got)
	})
}
