//go:build slow

package checkpoint

import "testing"

// TestPowerFailureAmongMoreProofs stops the machine before every seventh change of the disk.
func TestPowerFailureAmongMoreProofs(t *testing.T) { powerFailures(t, 3, 2*chunkSize+2000, 7) }
