package step

import (
	"fmt"
	"slices"

	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// extendable checks that n is larger than the plan's number of tokens and that the run has
// room for n tokens. The number of extensions of a run is therefore at most its number of
// positions.
func (r *RunPlan) extendable(d *weights.Description, n int) error {
	if n <= r.Tokens {
		return fmt.Errorf("%w: %d tokens, expected more than the %d that the run is to choose", ErrPlan, n, r.Tokens)
	}
	if room := min(d.Config.Context, 1<<r.PositionBits); n > room-r.Prompt+1 {
		return fmt.Errorf("%w: %d tokens after a prompt of %d, the run has room for %d positions", ErrPlan, n,
			r.Prompt, room)
	}
	return nil
}

// extend adds the passes for the positions up to a number n of chosen tokens.
func (r *RunPlan) extend(n int) {
	bits := 0
	if r.Batch {
		bits = r.Classes[len(r.Classes)-1]
	}
	r.lay(r.Prompt+r.Tokens-1, r.Prompt+n-1, bits)
	r.Tokens = n
}

// Replan reconstructs a plan: it was made for a prompt of p tokens and tokens[0] chosen
// tokens, and was then extended to tokens[1], tokens[2], .... The other arguments are the
// plan's constants. Time and memory are linear in the number of positions. The error wraps
// ErrPlan.
func Replan(d *weights.Description, p int, tokens []int, batch bool, positionBits, blocks int,
	classes []int) (*RunPlan, error) {
	if p < 1 || len(tokens) == 0 || tokens[0] < 1 {
		return nil, fmt.Errorf("%w: a prompt of %d tokens and %d outputs, expected at least one of each", ErrPlan, p,
			len(tokens))
	}
	if err := checkClasses(classes); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	if _, err := d.Shape(classes[len(classes)-1], positionBits, blocks); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	r := &RunPlan{Prompt: p, Batch: batch, PositionBits: positionBits, Blocks: blocks, Classes: slices.Clone(classes)}
	known := p
	if batch {
		known += tokens[0] - 1
	}
	if end, room := p+tokens[0]-1, min(d.Config.Context, 1<<positionBits); p > room || tokens[0] > room || end > room {
		return nil, fmt.Errorf("%w: %d positions, the run has room for %d", ErrPlan, end, room)
	}
	r.Tokens = tokens[0]
	r.lay(0, known, classes[len(classes)-1])
	r.lay(known, p+tokens[0]-1, 0)
	for _, n := range tokens[1:] {
		if err := r.extendable(d, n); err != nil {
			return nil, err
		}
		r.extend(n)
	}
	return r, nil
}

// Steps returns the number of steps of the plan.
func (r *RunPlan) Steps(d *weights.Description) (n int) {
	for _, p := range r.Passes {
		n += len(r.Kinds(d, p))
	}
	return n
}

// PassBits returns log2 of the number of tokens of each pass.
func (r *RunPlan) PassBits() (bits []int) {
	for _, p := range r.Passes {
		bits = append(bits, p.Bits)
	}
	return bits
}

// PlannedStep is a step of a plan.
type PlannedStep struct {
	PassSize
	Kind  relation.Kind
	Group int // number of the group of blocks, 0 for other kinds
}

// Walk returns the steps of the plan in order.
func (r *RunPlan) Walk(d *weights.Description) (steps []PlannedStep) {
	for _, p := range r.Passes {
		for i, k := range r.Kinds(d, p) {
			s := PlannedStep{PassSize: p, Kind: k}
			if k == relation.Block {
				s.Group = i - 1 // after the embedding
			}
			steps = append(steps, s)
		}
	}
	return steps
}

// Kinds returns the kinds of the steps of a pass: the embedding, the groups of blocks and, if
// the pass chooses a token, the head.
func (r *RunPlan) Kinds(d *weights.Description, p PassSize) []relation.Kind {
	kinds := append([]relation.Kind{relation.Embed}, slices.Repeat([]relation.Kind{relation.Block},
		d.Config.Layers/r.Blocks)...)
	if p.Start+1<<p.Bits >= r.Prompt {
		kinds = append(kinds, relation.Head)
	}
	return kinds
}

// KeyBits returns log2 of the number of points that a key needs to commit to every step of the
// plan.
func (r *RunPlan) KeyBits(d *weights.Description) (n int, err error) {
	for _, bits := range r.Classes {
		need, err := keyBits(d, bits, r.PositionBits, r.Blocks)
		if err != nil {
			return 0, err
		}
		n = max(n, need)
	}
	return n, nil
}
