// Package prf derives secrets from a seed with HMAC-SHA-512 as a pseudorandom function of a
// label and a list of parts.
package prf

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"hash"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Seed is the secret from which an owner's blinding factors are derived. Whoever knows it
// can open every commitment blinded with it. An empty seed gives blinding factors that are
// zero: such commitments are not hiding, and anyone who has the data can recompute them.
type Seed []byte

// Bytes returns PRF(seed; label, parts). The label and the parts are hashed with their
// lengths, so different lists never give the same input.
func (s Seed) Bytes(label string, parts ...[]byte) (out [sha512.Size]byte) {
	mac := hmac.New(sha512.New, s)
	writePart(mac, []byte(label))
	for _, p := range parts {
		writePart(mac, p)
	}
	mac.Sum(out[:0])
	return out
}

func writePart(h hash.Hash, p []byte) {
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(p))))
	h.Write(p)
}

// Blind returns a blinding factor in BN254's scalar field, within 2^-258 of uniform: the
// 512 bits of Bytes modulo r. It is zero for an empty seed.
func (s Seed) Blind(label string, parts ...[]byte) (b fr.Element) {
	if len(s) > 0 {
		out := s.Bytes(label, parts...)
		b.SetBytes(out[:])
	}
	return b
}
