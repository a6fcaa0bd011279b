package step

import "slices"

// layOut gives every tensor of the cell polynomial its place: an offset that is
// a multiple of its padded size, so that a claim on the tensor is a claim on the
// polynomial at (offset bits, the tensor's point). Largest first leaves no gaps.
// An output stands at its input's place in the polynomial of outputs, and an
// inverse at its cell's place in the polynomial of inverses.
func (p *Program) layOut() {
	p.addTables()
	var cells []TensorID
	for i := range p.Tensors {
		if p.Tensors[i].Home == Cells {
			cells = append(cells, TensorID(i))
		}
	}
	slices.SortStableFunc(cells, func(a, b TensorID) int {
		return p.Extents.Bits(p.tensor(b).Space) - p.Extents.Bits(p.tensor(a).Space)
	})
	next := 0
	for _, id := range cells {
		t := p.tensor(id)
		t.Offset = next
		next += 1 << p.Extents.Bits(t.Space)
	}
	p.CellBits = log2Ceil(max(next, 1))
	for i := range p.Tensors {
		if t := &p.Tensors[i]; t.Home == Outputs {
			t.Offset = p.tensor(t.Key).Offset
		}
	}
}

// addTables declares, for every table that the program looks up in, how often
// each row is used and which rows are used at all. The inverse of a row stands
// at its multiplicity's place.
func (p *Program) addTables() {
	used := [numTables]bool{}
	for i := range p.Tensors {
		used[p.Tensors[i].Table] = true
	}
	for t := Unsigned; t < numTables; t++ {
		if !used[t] {
			continue
		}
		p.Tensors = append(p.Tensors,
			Tensor{Name: t.String() + ".uses", Space: Space{Row}, Home: Cells, Of: t, Lo: zero, Hi: pow2(32)},
			Tensor{Name: t.String() + ".used", Space: Space{Row}, Home: Cells, Of: t, Flag: true, Lo: zero, Hi: one})
	}
}
