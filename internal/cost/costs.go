package cost

import (
	"fmt"
	"math"
	"slices"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/fault"
	"fold.example/fold/step"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// Core time of the parts of proving on the reference machine (a Xeon with AVX-512 VNNI), in
// nanoseconds. They were fitted to runs of the embedded models, SmolLM2 and synthetic
// blocks; the speed of the current machine scales all of them.
const (
	costEmbed  = 15e6 // per step of this kind and any size, mainly for the tables
	costBlock  = 125e6
	costHead   = 55e6
	costCell   = 400  // per committed cell
	costFold   = 18   // per coefficient of the running polynomial
	costWeight = 1.5  // per weight that a step reads
	costRow    = 5000 // per row of the recursion and step
	costStart  = 16e3 // per row of the recursion, once, for compiling its circuits
)

// Rows of the recursion: for a step with its settlement, for each block, and for each
// further size class, per step and per block.
const (
	recursionBase       = 66_000
	recursionBlock      = 13_300
	recursionClass      = 3_000
	recursionClassBlock = 1_200
)

// recursionRows returns the number of rows of the recursion. It is within 5% for small
// models, and up to a sixth too low for the largest, whose sumchecks have more rounds.
func recursionRows(blocks, classes int) int {
	return recursionBase + recursionBlock*blocks + (recursionClass+recursionClassBlock*blocks)*(classes-1)
}

// CompressedBits returns log2 of the number of key points that Compress needs: one for each
// entry of the recursion's matrices. Rows have more entries for steps of more blocks.
func CompressedBits(blocks, classes int) int {
	return bitlen.Ceil(recursionRows(blocks, classes) * (300 + 7*blocks) / 20)
}

// RecursionBits returns log2 of the number of key points that the recursion needs.
func RecursionBits(blocks, classes int) int {
	return bitlen.Ceil(recursionRows(blocks, classes) * 6 / 5)
}

// SerialShare is the share of the work that runs on a single core.
const SerialShare = 0.2

// Memory in addition to the weights and the key, in bytes, fitted in the same way with a
// garbage collector that lets the heap grow by a quarter. The used part of the key is read
// into memory.
const (
	memorySteps  = 24 << 20 // program, tables and buckets, and the store's engine
	memoryPadded = 38       // per padded cell of the largest step
	memoryRow    = 2000     // per row of the recursion
)

// Size of the store, in bytes.
const (
	diskEngine    = 8 << 20 // logs and compactions
	diskStep      = 8 << 10 // replay data of a step
	diskRow       = 34      // per row of the recursion, in a proof
	diskProofs    = 3       // number of proofs at a time, including one being written
	diskSnapshots = 2       // number of snapshots at a time, including one being written
	element       = 32      // size of a field element
	keyPoint      = 80      // 64 on the heap, which the collector lets grow by a quarter
)

// Job holds the properties of a planned run on which its costs depend.
type Job struct {
	Description *weights.Description // of the model
	Plan        *step.RunPlan        // passes and steps
	SegmentBits int                  // of the model commitment
	Weights     int64                // size of the weights in bytes
	Params      int                  // number of weights
}

// Costs accumulates the costs of steps.
type Costs struct {
	j       *Job
	layouts map[int]*Layout // by class
	filled  map[*Layout]*filled
	Steps   int // number of steps
	Cells   int // committed cells in all steps
	nanos   float64
}

// filled counts the cells that the steps of a class add to its running polynomial: in the
// largest step, and in all steps.
type filled struct{ most, sum int }

// Costs returns the costs of all steps of the job's plan.
func (j *Job) Costs() (*Costs, error) {
	c := &Costs{j: j, layouts: map[int]*Layout{}, filled: map[*Layout]*filled{}}
	for _, bits := range j.Plan.Classes {
		s, err := j.Description.Shape(bits, j.Plan.PositionBits, j.Plan.Blocks)
		if err != nil {
			return nil, err
		}
		l, err := LayOut(s)
		if err != nil {
			return nil, err
		}
		c.layouts[bits], c.filled[&l] = &l, &filled{}
	}
	for _, p := range j.Plan.Passes {
		c.pass(p)
	}
	return c, nil
}

// class returns the layout of the smallest class that holds a pass of 2^bits tokens.
func (c *Costs) class(bits int) *Layout {
	for _, class := range c.j.Plan.Classes {
		if bits <= class {
			return c.layouts[class]
		}
	}
	return nil // a plan has no such pass
}

func (c *Costs) pass(p step.PassSize) {
	config := c.j.Description.Config
	l := c.class(p.Bits)
	groups := config.Layers / c.j.Plan.Blocks
	weights := float64(c.j.Params - config.Vocab*config.Dim)
	c.step(l, relation.Embed, p, 1, costEmbed)
	c.step(l, relation.Block, p, groups, costBlock)
	c.nanos += weights * costWeight
	if p.Start+1<<p.Bits >= c.j.Plan.Prompt {
		c.step(l, relation.Head, p, 1, costHead)
		c.nanos += float64(config.Vocab*config.Dim) * costWeight
	}
}

// step adds the costs of n steps of a kind.
func (c *Costs) step(l *Layout, kind relation.Kind, p step.PassSize, n int, fixed float64) {
	cells := l.Cells(kind, p.Bits, p.Start)
	c.Steps += n
	c.Cells += n * cells
	f := c.filled[l]
	f.most, f.sum = max(f.most, cells), f.sum+n*cells
	c.nanos += float64(n) * (fixed + costCell*float64(cells) + costFold*float64(int(1)<<l.slots.Cells))
}

// KeyBits returns log2 of the number of key points that steps, recursion and weights need.
func (c *Costs) KeyBits() int {
	bits := max(c.j.SegmentBits, RecursionBits(c.j.Plan.Blocks, len(c.j.Plan.Classes)))
	for _, l := range c.layouts {
		bits = max(bits, l.slots.Cells, l.slots.Cache)
	}
	return bits
}

// running returns the number of coefficients of all running polynomials.
func (c *Costs) running() (all int) {
	for _, l := range c.layouts {
		all += 1 << l.slots.Cells
	}
	return all + 1<<c.layouts[c.j.Plan.Classes[0]].slots.Cache
}

// Seconds returns the core time for the steps and their recursion.
func (c *Costs) Seconds() float64 {
	return (c.nanos + c.recursion() + costStart*float64(c.rows())) / 1e9
}

// rows returns the number of rows of the recursion.
func (c *Costs) rows() int { return recursionRows(c.j.Plan.Blocks, len(c.j.Plan.Classes)) }

// recursion returns the core time for folding the steps, in nanoseconds.
func (c *Costs) recursion() float64 { return costRow * float64(c.rows()) * float64(c.Steps) }

// Memory returns the peak memory in bytes, which the largest step determines.
func (c *Costs) Memory() int64 {
	padded := 0
	for _, l := range c.layouts {
		for _, p := range l.programs {
			padded = max(padded, paddedCells(p))
		}
	}
	steps := memorySteps + memoryPadded*padded + memoryRow*c.rows()
	return c.j.Weights + keyPoint<<c.KeyBits() + int64(element*c.running()+steps)
}

// paddedCells returns the number of cells of a step's tensors, with padding, excluding the
// model's tensors.
func paddedCells(p *relation.Program) (n int) {
	for i := range p.Tensors {
		if t := &p.Tensors[i]; !slices.Contains([]relation.Oracle{relation.Weights, relation.Public}, t.Oracle) {
			n += 1 << p.Extents.Bits(t.Space)
		}
	}
	return n
}

// Disk returns the size of the store in bytes, with two snapshots and three proofs.
func (c *Costs) Disk() int64 {
	config := c.j.Description.Config
	cached := 2 * config.KVDim() * config.Layers * (c.j.Plan.Prompt + c.j.Plan.Tokens)
	n := c.Steps*diskStep + diskProofs*diskRow*c.rows() + 2*cached
	return diskEngine + int64(n+diskSnapshots*element*(c.nonzero()+cached))
}

// nonzero estimates the number of nonzero coefficients of the running polynomials at the
// end: for each class, the cells of the largest step, and the table rows that are looked up
// at least once if every cell looks up a uniformly random row.
func (c *Costs) nonzero() (n int) {
	for l, f := range c.filled {
		tables := float64(l.tables())
		n += f.most + int(tables*(1-math.Exp(-float64(f.sum)/tables)))
	}
	return n
}

// FitsMemory returns an error if proving with passes of so many tokens needs more memory than there is,
// in bytes; 0 means unknown. The error wraps fault.ErrNoMemory.
func FitsMemory(need, have int64, pass int) error {
	if have <= 0 || need <= have {
		return nil
	}
	err := fmt.Errorf("%w: proving takes %d MiB, %d MiB are available", fault.ErrNoMemory, need>>20, have>>20)
	return fault.WithNumber(err, fault.NeedSmallerSteps, "", max(1, pass/2))
}
