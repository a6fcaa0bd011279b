package weights

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzTokenizerDigest: a digest that parses is written as the same text in lower case.
func FuzzTokenizerDigest(f *testing.F) {
	f.Add([]byte(TokenizerDigest{1, 2, 0xff}.String()))
	f.Add([]byte(strings.Repeat("Aa", 32)))
	f.Add([]byte(strings.Repeat("0", 63)))
	f.Add([]byte(strings.Repeat("g", 64)))
	f.Fuzz(func(t *testing.T, text []byte) {
		var d TokenizerDigest
		if d.UnmarshalText(text) != nil {
			return
		}
		again, err := d.MarshalText()
		require.NoError(t, err)
		require.Equal(t, strings.ToLower(string(text)), string(again))
	})
}
