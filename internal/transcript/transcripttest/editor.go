package transcripttest

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
)

const rate = transcript.ShortWidth - 1

// Message is one call of Absorb.
type Message struct {
	Label  string
	Values []fr.Element
}

// Edit says what a transcript absorbs in place of message m, which is message number i from 0.
type Edit func(i int, m Message) []Message

// Keep changes nothing.
func Keep(_ int, m Message) []Message { return []Message{m} }

// Drop leaves out message number n.
func Drop(n int) Edit {
	return At(n, func(Message) []Message { return nil })
}

// Alter adds 1 to the last element of message number n, which must have one.
func Alter(n int) Edit {
	return At(n, func(m Message) []Message {
		m.Values = slices.Clone(m.Values)
		one, last := fr.One(), &m.Values[len(m.Values)-1]
		last.Add(last, &one)
		return []Message{m}
	})
}

// At changes message number n alone.
func At(n int, change func(Message) []Message) Edit {
	return func(i int, m Message) []Message {
		if i != n {
			return []Message{m}
		}
		return change(m)
	}
}

// Editor is a backend of native transcripts that absorb other messages than the protocol sends. It
// counts messages over all transcripts that are started over it. NewEditor returns one.
//
// An Editor sees no challenge being drawn. After a message that an edit leaves out, a transcript
// therefore counts its challenges from 0 again: the next challenge is lane 0 of the state before the
// message.
type Editor struct {
	transcript.Field
	Messages int // so far
	edit     Edit
	sponges  map[*fr.Element]*sponge     // by the address of lane 0
	lists    map[fr.Element][]fr.Element // that have been hashed, by hash
}

// sponge is a transcript or a hash as the backend sees it.
type sponge struct {
	Header                                   // of what is being absorbed
	before [transcript.ShortWidth]fr.Element // the state before that
	after  []fr.Element                      // the state after the last permutation
	values []fr.Element                      // absorbed so far, with the zeros that fill the last block up
}

// NewEditor returns the backend of transcripts whose messages edit replaces.
func NewEditor(edit Edit) *Editor {
	return &Editor{
		Field: transcript.NewField(), edit: edit,
		sponges: map[*fr.Element]*sponge{}, lists: map[fr.Element][]fr.Element{},
	}
}

// Permute implements transcript.Backend. After the last block of a message it takes the state back to
// where the message began and absorbs what the edit returns instead.
func (e *Editor) Permute(state []fr.Element) {
	s := e.sponges[&state[0]]
	if s == nil {
		s = &sponge{after: make([]fr.Element, len(state))}
		e.sponges[&state[0]] = s
	}
	last := len(state) - 1
	var head fr.Element
	head.Sub(&state[last], &s.after[last])
	if h, ok := ParseHeader(head); ok {
		s.Header, s.values = h, nil
		copy(s.before[:], s.after)
	}
	for i := range last {
		var v fr.Element
		s.values = append(s.values, *v.Sub(&state[i], &s.after[i]))
	}
	e.Field.Permute(state)
	if s.Mode == Absorbed && len(s.values) == s.size() {
		e.replace(s, state)
	}
	if s.Mode == Hashed && len(s.values) >= s.Length {
		e.lists[state[0]] = s.values[:s.Length]
	}
	s.after = append(s.after[:0], state...)
}

// size returns how many elements the blocks of the message have.
func (s *sponge) size() int {
	if s.Length > transcript.MaxShort {
		return rate
	}
	return max(1, (s.Length+rate-1)/rate) * rate
}

// replace absorbs what the edit makes of the message that the sponge has seen.
func (e *Editor) replace(s *sponge, state []fr.Element) {
	m := Message{s.Text, s.values}
	if s.Length > transcript.MaxShort {
		m.Values = e.lists[s.values[0]]
	}
	m.Values = m.Values[:s.Length]
	e.Messages++
	copy(state, s.before[:])
	drawn := s.Drawn
	for _, m := range e.edit(e.Messages-1, m) {
		e.absorb(state, drawn, m)
		drawn = 0
	}
}

// absorb is the transition of the state machine of package transcript.
func (e *Editor) absorb(state []fr.Element, drawn int, m Message) {
	head := Header{m.Label, Absorbed, drawn, len(m.Values)}.element()
	if len(m.Values) > transcript.MaxShort {
		m.Values = []fr.Element{transcript.HashNative(m.Label, m.Values...)}
	}
	state[rate].Add(&state[rate], &head)
	for i := 0; i == 0 || i < len(m.Values); i += rate {
		for j := range m.Values[min(i, len(m.Values)):min(i+rate, len(m.Values))] {
			state[j].Add(&state[j], &m.Values[i+j])
		}
		e.Field.Permute(state)
	}
}
