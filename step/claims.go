package step

import (
	"errors"
	"fmt"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// WeightClaim is a claim that steps left to the settlement: the multilinear
// extension of a record's matrix or table has Value at Point. The point of a
// matrix is that of its row, then of its column. A table of positions may be
// claimed on its first 2^k positions only; its point is then the shorter.
type WeightClaim struct {
	Record int
	Name   string // without its block
	Point  []fr.Element
	Value  fr.Element
}

// ClaimLog is all claims of a run in the order in which they arose, and the chain
// that they were absorbed into.
type ClaimLog struct {
	Claims []WeightClaim
	steps  []int // how many claims there are after each step
	opened []openedRecords
}

// openedRecords are the records that a step opened: the first and how many.
type openedRecords struct{ from, n int }

// add appends what a step left.
func (g *ClaimLog) add(k Kind, from, n int, deferred []Deferred[fr.Element]) error {
	for _, d := range deferred {
		i, name, err := recordOf(k, d.Name, n)
		if err != nil {
			return err
		}
		g.Claims = append(g.Claims, WeightClaim{Record: from + i, Name: name, Point: d.Point, Value: d.Value})
	}
	g.opened = append(g.opened, openedRecords{from, n})
	g.steps = append(g.steps, len(g.Claims))
	return nil
}

// recordOf says which of the n records of a step has the tensor that the step's
// program calls by this name, and what the record calls it. Tables that all blocks
// share are those of the first.
func recordOf(k Kind, name string, n int) (record int, own string, err error) {
	block, rest, numbered := strings.Cut(name, ".")
	if !numbered || k != Block {
		return 0, name, nil
	}
	record, err = blockNumber(block, n)
	return record, rest, err
}

// Chain computes the claim chain of the log: at each step it absorbs the digest
// of the records opened and of the step's claims.
func (g *ClaimLog) Chain(id *ModelID) (fr.Element, error) {
	b := nativeBackend()
	chain := emptyChain(b, claimChain)
	from := 0
	for i, to := range g.steps {
		o := g.opened[i]
		if o.from < 0 || o.n < 1 || o.from+o.n > len(id.Digest) {
			return chain, fmt.Errorf("step: claims on records %d to %d of %d", o.from, o.from+o.n-1, len(id.Digest))
		}
		chain = extendChain(b, claimChain, chain, stepClaims(b, id.Digest[o.from:o.from+o.n], g.deferred(from, to)))
		from = to
	}
	return chain, nil
}

func (g *ClaimLog) deferred(from, to int) (ds []Deferred[fr.Element]) {
	for _, c := range g.Claims[from:to] {
		ds = append(ds, Deferred[fr.Element]{Point: c.Point, Value: c.Value})
	}
	return ds
}

// ErrSettlement is wrapped by the errors about a settlement that does not prove
// its claims.
var ErrSettlement = errors.New("step: settlement of the weights rejected")

// placed is a claim by its tensor's index: the point of (block, row) and that of
// the column in the block.
type placed struct {
	tensor        int
	outer, column []fr.Element
	value         fr.Element
}

// settled is a tensor as a settlement reads it.
type settled struct {
	weightTensor
	record  int
	isShort bool // a table that may be claimed on its first positions
	segment int  // number of its first segment in the model
}

// settledTensors lists the model's tensors in its order.
func (s Shape) settledTensors(l Layout) (ts []settled) {
	segment := 0
	for record := range recordCount(s.Config) {
		for _, t := range s.cutTensors(l, record) {
			ts = append(ts, settled{t, record, t.Name == "cos" || t.Name == "sin", segment})
			segment += t.segments(l)
		}
	}
	return ts
}

// place finds the tensor of each claim and cuts its point.
func (g *ClaimLog) place(l Layout, ts []settled) ([]placed, error) {
	type key struct {
		record int
		name   string
	}
	byName := map[key]int{}
	for i, t := range ts {
		byName[key{t.record, t.Name}] = i
	}
	ps := make([]placed, len(g.Claims))
	for i, c := range g.Claims {
		j, ok := byName[key{c.Record, c.Name}]
		if !ok {
			return nil, fmt.Errorf("step: a claim on %q of record %d, which the model lacks", c.Name, c.Record)
		}
		t := &ts[j]
		n := t.vars()
		if len(c.Point) > n || len(c.Point) < n && !t.isShort {
			return nil, fmt.Errorf("step: a claim on %s of record %d at %d coordinates, expected %d", c.Name, c.Record, len(c.Point), n)
		}
		at := append(make([]fr.Element, n-len(c.Point)), c.Point...)
		row, block, column := at[:t.RowBits], at[t.RowBits:n-l.ColumnBits], at[n-l.ColumnBits:]
		ps[i] = placed{j, append(append([]fr.Element{}, block...), row...), column, c.Value}
	}
	return ps, nil
}
