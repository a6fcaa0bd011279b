package transcripttest

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
)

// lengths are those of the messages of play.
var lengths = []int{3, 0, 8, 4, 6, 7, 1}

// play absorbs messages of many lengths, with challenges between them.
func play(b transcript.Backend[fr.Element]) (challenges []fr.Element) {
	tr := transcript.Over(b, "domain")
	for i, n := range lengths {
		tr.Absorb(string(rune('a'+i)), numbers(n)...)
		for range i {
			challenges = append(challenges, tr.Challenge())
		}
	}
	return challenges
}

func numbers(n int) (v []fr.Element) {
	for i := range n {
		v = append(v, fr.NewElement(uint64(i)))
	}
	return v
}

// An editor hands out every message, and what it absorbs itself is what a transcript absorbs.
func TestKeep(t *testing.T) {
	var seen []Message
	e := NewEditor(func(i int, m Message) []Message {
		require.Equal(t, i, len(seen))
		seen = append(seen, m)
		return []Message{m}
	})
	require.Equal(t, play(transcript.NewField()), play(e))
	require.Equal(t, len(lengths), e.Messages)
	for i, n := range lengths {
		require.Equal(t, string(rune('a'+i)), seen[i].Label)
		require.Equal(t, numbers(n), append([]fr.Element(nil), seen[i].Values...))
	}
}

// Each message that is left out, altered, renamed or doubled changes the challenges after it and none
// before it.
func TestEdits(t *testing.T) {
	honest, from := play(transcript.NewField()), 0
	for i, n := range lengths {
		edits := map[string]Edit{
			"dropped": Drop(i),
			"renamed": At(i, func(m Message) []Message { return []Message{{m.Label + "'", m.Values}} }),
			"doubled": At(i, func(m Message) []Message { return []Message{m, m} }),
		}
		if n > 0 {
			edits["altered"] = Alter(i)
		}
		for name, edit := range edits {
			changed := play(NewEditor(edit))
			require.Equal(t, honest[:from], changed[:from], "message %d, %s", i, name)
			for k := range honest[from:] {
				require.NotEqual(t, honest[from+k], changed[from+k], "message %d, %s, challenge %d", i, name, k)
			}
		}
		from += i
	}
}

// An edit may put a message elsewhere: the transcript is that of the other order.
func TestReorder(t *testing.T) {
	run := func(b transcript.Backend[fr.Element], labels ...string) fr.Element {
		tr := transcript.Over(b, "domain")
		for _, l := range labels {
			tr.Absorb(l, numbers(7)...)
		}
		return tr.Challenge()
	}
	var held []Message
	swap := func(i int, m Message) []Message {
		if i == 0 {
			held = []Message{m}
			return nil
		}
		return slices.Concat([]Message{m}, held)
	}
	require.Equal(t, run(transcript.NewField(), "b", "a"), run(NewEditor(swap), "a", "b"))
}

func TestParseHeader(t *testing.T) {
	for _, h := range []Header{
		{"domain", Start, 0, 0}, {"label", Absorbed, 5, 9}, {"tag", Hashed, 0, 12}, {"", More, 3, 0},
	} {
		got, ok := ParseHeader(h.element())
		require.True(t, ok, "%v", h)
		require.Equal(t, h, got)
	}
	for _, h := range []Header{
		{}, {"a\x00b", Absorbed, 0, 1}, {"", Absorbed, 0, 1}, {"domain", Start, 1, 0}, {"tag", Hashed, 1, 1},
		{"text", More, 3, 0}, {"", More, 0, 0}, {"label", 4, 0, 0},
	} {
		_, ok := ParseHeader(h.element())
		require.False(t, ok, "%v", h)
	}
}
