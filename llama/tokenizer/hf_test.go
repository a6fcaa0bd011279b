package tokenizer

import (
	"encoding/json"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
)

// pairsOf lists every pair of tokens whose concatenation is a token, in the order of priority:
// the merges that Hugging Face's converters write for a vocabulary with ranks.
func pairsOf(tok *Tokenizer, written func(string) string) [][2]string {
	v, d := &tok.vocab, &tok.def
	type pair struct {
		rank int32
		at   [2]int32
		text [2]string
	}
	var pairs []pair
	for text, id := range v.ids {
		for i := 1; i < len(text); i++ {
			l, ok1 := v.ids[text[:i]]
			r, ok2 := v.ids[text[i:]]
			if ok1 && ok2 {
				pairs = append(pairs, pair{d.Ranks[id], [2]int32{l, r},
					[2]string{written(text[:i]), written(text[i:])}})
			}
		}
	}
	sort.Slice(pairs, func(i, j int) bool {
		a, b := pairs[i], pairs[j]
		return a.rank < b.rank || a.rank == b.rank && (a.at[0] < b.at[0] || a.at[0] == b.at[0] && a.at[1] < b.at[1])
	})
	var out [][2]string
	for _, p := range pairs {
		out = append(out, p.text)
	}
	return out
}

// hfJSON writes a tokenizer with ranks as a Hugging Face tokenizer.json with
// the given parts.
func hfJSON(t *testing.T, tok *Tokenizer, written func(string) string, parts map[string]any) []byte {
	vocab := map[string]int{}
	var added []map[string]any
	for id, p := range tok.def.Pieces {
		if k := tok.def.Kinds[id]; k == control || k == unknown {
			added = append(added, map[string]any{"id": id, "content": p, "special": true})
			continue
		}
		vocab[written(p)] = id
	}
	model := map[string]any{"type": "BPE", "vocab": vocab, "merges": pairsOf(tok, written)}
	for key, v := range parts["model"].(map[string]any) {
		model[key] = v
	}
	file := map[string]any{"version": "1.0", "added_tokens": added, "model": model}
	for key, v := range parts {
		if key != "model" {
			file[key] = v
		}
	}
	data, err := json.Marshal(file)
	require.NoError(t, err)
	return data
}

type object = map[string]any

