// Package testrun has what the tests of several packages share: where the embedded models are,
// and those that the project does not hold.
package testrun

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// root is the folder of the project.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Shared is the path of a file that the project does not hold: in $FOLD_SHARED, or in the folder
// shared beside the project. A test that needs one that is missing is skipped.
func Shared(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("FOLD_SHARED")
	if dir == "" {
		dir = filepath.Join(root(), "..", "shared")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs the shared file %s: %v", name, err)
	}
	return path
}

// Embedded is the path of a file of the embedded models.
func Embedded(name ...string) string {
	return filepath.Join(append([]string{root(), "llama", "embedded"}, name...)...)
}
