package fold_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every test that FORGERIES.md names exists.
func TestListedForgeriesAreTested(t *testing.T) {
	text, err := os.ReadFile("FORGERIES.md")
	require.NoError(t, err)
	var source strings.Builder
	err = filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		source.Write(data)
		return err
	})
	require.NoError(t, err)
	named := regexp.MustCompile(`\bTest\w+`).FindAllString(string(text), -1)
	require.NotEmpty(t, named)
	for _, name := range named {
		require.Contains(t, source.String(), "func "+name+"(", "FORGERIES.md names %s", name)
	}
}
