package weights

import (
	"fmt"

	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
)

// Layout defines how the model's matrices and tables are cut into the committed polynomials.
//
// A matrix of 2^r rows and 2^k columns, padded as in the programs, is cut into
// blocks of 2^ColumnBits columns. The index of a cell is (block, row, column in the block).
// A table has one row a block: the low ColumnBits bits of an index are the column. A segment
// is 2^SegmentBits consecutive cells in the order of the index, with one commitment.
type Layout struct {
	ColumnBits  int // c: log2 of the least padded width of a matrix or size of a table
	SegmentBits int // log2 of a segment's cells, at least c
}

// DefaultSegmentBits is log2 of the cells of a segment, except in tests. A key of 2^24 points
// commits to a segment and opens it.
const DefaultSegmentBits = 24

// WeightTensor is a matrix or a table of a record. Its variables are the row's RowBits, then
// the column's ColBits.
type WeightTensor struct {
	Name             string // without the prefix of its block
	RowBits, ColBits int    // log2 of the padded numbers of rows and columns
	Table            bool   // a table or vector, else a matrix
	Shared           bool   // all blocks have the same tensor: the tables
	Positions        bool   // a table of positions: a claim may be on its first ones
}

// Vars returns the number of variables of the tensor, RowBits + ColBits.
func (t *WeightTensor) Vars() int { return t.RowBits + t.ColBits }

// Segments returns the number of the tensor's segments, each of SegmentVars variables.
func (t *WeightTensor) Segments(l Layout) int { return 1 << max(0, t.Vars()-l.SegmentBits) }

// SegmentVars returns the number of variables of a segment: SegmentBits, or the tensor's
// number of variables if it is smaller.
func (t *WeightTensor) SegmentVars(l Layout) int { return min(t.Vars(), l.SegmentBits) }

// EmbedRecord is the number of the embedding's record. The blocks' records follow, then the
// head's.
const EmbedRecord = 0

// BlockRecord returns the number of the record of a layer's block.
func BlockRecord(layer int) int { return 1 + layer }

// HeadRecord returns the number of the head's record.
func HeadRecord(c llama.Config) int { return 1 + c.Layers }

// RecordCount returns the number of records of a model.
func RecordCount(c llama.Config) int { return 2 + c.Layers }

// UncutTensors lists the tensors of a record in the order of its commitments, before a layout
// cuts tables into rows: RowBits of a table is 0.
func UncutTensors(s relation.Shape, record int) []WeightTensor {
	whole := s.Whole()
	e := whole.Extents()
	var ts []WeightTensor
	for _, t := range relation.RecordTensors(&whole, RecordKind(s.Config, record)) {
		ts = append(ts, WeightTensor{
			Name: t.Name, RowBits: e.Bits(t.Rows), ColBits: e.Bits(t.Cols),
			Table: !t.IsMatrix(), Shared: t.Shared, Positions: t.Positions,
		})
	}
	return ts
}

// NewLayout returns the layout of a model with segments of 2^segmentBits cells. Segments
// smaller than 2^ColumnBits or larger than 2^30, and more than MaxSegments, are errors.
func NewLayout(s relation.Shape, segmentBits int) (Layout, error) {
	l := Layout{SegmentBits: segmentBits}
	for i, record := range []int{EmbedRecord, BlockRecord(0), HeadRecord(s.Config)} {
		for j, t := range UncutTensors(s, record) {
			if i+j == 0 || t.ColBits < l.ColumnBits {
				l.ColumnBits = t.ColBits
			}
		}
	}
	if segmentBits < l.ColumnBits || segmentBits > 30 {
		return l, fmt.Errorf("weights: segments of 2^%d cells, expected 2^%d to 2^30", segmentBits, l.ColumnBits)
	}
	return l, l.checkSegments(s)
}

// TensorsOf lists the tensors of a record in the order of its commitments. The layout cuts
// tables into rows of 2^ColumnBits cells.
func (l Layout) TensorsOf(s relation.Shape, record int) []WeightTensor {
	ts := UncutTensors(s, record)
	for i := range ts {
		if t := &ts[i]; t.Table {
			t.RowBits, t.ColBits = t.ColBits-l.ColumnBits, l.ColumnBits
		}
	}
	return ts
}

// MaxSegments is the largest number of segments of a model, summed over all records. A model
// of 405 billion weights has 25,000 segments of DefaultSegmentBits.
const MaxSegments = 1 << 16

// checkSegments returns an error if the layout cuts the model into more than MaxSegments.
func (l Layout) checkSegments(s relation.Shape) error {
	kinds := [relation.Head + 1]int{
		relation.Embed: EmbedRecord, relation.Block: BlockRecord(0), relation.Head: HeadRecord(s.Config),
	}
	total := uint64(0) // no overflow: 3 kinds, 2^6 tensors, 2^37 segments, 2^10 layers at most
	for kind, record := range kinds {
		n := uint64(0)
		for _, t := range l.TensorsOf(s, record) {
			n += 1 << max(0, t.Vars()-l.SegmentBits)
		}
		if relation.Kind(kind) == relation.Block {
			n *= uint64(s.Config.Layers)
		}
		total += n
	}
	if total > MaxSegments {
		return fmt.Errorf("weights: %d segments of 2^%d cells, expected at most %d: segments must be larger",
			total, l.SegmentBits, MaxSegments)
	}
	return nil
}
