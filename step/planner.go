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

// PassSize is a pass of 2^Bits tokens at a multiple of their number.
type PassSize struct{ Start, Bits int }

// RunPlan says in which passes a run is proven and with which shapes of steps.
type RunPlan struct {
	Prompt, Tokens int  // P and N, at least 1 each
	Batch          bool // the text is generated first, and proven when it is finished
	Passes         []PassSize
	PositionBits   int   // of the cache: positions 0 .. P + N - 2
	Blocks         int   // a step
	Classes        []int // token bits of the size classes, ascending
}

// PlanOptions says how a run is to be proven.
type PlanOptions struct {
	Batch    bool // generate first, then prove in large passes
	PassBits int  // the largest passes have 2^PassBits tokens; negative: as large as allowed
	Blocks   int  // a step, at most; it is lowered to a divisor of the layers below MaxBlocks. 0 means 1
	Room     int  // positions that the cache is to have room for at least, for an extension
	KeyBits  int  // the key has 2^KeyBits points
}

// batchPassBits is log2 of the largest pass of finished text.
const batchPassBits = 6

// ErrPlan is wrapped by the errors about a run for which no plan fits.
var ErrPlan = fault.New(fault.ErrFormat, "step: no plan fits")

// NewRunPlan plans a run over a prompt of p tokens and n chosen ones. Passes are
// buddies: as large as allowed, each at a multiple of its size, so that 37 tokens
// are 32 + 4 + 1. While the text is being generated every pass after the prompt has
// one token. The steps of the largest passes are made to fit the key, by fewer
// tokens first and then by fewer blocks.
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

// keyBits is the size of the largest polynomial of a shape's steps.
func keyBits(d *weights.Description, tokenBits, positionBits, blocks int) (int, error) {
	s, err := d.Shape(tokenBits, positionBits, blocks)
	if err != nil {
		return 0, err
	}
	_, slots, err := argument.ProgramsOf(s)
	return max(slots.Cells, slots.Cache), err
}

// cut lays the passes: the known positions in buddies of at most 2^bits, every
// other position by itself.
func (r *RunPlan) cut(known, bits int) {
	r.lay(0, known, bits)
	r.lay(known, r.Prompt+r.Tokens-1, 0)
	r.classes()
}

// lay appends buddies of at most 2^bits for the positions from at to end.
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

// classes finds the size classes: that of one token, and that of the largest pass
// for all others.
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
