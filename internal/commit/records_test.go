package commit

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain gives the tests a cache folder of their own.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "fold-commit-test-")
	if err != nil {
		panic(err)
	}
	os.Setenv("XDG_CACHE_HOME", dir)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// forgetRecords gives a test an empty cache folder.
func forgetRecords(t testing.TB) (cache string) {
	cache = t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	if got, err := os.UserCacheDir(); err != nil || got != cache {
		t.Skip("the cache folder of this system cannot be chosen")
	}
	return cache
}

// checks says how many pieces of points were checked to open a key.
func checks(t testing.TB, path string, n int) (pieces int) {
	t.Helper()
	_, err := Open(t.Context(), path, n, func(int) { pieces++ })
	require.NoError(t, err)
	return pieces
}

func recordNames(t testing.TB, cache string) []string {
	entries, err := os.ReadDir(filepath.Join(cache, "fold", "keys"))
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A file that has been checked is not checked again, nor are its first 2^k points; another
// number of them is, and a short key is always checked.
func TestRecords(t *testing.T) {
	const n = 2*recordedFrom + 7
	path := fileOf(t, n) // its writer's records are elsewhere
	cache := forgetRecords(t)
	require.Positive(t, checks(t, path, 0))
	require.Zero(t, checks(t, path, 0))
	require.Zero(t, checks(t, path, recordedFrom))
	require.Zero(t, checks(t, path, 2*recordedFrom))
	require.Positive(t, checks(t, path, recordedFrom+1))
	require.Positive(t, checks(t, path, 100))
	require.Positive(t, checks(t, path, 100))
	require.Len(t, recordNames(t, cache), 4)

	info, err := os.Stat(filepath.Join(cache, "fold", "keys"))
	require.NoError(t, err)
	require.EqualValues(t, 0o700, info.Mode().Perm())
	beside, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, beside, 1, "nothing lies beside the key")
}

// What is written has been checked.
func TestSetupRecords(t *testing.T) {
	forgetRecords(t)
	path := fileOf(t, recordedFrom)
	require.Zero(t, checks(t, path, 0))
}

// TestRecordIsOfContent: a file with a wrong point is refused although the file it was made
// from is recorded, and so is one that states the digests of that file.
func TestRecordIsOfContent(t *testing.T) {
	const n = recordedFrom
	k, err := testKey().Truncate(n)
	require.NoError(t, err)
	cache := forgetRecords(t)
	good := fileOf(t, n)
	require.Zero(t, checks(t, good, 0))
	names := recordNames(t, cache)

	pts := slices.Clone(k.points)
	pts[n-2] = shifted(pts[n-2])
	path := forgedFile(t, k.kind, pts, k.g2)
	for range 2 {
		_, err = Open(t.Context(), path, 0, nil)
		require.ErrorContains(t, err, "point 32766 is not")
	}
	g2 := slices.Clone(k.g2)
	g2[3] = g2[4]
	_, err = Open(t.Context(), forgedFile(t, k.kind, k.points, g2), 0, nil)
	require.ErrorContains(t, err, "[τ^4] of G2")

	data, err := os.ReadFile(good)
	require.NoError(t, err)
	putLimbs(data[headerSize+pointSize*(n-2):], pts[n-2].X)
	putLimbs(data[headerSize+pointSize*(n-2)+32:], pts[n-2].Y)
	require.ErrorIs(t, openBytes(t.Context(), data, 0), ErrCorrupt, "digests of other points")
	require.Equal(t, names, recordNames(t, cache), "what is refused is not recorded")
}

// TestRecordsOfOthers: a folder that somebody else could write to is not used, and the
// points are checked.
func TestRecordsOfOthers(t *testing.T) {
	const n = recordedFrom
	for name, spoil := range map[string]func(t *testing.T, cache string){
		"writable for the group": func(t *testing.T, cache string) {
			require.NoError(t, os.Chmod(filepath.Join(cache, "fold", "keys"), 0o770))
		},
		"writable above": func(t *testing.T, cache string) {
			require.NoError(t, os.Chmod(filepath.Join(cache, "fold"), 0o777))
		},
		"a link": func(t *testing.T, cache string) {
			dir := filepath.Join(cache, "fold", "keys")
			require.NoError(t, os.Rename(dir, dir+"2"))
			require.NoError(t, os.Symlink(dir+"2", dir))
		},
		"a link above": func(t *testing.T, cache string) {
			dir := filepath.Join(cache, "fold")
			require.NoError(t, os.Rename(dir, dir+"2"))
			require.NoError(t, os.Symlink(dir+"2", dir))
		},
		"records that are links": func(t *testing.T, cache string) {
			dir := filepath.Join(cache, "fold", "keys")
			for _, name := range recordNames(t, cache) {
				require.NoError(t, os.Remove(filepath.Join(dir, name)))
				require.NoError(t, os.Symlink("/dev/null", filepath.Join(dir, name)))
			}
		},
		"a file": func(t *testing.T, cache string) {
			require.NoError(t, os.RemoveAll(filepath.Join(cache, "fold")))
			require.NoError(t, os.WriteFile(filepath.Join(cache, "fold"), nil, 0o600))
		},
		"a relative path": func(t *testing.T, _ string) { t.Setenv("XDG_CACHE_HOME", "cache") },
		"no path":         func(t *testing.T, _ string) { t.Setenv("XDG_CACHE_HOME", ""); t.Setenv("HOME", "") },
	} {
		t.Run(name, func(t *testing.T) {
			cache := forgetRecords(t)
			path := fileOf(t, n)
			require.Zero(t, checks(t, path, 0))
			spoil(t, cache)
			require.Positive(t, checks(t, path, 0))
			require.Positive(t, checks(t, path, 0))
		})
	}
}

// TestOwnFile: another user's file is not ours.
func TestOwnFile(t *testing.T) {
	info, err := os.Stat("/")
	require.NoError(t, err)
	if os.Geteuid() != 0 {
		require.False(t, ownFile(info))
		return
	}
	path := filepath.Join(t.TempDir(), "theirs")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Chown(path, 1, 1))
	info, err = os.Stat(path)
	require.NoError(t, err)
	require.False(t, ownFile(info))
}

// TestRecordIsOfAll: a record changes with everything that it vouches for.
func TestRecordIsOfAll(t *testing.T) {
	g2 := testKey().g2[:4]
	sums := make([]byte, 2*sha256.Size)
	r := newRecord(5000, g2, sums)
	require.NotEqual(t, r, newRecord(5001, g2, sums))
	require.NotEqual(t, r, newRecord(5000, g2[:3], sums))
	other := slices.Clone(g2)
	other[3].X.A1.SetOne()
	require.NotEqual(t, r, newRecord(5000, other, sums))
	sums[40]++
	require.NotEqual(t, r, newRecord(5000, g2, sums))
}
