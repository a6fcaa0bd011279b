// Package tokens compares and formats lists of tokens.
package tokens

import (
	"fmt"
	"slices"

	"fold.example/fold/internal/fault"
)

// Same compares have, the tokens of a part ("prompt" or "output"), with want; a nil want
// accepts any tokens. The error wraps fault.ErrRejected and says where they differ.
func Same(part string, have, want []int) error {
	if want == nil || slices.Equal(have, want) {
		return nil
	}
	at := 0
	for at < min(len(have), len(want)) && have[at] == want[at] {
		at++
	}
	return fmt.Errorf("%w: %s: its %s are %v, expected %s %v: they differ from token %d on",
		fault.ErrRejected, part, Count(len(have)), First(have), Count(len(want)), First(want), at)
}

// First returns at most the first 64 tokens of a list, for messages.
func First(ids []int) []int { return ids[:min(len(ids), 64)] }

// Count formats a number of tokens.
func Count(n int) string {
	if n == 1 {
		return "1 token"
	}
	return fmt.Sprintf("%d tokens", n)
}
