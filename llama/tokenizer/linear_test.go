package tokenizer

import (
	"math/bits"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMergeSteps: n symbols take at most 3n candidates and n-1 merges, also on texts that make
// naive implementations quadratic.
func TestMergeSteps(t *testing.T) {
	const n = 1 << 18
	bard := must(t)(FromJSON(own(t, "bard/tokenizer.json")))
	powers := must(t)(build(powersOfA(20)))
	for _, c := range []struct {
		name string
		tok  *Tokenizer
		text string
	}{
		{"one token is the whole word", powers, strings.Repeat("a", n)},
		{"one short of it", powers, strings.Repeat("a", n-1)},
		{"no merge", bard, strings.Repeat("a", n)},
		{"pairs", bard, strings.Repeat("th", n/2)},
		{"words", bard, strings.Repeat("thehouse", n/8)},
	} {
		m := merger{vocab: &c.tok.vocab, word: c.text}
		m.run()
		require.LessOrEqual(t, m.steps, 3*len(c.text), c.name)
		require.Equal(t, c.text, c.tok.Decode(c.tok.Encode(c.text)), c.name)
	}
	require.Len(t, powers.Encode(strings.Repeat("a", n)), n>>11)
	require.Len(t, powers.Encode(strings.Repeat("a", 1<<11-1)), bits.OnesCount(1<<11-1))
}

// powersOfA has tokens a, aa, aaaa, ... as long as tokens may be.
func powersOfA(count int) definition {
	d := definition{Alphabet: alphabetBytes, BOS: none, Unknown: none}
	for i := range min(count, 12) {
		d.Pieces, d.Kinds = append(d.Pieces, strings.Repeat("a", 1<<i)), append(d.Kinds, normal)
		d.Ranks = append(d.Ranks, int32(i))
	}
	return d
}

// TestPatternCovers: the words of the known word patterns are the whole text, also for one
// long run of equal characters.
func TestPatternCovers(t *testing.T) {
	const n = 1 << 15
	for _, source := range []string{patternGPT2, patternLlama3, patternQwen2, patternTekken} {
		p, err := compilePattern(source)
		require.NoError(t, err)
		for _, unit := range []string{" ", "\n", " \n", "a", "1", "!", "'", "'s", "\t\u3000", "\xff", "é", "🦙 "} {
			text := strings.Repeat(unit, n/len(unit)) + "x"
			at := 0
			p.each(text, func(from, to int) {
				require.Equal(t, at, from, "%s leaves a gap in %q", source, unit)
				require.Less(t, from, to)
				at = to
			})
			require.Equal(t, len(text), at, "%s, %q", source, unit)
		}
	}
}
