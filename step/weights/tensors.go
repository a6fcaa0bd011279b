package weights

import (
	"fmt"

	"fold/llama"
	"fold/step/relation"
)

// Layout says how the model's matrices and tables are cut into the polynomials
// that are committed to.
//
// A matrix of 2^r rows and 2^k columns, padded as in the programs, is cut into
// blocks of 2^ColumnBits columns; its index is (block, row, column in the block).
// A table's index is cut likewise, its low ColumnBits bits being the column. The
// cells are committed to in segments of 2^SegmentBits, in the order of the index.
type Layout struct {
	ColumnBits  int // c, the least width of any matrix, or size of any table, of the model
	SegmentBits int // at least c
}

// DefaultSegmentBits is the size of a segment of models that are not for tests: a
// key of 2^24 points commits to it and opens it.
const DefaultSegmentBits = 24

// WeightTensor is a matrix or a table as a record commits to it: its variables
// are those of the row, then those of the column.
type WeightTensor struct {
	Name             string // without its block
	RowBits, ColBits int
	Table            bool
}

// Vars is the number of variables of the whole tensor.
func (t *WeightTensor) Vars() int { return t.RowBits + t.ColBits }

// Segments is the number of its segments, each of segmentVars variables.
func (t *WeightTensor) Segments(l Layout) int { return 1 << max(0, t.Vars()-l.SegmentBits) }

func (t *WeightTensor) SegmentVars(l Layout) int { return min(t.Vars(), l.SegmentBits) }

// The records of a model: the embedding's, one a block, the head's.
const EmbedRecord = 0

func BlockRecord(layer int) int { return 1 + layer }

func HeadRecord(c llama.Config) int { return 1 + c.Layers }

func RecordCount(c llama.Config) int { return 2 + c.Layers }

// UncutTensors lists what a record commits to, in its order. Before they are cut
// to a layout, tables have columns alone.
func UncutTensors(s relation.Shape, record int) []WeightTensor {
	whole := s.Whole()
	e := whole.Extents()
	matrix := func(name string) WeightTensor {
		rows, cols, _ := relation.MatrixSpaces(name)
		return WeightTensor{Name: name, RowBits: e.Bits(rows), ColBits: e.Bits(cols)}
	}
	table := func(name string, space ...relation.Axis) WeightTensor {
		return WeightTensor{Name: name, ColBits: e.Bits(space), Table: true}
	}
	switch record {
	case EmbedRecord:
		return []WeightTensor{matrix("Embedding")}
	case HeadRecord(s.Config):
		return []WeightTensor{matrix("Head")}
	}
	var ts []WeightTensor
	for _, name := range []string{"Q", "K", "V", "O", "Gate", "Up", "Down"} {
		ts = append(ts, matrix(name))
	}
	if s.Gains {
		ts = append(ts, table("attn.gain", relation.Width), table("ffn.gain", relation.Width))
	}
	return append(ts, table("cos", relation.Position, relation.Pair), table("sin", relation.Position, relation.Pair),
		table(relation.ExpTable.String(), relation.Row), table(relation.SiluTable.String(), relation.Row))
}

// NewLayout finds the layout of a model.
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
		return l, fmt.Errorf("step: segments of 2^%d cells, expected 2^%d to 2^30", segmentBits, l.ColumnBits)
	}
	return l, l.checkSegments(s)
}

// TensorsOf lists what a record commits to, tables cut into rows as the layout
// says.
func (l Layout) TensorsOf(s relation.Shape, record int) []WeightTensor {
	ts := UncutTensors(s, record)
	for i := range ts {
		if t := &ts[i]; t.Table {
			t.RowBits, t.ColBits = t.ColBits-l.ColumnBits, l.ColumnBits
		}
	}
	return ts
}

// MaxSegments is the largest number of segments of a model, in all records. A model
// of 405 billion weights has 25,000 of DefaultSegmentBits.
const MaxSegments = 1 << 16

// checkSegments refuses a layout that cuts the model into more than MaxSegments.
func (l Layout) checkSegments(s relation.Shape) error {
	kinds := [relation.Head + 1]int{relation.Embed: EmbedRecord, relation.Block: BlockRecord(0), relation.Head: HeadRecord(s.Config)}
	total := uint64(0) // three records of at most 11 tensors of 2^37 segments, 2^10 times
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
		return fmt.Errorf("step: %d segments of 2^%d cells, expected at most %d: segments must be larger", total, l.SegmentBits, MaxSegments)
	}
	return nil
}
