package fold

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/model"
)

// TestPlainWords: the statement is a sentence, whatever is known of prompt and output.
func TestPlainWords(t *testing.T) {
	tok := openBard(t).Tokenizer()
	id := func(text string) int { return tok.Encode(text)[0] }
	a, b := id("A"), id("B")
	king := tok.Encode("king")
	require.Less(t, len(king), 4)
	letters := []int{id("k"), id("i"), id("n"), id("g")}
	const under, unread = "; under the key of C", "; tokens are not read as texts, for no model is named"
	for want, c := range map[string]struct {
		summary VerifySummary
		read    bool
	}{
		`after <s>"A" (2 tokens) the model with id 7 chooses, greedily, "B" (1 token)` + under: {
			VerifySummary{PromptIDs: []int{0, a}, OutputIDs: []int{b}, ModelCompared: model.ComparedID}, true},
		`after <s> (1 token) the model with id 7 chooses, greedily, "B"</s> (2 tokens)` + under: {
			VerifySummary{PromptIDs: []int{0}, OutputIDs: []int{b, 1}, ModelCompared: model.ComparedID}, true},
		fmt.Sprintf(`after "A" (1 token) the model with id 7 chooses, greedily, "king" (4 tokens %v: the text's own`+
			` encoding is other tokens)`+under, letters): {
			VerifySummary{PromptIDs: []int{a}, OutputIDs: letters, ModelCompared: model.ComparedID}, true},
		`after 1 token that is not shown the model with id 7 chooses, greedily, "B" (1 token)` + under +
			`; the tokenizer is the one in the model id, the weights of the model named were not compared`: {
			VerifySummary{PromptTokens: 1, OutputIDs: []int{b}, ModelCompared: model.ComparedDescription}, true},
		`after the token 0 the model with id 7 chooses, greedily, the 2 tokens [34 35]` +
			`; for "a\x1b[2Jb"` + under + unread: {
			VerifySummary{PromptIDs: []int{0}, OutputIDs: []int{34, 35}, Label: "a\x1b[2Jb"}, false},
		`after 1 token that is not shown the model with id 7 chooses, greedily, 3 tokens that are not shown` + under: {
			VerifySummary{PromptTokens: 1, OutputTokens: 3}, false},
	} {
		s := c.summary
		s.ModelID, s.Ceremony = "7", "C"
		if c.read {
			require.NoError(t, s.read(tok))
		}
		require.Equal(t, want, s.plain())
	}
}
