package tokenizer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
)

// TestVectors runs the 47 published cases of both alphabets, through every format of the
// vocabulary and through the canonical form.
func TestVectors(t *testing.T) {
	for _, c := range []struct {
		name, out, file string
		make            func(data []byte) (*Tokenizer, error)
	}{
		{"SentencePiece", "llama2-spm.out", "llama2.tokenizer.model", FromModelFile},
		{"llama2.c", "llama2-spm.out", "llama2.tokenizer.bin",
			func(data []byte) (*Tokenizer, error) { return FromLlama2C(data, 32000) }},
		{"tiktoken", "llama3-bpe.out", "llama3.tokenizer.model", FromModelFile},
	} {
		t.Run(c.name, func(t *testing.T) {
			tok := must(t)(c.make(testfiles.ReadShared(t, "vectors/tokenizer/"+c.file)))
			data, err := tok.Marshal()
			require.NoError(t, err)
			again := must(t)(FromJSON(data))
			texts, want := vectors(t, c.out)
			for i, text := range texts {
				require.Equal(t, want[i], tok.Encode(text), "case %d, %q", i, text)
				require.Equal(t, want[i], again.EncodeOrdinary(text), "case %d, %q, own form", i, text)
				require.Equal(t, text, tok.Decode(want[i]), "case %d", i)
			}
			second, err := again.Marshal()
			require.NoError(t, err)
			require.Equal(t, string(data), string(second))
		})
	}
}

// golden has the ids of the models' golden files.
type golden struct {
	Cases []goldenCase `json:"cases"`
}

type goldenCase struct {
	Prompt     string `json:"prompt"`
	Text       string `json:"text"`
	IDs        []int  `json:"ids"`
	PromptIDs  []int  `json:"prompt_ids"`
	GreedyIDs  []int  `json:"greedy_ids"`
	GreedyText string `json:"greedy_text"`
}

func TestBard(t *testing.T) {
	for _, model := range []string{"bard", "bard-ternary"} {
		hf := must(t)(FromJSON(own(t, model+"/tokenizer.json")))
		hf = must(t)(hf.Configure(own(t, model+"/tokenizer_config.json")))
		toks := []*Tokenizer{hf}
		if model == "bard" {
			toks = append(toks, must(t)(FromGGUF(ggufVocab(t, own(t, "bard/bard-f16.gguf")))))
		}
		var g golden
		parseJSON(t, own(t, model+"/golden.json"), &g)
		require.NotEmpty(t, g.Cases)
		for _, tok := range toks {
			bos, add := tok.BOS()
			require.True(t, add)
			require.Equal(t, 512, tok.VocabSize())
			require.Equal(t, []int{1}, tok.EOS())
			for _, c := range g.Cases {
				require.Equal(t, c.PromptIDs, append([]int{bos}, tok.Encode(c.Prompt)...))
				require.Equal(t, c.Prompt, tok.Decode(c.PromptIDs))
				require.Equal(t, c.GreedyText, tok.Decode(c.GreedyIDs))
			}
		}
	}
}

func TestSmolLM2(t *testing.T) {
	tok := must(t)(FromGGUF(ggufVocab(t, testfiles.ReadShared(t,
		"models/smollm2-135m/SmolLM2-135M-Instruct.Q4_1.gguf"))))
	var cases []goldenCase
	parseJSON(t, testfiles.ReadShared(t, "models/smollm2-135m/golden/prompts.json"), &cases)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		require.Equal(t, c.IDs, tok.Encode(c.Text))
		require.Equal(t, c.Text, tok.DecodeSpecial(c.IDs))
		require.Equal(t, c.GreedyText, tok.DecodeSpecial(c.GreedyIDs))
	}
	require.Equal(t, []int{0, 2}, tok.EOS())
	require.Contains(t, tok.ChatTemplate(), "<|im_start|>")
	require.NotContains(t, tok.EncodeOrdinary("<|im_end|>"), 2)
	require.Equal(t, "<|im_end|>", tok.Decode(tok.EncodeOrdinary("<|im_end|>")))
}

func TestStories(t *testing.T) {
	tok := must(t)(FromLlama2C(testfiles.ReadShared(t, "models/stories260K/tokenizer.bin"), 512))
	text := "Once upon a time, there was a little girl named Lily.\nShe said, \"I can't find it.\" 12 é 🦙"
	ids := tok.Encode(text)
	require.Equal(t, text, tok.Decode(ids))
	bos, add := tok.BOS()
	require.True(t, add)
	require.Equal(t, text, tok.Decode(append([]int{bos}, ids...)))
	require.Equal(t, []int{403, 407, 261, 378}, tok.Encode("Once upon a time")[:4])
}
