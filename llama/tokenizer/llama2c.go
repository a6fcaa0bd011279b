package tokenizer

import (
	"encoding/binary"
	"math"
	"strings"
)

// FromLlama2C reads llama2.c's tokenizer.bin: the length of the longest token (u32), then
// the score (f32), the length (u32) and the bytes of each token, little endian. The number
// of tokens, vocab, is in the header of the model. Tokens 0 to 2 are unknown, begin and
// end, tokens 3 to 258 the bytes. The file has spaces in place of SentencePiece's U+2581,
// and newlines around the names of the begin and end tokens. The error wraps ErrCorrupt.
func FromLlama2C(data []byte, vocab int) (*Tokenizer, error) {
	const header = 4
	if len(data) < header {
		return nil, malformed("tokenizer.bin of %d bytes, expected at least %d", len(data), header)
	}
	rest := data[header:]
	if vocab < 3 || vocab > maxTokens || vocab > len(rest)/8 {
		return nil, malformed("%d tokens in a tokenizer.bin of %d bytes, expected 3 to %d",
			vocab, len(data), min(maxTokens, len(rest)/8))
	}
	d := definition{
		Pieces: make([]string, vocab), Kinds: make([]kind, vocab),
		ByteFallback: true, BOS: 1, AddBOS: true, Unknown: 0,
	}
	scores := make([]float32, vocab)
	for id := range vocab {
		if len(rest) < 8 {
			return nil, malformed("tokenizer.bin ends at token %d, expected %d tokens", id, vocab)
		}
		scores[id] = math.Float32frombits(binary.LittleEndian.Uint32(rest))
		n := binary.LittleEndian.Uint32(rest[4:])
		if rest = rest[8:]; uint64(n) > uint64(len(rest)) {
			return nil, malformed("token %d of tokenizer.bin has %d bytes, expected at most the %d left", id, n,
				len(rest))
		}
		d.setLlama2C(id, string(rest[:n]))
		rest = rest[n:]
	}
	if len(rest) != 0 {
		return nil, malformed("%d bytes after the last of %d tokens of tokenizer.bin, expected none", len(rest), vocab)
	}
	if err := d.setSPM(scores, true); err != nil {
		return nil, err
	}
	d.setEnds(2)
	return build(d)
}

// setLlama2C sets a token from its form in a tokenizer.bin.
func (d *definition) setLlama2C(id int, piece string) {
	switch _, isByte := parseByteToken(piece); {
	case id == 0:
		d.Pieces[id], d.Kinds[id] = piece, unknown
	case id < 3:
		d.Pieces[id], d.Kinds[id] = strings.TrimSpace(piece), control
	case isByte:
		d.Pieces[id], d.Kinds[id] = piece, byteToken
	default:
		d.Pieces[id], d.Kinds[id] = strings.ReplaceAll(piece, " ", spaceMark), normal
	}
}
