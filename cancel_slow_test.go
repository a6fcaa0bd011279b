//go:build slow

package fold

import "testing"

// TestCancelledCallsAtTwentyMoments is TestCancelledCalls for all long calls, intended for
// the race detector: go test -race -tags slow -run AtTwentyMoments.
func TestCancelledCallsAtTwentyMoments(t *testing.T) {
	for _, c := range longCalls(t) {
		t.Run(c.name, func(t *testing.T) { c.cancelled(t, 20) })
	}
}
