package model

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/progress"
	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama/embedded"
)

func openTest(t *testing.T, ref string) *Model {
	m, err := Open(context.Background(), ref, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

// The texts of the events concatenate to the summary's text. Each consists of whole
// characters, even if the run ends within one.
func TestStreamedTextIsWholeCharacters(t *testing.T) {
	m := openTest(t, embedded.Demo)
	for n := range 12 {
		var text strings.Builder
		var ids []int
		s, err := m.Run(context.Background(), RunOptions{Prompt: "naïve ☃ caf\xc3", N: n}, func(e progress.Event) {
			token := e.(progress.Token)
			require.True(t, utf8.ValidString(token.Text))
			text.WriteString(token.Text)
			ids = append(ids, token.ID)
		})
		require.NoError(t, err)
		require.Equal(t, s.Text, text.String())
		require.Len(t, s.OutputIDs, n)
		require.ElementsMatch(t, s.OutputIDs, ids)
	}
}

// The golden continuations of bard, through the tokenizer and back.
func TestBardGolden(t *testing.T) {
	var golden struct {
		Cases []struct {
			Prompt    string
			PromptIDs []int `json:"prompt_ids"`
			GreedyIDs []int `json:"greedy_ids"`
		}
	}
	data, err := os.ReadFile(testfiles.Embedded(t, "bard", "golden.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &golden))
	require.NotEmpty(t, golden.Cases)
	m := openTest(t, embedded.Demo)
	for _, c := range golden.Cases {
		s, err := m.Run(context.Background(), RunOptions{Prompt: c.Prompt, N: len(c.GreedyIDs)}, nil)
		require.NoError(t, err)
		require.Equal(t, c.PromptIDs, s.PromptIDs)
		require.Equal(t, c.GreedyIDs, s.OutputIDs, c.Prompt)
	}
}

func TestCancelledRun(t *testing.T) {
	m := openTest(t, embedded.Demo)
	ctx, cancel := context.WithCancel(context.Background())
	tokens := 0
	_, err := m.Run(ctx, RunOptions{Prompt: "ROMEO:", N: 100}, func(progress.Event) {
		if tokens++; tokens == 3 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, tokens)
}

// storiesText is the float model's continuation of the begin token.
const storiesText = "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. " +
	"One day, she saw a big, red ball. She wanted to play with it, but it was too high.\n" +
	"Lily's mom said, \"Lily, let's go to the park.\" Lily was sad and didn't know what to do. She " +
	"said, \"I want to play with your ball, but I can't find it.\"\n" +
	"Lily was sad and didn't know what to do. She said, \"I'm sorry, Lily. I didn't know what to " +
	"do.\"\n" +
	"Lily didn't want to help her mom, so she"

// The integer model of stories260K generates the same text as the float model.
func TestStories(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stories")
	_, err := Import(context.Background(), testfiles.Model(t, "stories260K", "stories260K.bin"),
		dir, ImportOptions{}, nil)
	require.NoError(t, err)
	s, err := openTest(t, dir).Run(context.Background(), RunOptions{N: 200}, nil)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(s.Text, storiesText), s.Text)
}
