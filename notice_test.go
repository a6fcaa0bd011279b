package fold_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// NOTICE names exactly the modules from which the program is built.
func TestNoticeNamesEveryModule(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/fold").Output()
	require.NoError(t, err)
	linked := strings.Fields(string(out))
	slices.Sort(linked)
	linked = slices.Compact(linked)
	linked = slices.DeleteFunc(linked, func(m string) bool { return m == host+"fold" })

	text, err := os.ReadFile("NOTICE")
	require.NoError(t, err)
	var named []string
	for line := range strings.Lines(string(text)) {
		if module, ok := strings.CutPrefix(line, "    "); ok {
			named = append(named, strings.TrimSpace(module))
		}
	}
	slices.Sort(named)
	require.Equal(t, linked, named)
}
