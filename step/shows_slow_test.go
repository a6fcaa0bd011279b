//go:build slow

package step

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/quantize/quantizetest"
	"fold.example/fold/llama/source/sourcetest"
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

// stories imports stories260K, a model of five layers.
func stories(t testing.TB) *llama.Model {
	t.Helper()
	src := sourcetest.Open(t, testfiles.Model(t, "stories260K", "stories260K.bin"))
	windows := quantizetest.RandomWindows(rand.New(rand.NewPCG(62, 0)), 32, src.Config().Vocab)
	return quantizetest.Build(t, src, quantize.Options{Windows: windows})
}
