package fold

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/files"
	"fold.example/fold/llama"
	"fold.example/fold/llama/chat"
	"fold.example/fold/llama/quality"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/tokenizer"
	"fold.example/fold/step"
	"fold.example/fold/step/weights"
)

// The errors of internal packages wrap the classes of this package, which determine the
// exit codes.
func TestClassesOfErrors(t *testing.T) {
	for _, c := range []struct{ below, ours error }{
		{files.ErrNotRegular, ErrFormat},
		{files.ErrTooLarge, ErrFormat},
		{files.ErrChanged, ErrCorrupt},
		{source.ErrUnsupported, ErrFormat},
		{source.ErrNoTokenizer, ErrFormat},
		{source.ErrCorrupt, ErrCorrupt},
		{tokenizer.ErrUnsupported, ErrFormat},
		{tokenizer.ErrCorrupt, ErrCorrupt},
		{chat.ErrTemplate, ErrFormat},
		{chat.ErrLimit, ErrFormat},
		{chat.ErrRefused, ErrFormat},
		{quantize.ErrNotTernary, ErrFormat},
		{quantize.ErrShortText, ErrFormat},
		{llama.ErrFormat, ErrFormat},
		{llama.ErrInvalid, ErrFormat},
		{llama.ErrCorrupt, ErrCorrupt},
		{quality.ErrCard, ErrCorrupt},
		{commit.ErrFormat, ErrFormat},
		{commit.ErrCorrupt, ErrCorrupt},
		{commit.ErrTooShort, ErrFormat},
		{step.ErrPlan, ErrFormat},
		{checkpoint.ErrNoStore, ErrNoStore},
		{checkpoint.ErrExists, ErrExists},
		{checkpoint.ErrLocked, ErrLocked},
		{checkpoint.ErrFormat, ErrFormat},
		{checkpoint.ErrCorrupt, ErrCorrupt},
		{checkpoint.ErrNoSpace, ErrNoSpace},
		{weights.ErrCommitment, ErrCorrupt},
	} {
		err := fmt.Errorf("at work: %w", c.below)
		require.ErrorIs(t, err, c.ours)
		require.ErrorIs(t, err, c.below)
		for _, other := range []error{ErrRejected, ErrFormat, ErrCorrupt, ErrNoStore} {
			if other != c.ours {
				require.NotErrorIs(t, err, other)
			}
		}
	}
}
