// Package testfiles finds the files that tests read: the embedded models, and shared models
// and vectors that are too large for the repository. Tests that need a missing shared file
// are skipped.
package testfiles

import (
	"encoding/json"
	"os"
	"path"
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
	file := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("needs %s: set FOLD_SHARED to the folder that holds %s", file, filepath.Join(parts...))
	}
	return file
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

// Embedded returns the path of a file or folder of the embedded models, below the folder
// llama/embedded. Its parts may have slashes.
func Embedded(t testing.TB, parts ...string) string {
	t.Helper()
	return filepath.Join(moduleRoot(t), "llama", "embedded", filepath.FromSlash(path.Join(parts...)))
}

// ReadJSON decodes a JSON file into v.
func ReadJSON(t testing.TB, file string, v any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
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
