package argument

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// Prover proves steps under a commitment key. A Prover reuses its buffers from step to step, so only
// one goroutine may use it at a time. Its methods start goroutines of their own.
type Prover struct {
	key     *commit.Key
	buckets []*commit.Buckets // by relation.Table, as many as the steps so far needed
	arena   poly.Arena

	// Observe, if not nil, is called at the beginning of each phase of a proof.
	Observe func(Phase)
}

// NewProver returns a prover that commits with key. The key needs at least 2^n points for running
// polynomials of n variables.
func NewProver(key *commit.Key) *Prover {
	return &Prover{key: key}
}

// bucketsFor returns the buckets of a program's tables, by relation.Table.
func (p *Prover) bucketsFor(tables []relation.LookupTable) []*commit.Buckets {
	for len(p.buckets) < len(tables) {
		p.buckets = append(p.buckets, commit.NewBuckets(p.key))
	}
	return p.buckets[:len(tables)]
}

// sets are the buckets of the tables, in their order.
func (p *stepProver) sets() []*commit.Buckets { return p.bucketsFor(p.Tables)[relation.Unsigned:] }

// commit commits to the polynomials that do not depend on challenges. The cells
// of a table, their outputs and their inverses are functions of the same 16-bit
// values, so all three commitments are sums over the same buckets. The buckets
// also contain the used rows of the table, which the commitment to the inverses needs;
// commitUses subtracts them from the other two commitments.
func (p *stepProver) commit(c *Commitments, secrets *Secrets) error {
	if err := p.fillBuckets(); err != nil {
		return err
	}
	cells, outputs := p.key.NewAccumulator(), p.key.NewAccumulator()
	cells.AddBucketInts(p.sets(), func(set int, v uint16) int32 {
		return p.tableValue(relation.Unsigned+relation.Table(set), v)
	})
	outputs.AddBucketInts(p.sets(), func(set int, v uint16) int32 {
		return p.output(relation.Unsigned+relation.Table(set), v)
	})
	for i := range p.Tensors {
		t, column := &p.Tensors[i], &p.columns[i]
		var err error
		switch {
		case p.zero[i]:
		case t.Of != relation.NoTable && !t.Flag:
			err = p.commitUses(cells, outputs, t, column)
		case t.Oracle == relation.Cells && t.Table == relation.NoTable:
			err = addColumn(cells, t.Offset, column)
		}
		if err != nil {
			return err
		}
	}
	p.blinds.cells = secrets.blinded(cells, "cells")
	c.Cells = cells.Commitment()
	if p.hasOutputs() {
		p.blinds.outputs = secrets.blinded(outputs, "outputs")
		c.Outputs = outputs.Commitment()
	}
	return p.commitStreams(c, secrets)
}

// blinded computes the blind of a complete commitment with Secrets.Blind and adds it to acc.
func (s *Secrets) blinded(acc *commit.Accumulator, name string) fr.Element {
	b := s.Blind(name, acc.Unblinded())
	acc.AddBlind(&b)
	return b
}

// fillBuckets sums up the key's points by the values of the cells.
func (p *stepProver) fillBuckets() error {
	for _, b := range p.sets() {
		b.Reset()
	}
	for i := range p.Tensors {
		t, c := &p.Tensors[i], &p.columns[i]
		switch {
		case p.zero[i]:
		case t.Table != relation.NoTable:
			if err := p.buckets[t.Table].Add(t.Offset, p.grid(t.Space), c.Bits()); err != nil {
				return err
			}
		case t.Of != relation.NoTable && !t.Flag:
			for j, uses := range c.Ints {
				if uses != 0 {
					if err := p.buckets[t.Of].AddPoint(uint16(j), t.Offset+j); err != nil {
						return err
					}
				}
			}
		}
	}
	for _, b := range p.sets() {
		b.Sum()
	}
	return nil
}

// grid returns the grid that contains the live cells of a tensor. The grid excludes cells that are dead
// by the first axis or by the last padded axis; it includes cells that are dead by other axes only.
func (p *stepProver) grid(s relation.Space) commit.Grid {
	live := func(i int) int { return p.w.Geometry.Live(&p.Extents, s[i]) }
	run, i := 1, len(s)-1
	for i > 0 && live(i) == 1<<p.Extents[s[i]].Bits {
		run <<= p.Extents[s[i]].Bits
		i--
	}
	g := commit.Grid{Rows: 1, Live: live(i) * run, Pitch: run << p.Extents[s[i]].Bits}
	for j := range i {
		n := 1 << p.Extents[s[j]].Bits
		if j == 0 {
			n = live(0)
		}
		g.Rows *= n
	}
	g.Stride = g.Pitch
	return g
}

