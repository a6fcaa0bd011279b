package step

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Seed is what an owner's blinds are drawn from. Whoever knows it can open every
// commitment blinded with it. An empty seed gives blinds that are zero: the
// commitments then hide nothing, and anyone who has the data can recompute them.
type Seed []byte

// prf returns PRF(seed; label, parts): 64 bytes that differ, as good as random,
// whenever a part does. Parts are given with their lengths, so that no two lists
// are one string.
func (s Seed) prf(label string, parts ...[]byte) []byte {
	mac := hmac.New(sha512.New, s)
	writePart(mac, []byte(label))
	for _, p := range parts {
		writePart(mac, p)
	}
	return mac.Sum(nil)
}

func writePart(h hash.Hash, p []byte) {
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(p))))
	h.Write(p)
}

// Recursion returns 64 bytes for a label and a digest of all that they hide: the blinds
// of a recursion (folding.Blinds).
func (s Seed) Recursion(label string, digest [32]byte) [64]byte {
	return [64]byte(s.prf("recursion", []byte(label), digest[:]))
}

// blind returns a blind, within 2^-258 of uniform: 512 bits modulo r.
func (s Seed) blind(label string, parts ...[]byte) (b fr.Element) {
	if len(s) > 0 {
		b.SetBytes(s.prf(label, parts...))
	}
	return b
}

// stepBlind is the blind of a step's commitment: of a name, in a statement, to cells with a
// digest, and without the blind this.
func (s Seed) stepBlind(name string, statement fr.Element, cells []byte, of [32]byte) fr.Element {
	return s.blind("step v2", []byte(name), bytesOf(statement), cells, of[:])
}

// bytesOf is the concatenation of the canonical bytes of elements.
func bytesOf(v ...fr.Element) []byte {
	var b []byte
	for i := range v {
		e := v[i].Bytes()
		b = append(b, e[:]...)
	}
	return b
}

// digest is the SHA-256 of everything that a step's commitments hide: all cells,
// outputs, residual streams and the cache after the pass. The inverses follow
// from these and the step's challenges.
func (w *Witness) digest() []byte {
	h := sha256.New()
	for i := range w.Program.Tensors {
		switch w.Program.Tensors[i].Home {
		case Cells, Outputs, Input, Output, Cache:
			w.Columns[i].hash(h)
		}
	}
	return h.Sum(nil)
}

// hash writes a column's cells, with their number, in a fixed width.
func (c *Column) hash(h hash.Hash) {
	buf := binary.LittleEndian.AppendUint64(make([]byte, 0, 1<<12), uint64(c.Len()))
	for i := range c.Len() {
		switch {
		case c.Unsigned != nil:
			buf = binary.LittleEndian.AppendUint16(buf, c.Unsigned[i])
		case c.Signed != nil:
			buf = binary.LittleEndian.AppendUint16(buf, uint16(c.Signed[i]))
		case c.Ints != nil:
			buf = binary.LittleEndian.AppendUint64(buf, uint64(c.Ints[i]))
		default:
			e := c.At(i)
			b := e.Bytes()
			buf = append(buf, b[:]...)
		}
		if len(buf) > 1<<12-fr.Bytes {
			h.Write(buf)
			buf = buf[:0]
		}
	}
	h.Write(buf)
}
