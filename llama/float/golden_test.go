package float

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source/sourcetest"
)

func load(t testing.TB, path string) *Model {
	m, err := Load(context.Background(), sourcetest.Open(t, path))
	require.NoError(t, err)
	return m
}

// greedy returns the tokens that follow a prompt and the margin of each.
func greedy(t testing.TB, m *Model, prompt []int, n int) (ids []int, margins []float64) {
	s := m.NewSession()
	next := prompt
	for range n {
		logits, err := s.Next(next)
		require.NoError(t, err)
		best := llama.Argmax(logits)
		margin := math.Inf(1)
		for i, v := range logits {
			if i != best {
				margin = min(margin, float64(logits[best]-v))
			}
		}
		ids, margins = append(ids, best), append(margins, margin)
		next = []int{best}
	}
	return ids, margins
}

type top struct {
	IDs    []int
	Logits []float64
}

// checkTop compares the largest logits at every position with those of the golden file.
func checkTop(t *testing.T, m *Model, ids []int, want []top, delta float64) {
	p, err := m.NewPass([][]int{ids})
	require.NoError(t, err)
	require.NoError(t, p.Run(context.Background(), nil))
	logits, err := p.Logits(0)
	require.NoError(t, err)
	for i, w := range want {
		row := logits[i*m.cfg.Vocab : (i+1)*m.cfg.Vocab]
		for j, id := range w.IDs {
			require.InDelta(t, w.Logits[j], row[id], delta, "position %d, token %d", i, id)
		}
	}
}

func TestBardGreedy(t *testing.T) {
	for name, golden := range map[string]string{
		"bard":                "bard",
		"bard/bard-f16.gguf":  "bard",
		"bard-ternary":        "bard-ternary",
		"bard-ternary/packed": "bard-ternary",
	} {
		t.Run(name, func(t *testing.T) {
			var g struct {
				Cases []struct {
					PromptIDs []int `json:"prompt_ids"`
					GreedyIDs []int `json:"greedy_ids"`
					Top2      []top
				}
			}
			testfiles.ReadJSON(t, testfiles.Embedded(t, golden, "golden.json"), &g)
			m := load(t, testfiles.Embedded(t, name))
			require.NotEmpty(t, g.Cases)
			for _, c := range g.Cases {
				ids, _ := greedy(t, m, c.PromptIDs, len(c.GreedyIDs))
				require.Equal(t, c.GreedyIDs, ids)
				checkTop(t, m, append(c.PromptIDs, ids...), c.Top2, 1e-4)
			}
		})
	}
}

func TestStoriesTextToTheLetter(t *testing.T) {
	readme, err := os.ReadFile(testfiles.Model(t, "stories260K", "README.md"))
	require.NoError(t, err)
	m := load(t, testfiles.Model(t, "stories260K", "stories260K.bin"))
	data, err := os.ReadFile(testfiles.Model(t, "stories260K", "tokenizer.bin"))
	require.NoError(t, err)
	pieces := llama2cPieces(data, m.cfg.Vocab)

	ids, _ := greedy(t, m, []int{1}, 200)
	var text strings.Builder
	for _, id := range ids {
		text.WriteString(pieces[id])
	}
	start := strings.Index(string(readme), "Once upon")
	end := strings.Index(string(readme), "so she") + len("so she")
	require.Equal(t, string(readme)[start:end], strings.TrimSpace(strings.ReplaceAll(text.String(), "<0x0A>", "\n")))
}

// llama2cPieces reads the tokens of a llama2.c tokenizer: a length, then the score, the
// length and the bytes of each token.
func llama2cPieces(data []byte, vocab int) []string {
	data = data[4:]
	pieces := make([]string, vocab)
	for i := range pieces {
		n := 8 + binary.LittleEndian.Uint32(data[4:])
		pieces[i], data = string(data[8:n]), data[n:]
	}
	return pieces
}

const smol = "SmolLM2-135M-Instruct.Q4_1.gguf"

func TestSmolPassage(t *testing.T) {
	var g struct {
		IDs  []int
		Top5 []top
	}
	testfiles.ReadJSON(t, testfiles.Model(t, "smollm2-135m", "golden", "passage64_top5.json"), &g)
	checkTop(t, load(t, testfiles.Model(t, "smollm2-135m", smol)), g.IDs, g.Top5, 2e-3)
}

func TestSmolGreedy(t *testing.T) {
	var cases []struct {
		IDs       []int
		GreedyIDs []int `json:"greedy_ids"`
	}
	testfiles.ReadJSON(t, testfiles.Model(t, "smollm2-135m", "golden", "prompts.json"), &cases)
	m := load(t, testfiles.Model(t, "smollm2-135m", smol))
	for _, c := range cases[:2] { // the longer two are in the slow tests
		ids, _ := greedy(t, m, c.IDs, len(c.GreedyIDs))
		require.Equal(t, c.GreedyIDs, ids)
	}
}

func TestSmolLosses(t *testing.T) {
	var g struct {
		Windows []struct {
			IDs []int
			NLL []float64
		}
	}
	testfiles.ReadJSON(t, testfiles.Model(t, "smollm2-135m", "golden", "eval_slice_nll.json"), &g)
	m := load(t, testfiles.Model(t, "smollm2-135m", smol))
	checkLosses(t, m, g.Windows[0].IDs, g.Windows[0].NLL)
}

func checkLosses(t *testing.T, m *Model, ids []int, want []float64) {
	p, err := m.NewPass([][]int{ids})
	require.NoError(t, err)
	require.NoError(t, p.Run(context.Background(), nil))
	logits, err := p.Logits(0)
	require.NoError(t, err)
	for i, nll := range want {
		row := logits[i*m.cfg.Vocab : (i+1)*m.cfg.Vocab]
		sum, best := 0.0, float64(row[llama.Argmax(row)])
		for _, v := range row {
			sum += math.Exp(float64(v) - best)
		}
		require.InDelta(t, nll, math.Log(sum)+best-float64(row[ids[i+1]]), 2e-3, "position %d", i)
	}
}
