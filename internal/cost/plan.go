package cost

import (
	"slices"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/step"
	"fold.example/fold/step/weights"
)

// Choices say in which pieces a run is proven, 0 for as the plan finds best.
type Choices struct {
	N      int // tokens to choose
	Room   int // positions that the run is laid out for
	Pass   int // the largest number of tokens of a pass, a power of two
	Blocks int // in a step, at most
	Batch  bool
}

// Plan plans a run as Prove does.
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

// groupBlocks puts more blocks into a step than a plan of one a step has, until the
// recursion takes less time than the steps: what comes out is the cheapest plan on
// the way there. Larger steps than that would save little and take more memory.
// Passes are not made smaller for it.
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

// planCosts is what the steps of a plan and their recursion take, and the recursion
// alone, in nanoseconds of core time.
func planCosts(d *weights.Description, plan *step.RunPlan) (all, recursion float64, err error) {
	c, err := (&Job{Description: d, Plan: plan}).Costs()
	if err != nil {
		return 0, 0, err
	}
	return c.nanos + c.recursion(), c.recursion(), nil
}

// nextDivisor returns the least divisor of n above d, or 0.
func nextDivisor(n, d int) int {
	for d++; d <= n; d++ {
		if n%d == 0 {
			return d
		}
	}
	return 0
}
