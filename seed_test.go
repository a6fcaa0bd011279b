package fold

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSeedFileIsChecked(t *testing.T) {
	good := weightSeed{Format: seedFormat, Version: seedVersion, Seed: strings.Repeat("5a", seedBytes)}
	for _, c := range []struct {
		change func(*weightSeed)
		is     error
	}{
		{func(*weightSeed) {}, nil},
		{func(w *weightSeed) { w.Seed = "" }, nil},
		{func(w *weightSeed) { w.ModelID, w.Blinds = "id", strings.Repeat("a5", blindBytes) }, nil},
		{func(w *weightSeed) { w.ModelID = "id" }, ErrCorrupt},
		{func(w *weightSeed) { w.Blinds = strings.Repeat("a5", blindBytes) }, ErrCorrupt},
		{func(w *weightSeed) { w.ModelID, w.Blinds = "id", strings.Repeat("a5", blindBytes-1) }, ErrCorrupt},
		{func(w *weightSeed) { w.ModelID, w.Blinds = "id", strings.Repeat("x5", blindBytes) }, ErrCorrupt},
		{func(w *weightSeed) { w.Seed, w.ModelID, w.Blinds = "", "id", strings.Repeat("a5", blindBytes) }, ErrCorrupt},
		{func(w *weightSeed) { w.Version = 1 }, ErrFormat},
		{func(w *weightSeed) { w.Seed = w.Seed[2:] }, ErrCorrupt},
		{func(w *weightSeed) { w.Seed = "x" + w.Seed[1:] }, ErrCorrupt},
		{func(w *weightSeed) { w.Format = "" }, ErrFormat},
		{func(w *weightSeed) { w.Version++ }, ErrFormat},
	} {
		w := good
		c.change(&w)
		data, err := json.Marshal(w)
		require.NoError(t, err)
		read, err := parseSeed(data)
		if c.is != nil {
			require.ErrorIs(t, err, c.is)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, &w, read)
		require.Len(t, read.bytes(), len(w.Seed)/2)
		require.Len(t, read.blinds(), len(w.Blinds)/2)
	}
}

// Whatever is accepted has a seed that can be used.
func FuzzWeightSeed(f *testing.F) {
	f.Add([]byte(`{"format": "fold weight seed", "version": 2, "seed": ""}`))
	f.Add([]byte(`{"format": "fold weight seed", "version": 2, "seed": "` + strings.Repeat("00", seedBytes) + `"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := parseSeed(data)
		if err == nil && len(w.bytes()) != 0 {
			require.Len(t, w.bytes(), seedBytes)
		}
	})
}
