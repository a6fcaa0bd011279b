// Package prf derives secrets from a seed: HMAC-SHA-512 as a pseudo-random function of a
// label and a list of parts.
package prf

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"hash"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Seed is what an owner's blinds are derived from. Whoever knows the seed can open every
// commitment that is blinded with it. An empty seed gives blinds that are zero: the
// commitments then hide nothing, and anyone who has the data can recompute them.
type Seed []byte

// Bytes returns PRF(seed; label, parts). Label and parts are hashed with their lengths,
// so that no two lists are one string.
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

// Blind returns a blind for BN254's scalar field, within 2^-258 of uniform: the 512 bits
// of Bytes modulo r. It is zero for an empty seed.
func (s Seed) Blind(label string, parts ...[]byte) (b fr.Element) {
	if len(s) > 0 {
		out := s.Bytes(label, parts...)
		b.SetBytes(out[:])
	}
	return b
}