// commitUses adds a table's multiplicities and subtracts the values that the buckets have added for the
// points of the table's used rows.
func (p *stepProver) commitUses(cells, outputs *commit.Accumulator, t *relation.Tensor, c *relation.Column) error {
	uses, out := make([]int32, c.Len()), make([]int32, c.Len())
	for j, m := range c.Ints {
		if m != 0 {
			uses[j] = int32(m) - p.tableValue(t.Of, uint16(j))
			out[j] = -p.output(t.Of, uint16(j))
		}
	}
	if err := commit.AddInts(cells, t.Offset, uses); err != nil {
		return err
	}
	if p.tables[t.Of] == nil {
		return nil
	}
	return commit.AddInts(outputs, t.Offset, out)
}

// commitStreams commits to the residual stream that the step leaves and to what
// the pass adds to the cache.
func (p *stepProver) commitStreams(c *Commitments, secrets *Secrets) error {
	for i := range p.Tensors {
		if p.Tensors[i].Oracle != relation.Output {
			continue
		}
		acc := p.key.NewAccumulator()
		if err := addColumn(acc, 0, &p.columns[i]); err != nil {
			return err
		}
		p.blinds.output = secrets.blinded(acc, "output")
		c.Output = acc.Commitment()
	}
	if len(p.CacheWrites) == 0 {
		return nil
	}
	acc := p.key.NewAccumulator()
	for i, w := range p.CacheWrites {
		g := p.gains[i]
		offset := i<<p.Extents.Bits(p.Tensor(w.Cache).Space) + g.from
		if err := commit.AddInts(acc, offset, g.cells); err != nil {
			return err
		}
	}
	p.blinds.added = secrets.blinded(acc, "added")
	c.Added = acc.Commitment()
	return nil
}

// windowOf returns the cells of a cache that the pass fills.
func (p *stepProver) windowOf(w relation.CacheWrite) (from, to int) {
	s := p.Tensor(w.Cache).Space
	stride := 1 << (p.Extents.Bits(s) - p.Extents[relation.Position].Bits)
	from = p.w.Geometry.Start * stride
	return from, from + stride<<p.w.Geometry.Bits
}

// commitInverses commits to the inverses of cells and rows and absorbs the commitment.
func (p *stepProver) commitInverses(c *Commitments, secrets *Secrets) {
	if p.hasLookups() {
		acc := p.key.NewAccumulator()
		acc.AddBucketElements(p.sets(), func(set int, v uint16) fr.Element {
			return p.inverses[relation.Unsigned+relation.Table(set)][v]
		})
		p.blinds.inverses = secrets.blinded(acc, "inverses")
		c.Inverses = acc.Commitment()
	}
	p.absorbInverses(transcript.PointLimbs(&c.Inverses))
}

// addColumn adds a column to a commitment.
func addColumn(acc *commit.Accumulator, offset int, c *relation.Column) error {
	switch {
	case c.Unsigned != nil:
		return commit.AddInts(acc, offset, c.Unsigned)
	case c.Signed != nil:
		return commit.AddInts(acc, offset, c.Signed)
	case c.Ints != nil:
		if narrow := narrowed(c.Ints); narrow != nil {
			return commit.AddInts(acc, offset, narrow)
		}
	}
	return acc.AddElements(offset, c.Dense())
}

// narrowed returns integers in 32 bits, or nil if one does not fit.
func narrowed(v []int64) []int32 {
	n := make([]int32, len(v))
	for i, x := range v {
		if n[i] = int32(x); int64(n[i]) != x {
			return nil
		}
	}
	return n
}

// tableValue is the value of a cell of 16 bits.
func (p *stepProver) tableValue(t relation.Table, v uint16) int32 {
	if p.Tables[t].Signed {
		return int32(int16(v))
	}
	return int32(v)
}

// output is what a row of a table of pairs returns, zero for other tables.
func (p *stepProver) output(t relation.Table, v uint16) int32 {
	if p.tables[t] == nil {
		return 0
	}
	return int32(p.tables[t][v])
}

func (p *stepProver) hasOutputs() bool {
	return slices.ContainsFunc(p.tables, func(outputs []int16) bool { return outputs != nil })
}

func (p *stepProver) hasLookups() bool { return len(p.Lookups) > 0 }
