// Package testfiles finds the files of tests that the repository does not hold: models and
// vectors that are too large for it. Tests that need them are skipped where they are
// missing.
package testfiles

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Shared returns the path of a file below the folder that the environment variable
// FOLD_SHARED names; the default is the folder "shared" beside the module. It skips the
// test if the file does not exist.
func Shared(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("FOLD_SHARED")
	if root == "" {
		root = filepath.Join(moduleRoot(t), "..", "shared")
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s: set FOLD_SHARED to the folder that holds %s", path, filepath.Join(parts...))
	}
	return path
}

// ReadShared returns the content of a shared file, and skips the test if the file does not
// exist.
func ReadShared(t testing.TB, parts ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(Shared(t, parts...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Model returns the path of a file below the folder "models" of the shared files, and
// skips the test if it does not exist.
func Model(t testing.TB, parts ...string) string {
	t.Helper()
	return Shared(t, append([]string{"models"}, parts...)...)
}

// ReadJSON decodes a JSON file into v.
func ReadJSON(t testing.TB, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// moduleRoot returns the nearest folder above the test's working directory with a go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the working directory, expected to run inside the module")
		}
	}
}
