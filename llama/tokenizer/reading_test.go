package tokenizer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// read returns the form of tokens in statements, and whether the reading is exact.
func read(t *testing.T, tok *Tokenizer, ids []int, after ...int) (string, bool) {
	t.Helper()
	r, err := tok.Read(ids, after...)
	require.NoError(t, err)
	return r.String(), r.Exact
}

// TestReadingShowsSpecialTokens: a reading shows begin, end and padding, and distinguishes
// text with the name of a control token from the token.
func TestReadingShowsSpecialTokens(t *testing.T) {
	tok := must(t)(FromJSON(own(t, "bard/tokenizer.json")))
	text := tok.Encode("ROMEO:")
	spelled := tok.EncodeOrdinary("</s>")
	for _, c := range []struct {
		ids   []int
		want  string
		exact bool
	}{
		{text, `"ROMEO:"`, true},
		{append([]int{0}, text...), `<s>"ROMEO:"`, true},
		{append([]int{0, 0, 1}, text...), `<s><s></s>"ROMEO:"`, true},
		{append(append([]int{0}, text...), 1), `<s>"ROMEO:"</s>`, true},
		{[]int{0}, `<s>`, true},
		{nil, `""`, true},
		{spelled, `"</s>"`, false},
		{[]int{tok.VocabSize() + 3, -1}, `<token 515><token -1>`, false},
	} {
		form, exact := read(t, tok, c.ids)
		require.Equal(t, c.want, form)
		require.Equal(t, c.exact, exact, c.want)
	}
}

// TestTokensWithOneTextAreToldApart: of all lists of tokens with one text one is exact.
func TestTokensWithOneTextAreToldApart(t *testing.T) {
	tok := must(t)(FromJSON(own(t, "bard/tokenizer.json")))
	canon := tok.Encode("the king")
	var letters []int
	for i := range "the king" {
		letters = append(letters, tok.Encode("the king"[i:i+1])...)
	}
	require.NotEqual(t, canon, letters)
	a, exact := read(t, tok, canon)
	b, other := read(t, tok, letters)
	require.Equal(t, a, b)
	require.True(t, exact)
	require.False(t, other)

	// Exactness depends on the tokens before: the text of both lists is encoded together.
	_, exact = read(t, tok, canon[1:], canon[0])
	require.True(t, exact)
	_, exact = read(t, tok, letters[1:], letters[0])
	require.False(t, exact)
}

// TestReadingOfDroppedSpaces: with LLaMA-2's alphabet a space token at the beginning gives no
// text; a list with this token is not the encoding of its text.
func TestReadingOfDroppedSpaces(t *testing.T) {
	tok := must(t)(FromJSON([]byte(`{"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},
		{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},"decoder":{"type":"Strip","content":" ","start":1},
		"added_tokens":[{"id":0,"content":"<s>","special":true}],
		"model":{"type":"BPE","vocab":{"▁":1,"A":2,"▁A":3},"merges":[["▁","A"]]}}`)))
	for _, c := range []struct {
		ids   []int
		exact bool
	}{{[]int{0, 3}, true}, {[]int{0, 2}, false}, {[]int{0, 1, 2}, false}} {
		form, exact := read(t, tok, c.ids)
		require.Equal(t, `<s>"A"`, form)
		require.Equal(t, c.exact, exact, "%v", c.ids)
	}
	form, exact := read(t, tok, []int{3}, 0, 3)
	require.Equal(t, `" A"`, form)
	require.True(t, exact)
}

// TestReadingControlsNoTerminal: a reading shows tokens of arbitrary bytes, and names of
// special tokens of a hostile file, in printable characters.
func TestReadingControlsNoTerminal(t *testing.T) {
	tok := must(t)(build(definition{
		Alphabet: alphabetBytes, Ranks: make([]int32, 6), BOS: none, Unknown: none,
		Pieces: []string{"\x1b[2J", "\u202e", "a\nb", `"; the model says "`, "<a\u200bb>", "<s>"},
		Kinds:  []kind{normal, normal, userDefined, control, control, control},
	}))
	form, _ := read(t, tok, []int{0, 1, 2, 3, 4, 5})
	require.Equal(t, `"\x1b[2J\u202ea\nb"<token 3, "\"; the model says \""><token 4, "<a\u200bb>"><s>`, form)
}

