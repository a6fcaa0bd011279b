package run

import (
	"time"

	"fold.example/fold/step"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// pace estimates the remaining time of a run from the times of proven steps, separately for
// each kind of step and size of pass.
type pace struct {
	spent map[paceKey]time.Duration
	count map[paceKey]int
}

type paceKey struct {
	kind relation.Kind
	bits int
}

func (p *pace) add(k relation.Kind, bits int, d time.Duration) {
	if p.spent == nil {
		p.spent, p.count = map[paceKey]time.Duration{}, map[paceKey]int{}
	}
	p.spent[paceKey{k, bits}] += d
	p.count[paceKey{k, bits}]++
}

// mean returns the mean time of the steps of a kind and size, or of all steps if there was
// none.
func (p *pace) mean(k relation.Kind, bits int) time.Duration {
	key := paceKey{k, bits}
	if n := p.count[key]; n > 0 {
		return p.spent[key] / time.Duration(n)
	}
	var sum time.Duration
	n := 0
	for key, d := range p.spent {
		sum, n = sum+d, n+p.count[key]
	}
	return sum / time.Duration(max(n, 1))
}

// left returns the estimated time of a plan's steps after the first done.
func (p *pace) left(plan *step.RunPlan, d *weights.Description, done int) (sum time.Duration) {
	for _, pass := range plan.Passes {
		for _, k := range plan.Kinds(d, pass) {
			if done--; done < 0 {
				sum += p.mean(k, pass.Bits)
			}
		}
	}
	return sum
}
