package tokenizer

import (
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// texts draws texts of characters that word patterns distinguish.
func texts() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		" ", " ", "  ", "\n", "\r\n", "\t", "\v", "\u0085", "\u00a0", "\u2003", "\u200b", "\u3000", "'", "'s", "'S",
		"'re", "'LL", "'x",
		"a", "Z", "é", "Ж", "中", "ǅ", "ʰ", "\u0301", "1", "12", "½", "Ⅷ", "٣", "!", "...", "/", "-", "_", "🦙", "\u200d",
		"x's", "1a",
	})
	return rapid.Custom(func(t *rapid.T) string {
		s := ""
		for _, p := range rapid.SliceOfN(piece, 0, 20).Draw(t, "pieces") {
			s += p
		}
		return s
	})
}

// TestPatterns compares the patterns, as rewritten for an automaton, with a
// backtracking engine that runs them as they are published.
func TestPatterns(t *testing.T) {
	for _, source := range []string{
		patternGPT2, patternLlama3, patternQwen2, patternTekken, patternNumber, `\s+$`, `\d+|\p{L}+|\S|\D`, `[\s\d]+`,
		`[^\S\n]+`, `a*`, `\s+(?!\S)|\s+`,
	} {
		p, err := compilePattern(source)
		require.NoError(t, err)
		oracle := regexp2.MustCompile(source, regexp2.Multiline)
		rapid.Check(t, func(t *rapid.T) {
			text := texts().Draw(t, "text")
			var want, got []string
			m, err := oracle.FindStringMatch(text)
			for ; err == nil && m != nil; m, err = oracle.FindNextMatch(m) {
				if m.Length > 0 {
					want = append(want, m.String())
				}
			}
			require.NoError(t, err)
			p.each(text, func(from, to int) { got = append(got, text[from:to]) })
			require.Equal(t, want, got, "%s on %q", source, text)
		})
	}
}

func TestPatternsRefused(t *testing.T) {
	for _, source := range []string{
		`(?<!a)b`, `^a`, `\ba`, `a++`, `(?=a)b`, `(a)\1`, `a(?!b)`, `(`, `[`, `[\W]`, `\w`, `[a[b]]`, `[[:alpha:]]`,
		`[a&&b]`, `\Ga`, `a{1000}{1000}`, `(a|\s+(?!\S)|\s+`,
	} {
		_, err := compilePattern(source)
		require.ErrorIs(t, err, ErrUnsupported, source)
	}
}

func TestSplitBehaviors(t *testing.T) {
	for _, c := range []struct {
		behavior string
		invert   bool
		want     []string
	}{
		{isolated, false, []string{"a", "-", "-", "b", "-", "c"}},
		{removed, false, []string{"a", "b", "c"}},
		{removed, true, []string{"-", "-", "-"}},
		{mergedWithPrevious, false, []string{"a-", "-", "b-", "c"}},
		{mergedWithNext, false, []string{"a", "-", "-b", "-c"}},
		{contiguous, false, []string{"a", "--", "b", "-", "c"}},
	} {
		sp, err := step{Type: stepSplit, Pattern: "-", Behavior: c.behavior, Invert: c.invert}.splitter()
		require.NoError(t, err)
		require.Equal(t, c.want, sp(nil, "a--b-c", true), c.behavior)
	}
	_, err := step{Type: stepSplit, Pattern: "-", Behavior: "Sideways"}.splitter()
	require.ErrorIs(t, err, ErrUnsupported)
}

// TestPatternThatLooksFarAheadIsStopped: a pattern of a file that reads to the end of the text
// for each of its characters reads at most the stated number of characters. A short text is
// split to its end.
func TestPatternThatLooksFarAheadIsStopped(t *testing.T) {
	p, err := compilePattern(`a[^b]*b|a`)
	require.NoError(t, err)
	for n, all := range map[int]bool{300: true, 1 << 14: false} {
		words, at := 0, 0
		p.each(strings.Repeat("a", n), func(from, to int) {
			require.Equal(t, at, from)
			words, at = words+1, to
		})
		require.Equal(t, all, words == n, "%d of %d", words, n)
		require.LessOrEqual(t, words, maxLooks*n/(n-words+1)+freeLooks/(n-words+1)+1)
	}
}
