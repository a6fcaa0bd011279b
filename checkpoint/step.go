package checkpoint

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"fold.example/fold/internal/wire"
)

// MaxStep bounds the bytes of one step, all sections together.
const MaxStep = 512 << 20

// Entry is the record of one step: sections of opaque bytes in the caller's encoding. A
// section may be empty; it reads back as nil.
type Entry struct {
	// Index counts from 0; [Store.Append] accepts only the next one.
	Index uint64
	// State is the state after the step, with the running claims.
	State []byte
	// Proof is the step's proof. It may be dropped later ([Store.DropProofs]).
	Proof []byte
	// Replay has the values from which the running polynomials are rebuilt: the challenge
	// and evaluations.
	Replay []byte
	// Tokens are the tokens that the step added to the run.
	Tokens []uint32
	// Cache has the keys and values that the step added to the cache.
	Cache []byte

	// Note, at most [MaxNote] bytes, is part of the status ([Peek]) until the next step. It
	// is not part of the record: it is empty when the step is read.
	Note string
	// ProofDropped is set when the step is read: its proof was dropped.
	ProofDropped bool
}

// section names a part of a step's record; it is the first byte of the keys of the part.
type section byte

const (
	headKey      section = 0x01
	headerKey    section = 0x10
	stateKey     section = 0x11
	proofKey     section = 0x12
	replayKey    section = 0x13
	tokensKey    section = 0x14
	cacheKey     section = 0x15
	snapshotKey  section = 0x20
	sections             = 5
	firstSection         = stateKey
	// chunkSize bounds the length of a value in the engine, which copies whole values
	// several times.
	chunkSize = 1 << 20
	keySize   = 13
)

// String returns the name of the section for messages.
func (s section) String() string {
	switch s {
	case headKey:
		return "head"
	case headerKey:
		return "header"
	case stateKey:
		return "state"
	case proofKey:
		return "proof"
	case replayKey:
		return "replay"
	case tokensKey:
		return "tokens"
	case cacheKey:
		return "cache"
	case snapshotKey:
		return "snapshot"
	}
	return fmt.Sprintf("section %#02x", byte(s))
}

// key returns the key of a chunk of a step's section, or of a snapshot.
func key(s section, index uint64, chunk uint32) []byte {
	k := append(make([]byte, 0, keySize), byte(s))
	k = binary.BigEndian.AppendUint64(k, index)
	return binary.BigEndian.AppendUint32(k, chunk)
}

// after returns the first key after a section.
func after(s section) []byte { return []byte{byte(s) + 1} }

// part is the description of a section in a header.
type part struct {
	size   uint64
	digest Digest
}

const (
	headerMagic = "FOLDSTEP"
	headerSize  = 8 + 4 + 8 + 8 + 32 + sections*(8+32) + 32
)

// header describes the sections of a step and links it to the previous step.
type header struct {
	index uint64
	// tokensBefore counts the tokens of all earlier steps.
	tokensBefore uint64
	previous     Digest
	parts        [sections]part
}

// code encodes or decodes a header, without the link at its end.
func (h *header) code(c *wire.Coder) {
	c.Magic(headerMagic)
	c.Version("version", version, 4)
	c.Uint64(&h.index)
	c.Uint64(&h.tokensBefore)
	c.Raw(h.previous[:])
	for i := range h.parts {
		size := int(h.parts[i].size)
		c.Int("size of the "+(firstSection+section(i)).String(), &size, 8, 0, MaxStep)
		h.parts[i].size = uint64(size)
		c.Raw(h.parts[i].digest[:])
	}
}

// seal returns the header's bytes and the step's link, which is their last 32 bytes.
func (h header) seal() ([]byte, Digest) {
	out := wire.Encode(h.code)
	link := Digest(sha256.Sum256(out))
	return append(out, link[:]...), link
}

// decodeHeader is the inverse of seal. It checks the header by itself; header.follows checks
// its place in the chain. The error wraps ErrCorrupt.
func decodeHeader(in []byte) (header, Digest, error) {
	if len(in) != headerSize {
		return header{}, Digest{}, corrupt("a header of %d bytes, expected %d", len(in), headerSize)
	}
	body, link := in[:headerSize-sha256.Size], Digest(in[headerSize-sha256.Size:])
	if Digest(sha256.Sum256(body)) != link {
		return header{}, Digest{}, corrupt("a header whose checksum does not match")
	}
	h := header{}
	if err := wire.Decode(body, h.code); err != nil {
		return header{}, Digest{}, corrupt("a header: %w", err)
	}
	var total uint64
	for _, p := range h.parts {
		total += p.size
	}
	if total > MaxStep || h.part(tokensKey).size%4 != 0 {
		return header{}, Digest{}, corrupt("a step of %d bytes, %d of them tokens", total, h.part(tokensKey).size)
	}
	return h, link, nil
}

// part returns the description of a section.
func (h header) part(s section) part { return h.parts[s-firstSection] }

// tokens returns the number of tokens of the step.
func (h header) tokens() uint64 { return h.part(tokensKey).size / 4 }

// follows checks that the header continues a chain with the given number of steps and tokens
// and the given link. The error wraps ErrCorrupt.
func (h header) follows(index, tokens uint64, link Digest) error {
	switch {
	case h.index != index:
		return corrupt("says that it is step %d", h.index)
	case h.previous != link:
		return corrupt("follows a step with link %s, but the one before it has %s", h.previous, link)
	case h.tokensBefore != tokens:
		return corrupt("says that %d tokens come before it, expected %d", h.tokensBefore, tokens)
	}
	return nil
}

// bytes returns the sections in the order of their keys.
func (s *Entry) bytes() [sections][]byte {
	return [sections][]byte{s.State, s.Proof, s.Replay, encodeTokens(s.Tokens), s.Cache}
}

// header describes the step.
func (s *Entry) header(tokensBefore uint64, previous Digest) header {
	h := header{index: s.Index, tokensBefore: tokensBefore, previous: previous}
	for i, b := range s.bytes() {
		h.parts[i] = part{uint64(len(b)), sha256.Sum256(b)}
	}
	return h
}

// check checks that the step may be appended as number next.
func (s *Entry) check(next uint64) error {
	size := 4 * len(s.Tokens)
	for _, b := range [][]byte{s.State, s.Proof, s.Replay, s.Cache} {
		size += len(b)
	}
	switch {
	case s.Index != next:
		return fmt.Errorf("%w: step %d, expected %d", ErrRange, s.Index, next)
	case size > MaxStep:
		return fmt.Errorf("%w: a step of %d bytes, at most %d", ErrTooLarge, size, MaxStep)
	case len(s.Note) > MaxNote:
		return fmt.Errorf("%w: a note of %d bytes, at most %d", ErrTooLarge, len(s.Note), MaxNote)
	}
	return nil
}

// encodeTokens returns 4 bytes for each token, big-endian.
func encodeTokens(tokens []uint32) []byte {
	out := make([]byte, 0, 4*len(tokens))
	for _, t := range tokens {
		out = binary.BigEndian.AppendUint32(out, t)
	}
	return out
}

// decodeTokens is the inverse of encodeTokens.
func decodeTokens(in []byte) []uint32 {
	if len(in) == 0 {
		return nil
	}
	out := make([]uint32, len(in)/4)
	for i := range out {
		out[i] = binary.BigEndian.Uint32(in[4*i:])
	}
	return out
}
