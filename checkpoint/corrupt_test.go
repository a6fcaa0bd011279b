package checkpoint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/stretchr/testify/require"
)

// contents reads all files of a folder.
func contents(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == lockName {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		files[name], err = os.ReadFile(path)
		return err
	}))
	return files
}

func restore(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, engineName), 0o700))
	for name, data := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
}

func refused(err error) bool { return errors.Is(err, ErrCorrupt) || errors.Is(err, ErrFormat) }

// offsets returns the places at which a test damages a file: every byte of a small file; of a
// large one the beginning, the end and places in between.
func offsets(size int) []int {
	var out []int
	stride := max(1, size/25)
	for i := 0; i < size; i += stride {
		out = append(out, i)
	}
	for i := max(0, size-20); i < size; i++ {
		out = append(out, i)
	}
	return out
}

func sealedStore(t testing.TB) (string, map[string][]byte) {
	s, dir := newStore(t)
	fill(t, s, 5, 400)
	writeSnapshot(t, s, make([]byte, 3000))
	fill(t, s, 6, 400)
	require.NoError(t, s.Close())
	return dir, contents(t, dir)
}

// Open finds every flipped byte of every file of a closed store, and does not change a store
// that it refuses.
func TestEveryFlippedByteIsNoticed(t *testing.T) {
	dir, files := sealedStore(t)
	require.Greater(t, len(files), 5)
	for name, data := range files {
		path := filepath.Join(dir, name)
		for _, at := range offsets(len(data)) {
			data[at] ^= 0x20
			require.NoError(t, os.WriteFile(path, data, 0o600))
			_, err := Open(dir)
			require.Truef(t, refused(err), "%s at %d: %v", name, at, err)
			data[at] ^= 0x20
		}
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	require.Equal(t, files, contents(t, dir), "nothing was changed")
	s := reopen(t, dir)
	requireSteps(t, s, 6, 400)
	require.NoError(t, s.Close())
}

func TestTruncatedAndMissingFiles(t *testing.T) {
	dir, files := sealedStore(t)
	for name, data := range files {
		path := filepath.Join(dir, name)
		for _, size := range []int{0, len(data) / 2, len(data) - 1} {
			if size < 0 || size == len(data) {
				continue
			}
			require.NoError(t, os.Truncate(path, int64(size)))
			_, err := Open(dir)
			require.Truef(t, refused(err), "%s of %d bytes: %v", name, size, err)
			require.NoError(t, os.WriteFile(path, data, 0o600))
		}
		if name == sealName {
			continue // Without a seal it is a store that was killed: checked below.
		}
		require.NoError(t, os.Remove(path))
		_, err := Open(dir)
		require.Truef(t, refused(err) || errors.Is(err, ErrNoStore), "%s removed: %v", name, err)
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	requireSteps(t, reopen(t, dir), 6, 400)
}

// A store whose process was killed has no seal. Open finds a flipped byte, or the byte is not
// in use and all steps are unchanged.
func TestFlippedBytesAfterAKill(t *testing.T) {
	s, live := newStore(t)
	fill(t, s, 3, 400)
	writeSnapshot(t, s, make([]byte, 3000))
	fill(t, s, 5, 400)
	files := contents(t, live) // The files of a process that stops here.
	require.NoError(t, s.Close())
	require.NotContains(t, files, sealName)
	noticed, harmless := 0, 0
	for name, data := range files {
		for _, at := range offsets(len(data)) {
			data[at] ^= 0x04
			killed := inMemoryOf(t, files)
			data[at] ^= 0x04
			s, err := open(killed, false)
			if err != nil {
				require.Truef(t, refused(err), "%s at %d: %v", name, at, err)
				noticed++
				continue
			}
			harmless++
			requireSteps(t, s, 5, 400)
			require.Len(t, readSnapshot(t, s), 3000)
			require.NoError(t, s.Close())
		}
	}
	t.Logf("%d noticed, %d harmless", noticed, harmless)
	require.Positive(t, noticed)
}

// edit changes the engine's records with Pebble and seals the store again.
func edit(t *testing.T, change func(*pebble.Batch)) error {
	t.Helper()
	s, dir := newStore(t)
	fill(t, s, 6, 400)
	b := s.engine.db.NewBatch()
	change(b)
	require.NoError(t, b.Commit(pebble.Sync))
	require.NoError(t, s.Close())
	_, err := Open(dir)
	require.ErrorIs(t, err, ErrCorrupt)
	return err
}

func TestAlteredRecords(t *testing.T) {
	set := func(k, v []byte) func(*pebble.Batch) {
		return func(b *pebble.Batch) { require.NoError(t, b.Set(k, v, nil)) }
	}
	remove := func(k []byte) func(*pebble.Batch) {
		return func(b *pebble.Batch) { require.NoError(t, b.Delete(k, nil)) }
	}
	header := func(index uint64) []byte {
		step := testStep(index, 400)
		h := step.header(0, Digest{})
		text, _ := h.seal()
		return text
	}
	require.ErrorContains(t, edit(t, set(key(stateKey, 2, 0), make([]byte, 50))), "step 2, state")
	require.ErrorContains(t, edit(t, set(key(stateKey, 2, 0), make([]byte, 49))), "step 2, state")
	require.ErrorContains(t, edit(t, set(key(proofKey, 3, 1), []byte{1})), "step 3, proof")
	require.ErrorContains(t, edit(t, remove(key(cacheKey, 1, 0))), "step 1, cache")
	require.ErrorContains(t, edit(t, remove(key(headerKey, 4, 0))), "step 4, header")
	require.ErrorContains(t, edit(t, set(key(headerKey, 4, 0), header(3))), "step 4, header")
	require.ErrorContains(t, edit(t, set(key(headerKey, 4, 0), header(4))), "step 4, header")
	require.ErrorContains(t, edit(t, set(key(headerKey, 6, 0), header(6))), "beyond the last step")
	require.ErrorContains(t, edit(t, set([]byte{byte(headKey)}, nil)), "head")
}

// HEAD detects steps that are missing in the engine, although all other records are valid.
func TestLostSteps(t *testing.T) {
	s, dir := newStore(t)
	fill(t, s, 2, 100)
	require.NoError(t, s.Close())
	old := contents(t, dir)
	s = reopen(t, dir)
	fill(t, s, 4, 100)
	require.NoError(t, s.Close())
	now := contents(t, dir)
	old[headName] = now[headName]
	delete(old, sealName)
	restore(t, dir, old)
	_, err := Open(dir)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "with 2 steps, but HEAD notes change 5 with 4 steps")
}

func TestStepsOfAnotherStore(t *testing.T) {
	_, files := sealedStore(t)
	dir, other := sealedStore(t)
	other[MetaName] = files[MetaName]
	delete(other, sealName)
	restore(t, dir, other)
	_, err := Open(dir)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "of store")
	_, err = Peek(dir)
	require.ErrorIs(t, err, ErrCorrupt)
}

func TestNewerVersion(t *testing.T) {
	dir := t.TempDir()
	text := `{"magic":"fold-checkpoint","version":3,"new":true}`
	require.NoError(t, os.WriteFile(filepath.Join(dir, MetaName), []byte(text), 0o600))
	_, err := Open(dir)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "found version 3, expected 2")
}
