package transcript

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
)

const (
	// ShortWidth and BulkWidth are the two widths of the permutation.
	ShortWidth = 4
	BulkWidth  = 12

	// MaxShort is the length of the longest message that is absorbed as it is;
	// a longer one is absorbed by its hash.
	MaxShort = 6

	// ChallengeBits is the size of a short challenge. Two of them packed are
	// injective in Fr and in Fq.
	ChallengeBits = 126
)

// Backend is what the sponge needs beyond arithmetic.
type Backend[E any] interface {
	arith.Arithmetic[E]
	// Permute applies Poseidon2 of width len(state), ShortWidth or BulkWidth,
	// in place.
	Permute(state []E)
	// Bits returns the fr.Bits bits of the representative of x in [0, r),
	// lowest first. That it is below r is checked, not assumed.
	Bits(x E) []E
	// Wire returns x. A circuit gives it a wire of its own, so that a long
	// linear expression is used as one term.
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

// Transcript turns a proof's messages into challenges, see the package
// documentation for the state machine. Make one with New or Over.
type Transcript[E any] struct {
	backend   Backend[E]
	state     [ShortWidth]E
	drawn     int // challenges since the last message
	intercept func(Message[E]) []Message[E]
}

// Message is one call of Absorb.
type Message[E any] struct {
	Label  string
	Values []E
}

// Native is a transcript over field elements.
type Native = Transcript[fr.Element]

// New starts a native transcript. The domain names the protocol; like every
// label it has 1 to 23 bytes, and New panics otherwise: it is a constant of the
// program, never data.
func New(domain string) *Native { return Over(Field{new(arith.Native)}, domain) }

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

// Absorb appends a message. Label and length are part of it, so a message may
// be empty, and ("a", x, y) differs from ("a", x) followed by ("a", y).
func (t *Transcript[E]) Absorb(label string, values ...E) {
	if t.intercept == nil {
		t.absorb(label, values)
		return
	}
	for _, m := range t.intercept(Message[E]{label, values}) {
		t.absorb(m.Label, m.Values)
	}
}

func (t *Transcript[E]) absorb(label string, values []E) {
	head := header(label, modeMessage, t.drawn, len(values))
	if len(values) > MaxShort {
		values = []E{Hash(t.backend, label, values...)}
	}
	addHeader(t.backend, t.state[:], head)
	feed(t.backend, t.state[:], values)
	t.drawn = 0
}

// Challenge draws an element that is uniform in Fr.
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

// Challenge126 draws an integer below 2^126: the low bits of the canonical
// representative of a challenge. It returns the integer as an element and its
// bits, lowest first.
func (t *Transcript[E]) Challenge126() (c E, bits []E) {
	b := t.backend
	bits = b.Bits(t.Challenge())[:ChallengeBits]
	c = bits[ChallengeBits-1]
	for i := ChallengeBits - 2; i >= 0; i-- {
		c = b.Add(b.Add(c, c), bits[i])
	}
	return b.Wire(c), bits
}

// Intercept has f see every message from now on, in order; what f returns is
// absorbed in its place. It is how tests record a transcript and drop or alter
// its items one at a time.
func (t *Transcript[E]) Intercept(f func(Message[E]) []Message[E]) { t.intercept = f }
