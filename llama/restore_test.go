package llama

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A session with a restored cache gives the same results as the session that computed it.
func TestRestore(t *testing.T) {
	m := smallModel(t, W16)
	first, second := m.NewSession(), m.NewSession()
	tokens := []int{3, 1, 4, 1, 5, 9}
	want := logits(t, first, tokens)
	width := m.Config.KVDim()
	for layer := range m.Layers {
		keys, values := first.Cache(layer)
		require.NoError(t, second.Restore(layer, 0, keys[:4*width], values[:4*width]))
		require.NoError(t, second.Restore(layer, 2, keys[2*width:3*width], values[2*width:3*width]),
			"replaced from there on")
	}
	require.Equal(t, 3, second.Len())
	require.Equal(t, want[3*m.Config.Vocab:], logits(t, second, tokens[3:]))

	keys, values := first.Cache(0)
	require.Error(t, second.Restore(len(m.Layers), 0, keys, values))
	require.Error(t, second.Restore(0, 0, keys, values[1:]))
	require.Error(t, second.Restore(0, 0, keys[1:], values[1:]))
	require.ErrorIs(t, second.Restore(0, 7, keys, values), ErrContext)
	require.ErrorIs(t, second.Restore(0, -1, keys, values), ErrContext)
	require.ErrorIs(t, second.Restore(0, 0, make([]int16, (m.Config.Context+1)*width),
		make([]int16, (m.Config.Context+1)*width)), ErrContext)
}
