//go:build slow

package step

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold/internal/commit"
	"fold/llama"
	"fold/llama/quantize"
	"fold/llama/source"
)

// TestShows proves models over a prompt that is one pass of 2^j tokens, for each j
// from 0 to 7, and two tokens decoded after it.
func TestShows(t *testing.T) {
	const keyBits = 23
	key, err := commit.SetupDevelopment(1 << keyBits)
	require.NoError(t, err)
	for name, model := range map[string]func(testing.TB) *llama.Model{"odd": oddModel, "stories260K": stories} {
		for j := range 8 {
			t.Run(fmt.Sprint(name, " ", 1<<j), func(t *testing.T) { shown(t, key, model(t), j, keyBits, 3) })
		}
	}
}

// stories imports a model of five layers that tells stories.
func stories(t testing.TB) *llama.Model {
	t.Helper()
	shared := os.Getenv("FOLD_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(shared, "models", "stories260K", "stories260K.bin")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s", path)
	}
	src, err := source.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { src.Close() })
	rng := rand.New(rand.NewPCG(62, 0))
	windows := make([][]int, 32)
	for i := range windows {
		for range 128 {
			windows[i] = append(windows[i], rng.IntN(src.Config().Vocab))
		}
	}
	m, _, err := quantize.Build(context.Background(), src, quantize.Options{Windows: windows})
	require.NoError(t, err)
	return m
}
