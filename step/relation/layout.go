package relation

import (
	"slices"

	"fold.example/fold/internal/bitlen"
)

// layOut gives every tensor of the cell polynomial an offset that is a multiple of its padded
// size, so that a claim on the tensor is a claim on the polynomial at (offset bits, the
// tensor's point). It places the largest tensors first, which leaves no gaps. An output has
// its input's offset in the polynomial of outputs, and an inverse its cell's offset in the
// polynomial of inverses.
func (b *Builder) layOut() {
	p := &b.Program
	p.RecordConstants = len(p.Slots)
	b.addLookups()
	var cells []TensorID
	for i := range p.Tensors {
		if p.Tensors[i].Oracle == Cells {
			cells = append(cells, TensorID(i))
		}
	}
	slices.SortStableFunc(cells, func(a, b TensorID) int {
		return p.Extents.Bits(p.Tensor(b).Space) - p.Extents.Bits(p.Tensor(a).Space)
	})
	next := 0
	for _, id := range cells {
		t := p.Tensor(id)
		t.Offset = next
		next += 1 << p.Extents.Bits(t.Space)
	}
	p.CellBits = bitlen.Ceil(max(next, 1))
	for i := range p.Tensors {
		if t := &p.Tensors[i]; t.Oracle == Outputs || t.Oracle == Inverses {
			t.Offset = p.Tensor(t.Key).Offset
		}
	}
}
