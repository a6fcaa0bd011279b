package transcripttest

import (
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Mode is the mode of a header.
type Mode int

// The modes of a header.
const (
	Start Mode = iota
	Absorbed
	Hashed
	More
)

// Header is what the sponge adds to the capacity lane, unpacked.
type Header struct {
	Text   string // domain, label or tag; empty in mode More
	Mode   Mode
	Drawn  int // challenges since the last message
	Length int // of the message or of the hashed list, in elements
}

// ParseHeader unpacks an element. It reports false for an element that is not a header with a text of
// printable ASCII, as all texts of fold's protocols are.
func ParseHeader(e fr.Element) (Header, bool) {
	v := e.BigInt(new(big.Int))
	numbers := new(big.Int).And(v, new(big.Int).SetUint64(1<<64-1)).Uint64()
	text := v.Rsh(v, 64).Bytes()
	h := Header{
		string(text), Mode(numbers >> 56), int(numbers >> 32 & (1<<24 - 1)), int(numbers & (1<<32 - 1)),
	}
	for _, c := range text {
		if c < ' ' || c > '~' {
			return h, false
		}
	}
	switch h.Mode {
	case Start:
		return h, len(text) > 0 && h.Drawn == 0 && h.Length == 0
	case Absorbed:
		return h, len(text) > 0
	case Hashed:
		return h, len(text) > 0 && h.Drawn == 0
	case More:
		return h, len(text) == 0 && h.Drawn > 0 && h.Length == 0
	}
	return h, false
}

// element packs the header.
func (h Header) element() (e fr.Element) {
	v := new(big.Int).SetBytes([]byte(h.Text))
	v.Lsh(v, 64)
	v.Or(v, new(big.Int).SetUint64(uint64(h.Mode)<<56|uint64(h.Drawn)<<32|uint64(h.Length)))
	e.SetBigInt(v)
	return
}
