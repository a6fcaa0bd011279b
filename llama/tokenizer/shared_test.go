package tokenizer

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
)

// own reads a file of the embedded models.
func own(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(testfiles.Embedded(t, name))
	require.NoError(t, err)
	return data
}

func must(t testing.TB) func(*Tokenizer, error) *Tokenizer {
	return func(tok *Tokenizer, err error) *Tokenizer {
		t.Helper()
		require.NoError(t, err)
		return tok
	}
}

// vectors returns the texts and ids of a vector set. Both files end with a
// separator: the last of the 47 cases is the empty text.
func vectors(t testing.TB, out string) (texts []string, ids [][]int) {
	t.Helper()
	texts = strings.Split(string(testfiles.ReadShared(t, "vectors/tokenizer/cases.inp")), "\n__ggml_vocab_test__\n")
	for _, line := range strings.Split(string(testfiles.ReadShared(t, "vectors/tokenizer/"+out)), "\n") {
		ids = append(ids, parseIDs(t, line))
	}
	require.Len(t, texts, 47)
	require.Len(t, ids, 47)
	return texts, ids
}

func parseIDs(t testing.TB, line string) []int {
	var ids []int
	for _, f := range strings.Fields(line) {
		id, err := strconv.Atoi(f)
		require.NoError(t, err)
		ids = append(ids, id)
	}
	return ids
}

func parseJSON(t testing.TB, data []byte, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(data, v))
}

// ggufVocab reads the vocabulary of a trusted GGUF file.
func ggufVocab(t testing.TB, data []byte) GGUFVocab {
	t.Helper()
	r := ggufReader{data: data[8:]}
	r.u64()
	meta := map[string]any{}
	for n := r.u64(); n > 0; n-- {
		key := r.text()
		meta[key] = r.value(r.u32())
	}
	v := GGUFVocab{BOS: none, EOS: none, UNK: none}
	const prefix = "tokenizer.ggml."
	v.Model, v.Pre = meta[prefix+"model"].(string), meta[prefix+"pre"].(string)
	for _, s := range meta[prefix+"tokens"].([]any) {
		v.Tokens = append(v.Tokens, s.(string))
	}
	for _, s := range meta[prefix+"merges"].([]any) {
		v.Merges = append(v.Merges, s.(string))
	}
	for _, n := range meta[prefix+"token_type"].([]any) {
		v.Types = append(v.Types, int32(n.(uint64)))
	}
	for key, id := range map[string]*int{"bos": &v.BOS, "eos": &v.EOS, "unknown": &v.UNK} {
		if n, ok := meta[prefix+key+"_token_id"].(uint64); ok {
			*id = int(n)
		}
	}
	add, _ := meta[prefix+"add_bos_token"].(uint64)
	v.AddBOS = add != 0
	v.ChatTemplate, _ = meta["tokenizer.chat_template"].(string)
	return v
}

type ggufReader struct{ data []byte }

func (r *ggufReader) take(n int) []byte {
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *ggufReader) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *ggufReader) u64() uint64  { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *ggufReader) text() string { return string(r.take(int(r.u64()))) }

// value returns a string, a list, a float64 or, for all integers and booleans,
// a uint64.
func (r *ggufReader) value(kind uint32) any {
	switch kind {
	case 0, 1, 7:
		return uint64(r.take(1)[0])
	case 2, 3:
		return uint64(binary.LittleEndian.Uint16(r.take(2)))
	case 4, 5:
		return uint64(r.u32())
	case 6:
		return float64(math.Float32frombits(r.u32()))
	case 8:
		return r.text()
	case 9:
		of, n := r.u32(), r.u64()
		list := make([]any, n)
		for i := range list {
			list[i] = r.value(of)
		}
		return list
	case 10, 11:
		return r.u64()
	default:
		return math.Float64frombits(r.u64())
	}
}
