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

// Hash returns the hash of a list under a tag of 1 to 23 bytes, for chains and records. The
// caller must know the length of the list by other means than the hash. Hash panics for
// another tag.
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

// feed adds the values to the rate lanes block by block and permutes after each block. An
// empty list is one block of zeros.
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

// addHeader adds a header to the capacity lane.
func addHeader[E any](b Backend[E], s []E, h fr.Element) {
	s[len(s)-1] = b.Add(s[len(s)-1], b.Const(h))
}

// header packs a text and three numbers. It panics for values out of range: texts and
// lengths are constants of the protocol, so they are wrong only by a defect of the program.
func header(text string, mode, drawn, length int) (h fr.Element) {
	if mode != modeMore && (text == "" || len(text) > maxText || strings.Contains(text, "\x00")) {
		panic(fmt.Sprintf("transcript: label %q, expected 1 to %d bytes, none of them zero", text, maxText))
	}
	if drawn >= 1<<24 || int64(length) >= 1<<32 {
		panic(fmt.Sprintf("transcript: %d challenges in a row and %d elements in a message, "+
			"expected less than 2^24 and 2^32", drawn, length))
	}
	v := new(big.Int).SetBytes([]byte(text))
	v.Lsh(v, 64)
	v.Or(v, new(big.Int).SetUint64(uint64(mode)<<56|uint64(drawn)<<32|uint64(length)))
	h.SetBigInt(v)
	return
}
