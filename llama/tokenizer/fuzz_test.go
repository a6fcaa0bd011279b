package tokenizer

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkRead checks the result of a reader: an error wraps ErrCorrupt or ErrUnsupported, and a
// tokenizer encodes, decodes and survives the canonical form.
func checkRead(t *testing.T, tok *Tokenizer, err error) {
	if err != nil {
		require.True(t, errors.Is(err, ErrCorrupt) || errors.Is(err, ErrUnsupported), "%v", err)
		return
	}
	const text = "Hello, world! 123 é🦙 </s> \xff\n"
	ids := tok.Encode(text)
	for _, id := range ids {
		require.Less(t, id, tok.VocabSize())
	}
	for _, id := range tok.EncodeOrdinary(text) {
		require.False(t, tok.def.Kinds[id] == control)
	}
	tok.DecodeSpecial(ids)
	data, err := tok.Marshal()
	require.NoError(t, err)
	again, err := Unmarshal(data)
	require.NoError(t, err)
	require.Equal(t, ids, again.Encode(text))
	second, err := again.Marshal()
	require.NoError(t, err)
	require.Equal(t, string(data), string(second))
}

const tinyHF = `{"added_tokens":[{"id":0,"content":"<s>","special":true}],"normalizer":{"type":"Prepend","prepend":"▁"},
"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},
{"type":"Split","pattern":{"Regex":"\\s+(?!\\S)|\\s+"},"behavior":"Isolated"}]},"decoder":{"type":"Fuse"},
"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}]},
"model":{"type":"BPE","byte_fallback":true,"vocab":{"<s>":0,"a":1,"b":2,"ab":3,"<0x41>":4},"merges":["a b"]}}`

func FuzzHFJSON(f *testing.F) {
	f.Add([]byte(tinyHF))
	f.Add([]byte(`{"pre_tokenizer":{"type":"ByteLevel"},"model":{"vocab":{"H":0,"e":1,"He":2},"merges":[["H","e"]]}}`))
	f.Add([]byte(`{"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"},
		"model":{"vocab":{"H":0},"merges":[]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := FromJSON(data)
		checkRead(t, tok, err)
	})
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"bos_token":{"content":"<s>"},"eos_token":"</s>","add_bos_token":true,"chat_template":"x"}`))
	tok := must(f)(FromJSON(own(f, "bard/tokenizer.json")))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := tok.Configure(data)
		checkRead(t, c, err)
	})
}

// protoField writes a length-delimited field of fewer than 128 bytes.
func protoField(number byte, data string) string {
	return string([]byte{number<<3 | 2, byte(len(data))}) + data
}

func protoModel(pieces ...string) []byte {
	out := ""
	for _, p := range pieces {
		out += protoField(modelPieces, p)
	}
	return []byte(out + protoField(modelTrainer, "\x18\x02\x98\x02\x01") + protoField(modelNormalizer,
		"\x18\x01\x20\x00"))
}

func protoPiece(text, score string, k kind) string {
	return protoField(pieceText, text) + "\x15" + score + "\x18" + string([]byte{byte(k)})
}

func FuzzSentencePiece(f *testing.F) {
	f.Add(protoModel(
		protoPiece("<unk>", "\x00\x00\x00\x00", unknown), protoPiece("<s>", "\x00\x00\x00\x00", control),
		protoPiece("</s>", "\x00\x00\x00\x00", control), protoPiece("<0x41>", "\x00\x00\x00\x00", byteToken),
		protoPiece("l", "\x00\x00\x80\xbf", normal), protoPiece("ll", "\x00\x00\x00\x00", normal)))
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := FromSentencePiece(data)
		checkRead(t, tok, err)
	})
}

func FuzzTiktoken(f *testing.F) {
	f.Add([]byte("SA== 0\nZQ== 1\nSGU= 2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := FromModelFile(data)
		checkRead(t, tok, err)
	})
}

func FuzzLlama2C(f *testing.F) {
	f.Add([]byte("\x06\x00\x00\x00"+
		"\x00\x00\x00\x00\x05\x00\x00\x00<unk>"+"\x00\x00\x00\x00\x05\x00\x00\x00\n<s>\n"+
		"\x00\x00\x00\x00\x06\x00\x00\x00\n</s>\n"+"\x00\x00\x80\xbf\x01\x00\x00\x00l"), 4)
	f.Fuzz(func(t *testing.T, data []byte, vocab int) {
		tok, err := FromLlama2C(data, vocab)
		checkRead(t, tok, err)
	})
}

func FuzzGGUF(f *testing.F) {
	f.Add("gpt2", "llama-bpe", "H", "e", "He", int32(1), float32(0), "H e", 0)
	f.Add("llama", "", "<unk>", "l", "ll", int32(1), float32(-1), "", 1)
	f.Fuzz(func(t *testing.T, model, pre, a, b, c string, k int32, score float32, merge string, eos int) {
		tok, err := FromGGUF(GGUFVocab{
			Model: model, Pre: pre, Tokens: []string{a, b, c}, Types: []int32{1, 1, k},
			Scores: []float32{0, 1, score}, Merges: []string{merge}, BOS: -1, EOS: eos, UNK: -1,
		})
		checkRead(t, tok, err)
	})
}

func FuzzOwnFormat(f *testing.F) {
	hf, err := FromJSON([]byte(tinyHF))
	require.NoError(f, err)
	powers, err := build(powersOfA(4))
	require.NoError(f, err)
	for _, tok := range []*Tokenizer{hf, powers} {
		data, err := tok.Marshal()
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := Unmarshal(data)
		checkRead(t, tok, err)
	})
}

func FuzzEncodeDecode(f *testing.F) {
	for _, s := range []string{"Hello world", "  é🦙\xff", "<s>abc</s>", "'s 'LL\u00a0\u3000\n 123456"} {
		f.Add(s)
	}
	toks := small(f)
	f.Fuzz(func(t *testing.T, text string) {
		for name, tok := range toks {
			checkRoundTrip(t, name, tok, text)
			tok.DecodeSpecial(tok.Encode(text))
		}
	})
}
