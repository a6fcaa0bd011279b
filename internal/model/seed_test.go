package model

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

func TestSeedFileIsChecked(t *testing.T) {
	good := WeightSeed{Format: seedFormat, Version: seedVersion, Seed: strings.Repeat("5a", seedBytes)}
	for _, c := range []struct {
		change func(*WeightSeed)
		is     error
	}{
		{func(*WeightSeed) {}, nil},
		{func(w *WeightSeed) { w.Seed = "" }, nil},
		{func(w *WeightSeed) { w.ModelID, w.Blinds = "id", strings.Repeat("a5", BlindBytes) }, nil},
		{func(w *WeightSeed) { w.ModelID = "id" }, fault.ErrCorrupt},
		{func(w *WeightSeed) { w.Blinds = strings.Repeat("a5", BlindBytes) }, fault.ErrCorrupt},
		{func(w *WeightSeed) { w.ModelID, w.Blinds = "id", strings.Repeat("a5", BlindBytes-1) }, fault.ErrCorrupt},
		{func(w *WeightSeed) { w.ModelID, w.Blinds = "id", strings.Repeat("x5", BlindBytes) }, fault.ErrCorrupt},
		{func(w *WeightSeed) { w.Seed, w.ModelID, w.Blinds = "", "id", strings.Repeat("a5", BlindBytes) },
			fault.ErrCorrupt},
		{func(w *WeightSeed) { w.Version = 1 }, fault.ErrFormat},
		{func(w *WeightSeed) { w.Seed = w.Seed[2:] }, fault.ErrCorrupt},
		{func(w *WeightSeed) { w.Seed = "x" + w.Seed[1:] }, fault.ErrCorrupt},
		{func(w *WeightSeed) { w.Format = "" }, fault.ErrFormat},
		{func(w *WeightSeed) { w.Version++ }, fault.ErrFormat},
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
		require.Len(t, read.Secret(), len(w.Seed)/2)
		require.Len(t, read.BlindSeed(), len(w.Blinds)/2)
	}
}

// Every accepted seed file has a usable seed.
func FuzzWeightSeed(f *testing.F) {
	f.Add([]byte(`{"format": "fold weight seed", "version": 2, "seed": ""}`))
	f.Add([]byte(`{"format": "fold weight seed", "version": 2, "seed": "` + strings.Repeat("00", seedBytes) + `"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := parseSeed(data)
		if err == nil && len(w.Secret()) != 0 {
			require.Len(t, w.Secret(), seedBytes)
		}
	})
}
