package transcripttest

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
)

// sumcheck absorbs n rounds.
func sumcheck(tr *transcript.Native, n int) {
	for range n {
		tr.Absorb("round", numbers(2)...)
		tr.Challenge()
	}
}

func TestInventory(t *testing.T) {
	items, err := Record("domain", func(tr *transcript.Native) error {
		tr.Absorb("statement", numbers(9)...) // its hash is no line
		for range 4 {
			tr.Challenge()
		}
		sumcheck(tr, 3)
		for range 2 {
			tr.Absorb("claim")
			tr.Absorb("value", numbers(1)...)
		}
		tr.Challenge()
		return nil
	})
	require.NoError(t, err)
	for i := range items { // the callers of this package's tests are no protocol
		items[i].Where = "f"
	}
	require.Equal(t, `  transcript "domain"
  "statement" 9                             f
    -> 4: tau
  3 times
    "round" 2                               f
      -> 1: r
  "claim" 0                                 f
  "value" 1                                 f
  "claim" 0                                 f
  "value" 1                                 f
    -> 1: rho
`, Inventory(t, items, "tau", "r", "rho"))
}

// Recordings are the same if and only if messages, lengths and numbers of challenges are.
func TestSameItems(t *testing.T) {
	record := func(rounds int, last string, length int) []Item {
		items, err := Record("domain", func(tr *transcript.Native) error {
			sumcheck(tr, rounds)
			tr.Absorb(last, numbers(length)...)
			return nil
		})
		require.NoError(t, err)
		return items
	}
	first := record(2, "a", 7)
	require.True(t, SameItems(first, record(2, "a", 7)))
	require.False(t, SameItems(first, record(3, "a", 7)))
	require.False(t, SameItems(first, record(2, "b", 7)))
	require.False(t, SameItems(first, record(2, "a", 8)))
	drawn, err := Record("domain", func(tr *transcript.Native) error {
		sumcheck(tr, 2)
		tr.Challenge()
		tr.Absorb("a", numbers(7)...)
		return nil
	})
	require.NoError(t, err)
	require.False(t, SameItems(first, drawn))
}

// A hash that is no message is a line, and the challenges after the last message of a transcript that does
// not end are not known.
func TestInventoryOfHashes(t *testing.T) {
	r := &Recorder[fr.Element]{Backend: transcript.NewField()}
	transcript.Hash(r, "tag", numbers(8)...)
	transcript.Over(r, "domain").Absorb("a")
	for i := range r.Items {
		r.Items[i].Where = "f"
	}
	require.Equal(t, `  hash "tag" 8                              f
  transcript "domain"
  "a" 0                                     f
    -> not recorded
`, Inventory(t, r.Items))
}
