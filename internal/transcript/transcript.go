package transcript

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
)

// The parameters of the sponge.
const (
	// ShortWidth and BulkWidth are the widths of the permutation.
	ShortWidth = 4
	BulkWidth  = 12

	// MaxShort is the length of the longest message whose elements are absorbed
	// directly. Of a longer message the hash is absorbed.
	MaxShort = 6

	// ChallengeBits is the size of a short challenge in bits. Packing two short
	// challenges into one element is injective in Fr and in Fq.
	ChallengeBits = 126
)

// Backend provides the operations of the sponge on elements of type E.
type Backend[E any] interface {
	arith.Arithmetic[E]
	// Permute applies Poseidon2 of width len(state), ShortWidth or BulkWidth,
	// in place.
	Permute(state []E)
	// Bits returns the fr.Bits bits of the representative of x in [0, r), lowest
	// first. A circuit constrains the representative to be below r.
	Bits(x E) []E
	// Wire returns x. A circuit returns a new wire equal to x, so that a long linear
	// expression becomes one term.
	Wire(x E) E
}

// Channel is a transcript as a protocol over elements E sees it: messages go in, and
// challenges come out. *Transcript[E] is the channel of its own elements.
type Channel[E any] interface {
	// Absorb appends a message.
	Absorb(label string, values ...E)
	// Challenge draws a challenge that depends on all messages so far.
	Challenge() E
}

// Transcript derives challenges from the messages of a proof; the package documentation
// defines the state machine. New and Over return transcripts.
type Transcript[E any] struct {
	backend Backend[E]
	state   [ShortWidth]E
	drawn   int // challenges since the last message
}

// Native is a transcript over field elements.
type Native = Transcript[fr.Element]

// New starts a native transcript. The domain names the protocol. Like every label it is a
// constant of the program and has 1 to 23 bytes, none of them zero; New panics otherwise.
func New(domain string) *Native { return Over(NewField(), domain) }

// Over starts a transcript over any backend.
func Over[E any](b Backend[E], domain string) *Transcript[E] {
	t := &Transcript[E]{backend: b}
	for i := range ShortWidth - 1 {
		t.state[i] = b.Const(fr.Element{})
	}
	t.state[ShortWidth-1] = b.Const(header(domain, modeStart, 0, 0))
	b.Permute(t.state[:])
	return t
}

// Absorb appends a message. The label and the length are part of the message, so a message
// may be empty, and ("a", x, y) differs from ("a", x) followed by ("a", y).
func (t *Transcript[E]) Absorb(label string, values ...E) {
	head := header(label, modeMessage, t.drawn, len(values))
	if len(values) > MaxShort {
		values = []E{Hash(t.backend, label, values...)}
	}
	addHeader(t.backend, t.state[:], head)
	feed(t.backend, t.state[:], values)
	t.drawn = 0
}

// Challenge draws a challenge, uniform in Fr.
func (t *Transcript[E]) Challenge() E {
	const rate = ShortWidth - 1
	if t.drawn > 0 && t.drawn%rate == 0 {
		addHeader(t.backend, t.state[:], header("", modeMore, t.drawn, 0))
		t.backend.Permute(t.state[:])
	}
	c := t.state[t.drawn%rate]
	t.drawn++
	return c
}

// Challenge126 draws a short challenge: the low 126 bits of the canonical representative of
// a challenge. It returns the integer as an element, and its bits, lowest first.
func (t *Transcript[E]) Challenge126() (c E, bits []E) {
	b := t.backend
	bits = b.Bits(t.Challenge())[:ChallengeBits]
	c = bits[ChallengeBits-1]
	for i := ChallengeBits - 2; i >= 0; i-- {
		c = b.Add(b.Add(c, c), bits[i])
	}
	return b.Wire(c), bits
}
