package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/kernel"
)

// The umask of the user applies to every file that is written.
func TestUmaskApplies(t *testing.T) {
	old := umask
	t.Cleanup(func() { umask = old })
	for _, c := range [][3]fs.FileMode{{0o077, 0o644, 0o600}, {0o027, 0o644, 0o640}, {0, 0o644, 0o644},
		{0o022, 0o600, 0o600}} {
		umask = c[0]
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, Write(path, nil, c[1]))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, c[2], info.Mode())
	}
}

func TestReadIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, Write(path, []byte("12345"), 0o644))
	data, err := Read(path, 5)
	require.NoError(t, err)
	require.Equal(t, "12345", string(data))
	_, err = Read(path, 4)
	require.ErrorIs(t, err, ErrTooLarge)
	require.ErrorContains(t, err, "5 bytes, expected at most 4")
	head, err := Head(path, 2)
	require.NoError(t, err)
	require.Equal(t, "12", string(head))
	require.NoError(t, os.Truncate(path, 1<<40)) // a sparse file of a terabyte
	_, err = Read(path, 1<<20)
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestFoldersAndDevicesAreNoFiles(t *testing.T) {
	for path, kind := range map[string]string{t.TempDir(): "a folder", os.DevNull: "a device"} {
		_, err := Open(path)
		require.ErrorIs(t, err, ErrNotRegular)
		require.ErrorContains(t, err, kind)
		_, err = Map(path)
		require.ErrorIs(t, err, ErrNotRegular)
	}
	_, err := Open(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// Write replaces a file atomically, Create rejects an existing file, and neither leaves
// temporary files.
func TestWritesLeaveNothingElse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	require.NoError(t, Create(path, []byte("first"), 0o600))
	require.ErrorIs(t, Create(path, []byte("second"), 0o600), fs.ErrExist)
	require.NoError(t, Write(path, []byte("third"), 0o640))
	require.Error(t, Write(filepath.Join(dir, "none", "file"), nil, 0o600))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "third", string(data))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, Masked(0o640), info.Mode())
}

var sink byte // keeps the compiler from removing the reads

func mapped(t *testing.T, size int) (*Mapping, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, make([]byte, size), 0o600))
	m, err := Map(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m, path
}

// Reading a truncated mapping is an error, in the caller, in a parallel loop, and in the
// runtime's own routines.
func TestTruncatedMapIsAnError(t *testing.T) {
	const size = 1 << 20
	for name, read := range map[string]func(data []byte){
		"byte": func(data []byte) { sink += data[size-1] },
		"copy": func(data []byte) { copy(make([]byte, size), data) },
		"loop": func(data []byte) {
			kernel.For(size, 1<<10, func(lo, hi int) {
				sum := byte(0)
				for _, b := range data[lo:hi] {
					sum += b
				}
				if sum != 0 {
					panic("a file of zeros")
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, path := mapped(t, size)
			require.NoError(t, Guard(func() error { read(m.Data); return nil }))
			require.NoError(t, m.Check(func() error { return nil }))
			require.NoError(t, os.Truncate(path, 0))
			err := Guard(func() error { read(m.Data); return nil })
			require.ErrorIs(t, err, ErrChanged)
			require.ErrorContains(t, err, path)
			require.ErrorIs(t, m.Check(func() error { return nil }), ErrChanged)
		})
	}
}

// Guard does not recover panics with other causes, such as a fault outside every mapping.
func TestGuardPassesOtherPanicsOn(t *testing.T) {
	require.PanicsWithValue(t, "other", func() { _ = Guard(func() error { panic("other") }) })
	var nothing *Mapping
	require.Panics(t, func() { _ = Guard(func() error { _ = nothing.path[0]; return nil }) })
}

func TestOverwrittenMapIsNoticed(t *testing.T) {
	m, path := mapped(t, 100)
	same := func() error { t.Fatal("the time of writing says it"); return nil }
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte{1}, 50)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.ErrorIs(t, m.Check(same), ErrChanged)
}

// Renaming or deleting a mapped file does not change the mapping.
func TestRenamedMapIsReadAgain(t *testing.T) {
	m, path := mapped(t, 100)
	require.NoError(t, os.Chmod(path, 0o400))
	require.NoError(t, os.Remove(path))
	var again int
	require.NoError(t, m.Check(func() error { again++; return nil }))
	require.NoError(t, m.Check(func() error { again++; return nil }))
	require.LessOrEqual(t, again, 1)
}

func TestMappingsInParallel(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		m, _ := mapped(t, 1<<12)
		wg.Go(func() {
			for range 100 {
				_ = Guard(func() error { _ = m.Data[100]; return nil })
			}
		})
	}
	wg.Wait()
}
