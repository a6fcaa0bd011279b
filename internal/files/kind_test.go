package files

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

// A registry recognises binary files by their magic, JSON by its format, and folders by a
// file in them. JSON without a format goes to the kind without a format, which may reject
// it.
func TestRegistry(t *testing.T) {
	says := func(path string) ([]Field, error) { return []Field{{"path", filepath.Base(path)}}, nil }
	refuses := func(string) ([]Field, error) { return nil, errors.New("no card") }
	r := Registry{
		{Name: "key", Magic: "key\x00", Describe: says}, {Name: "manifest", Format: "a manifest", Folder: "m.json",
			Describe: says},
		{Name: "store", Format: "a store", Describe: says}, {Name: "card", Describe: refuses},
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	d, err := r.Describe(dir)
	require.NoError(t, err)
	require.Nil(t, d, "a folder of no kind")
	for text, kind := range map[string]string{
		"key\x00...": "key", `{"format": "a manifest"}`: "manifest", `{"magic": "a store"}`: "store",
	} {
		d, err := r.Describe(write("m.json", text))
		require.NoError(t, err)
		require.Equal(t, &Description{kind, []Field{{"path", "m.json"}}}, d)
	}
	d, err = r.Describe(dir)
	require.NoError(t, err)
	require.Equal(t, &Description{"manifest", []Field{{"path", "m.json"}}}, d)
	_, err = r.Describe(write("card", `{"top": 1}`))
	require.EqualError(t, err, "no card")
	for _, text := range []string{"", "ke", "[]", `{"format": "another"}`, `{"format": `} {
		_, err = r.Describe(write("other", text))
		require.ErrorIs(t, err, fault.ErrFormat, text)
	}
}
