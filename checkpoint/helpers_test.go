package checkpoint

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

var testMeta = Meta{Kind: "run", Parameters: Digest{1, 2, 3}, Details: json.RawMessage(`{"prompt":"Once"}`)}

// testStep returns a step that is a function of its index.
func testStep(index uint64, size int) Entry {
	r := rand.NewChaCha8([32]byte{byte(index), byte(index >> 8), 7})
	take := func(n int) []byte {
		if n == 0 {
			return nil
		}
		b := make([]byte, n)
		r.Read(b)
		return b
	}
	s := Entry{
		Index: index, State: take(size / 8), Proof: take(size / 2), Replay: take(size / 8), Cache: take(size / 4),
		Note: fmt.Sprintf("step %d", index),
	}
	if index%3 == 2 {
		s.Tokens = []uint32{uint32(index), 1 << 31}
	}
	return s
}

// read returns the step that the store returns for an appended one.
func read(s Entry) Entry {
	s.Note = ""
	return s
}

func fill(t testing.TB, s *Store, to uint64, size int) {
	t.Helper()
	for i := s.Len(); i < to; i++ {
		require.NoError(t, s.Append(testStep(i, size)))
	}
}

// requireSteps checks that the store has exactly the first n test steps.
func requireSteps(t testing.TB, s *Store, n uint64, size int) {
	t.Helper()
	next := uint64(0)
	for step, err := range s.Steps(0) {
		require.NoError(t, err)
		require.Equal(t, read(testStep(next, size)), step)
		next++
	}
	require.Equal(t, n, next)
}

func newStore(t testing.TB) (*Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "s")
	s, err := Create(dir, testMeta)
	require.NoError(t, err)
	return s, dir
}

func reopen(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	require.NoError(t, err)
	return s
}

func writeSnapshot(t testing.TB, s *Store, data []byte) {
	t.Helper()
	w, err := s.NewSnapshot(int64(len(data)))
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Commit())
}

func readSnapshot(t testing.TB, s *Store) []byte {
	t.Helper()
	r, err := s.Snapshot()
	require.NoError(t, err)
	defer r.Close()
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	return data
}

// inMemory returns a folder on a file system in memory.
func inMemory(fs vfs.FS) folder {
	return folder{fs, "s", func(path string, _ bool) (io.Closer, error) { return fs.Lock(path) }}
}

// inMemoryOf returns a folder in memory with these files.
func inMemoryOf(t testing.TB, files map[string][]byte) folder {
	t.Helper()
	f := inMemory(vfs.NewMem())
	require.NoError(t, f.MkdirAll(f.path(engineName), 0o700))
	for name, data := range files {
		require.NoError(t, f.create(name, data))
	}
	return f
}
