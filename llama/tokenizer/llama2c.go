package tokenizer

import (
	"encoding/binary"
	"math"
	"strings"
)

// FromLlama2C reads llama2.c's tokenizer.bin: the length of the longest token
// (u32), then for each of vocab tokens its score (f32), length (u32) and bytes,
// little endian. The file does not say how many; the model's header does.
// Tokens 0 to 2 are unknown, begin and end, 3 to 258 the bytes. Spaces stand
// where SentencePiece has U+2581, and the begin and end tokens have a newline on
// either side.
func FromLlama2C(data []byte, vocab int) (*Tokenizer, error) {
	const header = 4
	if len(data) < header {
		return nil, malformed("tokenizer.bin of %d bytes, expected at least %d", len(data), header)
	}
	rest := data[header:]
	if vocab < 3 || vocab > maxTokens || vocab > len(rest)/8 {
		return nil, malformed("tokenizer.bin of %d bytes cannot hold %d tokens, expected 3 to %d", len(data), vocab,
			min(maxTokens, len(rest)/8))
	}
	d := definition{
		Pieces: make([]string, vocab), Kinds: make([]kind, vocab),
		ByteFallback: true, BOS: 1, AddBOS: true, Unknown: 0,
	}
	scores := make([]float32, vocab)
	for id := range vocab {
		if len(rest) < 8 {
			return nil, malformed("tokenizer.bin ends at token %d of %d", id, vocab)
		}
		scores[id] = math.Float32frombits(binary.LittleEndian.Uint32(rest))
		n := binary.LittleEndian.Uint32(rest[4:])
		if rest = rest[8:]; uint64(n) > uint64(len(rest)) {
			return nil, malformed("token %d of tokenizer.bin has %d bytes, %d are left", id, n, len(rest))
		}
		d.setLlama2C(id, string(rest[:n]))
		rest = rest[n:]
	}
	if len(rest) != 0 {
		return nil, malformed("%d bytes after the last of %d tokens of tokenizer.bin", len(rest), vocab)
	}
	if err := d.setSPM(scores, true); err != nil {
		return nil, err
	}
	d.setEnds(2)
	return build(d)
}

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
