package relation

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Digest returns the SHA-256 (32 bytes) of all values that a step commits to: cells, outputs,
// residual streams and the cache after the pass. These values and the step's challenges
// determine the inverses, which are not in the digest.
func (w *Witness) Digest() []byte {
	h := sha256.New()
	for i := range w.Program.Tensors {
		switch w.Program.Tensors[i].Oracle {
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
