package run

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzSettlementFile(f *testing.F) {
	base := [32]byte{1, 2, 3}
	whole := encodeSettlement(base, []byte("a state of the recursion"))
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(encodeSettlement([32]byte{9}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		state, err := parseSettlement(data, base)
		if err == nil && state != nil {
			require.True(t, bytes.Equal(data, encodeSettlement(base, state)))
		}
	})
}
