package tokenizer

import (
	"strings"
	"unicode/utf8"
)

// Files write the bytes of byte-level tokens as printable characters (GPT-2's
// bytes_to_unicode): the printable bytes of Latin-1 as themselves, the other 68 bytes in
// order as U+0100 and the following characters. A space is U+0120.
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

// printable returns the printable form of bytes.
func printable(piece string) string {
	var out strings.Builder
	for i := range len(piece) {
		out.WriteRune(byteToRune[piece[i]])
	}
	return out.String()
}

// fromPrintable is the inverse of printable; ok is false if a character is not in its
// alphabet.
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

// setBytePiece sets a token of a byte-level vocabulary from its form in a file. Special
// tokens are plain text. Some vocabularies have fillers outside the printable alphabet;
// they become unused tokens.
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
