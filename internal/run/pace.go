package run

import (
	"time"

	"fold.example/fold/step"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// pace estimates what is left of a run from the steps that have been proven, each
// kind and size of pass by itself.
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

// mean is that of all steps of a kind and size or, if there was none, of all steps.
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

// left is the time of the steps of a plan but the first done.
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
