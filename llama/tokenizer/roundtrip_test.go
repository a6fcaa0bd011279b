package tokenizer

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// smallSPM is a SentencePiece vocabulary with all bytes and a few merges.
func smallSPM(t testing.TB) *Tokenizer {
	v := GGUFVocab{Model: "llama", BOS: 1, EOS: 2, UNK: 0, AddBOS: true, AddSpacePrefix: true}
	add := func(piece string, k kind, score float32) {
		v.Tokens, v.Types, v.Scores = append(v.Tokens, piece), append(v.Types, int32(k)), append(v.Scores, score)
	}
	add("<unk>", unknown, 0)
	add("<s>", control, 0)
	add("</s>", control, 0)
	const hex = "0123456789ABCDEF"
	for b := range 256 {
		add("<0x"+string(hex[b>>4])+string(hex[b&15])+">", byteToken, 0)
	}
	for i, p := range strings.Fields("▁ a b c </ s> < / s > é ▁a ab ▁ab abc ▁abc ▁▁ bc") {
		add(p, normal, float32(-i))
	}
	add("[X]", userDefined, 0)
	return must(t)(FromGGUF(v))
}

// small returns one tokenizer of each alphabet.
func small(t testing.TB) map[string]*Tokenizer {
	return map[string]*Tokenizer{
		"spm":   smallSPM(t),
		"bytes": must(t)(FromJSON(own(t, "bard/tokenizer.json"))),
	}
}

// mergeSlowly is byte-pair encoding by its definition: it repeatedly merges the leftmost of
// the pairs with the highest priority.
func mergeSlowly(v *vocabulary, word string) []string {
	var parts []string
	var ids []int32
	for word != "" {
		n := v.symbolLen(word)
		parts, ids = append(parts, word[:n]), append(ids, v.symbolID(word[:n]))
		word = word[n:]
	}
	for {
		best, at := merged{}, -1
		for i := 0; i+1 < len(parts); i++ {
			if m, ok := v.lookup(ids[i], ids[i+1], parts[i]+parts[i+1]); ok && (at < 0 || m.rank < best.rank) {
				best, at = m, i
			}
		}
		if at < 0 {
			return parts
		}
		parts = append(append(parts[:at:at], parts[at]+parts[at+1]), parts[at+2:]...)
		ids = append(append(ids[:at:at], best.id), ids[at+2:]...)
	}
}

func TestMergeAgainstDefinition(t *testing.T) {
	for name, tok := range small(t) {
		rapid.Check(t, func(t *rapid.T) {
			word := rapid.OneOf(texts(), rapid.StringMatching(`[▁abc</s>é]{0,30}`),
				rapid.StringMatching(`[a-z]{0,30}`)).Draw(t, "word")
			m := merger{vocab: &tok.vocab, word: word}
			m.run()
			var got []string
			for i := 0; i < len(m.symbols); i = m.symbols[i].next {
				got = append(got, word[m.symbols[i].start:m.symbols[i].end])
			}
			require.Equal(t, mergeSlowly(&tok.vocab, word), got, name)
		})
	}
}

func TestRoundTrip(t *testing.T) {
	for name, tok := range small(t) {
		rapid.Check(t, func(t *rapid.T) {
			checkRoundTrip(t, name, tok,
				rapid.OneOf(texts(), rapid.String()).Draw(t, "text"))
		})
	}
}

// checkRoundTrip checks that encoding and decoding returns the text, that the ids have no
// control token, and that decoding token by token gives the same text.
func checkRoundTrip(t require.TestingT, name string, tok *Tokenizer, text string) {
	ids := tok.EncodeOrdinary(text)
	for _, id := range ids {
		require.False(t, tok.IsControl(id), "%s: %q makes the control token %d", name, text, id)
	}
	whole := tok.Decode(ids)
	if utf8.ValidString(text) && !strings.Contains(text, spaceMark) && !strings.Contains(text, "[X]") {
		require.Equal(t, text, whole, name)
	}
	d := tok.NewDecoder()
	streamed := ""
	for _, id := range ids {
		part := d.Write(id)
		require.True(t, utf8.ValidString(part), "%s: half a character of %q", name, text)
		streamed += part
	}
	require.Equal(t, whole, streamed+d.Flush(), name)
}

func TestStreaming(t *testing.T) {
	tok := must(t)(FromJSON(own(t, "bard/tokenizer.json")))
	ids := tok.Encode("é🦙")
	require.Len(t, ids, 6)
	d := tok.NewDecoder()
	var got []string
	for _, id := range ids {
		got = append(got, d.Write(id))
	}
	require.Equal(t, []string{"", "é", "", "", "", "🦙"}, got)
	d.Write(ids[2])
	require.Equal(t, "�", d.Write(1), "a control token ends a character")
	d.Write(ids[2])
	d.Write(ids[3])
	require.Equal(t, "��", d.Flush())
	require.Equal(t, "", d.Flush())
	require.Equal(t, "�é", d.Write(ids[1])+d.Write(ids[0])+d.Write(ids[1]),
		"a stray byte does not swallow what follows")
	require.Equal(t, "", d.Write(-1)+d.Write(1<<30))
}

func TestLeadingSpace(t *testing.T) {
	tok := smallSPM(t)
	id := func(piece string) int {
		id, ok := tok.ID(piece)
		require.True(t, ok, piece)
		return id
	}
	require.Equal(t, []int{id("▁abc")}, tok.Encode("abc"))
	require.Equal(t, "abc", tok.Decode([]int{id("▁abc")}))
	require.Equal(t, "abc abc", tok.Decode([]int{1, id("▁abc"), id("▁abc")}))
	require.Equal(t, " abc", tok.Decode(tok.Encode(" abc")))
	require.Equal(t, " abc", tok.NewDecoder(1, id("▁abc")).Write(id("▁abc")), "after a context the space stays")
	require.Equal(t, "abc", tok.NewDecoder(1).Write(id("▁abc")))
	require.Equal(t, "<s>abc", tok.DecodeSpecial([]int{1, id("▁abc")}))
	require.Equal(t, []int{1, id("▁abc"), 2, id("▁a")}, tok.Encode("<s>abc</s>a"))
	require.NotContains(t, tok.EncodeOrdinary("<s>abc</s>a"), 2)
	require.Equal(t, []int{id("▁a"), id("[X]"), id("▁"), id("b")}, tok.EncodeOrdinary("a[X]b"))
}

func TestSpecialsTrimAndOverlap(t *testing.T) {
	d := powersOfA(3)
	for _, p := range []string{"<|x|>", "<|x|>y", " "} {
		d.Pieces, d.Kinds, d.Ranks = append(d.Pieces, p), append(d.Kinds, control), append(d.Ranks, 0)
	}
	d.Kinds[5] = normal
	d.Trims = []trim{{ID: 3, Left: true, Right: true}}
	tok := must(t)(build(d))
	require.Equal(t, []int{0, 3, 0}, tok.Encode("a  <|x|> \na"))
	require.Equal(t, []int{0, 4, 5, 0}, tok.Encode("a<|x|>y a"), "the longest name, which trims nothing")
	require.Equal(t, []int{3, 3}, tok.Encode("<|x|><|x|>"))
}
