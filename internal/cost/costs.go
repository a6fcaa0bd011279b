package cost

import (
	"math"
	"slices"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/step"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// What the parts of proving cost on a core of the machine of the figures (a Xeon
// with AVX-512 VNNI), in nanoseconds. They were fitted to runs of the embedded
// models, SmolLM2 and synthetic blocks; the speed of this machine scales them all.
const (
	costEmbed  = 15e6 // a step of the kind, whatever its size: the tables above all
	costBlock  = 125e6
	costHead   = 55e6
	costCell   = 400  // a committed cell
	costFold   = 18   // a coefficient of the running polynomial
	costWeight = 1.5  // a weight that a step reads
	costRow    = 5000 // a row of the recursion, a step
	costStart  = 16e3 // a row of the recursion, once: its circuits are compiled
)

// Rows of the recursion: of a step with its settlement, of each block, and of each further
// size class, in a step and a block.
const (
	recursionBase       = 66_000
	recursionBlock      = 13_300
	recursionClass      = 3_000
	recursionClassBlock = 1_200
)

// recursionRows is how many rows the recursion has: within a twentieth for small models,
// a sixth less for the largest, whose sumchecks have more rounds.
func recursionRows(blocks, classes int) int {
	return recursionBase + recursionBlock*blocks + (recursionClass+recursionClassBlock*blocks)*(classes-1)
}

// CompressedBits is log2 of the points of a key that Compress takes: one for each entry
// of the recursion's matrices, which a step of more blocks has more of in a row.
func CompressedBits(blocks, classes int) int {
	return bitlen.Ceil(recursionRows(blocks, classes) * (300 + 7*blocks) / 20)
}

// RecursionBits is log2 of the points of a key that suffices for the recursion.
func RecursionBits(blocks, classes int) int {
	return bitlen.Ceil(recursionRows(blocks, classes) * 6 / 5)
}

// SerialShare is the share of the work that one core does alone.
const SerialShare = 0.2

// Memory beyond weights and key, in bytes, fitted likewise, with a collector that lets the heap
// grow by a quarter. The key is read whole as far as it is used.
const (
	memorySteps  = 24 << 20 // the program, its tables and buckets, the store's engine
	memoryPadded = 38       // a padded cell of the largest step
	memoryRow    = 2000     // a row of the recursion
)

// The store, in bytes.
const (
	diskEngine    = 8 << 20 // logs and compactions
	diskStep      = 8 << 10 // what replays a step
	diskRow       = 34      // a row of the recursion, in a proof
	diskProofs    = 3       // that are there at once: one is being written
	diskSnapshots = 2       // likewise
	element       = 32      // of the field
	keyPoint      = 80      // 64 on the heap, which the collector lets grow by a quarter
)

// Job is a run that has not begun, as far as its costs depend on it.
type Job struct {
	Description *weights.Description
	Plan        *step.RunPlan
	SegmentBits int   // of the model's commitment
	Weights     int64 // bytes
	Params      int
}

// Costs adds up what steps take.
type Costs struct {
	j       *Job
	layouts map[int]*Layout // by class
	filled  map[*Layout]*filled
	Steps   int
	Cells   int
	nanos   float64
}

// filled is what the steps of a class put into its running polynomial: the cells of the
// largest, and of all.
type filled struct{ most, sum int }

// Costs adds up the costs of all steps of the job's plan.
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

// class is the smallest class for a pass.
func (c *Costs) class(bits int) *Layout {
	for _, class := range c.j.Plan.Classes {
		if bits <= class {
			return c.layouts[class]
		}
	}
	return nil // no plan has such a pass
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

// step adds n steps of a kind.
func (c *Costs) step(l *Layout, kind relation.Kind, p step.PassSize, n int, fixed float64) {
	cells := l.Cells(kind, p.Bits, p.Start)
	c.Steps += n
	c.Cells += n * cells
	f := c.filled[l]
	f.most, f.sum = max(f.most, cells), f.sum+n*cells
	c.nanos += float64(n) * (fixed + costCell*float64(cells) + costFold*float64(int(1)<<l.slots.Cells))
}

// KeyBits is log2 of the points that steps and weights need.
func (c *Costs) KeyBits() int {
	bits := max(c.j.SegmentBits, RecursionBits(c.j.Plan.Blocks, len(c.j.Plan.Classes)))
	for _, l := range c.layouts {
		bits = max(bits, l.slots.Cells, l.slots.Cache)
	}
	return bits
}

// running is how many coefficients the running polynomials have.
func (c *Costs) running() (all int) {
	for _, l := range c.layouts {
		all += 1 << l.slots.Cells
	}
	return all + 1<<c.layouts[c.j.Plan.Classes[0]].slots.Cache
}

// Seconds of core time for the steps and their recursion.
func (c *Costs) Seconds() float64 {
	return (c.nanos + c.recursion() + costStart*float64(c.rows())) / 1e9
}

// rows is those of the recursion.
func (c *Costs) rows() int { return recursionRows(c.j.Plan.Blocks, len(c.j.Plan.Classes)) }

// recursion is the nanoseconds of core time that folding the steps takes.
func (c *Costs) recursion() float64 { return costRow * float64(c.rows()) * float64(c.Steps) }

// Memory is the peak, that of the largest step.
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

// paddedCells is the size of a step's tensors but those of the model.
func paddedCells(p *relation.Program) (n int) {
	for i := range p.Tensors {
		if t := &p.Tensors[i]; !slices.Contains([]relation.Oracle{relation.Weights, relation.Public}, t.Oracle) {
			n += 1 << p.Extents.Bits(t.Space)
		}
	}
	return n
}

// Disk is the store with a snapshot and the next one, and a proof likewise.
func (c *Costs) Disk() int64 {
	config := c.j.Description.Config
	cached := 2 * config.KVDim() * config.Layers * (c.j.Plan.Prompt + c.j.Plan.Tokens)
	n := c.Steps*diskStep + diskProofs*diskRow*c.rows() + 2*cached
	return diskEngine + int64(n+diskSnapshots*element*(c.nonzero()+cached))
}

// nonzero is how many coefficients of the running polynomials are not zero in the end:
// those of the largest step of a class, and the rows of its tables that were looked up,
// as if every cell looked one up anywhere.
func (c *Costs) nonzero() (n int) {
	for l, f := range c.filled {
		tables := float64(l.tables())
		n += f.most + int(tables*(1-math.Exp(-float64(f.sum)/tables)))
	}
	return n
}
