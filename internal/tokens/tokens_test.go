package tokens

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

func TestSame(t *testing.T) {
	require.NoError(t, Same("prompt", []int{1, 2}, nil))
	require.NoError(t, Same("prompt", []int{1, 2}, []int{1, 2}))
	err := Same("prompt", []int{1, 2}, []int{1})
	require.ErrorIs(t, err, fault.ErrRejected)
	require.EqualError(t, err,
		"rejected: prompt: its 2 tokens are [1 2], expected 1 token [1]: they differ from token 1 on")
	require.Len(t, First(make([]int, 100)), 64)
}
