package fold

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fold/llama/source"
)

// An error of a package below counts as ours and stays what it was; others are
// left alone.
func TestClassify(t *testing.T) {
	for _, k := range kinds {
		err := fmt.Errorf("at work: %w", k.below)
		got := classify(err)
		require.ErrorIs(t, got, k.ours)
		require.ErrorIs(t, got, k.below)
		require.EqualError(t, got, err.Error())
	}
	other := errors.New("other")
	require.Equal(t, other, classify(other))
	require.ErrorIs(t, classify(context.Canceled), context.Canceled)
	require.NoError(t, classify(nil))
	require.NotErrorIs(t, classify(source.ErrUnsupported), ErrCorrupt)
}

func TestHint(t *testing.T) {
	err := fmt.Errorf("outside: %w", withHint(ErrFormat, "try %d", 7))
	require.ErrorIs(t, err, ErrFormat)
	var h interface{ Hint() string }
	require.ErrorAs(t, err, &h)
	require.Equal(t, "try 7", h.Hint())
}
