package weights

import (
	"encoding/hex"
	"fmt"
)

// TokenizerDigest is the digest of the tokenizer and the chat template that a model is
// committed with (tokenizer.Tokenizer.Digest). The relation knows tokens alone; the digest
// is part of the model id so that the texts that tokens read as are bound by it. Zeros stand
// for a model without a tokenizer: no tokenizer has that digest.
type TokenizerDigest [32]byte

// String returns 64 hexadecimal digits, in lower case.
func (d TokenizerDigest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes what String returns.
func (d TokenizerDigest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (d *TokenizerDigest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("a tokenizer's digest of %d characters, expected %d hexadecimal digits",
			len(text), hex.EncodedLen(len(d)))
	}
	_, err := hex.Decode(d[:], text)
	return err
}
