package bitlen

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLogarithms(t *testing.T) {
	for n := 1; n <= 1<<12; n++ {
		up, down := Ceil(n), Floor(n)
		require.True(t, 1<<up >= n && (up == 0 || 1<<(up-1) < n), n)
		require.True(t, 1<<down <= n && 1<<(down+1) > n, n)
	}
}
