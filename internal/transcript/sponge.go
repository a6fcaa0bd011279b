package transcript

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// The modes of a header.
const (
	modeStart = iota
	modeMessage
	modeHash
	modeMore
)

const maxText = 23 // bytes

// Hash is the hash of a list of known length under a tag of 1 to 23 bytes, for
// chains and records.
func Hash[E any](b Backend[E], tag string, values ...E) E {
	width := ShortWidth
	if len(values) > MaxShort {
		width = BulkWidth
	}
	s := make([]E, width)
	for i := range s {
		s[i] = b.Const(fr.Element{})
	}
	s[width-1] = b.Const(header(tag, modeHash, 0, len(values)))
	feed(b, s, values)
	return s[0]
}

// feed adds the values to the rate block by block, permuting after each; no
// values are one block of zeros.
func feed[E any](b Backend[E], s []E, values []E) {
	rate := len(s) - 1
	for {
		n := min(rate, len(values))
		for i, v := range values[:n] {
			s[i] = b.Add(s[i], v)
		}
		b.Permute(s)
		if values = values[n:]; len(values) == 0 {
			return
		}
	}
}

func addHeader[E any](b Backend[E], s []E, h fr.Element) {
	s[len(s)-1] = b.Add(s[len(s)-1], b.Const(h))
}

// header packs a text and three numbers. Texts and lengths are constants of the
// protocol, so that a wrong one is a mistake in the program: it panics.
func header(text string, mode, drawn, length int) (h fr.Element) {
	if mode != modeMore && (text == "" || len(text) > maxText || strings.Contains(text, "\x00")) {
		panic(fmt.Sprintf("transcript: label %q: want 1 to %d bytes, none of them zero", text, maxText))
	}
	if drawn >= 1<<24 || int64(length) >= 1<<32 {
		panic(fmt.Sprintf("transcript: %d challenges in a row, %d elements in a message", drawn, length))
	}
	v := new(big.Int).SetBytes([]byte(text))
	v.Lsh(v, 64)
	v.Or(v, new(big.Int).SetUint64(uint64(mode)<<56|uint64(drawn)<<32|uint64(length)))
	h.SetBigInt(v)
	return
}
