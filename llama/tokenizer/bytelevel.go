package tokenizer

import (
	"strings"
	"unicode/utf8"
)

// Files write the bytes of byte-level tokens as printable characters (GPT-2):
// the printable characters of Latin-1 stand for themselves, the other 68 bytes,
// in order, for U+0100 and on. A space is U+0120.
var (
	byteToRune [256]rune
	runeToByte = map[rune]byte{}
)

func init() {
	next := rune(0x100)
	for b := range 256 {
		r := rune(b)
		if b <= ' ' || b >= 0x7F && b <= 0xA0 || b == 0xAD {
			r = next
			next++
		}
		byteToRune[b] = r
		runeToByte[r] = byte(b)
	}
}

// printable writes bytes in that alphabet.
func printable(piece string) string {
	var out strings.Builder
	for i := range len(piece) {
		out.WriteRune(byteToRune[piece[i]])
	}
	return out.String()
}

// fromPrintable reads that alphabet; ok is false if a character is not of it.
func fromPrintable(piece string) (raw string, ok bool) {
	out := make([]byte, 0, len(piece))
	for _, r := range piece {
		b, ok := runeToByte[r]
		if !ok || r == utf8.RuneError {
			return "", false
		}
		out = append(out, b)
	}
	return string(out), true
}

// setBytePiece puts in a token of a byte-level vocabulary as files write it.
// Special tokens are plain text. Vocabularies hold a few fillers outside the
// alphabet; no text reaches them.
func (d *definition) setBytePiece(id int, written string, k kind) {
	d.Pieces[id], d.Kinds[id] = written, k
	if k == control || k == userDefined || k == unknown {
		return
	}
	raw, ok := fromPrintable(written)
	if !ok {
		d.Kinds[id] = unused
		return
	}
	d.Pieces[id] = raw
}
