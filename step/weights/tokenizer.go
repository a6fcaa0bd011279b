package weights

import (
	"encoding/hex"
	"fmt"
)

// TokenizerDigest is the digest of the tokenizer and the chat template that a model is
// committed with (tokenizer.Tokenizer.Digest). The relation covers only token ids; the digest
// in the model id binds the texts of the tokens. A model without a tokenizer has the digest
// zero, which no tokenizer has.
type TokenizerDigest [32]byte

// String returns 64 hexadecimal digits, in lower case.
func (d TokenizerDigest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText returns the bytes of String.
func (d TokenizerDigest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 64 hexadecimal digits; any other text is an error.
func (d *TokenizerDigest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("a tokenizer's digest of %d characters, expected %d hexadecimal digits",
			len(text), hex.EncodedLen(len(d)))
	}
	_, err := hex.Decode(d[:], text)
	return err
}
