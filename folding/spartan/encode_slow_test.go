//go:build slow

package spartan

import "testing"

// TestEveryByteCounts alters every byte of a proof.
func TestEveryByteCounts(t *testing.T) { bytesCount(t, 1) }
