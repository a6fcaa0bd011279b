//go:build slow

package step

import "testing"

// TestRunSizes proves runs token by token and in large passes, one and two blocks
// a step.
func TestRunSizes(t *testing.T) {
	for _, c := range []runCase{
		{"streaming", 0, 5, 3, 0, PlanOptions{PassBits: 2, Blocks: 1}},
		{"streaming, two blocks a step", 3, 3, 3, 7, PlanOptions{PassBits: -1, Blocks: 2}},
		{"batch", 0, 4, 4, 0, PlanOptions{PassBits: -1, Blocks: 2, Batch: true}},
		{"w16 saturating", 1, 2, 2, 0, PlanOptions{PassBits: 0, Blocks: 1}},
	} {
		t.Run(c.name, c.prove)
	}
}
