package cost

import (
	"slices"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/step"
	"fold.example/fold/step/weights"
)

// Choices are the requested sizes of the pieces of a run. 0 leaves a size to the plan.
type Choices struct {
	N      int  // number of tokens to choose
	Room   int  // number of positions for which the run is laid out
	Pass   int  // maximum number of tokens of a pass, a power of two
	Blocks int  // maximum number of blocks per step
	Batch  bool // as in ProveOptions
}

// Plan plans a run in the same way as Prove.
func Plan(d *weights.Description, prompt int, o Choices, keyBits int) (*step.RunPlan, error) {
	opt := step.PlanOptions{Batch: o.Batch, PassBits: -1, Blocks: o.Blocks, Room: o.Room, KeyBits: keyBits}
	if o.Pass > 0 {
		opt.PassBits = bitlen.Floor(o.Pass)
	}
	plan, err := step.NewRunPlan(d, prompt, o.N, opt)
	if err != nil || o.Blocks > 0 {
		return plan, err
	}
	return groupBlocks(d, plan, opt)
}

// groupBlocks increases the number of blocks per step until the recursion takes less time
// than the steps, and returns the cheapest plan on the way. Larger steps would save little
// and take more memory. It keeps the sizes of the passes.
func groupBlocks(d *weights.Description, best *step.RunPlan, opt step.PlanOptions) (*step.RunPlan, error) {
	least, recursion, err := planCosts(d, best)
	for steps := least - recursion; err == nil && recursion > steps; {
		if opt.Blocks = nextDivisor(d.Config.Layers, max(opt.Blocks, 1)); opt.Blocks == 0 {
			break
		}
		var plan *step.RunPlan
		if plan, err = step.NewRunPlan(d, best.Prompt, best.Tokens, opt); err != nil {
			break
		}
		if plan.Blocks < opt.Blocks || !slices.Equal(plan.Passes, best.Passes) ||
			RecursionBits(plan.Blocks, len(plan.Classes)) > opt.KeyBits {
			break
		}
		var all float64
		if all, recursion, err = planCosts(d, plan); all < least {
			best, least = plan, all
		}
		steps = all - recursion
	}
	return best, err
}

// planCosts returns the core time of a plan's steps with their recursion, and of the
// recursion alone, in nanoseconds.
func planCosts(d *weights.Description, plan *step.RunPlan) (all, recursion float64, err error) {
	c, err := (&Job{Description: d, Plan: plan}).Costs()
	if err != nil {
		return 0, 0, err
	}
	return c.nanos + c.recursion(), c.recursion(), nil
}

// nextDivisor returns the least divisor of n that is larger than d, or 0.
func nextDivisor(n, d int) int {
	for d++; d <= n; d++ {
		if n%d == 0 {
			return d
		}
	}
	return 0
}