var (
	metaspace  = object{"type": "Metaspace", "replacement": spaceMark, "prepend_scheme": "always", "split": false}
	byteLevel  = object{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}
	llama2Norm = object{"type": "Sequence", "normalizers": []object{
		{"type": "Prepend", "prepend": spaceMark},
		{"type": "Replace", "pattern": object{"String": " "}, "content": spaceMark},
	}}
	llama2Decoder = object{"type": "Sequence", "decoders": []object{
		{"type": "Replace", "pattern": object{"String": spaceMark}, "content": " "},
		{"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0},
	}}
	llama2Post = object{"type": "TemplateProcessing", "single": []object{
		{"SpecialToken": object{"id": "<s>", "type_id": 0}}, {"Sequence": object{"id": "A", "type_id": 0}},
	}}
	llama3Pre = object{"type": "Sequence", "pretokenizers": []object{
		{"type": "Split", "pattern": object{"Regex": patternLlama3}, "behavior": "Isolated",
			"invert": false}, byteLevel,
	}}
)

// TestHuggingFace runs the 47 cases through tokenizer.json files as the
// converters of LLaMA-2 and LLaMA-3 write them.
func TestHuggingFace(t *testing.T) {
	plain := func(s string) string { return s }
	spm := must(t)(FromModelFile(testfiles.ReadShared(t, "vectors/tokenizer/llama2.tokenizer.model")))
	tik := must(t)(FromModelFile(testfiles.ReadShared(t, "vectors/tokenizer/llama3.tokenizer.model")))
	fallback := object{"byte_fallback": true, "fuse_unk": true, "unk_token": "<unk>"}
	for _, c := range []struct {
		name, out string
		data      []byte
	}{
		{"LLaMA-2", "llama2-spm.out", hfJSON(t, spm, plain, object{
			"model": fallback, "normalizer": llama2Norm, "decoder": llama2Decoder, "post_processor": llama2Post})},
		{"LLaMA-3", "llama3-bpe.out", hfJSON(t, tik, printable, object{
			"model": object{"ignore_merges": true}, "pre_tokenizer": llama3Pre, "decoder": byteLevel})},
	} {
		t.Run(c.name, func(t *testing.T) {
			tok := must(t)(FromJSON(c.data))
			own, err := tok.Marshal()
			require.NoError(t, err)
			again := must(t)(FromJSON(own))
			texts, want := vectors(t, c.out)
			for i, text := range texts {
				require.Equal(t, want[i], tok.Encode(text), "case %d, %q", i, text)
				require.Equal(t, want[i], again.Encode(text), "case %d, %q, own form", i, text)
				require.Equal(t, text, tok.Decode(want[i]))
			}
			require.NotEmpty(t, tok.EOS())
		})
	}
}

// TestMetaspace: the pre-tokenizer Metaspace gives the same ids as the older normalizers,
// except that a text with a space at its beginning gets no second one.
func TestMetaspace(t *testing.T) {
	spm := smallSPM(t)
	tok := must(t)(FromJSON(hfJSON(t, spm, func(s string) string { return s }, object{
		"model": object{"byte_fallback": true}, "pre_tokenizer": metaspace, "decoder": metaspace})))
	for _, s := range []string{"abc", "a b  c", "x<s>abc", "é</s>"} {
		require.Equal(t, spm.Encode(s), tok.Encode(s))
	}
	require.Equal(t, spm.Encode("abc"), tok.Encode(" abc"))
}

// TestUnsupported: the error names the unsupported feature.
func TestUnsupported(t *testing.T) {
	var base object
	parseJSON(t, own(t, "bard/tokenizer.json"), &base)
	for _, c := range []struct {
		key   string
		value any
		names string
	}{
		{"normalizer", object{"type": "Precompiled"}, "Precompiled"},
		{"normalizer", object{"type": "Replace", "pattern": object{"Regex": "a"}}, "Replace"},
		{"pre_tokenizer", object{"type": "BertPreTokenizer"}, "BertPreTokenizer"},
		{"pre_tokenizer", object{"type": "Split", "pattern": object{"Regex": "(?<!a)b"}, "behavior": "Isolated"},
			"(?<!a)b"},
		{"pre_tokenizer", object{"type": "Metaspace", "replacement": "_"}, "_"},
		{"decoder", object{"type": "WordPiece"}, "WordPiece"},
		{"model", object{"type": "Unigram"}, "Unigram"},
		{"model", object{"type": "BPE", "dropout": 0.1}, "dropout"},
		{"model", object{"type": "BPE", "end_of_word_suffix": "</w>"}, "</w>"},
		{"added_tokens", []object{{"id": 0, "content": "<s>", "single_word": true}}, "single_word"},
	} {
		file := object{}
		for k, v := range base {
			file[k] = v
		}
		file[c.key] = c.value
		data, err := json.Marshal(file)
		require.NoError(t, err)
		_, err = FromJSON(data)
		require.ErrorIs(t, err, ErrUnsupported, c.names)
		require.ErrorContains(t, err, c.names)
	}
	_, err := FromGGUF(GGUFVocab{Model: "t5"})
	require.ErrorContains(t, err, "t5")
	_, err = FromGGUF(GGUFVocab{Model: "gpt2", Pre: "nonesuch"})
	require.ErrorContains(t, err, "nonesuch")
}

func TestConfigure(t *testing.T) {
	tok := must(t)(FromJSON(own(t, "bard/tokenizer.json")))
	c := must(t)(tok.Configure([]byte(`{"bos_token": {"content": "</s>"}, "eos_token": "<s>", "add_bos_token": false,
		"chat_template": [{"name": "tool", "template": "x"}, {"name": "default", "template": "y"}]}`)))
	bos, add := c.BOS()
	require.Equal(t, 1, bos)
	require.False(t, add)
	require.Equal(t, []int{0, 1}, c.EOS())
	require.True(t, c.IsEOS(0))
	require.False(t, tok.IsEOS(0), "the original is not changed")
	require.Equal(t, "y", c.ChatTemplate())
	_, err := tok.Configure([]byte(`{"bos_token": "<nonesuch>"}`))
	require.ErrorContains(t, err, "<nonesuch>")
	_, err = tok.With(Specials{BOS: 512})
	require.ErrorIs(t, err, ErrCorrupt)
}

// TestCutShort: every prefix of a file of every format is read or refused, without a panic.
func TestCutShort(t *testing.T) {
	data, err := smallSPM(t).Marshal()
	require.NoError(t, err)
	for _, file := range [][]byte{data, own(t, "bard/tokenizer.json")} {
		for n := 0; n < len(file)-2; n += 97 {
			_, err := FromJSON(file[:n])
			require.ErrorIs(t, err, ErrCorrupt)
		}
	}
	require.NotContains(t, string(data), "\\u003c", "names stay readable")
	require.True(t, strings.HasPrefix(string(data), `{"format":"fold-tokenizer","version":1,`))
}