// TestReadingIsAText: Reading.Is compares a text with the tokens, including special tokens in
// their places.
func TestReadingIsAText(t *testing.T) {
	tok := must(t)(FromJSON(own(t, "bard/tokenizer.json")))
	ids := append(tok.Encode("ROMEO:"), 1)
	r, err := tok.Read(ids)
	require.NoError(t, err)
	require.Equal(t, "ROMEO:</s>", r.Text())
	for text, is := range map[string]bool{"ROMEO:</s>": true, "ROMEO:": false, "ROMEO:</s></s>": false,
		"<s>ROMEO:</s>": false, "": false} {
		require.Equal(t, is, r.Is(text), text)
	}
	r, err = tok.Read(append(tok.Encode("ROMEO:"), tok.EncodeOrdinary("</s>")...))
	require.NoError(t, err)
	require.Equal(t, "ROMEO:</s>", r.Text())
	require.False(t, r.Is("ROMEO:</s>"), "the name spelled in ordinary tokens is not the token")
}

// TestReadingIsBounded: a list of long tokens is refused before its text is complete.
func TestReadingIsBounded(t *testing.T) {
	tok := must(t)(build(definition{
		Alphabet: alphabetBytes, Ranks: []int32{0}, BOS: none, Unknown: none,
		Pieces: []string{strings.Repeat("a", maxPieceBytes)}, Kinds: []kind{normal},
	}))
	_, err := tok.Read(make([]int, MaxReadingBytes/maxPieceBytes+1))
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, "more than 4194304 bytes")
}

// TestReadingOfTextThatGrowsIsBounded: a text that a normalizer multiplies is refused before
// it is merged, since merging takes much more memory than the text.
func TestReadingOfTextThatGrowsIsBounded(t *testing.T) {
	d := definition{
		Alphabet: alphabetBytes, Ranks: []int32{0}, BOS: none, Unknown: none,
		Pieces: []string{strings.Repeat("a", maxPieceBytes)}, Kinds: []kind{normal},
		Normalize: []step{{Type: stepReplace, Pattern: "a", Content: strings.Repeat("a", maxGrowth)}},
	}
	_, err := must(t)(build(d)).Read(make([]int, maxWordBytes/maxPieceBytes/maxGrowth+1))
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, "more than 16777216 bytes after normalization")

	d.Normalize, d.Pretokenize = nil, []step{{Type: stepMetaspace, Prepend: "always"}}
	tok := must(t)(build(d))
	_, ok := tok.encodeWithin("aaaa", tok.special, 6)
	require.False(t, ok, "U+2581 in front has 3 bytes")
	_, ok = tok.encodeWithin("aaaa", tok.special, 7)
	require.True(t, ok)
}

// TestNameOfOneTokenReadsAsOne: a token whose name is the names of two is shown with its
// number.
func TestNameOfOneTokenReadsAsOne(t *testing.T) {
	tok := must(t)(build(definition{
		Alphabet: alphabetBytes, Ranks: make([]int32, 4), BOS: none, Unknown: none,
		Pieces: []string{"<s>", "</s>", "<s></s>", "[INST][/INST]"}, Kinds: []kind{control, control, control, control},
	}))
	form, exact := read(t, tok, []int{0, 1})
	require.Equal(t, "<s></s>", form)
	require.False(t, exact)
	form, exact = read(t, tok, []int{2, 3})
	require.Equal(t, `<token 2, "<s></s>"><token 3, "[INST][/INST]">`, form)
	require.True(t, exact)
}
