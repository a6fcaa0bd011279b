package source_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

// Lengths and counts in a header are bounded by the size of the file.
func TestHostileLengthsAllocateLittle(t *testing.T) {
	gguf := tinyGGUF(t, tiny, ggufTokens...)
	huge := binary.LittleEndian.AppendUint64(nil, 1<<62)
	list := bytes.Index(gguf, []byte("tokenizer.ggml.tokens")) + len("tokenizer.ggml.tokens") + 8
	inputs := [][]byte{
		append(bytes.Clone(gguf[:8]), append(huge, gguf[16:]...)...),        // tensors
		append(bytes.Clone(gguf[:16]), append(huge, gguf[24:]...)...),       // keys
		append(bytes.Clone(gguf[:24]), append(huge, gguf[32:]...)...),       // length of a key
		append(bytes.Clone(gguf[:list]), append(huge, gguf[list+8:]...)...), // a list
		append(bytes.Clone(gguf[:list+8]), append(huge, gguf[list:]...)...), // a string in it
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, data := range inputs {
		_, err := source.OpenGGUFBytes(data)
		requireRefused(t, err, source.ErrCorrupt, "of length 4611686018427387904, expected at most")
	}
	header := binary.LittleEndian.AppendUint64(nil, 99_999_999)
	_, err := source.OpenSafetensorsBytes(tinyConfig(t), header)
	requireRefused(t, err, source.ErrCorrupt, "header of 99999999 bytes in a file of 8")
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
}

func TestGGUFRefused(t *testing.T) {
	key := func(name string, value any) sourcetest.Key { return sourcetest.Key{Name: name, Value: value} }
	for _, x := range []struct {
		key  sourcetest.Key
		kind error
		says string
	}{
		{key("llama.expert_count", 8), source.ErrUnsupported, "a mixture of 8 experts"},
		{key("llama.attention.sliding_window", 2), source.ErrUnsupported,
			"a sliding window of 2 tokens in a context of 4"},
		{key("llama.rope.scaling.type", "yarn"), source.ErrUnsupported, `RoPE scaling of type "yarn"`},
		{key("llama.logit_scale", 2.0), source.ErrUnsupported,
			`key "llama.logit_scale", expected the keys of a plain LLaMA alone`},
		{key("llama.attention.causal", false), source.ErrUnsupported, "not causal"},
		{key("llama.use_parallel_residual", true), source.ErrUnsupported, "use_parallel_residual"},
		{key("llama.rope.scaling.attn_factor", 0.5), source.ErrUnsupported, "RoPE attention factor 0.5, expected 1"},
		{key("llama.rope.scaling.factor", "2"), source.ErrCorrupt,
			"key llama.rope.scaling.factor has a value of type string, expected float64"},
		{key("llama.block_count", 2), source.ErrCorrupt, `key "llama.block_count" twice`},
		{key("general.alignment", 0), source.ErrCorrupt, "general.alignment is 0, expected a power of two from 8"},
		{key("general.alignment", 2), source.ErrCorrupt, "general.alignment is 2, expected a power of two from 8"},
		{key("general.alignment", 4), source.ErrCorrupt, "general.alignment is 4, expected a power of two from 8"},
		{key("general.alignment", 33), source.ErrCorrupt, "general.alignment is 33, expected a power of two"},
		{key("general.alignment", 1<<21), source.ErrCorrupt, "general.alignment is 2097152, expected a power of two"},
		{key("general.alignment", 32.0), source.ErrCorrupt,
			"general.alignment has a value of type float64, expected int64"},
		{key("general.alignment", "32"), source.ErrCorrupt,
			"general.alignment has a value of type string, expected int64"},
		{key("llama.rope.scaling.factor", -2.0), source.ErrCorrupt,
			"RoPE scaling factor -2, expected a positive number"},
		{key("llama.rope.scaling.factor", math.NaN()), source.ErrCorrupt,
			"RoPE scaling factor NaN, expected a positive number"},
		{key("llama.tensor_data_layout", "transposed"), source.ErrUnsupported, `tensor data layout "transposed"`},
		{key("llama.tensor_data_layout", 1), source.ErrCorrupt,
			"tensor_data_layout has a value of type int64, expected string"},
		{key("split.count", 1<<31), source.ErrUnsupported, "a file split into 2147483648 parts"},
		{key("split.count", 2), source.ErrUnsupported,
			"a file split into 2 parts, expected the name NAME-00001-of-00002.gguf"},
	} {
		path := filepath.Join(t.TempDir(), "m.gguf")
		require.NoError(t, tiny.WriteGGUF(path, x.key))
		_, err := source.Open(path)
		requireRefused(t, err, x.kind, x.says)
	}
}

func TestGGUFBytesRefused(t *testing.T) {
	file := tinyGGUF(t, tiny)
	patch := func(after string, skip int, bytes ...byte) []byte {
		out := append([]byte(nil), file...)
		copy(out[strings.Index(string(out), after)+len(after)+skip:], bytes)
		return out
	}
	for _, x := range []struct {
		file []byte
		kind error
		says string
	}{
		{file[:len(file)-64], source.ErrCorrupt, "the file is cut short"},
		{file[:300], source.ErrCorrupt,
			"list of tensors of length 21, expected at most 65536 and within the 284 bytes left"},
		{file[:3], source.ErrCorrupt, "header"},
		{patch("GGUF", 0, 1), source.ErrUnsupported, "GGUF version 1, expected 2 or 3"},
		{patch("GGUF", 0, 0, 0, 0, 3), source.ErrUnsupported, "GGUF version 50331648"},
		{patch("general.architecture", 12, 'f', 'a'), source.ErrUnsupported, `architecture "faama", expected "llama"`},
		{patch("general.architecture", 0, 13), source.ErrCorrupt, "has a value of type 13, expected 0 to 12"},
		{patch("blk.0.attn_q.weight", 20, 10), source.ErrUnsupported,
			`tensor "blk.0.attn_q.weight" is of type Q2_K, expected F32`},
		{patch("blk.0.attn_q.weight", 20, 12), source.ErrCorrupt, "expected rows of whole blocks of 256"},
		{patch("blk.0.attn_q.weight", 20, 99), source.ErrUnsupported, "is of type number 99"},
		{patch("blk.0.attn_q.weight", 0, 9), source.ErrCorrupt, "has 9 dimensions, expected 1 to 4"},
		{patch("blk.0.attn_q.weight", 24, 32), source.ErrCorrupt,
			`tensor "blk.0.attn_q.weight" starts at byte 32 of the data; tensor "blk.0.attn_norm.weight" ends at 48`},
		{patch("blk.0.attn_q.weight", 24, 1), source.ErrCorrupt,
			"lies at byte 1 of the data, expected a multiple of 32"},
		{patch("blk.0.attn_q.weight", 24, 0, 0, 0, 0, 0, 0, 0, 128), source.ErrCorrupt, "the file is cut short"},
		{patch("blk.0.attn_q.weight", 4, 255, 255, 255, 255, 255, 255, 255, 255), source.ErrCorrupt,
			"tensor \"blk.0.attn_q.weight\""},
		{patch("blk.0.attn_q.weight", -1, 'x'), source.ErrCorrupt, "no tensor blk.0.attn_q.weight"},
		{patch("blk.0.attn_q.weight", -8, 'k'), source.ErrCorrupt, "twice"},
		{patch("\x00output.weight", -13, 'x'), source.ErrUnsupported, "such as xutput.weight"},
	} {
		_, err := source.OpenGGUFBytes(x.file)
		requireRefused(t, err, x.kind, x.says)
	}
}

// A file whose data has another alignment than the stated one is refused, for any length
// of the header: its tensors would be read from the wrong byte.
func TestGGUFOfAnotherAlignmentRefused(t *testing.T) {
	for filler := range 32 {
		data := tinyGGUF(t, tiny, sourcetest.Key{Name: "filler", Value: strings.Repeat("x", filler)},
			sourcetest.Key{Name: "general.alignment", Value: 32})
		at := bytes.Index(data, []byte("general.alignment")) + len("general.alignment") + 4
		right, err := source.OpenGGUFBytes(data)
		require.NoError(t, err)
		for _, align := range []uint32{8, 16, 64, 128, 4096} {
			binary.LittleEndian.PutUint32(data[at:], align)
			s, err := source.OpenGGUFBytes(data)
			if err == nil { // the header happens to end at a multiple of both
				requireSame(t, right, s)
				continue
			}
			require.ErrorIs(t, err, source.ErrCorrupt)
		}
	}
}

// A list of numbers by layer must have one number for each layer.
func TestGGUFListsOfAnotherLengthRefused(t *testing.T) {
	const name = "llama.attention.head_count_kv"
	file := func(kvHeads ...int) []byte {
		data := tinyGGUF(t, tiny, sourcetest.Key{Name: "general.llama.heads_of_keys__", Value: kvHeads})
		// The key that was there and the new one change places.
		data = bytes.Replace(data, []byte(name), []byte("general.what.was.there.before"), 1)
		return bytes.Replace(data, []byte("general.llama.heads_of_keys__"), []byte(name), 1)
	}
	for _, list := range [][]int{{}, {1}, {1, 1, 1}} {
		_, err := source.OpenGGUFBytes(file(list...))
		requireRefused(t, err, source.ErrCorrupt,
			fmt.Sprintf("%s lists %d numbers, expected one for each of 2 layers", name, len(list)))
	}
	_, err := source.OpenGGUFBytes(file(1, 2))
	requireRefused(t, err, source.ErrUnsupported, "differs between layers (1 and 2)")
	_, err = source.OpenGGUFBytes(file(1, 1))
	require.NoError(t, err)
}

func TestGGUFTruthValuesRefused(t *testing.T) {
	file := tinyGGUF(t, tiny, ggufTokens...)
	file[bytes.Index(file, []byte("add_bos_token"))+len("add_bos_token")+4] = 2
	_, err := source.OpenGGUFBytes(file)
	requireRefused(t, err, source.ErrCorrupt, "has the truth value 2, expected 0 or 1")
}

func TestGGUFTokenTypesRefused(t *testing.T) {
	for _, kind := range []int{0, 7, 1<<32 - 1} {
		s, err := source.OpenGGUFBytes(tinyGGUF(t, tiny,
			append(ggufTokens, sourcetest.Key{Name: "tokenizer.ggml.token_type", Value: []int{1, 3, kind}})...))
		require.NoError(t, err)
		_, err = s.Tokenizer()
		requireRefused(t, err, source.ErrCorrupt, fmt.Sprintf("token 2 has type %d, expected 1 to 6", kind))
	}
}
