package step

import (
	"context"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/kernel"
	"fold/internal/poly"
	"fold/llama"
	"fold/step/relation"
	"fold/step/weights"
)

// claimsAtOnce is how many claims on a matrix share one reading of it: each holds
// 128 bytes a column.
const claimsAtOnce = 16

// settlementProver reads a model's weights for the claims that a run leaves on them: a settlement
// by steps (SettlementRun) all of it, the owner's check (CheckClaims) the sums over the
// columns alone.
//
// Notation: M_m is tensor m in the layout's index (block, row, column), y its
// (block, row) of h_m bits and x the column of c bits; claim k is on tensor m_k at
// (u_k, z_k), u_k over y and z_k over x, and has value v_k. H is the number of rounds
// over y, at least max h_m. With rho drawn after the claims are fixed they hold, except
// with a probability of at most their number divided by the size of rho's set, if
//
//	sum_k rho^k v_k = sum_m sum_(y,x) M_m(y,x) E_m(y,x),
//	E_m = sum_(k on m) rho^k eq(u_k, y) eq(z_k, x)
//
// A sumcheck binds the c variables of x, which gives s_x, and a second the H of y. In
// the second a tensor with h_m < H enters unscaled and joins late, so that its part
// counts 2^-(H-h_m) at the last h_m coordinates of the point.
//
// In this order the weights are read three times whatever the number of claims: e_k^T M
// for all claims of a matrix (once for every claimsAtOnce of them), M~(., s_x), and the
// combination that is opened. Rows first would need the product of M with a vector for
// the column point of each claim as well as one for each row point.
//
// Memory beyond the model, with c column bits: 32 bytes times 2^c for every column point
// that differs, of which a step has a few; of a settlement also 128 bytes times
// (weights / 2^c), and 32 bytes times the cells of a segment.
type settlementProver struct {
	ctx     context.Context
	m       *llama.Model
	shape   relation.Shape
	layout  weights.Layout
	tensors []settled
	claims  []placedEval
	powers  []fr.Element                // of rho, one a claim
	outer   int                         // H
	tables  map[string]*weights.Operand // those that all blocks share
	byWhat  [][]int                     // the claims on each tensor
}

// newSettler places the claims of a log whose chain is the one that a run ended with.
func (p *Params) newSettler(ctx context.Context, m *llama.Model, g *ClaimLog, chain fr.Element) (*settlementProver,
	error) {
	claims, err := p.settled(g, chain)
	if err != nil {
		return nil, err
	}
	return newSettlementProver(ctx, m, p.Model, claims, p.settle.outer)
}

func newSettlementProver(
	ctx context.Context, m *llama.Model, c *weights.ModelCommitment, claims []RecordEval, outer int,
) (*settlementProver, error) {
	shape, err := c.Description.WholeShape()
	if err != nil {
		return nil, err
	}
	s := &settlementProver{
		ctx: ctx, m: m, shape: shape, layout: c.Layout, tensors: settledTensors(shape, c.Layout), outer: outer,
		tables: map[string]*weights.Operand{},
	}
	if s.claims, err = placeEvals(c.Layout, s.tensors, claims); err != nil {
		return nil, err
	}
	s.byWhat = make([][]int, len(s.tensors))
	for k, claim := range s.claims {
		s.byWhat[claim.tensor] = append(s.byWhat[claim.tensor], k)
	}
	return s, nil
}

// mix sets the powers of rho and returns sum_k rho^k v_k.
func (p *settlementProver) mix(rho fr.Element) (total fr.Element) {
	p.powers = poly.Powers[fr.Element](new(arith.Native), rho, len(p.claims))
	for k := range p.claims {
		var v fr.Element
		total.Add(&total, v.Mul(&p.powers[k], &p.claims[k].value))
	}
	return total
}

// outerBits is h_m.
func (p *settlementProver) outerBits(tensor int) int {
	return p.tensors[tensor].Vars() - p.layout.ColumnBits
}

// segmentCount is the number of segments of the model.
func (p *settlementProver) segmentCount() int {
	last := &p.tensors[len(p.tensors)-1]
	return last.segment + last.Segments(p.layout)
}

// operand opens a tensor.
func (p *settlementProver) operand(tensor int) (*weights.Operand, error) {
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	t := &p.tensors[tensor]
	if o, ok := p.tables[t.Name]; ok {
		return o, nil
	}
	o, err := weights.OpenOperand(p.m, p.shape, p.layout, t.record, t.WeightTensor)
	if err == nil && t.Shared() {
		p.tables[t.Name] = o
	}
	return o, err
}

