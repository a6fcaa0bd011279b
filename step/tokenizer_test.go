package step

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/wire"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/weights"
)

// TestOutlineBindsTheTokenizer: a verification key with another tokenizer's digest gives
// another model id for the same chains.
func TestOutlineBindsTheTokenizer(t *testing.T) {
	o := blankProtocol(t, llamatest.Configs[0].Config, 32, 5, 24, 0, 2).VerifierParams()
	b, err := o.Encode()
	require.NoError(t, err)
	require.Contains(t, string(b), `"tokenizer":"`+strings.Repeat("0", 64)+`"`)
	seen := map[fr.Element]bool{}
	for i := range o.Description.Tokenizer {
		id, err := o.ModelID(commit.ID{}, ModelDigests{})
		require.NoError(t, err)
		require.False(t, seen[id])
		seen[id] = true
		o.Description.Tokenizer[i] = 1
	}
	encoded, err := o.Encode()
	require.NoError(t, err)
	again, err := DecodeVerifierParams(encoded)
	require.NoError(t, err)
	require.Equal(t, o.Description.Tokenizer, again.Description.Tokenizer)
}

// TestDescriptionsWithoutATokenizerAreRefused: a description must have the digest, in lower
// case hexadecimal.
func TestDescriptionsWithoutATokenizerAreRefused(t *testing.T) {
	o := blankProtocol(t, llamatest.Configs[0].Config, 32, 5, 24, 0, 2).VerifierParams()
	o.Description.Tokenizer[0] = 0xab
	b, err := o.Encode()
	require.NoError(t, err)
	field := `"tokenizer":"ab` + strings.Repeat("0", 62) + `"`
	for name, other := range map[string]string{
		"upper case": strings.Replace(field, "ab", "AB", 1),
		"short":      strings.Replace(field, "ab", "a", 1),
		"long":       strings.Replace(field, "ab", "aba", 1),
		"no digits":  strings.Replace(field, "ab", "xy", 1),
		"no text":    `"tokenizer":7`,
		"absent":     `"scheme":""`,
	} {
		require.Contains(t, string(b), field)
		text := bytes.Replace(b[4:], []byte(field), []byte(other), 1)
		n := int(binary.LittleEndian.Uint32(b)) + len(other) - len(field)
		_, err := DecodeVerifierParams(append(binary.LittleEndian.AppendUint32(nil, uint32(n)), text...))
		require.ErrorIs(t, err, argument.ErrEncoding, name)
		require.ErrorContains(t, err, "description", name)
	}
}

// TestOldCommitmentsAreRefused: a commitment without a tokenizer has version 1.
func TestOldCommitmentsAreRefused(t *testing.T) {
	_, err := weights.DecodeModelCommitment([]byte("foldmcom\x01\x00\x07\x10"))
	require.ErrorIs(t, err, wire.ErrVersion)
	require.NotErrorIs(t, err, weights.ErrCommitment)
	require.ErrorContains(t, err, "version 1, expected version 3")
}
