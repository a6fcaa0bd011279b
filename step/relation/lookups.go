package relation

import "math/big"

// Lookups follow LogUp (Haboeck, eprint 2022/1530), with a pole for each table and shifted
// inverses: zero cells and zero rows contribute nothing and need no count. For a cell with
// fingerprint w (the value, or input + beta output for a table of pairs) and a table with pole
// a,
//
//	h = 1/(a - w) - 1/a,     that is  a h - h w - w/a = 0,
//
// and for row j with fingerprint t_j, used m_j times, b_j = 1 if m_j > 0,
//
//	a^2 h_j - a t_j h_j - b_j t_j = 0.
//
// All cells are rows if sum h = sum m_j h_j over all tables. Each sum runs over exactly the
// cells whose relation is enforced: one tensor's region.

// PoleSlot returns the name of the slot of a table's pole a. The pole is derived from the
// verifier's challenges.
func PoleSlot(table string) string { return "pole." + table }

// InverseSlot returns the name of the slot of 1/a, for a table's pole a.
func InverseSlot(table string) string { return "pole." + table + ".inverse" }

// SquareSlot returns the name of the slot of a^2, for a table's pole a.
func SquareSlot(table string) string { return "pole." + table + ".square" }

// BetaSlot is the name of the slot of the challenge beta in fingerprints of pairs.
const BetaSlot = "beta"

// addLookups declares the tables' multiplicities and every inverse, with the
// relations above.
func (b *Builder) addLookups() {
	b.prefix = ""
	outputs := map[TensorID]TensorID{}
	used := make([]bool, len(b.Tables))
	var cells []TensorID
	for i := range b.Tensors {
		t := &b.Tensors[i]
		if t.Oracle == Outputs {
			outputs[t.Key] = TensorID(i)
		}
		if t.Table != NoTable {
			used[t.Table] = true
			cells = append(cells, TensorID(i))
		}
	}
	for _, id := range cells {
		w := Of(id)
		if out, ok := outputs[id]; ok {
			w = w.plus(Form{{Coef: b.shared(BetaSlot), Tensor: out}})
		}
		b.cellLookup(id, w)
	}
	for t := range used {
		if used[t] {
			b.table(Table(t))
		}
	}
}

func (b *Builder) inverse(key TensorID) (Form, Space) {
	t := b.Tensor(key)
	id := b.add(Tensor{Name: "inverse." + t.Name, Space: t.Space, Oracle: Inverses, Key: key})
	return Of(id), b.Tensor(id).Space
}

func (b *Builder) cellLookup(id TensorID, w Form) {
	table, name := b.Tables[b.Tensor(id).Table].Name, b.Tensor(id).Name
	h, s := b.inverse(id)
	minusInverse := b.shared(InverseSlot(table)).times(big.NewInt(-1))
	b.Lookups = append(b.Lookups, Constraint{"lookup of " + name, s, []Term{
		term(b.shared(PoleSlot(table)), h), minus1(h, w), term(minusInverse, w),
	}})
	b.Balance = append(b.Balance, Balance{s, Plus1(h)})
}

// table declares each row's multiplicity and the flag of a used row. The inverse of a row has
// the offset of the row's multiplicity.
func (b *Builder) table(t Table) {
	rows, name := Space{Row}, b.Tables[t].Name
	uses := b.add(Tensor{Name: name + ".uses", Space: rows, Oracle: Cells, Of: t, Lo: zero, Hi: Pow2(32)})
	flag := b.add(Tensor{Name: name + ".used", Space: rows, Oracle: Cells, Of: t, Flag: true, Lo: zero, Hi: One})
	row := b.rows(t)
	h, s := b.inverse(uses)
	minusPole := b.shared(PoleSlot(name)).times(big.NewInt(-1))
	b.Lookups = append(b.Lookups, Constraint{"rows of " + name, s, []Term{
		term(b.shared(SquareSlot(name)), h), term(minusPole, h, row), minus1(Of(flag), row),
	}})
	b.Balance = append(b.Balance, Balance{s, minus1(Of(uses), h)})
}

// rows returns the fingerprint of a table's rows. The outputs of a table of pairs are data of
// the model.
func (b *Builder) rows(t Table) Form {
	index, formula := "row.unsigned", RowUnsigned
	if b.Tables[t].Signed {
		index, formula = "row.signed", RowSigned
	}
	f := Of(b.public(index, formula, Row))
	if b.Tables[t].Pairs {
		f = f.plus(Form{{Coef: b.shared(BetaSlot), Tensor: b.pairs(t)}})
	}
	return f
}

// pairs declares the outputs of a table of pairs, which are data of the model, and adds once
// the constraint that the output in row 0 is zero. The cell (0, 0) has the inverse zero and
// needs no row: with another row 0, both that row and (0, 0) would have a proof.
func (b *Builder) pairs(t Table) TensorID {
	name := b.Tables[t].Name
	if id, ok := b.byName[name]; ok {
		return id
	}
	prefix := b.prefix
	b.prefix = ""
	defer func() { b.prefix = prefix }()
	out := b.given(name, Weights, minS16, maxS16, Row)
	first := b.public("row.first", RowFirst, Row)
	b.Constrain(name+".first", Space{Row}, Plus1(Of(first), Of(out)))
	return out
}