// columnSums are the sums over the columns: for each column point z the sum over x
// of eq(z, x) A(x), where A adds up rho^k sum_block eq(block, .) (e_k^T M) of the
// claims k at z. The claims of a step share few points.
func (p *settlementProver) columnSums() (*sums, error) {
	byPoint := map[string]*eqSum{}
	var points []string // in the order of the claims
	for k := range p.claims {
		z := p.claims[k].column
		key := string(arith.Bytes(z...))
		if byPoint[key] == nil {
			byPoint[key] = &eqSum{point: z, values: make(fr.Vector, 1<<p.layout.ColumnBits), scale: fr.One()}
			points = append(points, key)
		}
	}
	for tensor, claims := range p.byWhat {
		for ks := range slices.Chunk(claims, claimsAtOnce) {
			o, err := p.operand(tensor)
			if err != nil {
				return nil, err
			}
			for i, row := range p.rowsOf(o, ks) {
				s := byPoint[string(arith.Bytes(p.claims[ks[i]].column...))]
				p.addBlocks(s.values, o, row, &p.claims[ks[i]])
			}
		}
	}
	parts, vars := make([]part, len(points)), make([]int, len(points))
	for i, key := range points {
		parts[i], vars[i] = byPoint[key], p.layout.ColumnBits
	}
	return newSums(p.layout.ColumnBits, parts, vars), nil
}

// rowsOf returns rho^k e_k^T M for claims on a matrix, in one pass over it.
func (p *settlementProver) rowsOf(o *weights.Operand, claims []int) (dst [][]fr.Element) {
	rows, cols := o.Matrix.Dims()
	var es [][]fr.Element
	for _, k := range claims {
		outer := p.claims[k].outer
		eq := poly.EqTable(outer[len(outer)-o.RowBits:])
		e := make(fr.Vector, rows)
		for y, at := range o.Rows {
			if at >= 0 {
				e[at].Mul(&eq[y], &p.powers[k])
			}
		}
		es, dst = append(es, e), append(dst, make(fr.Vector, cols))
	}
	kernel.VecMats(dst, es, o.Matrix)
	return dst
}

// addBlocks adds a row vector over all columns to one over the columns of a block.
func (p *settlementProver) addBlocks(sum fr.Vector, o *weights.Operand, row fr.Vector, c *placedEval) {
	eq := poly.EqTable(c.outer[:len(c.outer)-o.RowBits])
	n := len(sum)
	for k, at := range o.Cols {
		if at >= 0 {
			var v fr.Element
			v.Mul(&row[at], &eq[k/n])
			sum[k%n].Add(&sum[k%n], &v)
		}
	}
}

// bindColumns returns M_m~(., s_x) for every tensor.
func (p *settlementProver) bindColumns(sx []fr.Element) ([]fr.Vector, error) {
	f := poly.EqTable(sx)
	values := make([]fr.Vector, len(p.tensors))
	done := map[*weights.Operand]fr.Vector{}
	for i := range values {
		o, err := p.operand(i)
		if err != nil {
			return nil, err
		}
		if done[o] == nil {
			if done[o], err = p.bindOne(o, f); err != nil {
				return nil, err
			}
		}
		values[i] = done[o]
	}
	return values, nil
}

// bindOne multiplies the rows of a tensor's layout, a piece at a time, with f.
func (p *settlementProver) bindOne(o *weights.Operand, f fr.Vector) (fr.Vector, error) {
	c := p.layout.ColumnBits
	v := make(fr.Vector, 1<<(o.Vars()-c))
	piece := make([]int32, min(len(v), max(1, weights.PieceCells>>c))<<c)
	m := &kernel.W16{Rows: len(piece) >> c, Cols: 1 << c, Data: make([]int16, len(piece))}
	dst := make(fr.Vector, m.Rows)
	for first := 0; first < len(v); first += m.Rows {
		if err := p.ctx.Err(); err != nil {
			return nil, err
		}
		o.ReadRows(piece, first, c)
		for part := range o.Parts() {
			o.Store(m.Data, piece, part)
			kernel.MatVec(dst, f, m)
			factor := o.Factor(part)
			for i := range dst {
				var t fr.Element
				v[first+i].Add(&v[first+i], t.Mul(&dst[i], &factor))
			}
		}
	}
	return v, nil
}

// rowSums are the sums over (block, row) of M_m~(y, s_x) times the claims' part
// sum_k rho^k eq(z_k, s_x) eq(u_k, y). Tensors without claims have none.
func (p *settlementProver) rowSums(values []fr.Vector, sx []fr.Element) *sums {
	ar := new(arith.Native)
	var parts []part
	var vars []int
	for i, claims := range p.byWhat {
		if len(claims) == 0 {
			continue
		}
		weights := make(fr.Vector, len(values[i]))
		for _, k := range claims {
			w := poly.Eq[fr.Element](ar, p.claims[k].column, sx)
			w.Mul(&w, &p.powers[k])
			eq := poly.EqTable(p.claims[k].outer)
			eq.ScalarMul(eq, &w)
			weights.Add(weights, eq)
		}
		parts = append(parts, &pairSum{slices.Clone(values[i]), weights})
		vars = append(vars, p.outerBits(i))
	}
	return newSums(p.outer, parts, vars)
}

// omegas evaluates every segment at the point of the opening.
func (p *settlementProver) omegas(values []fr.Vector, sy []fr.Element) (w fr.Vector) {
	for i, v := range values {
		rows := p.tensors[i].SegmentVars(p.layout) - p.layout.ColumnBits
		for segment := range slices.Chunk(v, 1<<rows) {
			w = append(w, poly.Eval(segment, sy[len(sy)-rows:]))
		}
	}
	return w
}
