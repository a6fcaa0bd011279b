package fold

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlainWords: whatever is known of prompt and output, the statement is a sentence.
func TestPlainWords(t *testing.T) {
	for want, s := range map[string]VerifySummary{
		`after "A" (2 tokens) the model with id 7 chooses, greedily, "BC" (1 token)`: {
			Prompt: "A", PromptIDs: []int{0, 33}, Output: "BC", OutputIDs: []int{40}},
		`after an empty prompt (1 token) the model with id 7 chooses, greedily, "B" (1 token)`: {
			PromptIDs: []int{0}, Output: "B", OutputIDs: []int{34}},
		`after the token 0 the model with id 7 chooses, greedily, the 2 tokens [34 35]`: {
			PromptIDs: []int{0}, OutputIDs: []int{34, 35}},
		`after 1 token that is not shown the model with id 7 chooses, greedily, 3 tokens that are not shown`: {
			PromptTokens: 1, OutputTokens: 3},
	} {
		s.ModelID = "7"
		require.Equal(t, want, s.plain())
	}
}
