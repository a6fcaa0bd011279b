package step

import (
	"fmt"
	"slices"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/fault"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// PassSize is a pass of 2^Bits tokens. Start is a multiple of 2^Bits.
type PassSize struct{ Start, Bits int }

// RunPlan has the passes in which a run is proven and the shapes of its steps.
type RunPlan struct {
	Prompt, Tokens int        // P and N, at least 1 each
	Batch          bool       // the text is generated first and then proven
	Passes         []PassSize // in order, without gaps from position 0
	PositionBits   int        // log2 of the number of cache positions, at least P + N - 1
	Blocks         int        // blocks in a step
	Classes        []int      // token bits of the size classes, ascending
}

// PlanOptions are the options of a plan.
type PlanOptions struct {
	Batch    bool // generate first, then prove in large passes
	PassBits int  // the largest passes have 2^PassBits tokens; negative: as large as allowed
	Blocks   int  // blocks in a step, at most; lowered to a divisor of the layers, at most MaxBlocks. 0 means 1
	Room     int  // least number of positions of the cache, for later extensions
	KeyBits  int  // the key has 2^KeyBits points
}

// batchPassBits is log2 of the number of tokens of the largest pass over finished text.
const batchPassBits = 6

// ErrPlan is wrapped if no plan fits a run.
var ErrPlan = fault.New(fault.ErrFormat, "step: no plan fits")

// NewRunPlan plans a run over a prompt of p tokens and n chosen tokens. Passes are aligned
// powers of two, each as large as allowed: 37 tokens take passes of 32, 4 and 1. While the
// text is being generated, every pass after the prompt has one token. If the steps of the
// largest passes do not fit the key, NewRunPlan first lowers the number of tokens of a pass
// and then the number of blocks in a step. The error wraps ErrPlan if no plan fits.
func NewRunPlan(d *weights.Description, p, n int, opt PlanOptions) (*RunPlan, error) {
	if p < 1 || n < 1 || p > d.Config.Context || n > d.Config.Context || p+n-1 > d.Config.Context {
		return nil, fmt.Errorf("%w: a prompt of %d and an output of %d tokens in a context of %d", ErrPlan, p, n,
			d.Config.Context)
	}
	if opt.Room < 0 || opt.Room > d.Config.Context {
		return nil, fmt.Errorf("%w: room for %d positions in a context of %d", ErrPlan, opt.Room, d.Config.Context)
	}
	plan := &RunPlan{Prompt: p, Tokens: n, Batch: opt.Batch, PositionBits: bitlen.Ceil(max(p+n-1, opt.Room))}
	known, largest := p, relation.MaxPassBits
	if opt.Batch {
		known, largest = p+n-1, batchPassBits
	}
	if opt.PassBits >= 0 {
		largest = min(opt.PassBits, relation.MaxPassBits)
	}
	largest = min(largest, floorLog2(known))
	blocks := max(1, min(opt.Blocks, d.Config.Layers, relation.MaxBlocks))
	for ; blocks > 0; blocks-- {
		if d.Config.Layers%blocks != 0 {
			continue
		}
		for bits := largest; bits >= 0; bits-- {
			need, err := keyBits(d, bits, plan.PositionBits, blocks)
			if err != nil {
				return nil, err
			}
			if need <= opt.KeyBits {
				plan.Blocks = blocks
				plan.cut(known, bits)
				return plan, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: a pass of one token through one block does not fit a key of 2^%d points", ErrPlan,
		opt.KeyBits)
}

// keyBits returns the number of variables of the largest polynomial in steps of a shape.
func keyBits(d *weights.Description, tokenBits, positionBits, blocks int) (int, error) {
	s, err := d.Shape(tokenBits, positionBits, blocks)
	if err != nil {
		return 0, err
	}
	_, slots, err := argument.ProgramsOf(s)
	return max(slots.Cells, slots.Cache), err
}

// cut adds the passes: aligned powers of two, at most 2^bits, for the known positions, and one
// pass for each other position.
func (r *RunPlan) cut(known, bits int) {
	r.lay(0, known, bits)
	r.lay(known, r.Prompt+r.Tokens-1, 0)
	r.classes()
}

// lay appends passes of at most 2^bits tokens for the positions from at to end-1, each aligned
// to its size.
func (r *RunPlan) lay(at, end, bits int) {
	for at < end {
		b := 0
		for b < bits && at%(2<<b) == 0 && at+2<<b <= end {
			b++
		}
		r.Passes = append(r.Passes, PassSize{at, b})
		at += 1 << b
	}
}

// classes sets the size classes: the class of passes of one token, and the class of the
// largest pass for all others.
func (r *RunPlan) classes() {
	largest := slices.MaxFunc(r.Passes, func(a, b PassSize) int { return a.Bits - b.Bits }).Bits
	r.Classes = []int{largest}
	if largest > 0 && slices.ContainsFunc(r.Passes, func(p PassSize) bool { return p.Bits == 0 }) {
		r.Classes = []int{0, largest}
	}
}

// floorLog2 returns the largest k with 2^k <= n, for n >= 1.
func floorLog2(n int) int {
	k := bitlen.Ceil(n)
	if 1<<k > n {
		k--
	}
	return k
}
