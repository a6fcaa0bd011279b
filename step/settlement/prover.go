package settlement

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// claimsAtOnce is the number of claims on a matrix that share one reading of it. Each takes
// 128 bytes for each column.
const claimsAtOnce = 16

// Prover reads a model's weights for claims on them. Only one goroutine may use it at a time.
//
// Memory in addition to the model, with c column bits: 32 bytes times 2^c for every distinct
// column point, of which a step of a run leaves a few; for the second sumcheck also 128 bytes
// times (weights / 2^c); for Combine 32 bytes times the cells of a segment.
type Prover struct {
	Tensors []Tensor // the model's tensors, in its order

	m      *llama.Model
	shape  relation.Shape
	layout weights.Layout
	rounds int // H
	claims []placed
	on     [][]int                     // [tensor], indices of the claims on it
	powers []fr.Element                // [claim], powers of rho
	tables map[string]*weights.Operand // the tables that all blocks share, by name
}

// New prepares the proof of claims on the weights of model m, which c commits to. rounds is H, the
// number of variables of the second sumcheck. A claim on a tensor that the model lacks, or with
// another number of coordinates, is an error.
func New(m *llama.Model, c *weights.ModelCommitment, claims []Claim, rounds int) (*Prover, error) {
	shape, err := c.Description.WholeShape()
	if err != nil {
		return nil, err
	}
	p := &Prover{
		m: m, shape: shape, layout: c.Layout, Tensors: Tensors(shape, c.Layout), rounds: rounds,
		tables: map[string]*weights.Operand{},
	}
	if p.claims, err = place(c.Layout, p.Tensors, claims); err != nil {
		return nil, err
	}
	p.on = make([][]int, len(p.Tensors))
	for k, claim := range p.claims {
		p.on[claim.tensor] = append(p.on[claim.tensor], k)
	}
	return p, nil
}

// Mix sets rho and returns sum_k rho^k v_k.
func (p *Prover) Mix(rho fr.Element) (total fr.Element) {
	p.powers = poly.Powers[fr.Element](new(arith.Native), rho, len(p.claims))
	for k := range p.claims {
		var v fr.Element
		total.Add(&total, v.Mul(&p.powers[k], &p.claims[k].value))
	}
	return total
}

// rowBits returns h_m.
func (p *Prover) rowBits(tensor int) int {
	return p.Tensors[tensor].Vars() - p.layout.ColumnBits
}

// SegmentsOf returns the range [from, end) of the numbers of a record's segments.
func (p *Prover) SegmentsOf(record int) (from, end int) {
	end = p.SegmentCount()
	if j := slices.IndexFunc(p.Tensors, func(t Tensor) bool { return t.Record > record }); j >= 0 {
		end = p.Tensors[j].Segment
	}
	i := slices.IndexFunc(p.Tensors, func(t Tensor) bool { return t.Record == record })
	return p.Tensors[i].Segment, end
}

// SegmentCount returns the number of segments of the model.
func (p *Prover) SegmentCount() int {
	last := &p.Tensors[len(p.Tensors)-1]
	return last.Segment + last.Segments(p.layout)
}

// operand returns the values of a tensor.
func (p *Prover) operand(ctx context.Context, tensor int) (*weights.Operand, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := &p.Tensors[tensor]
	if o, ok := p.tables[t.Name]; ok {
		return o, nil
	}
	o, err := weights.OpenOperand(p.m, p.shape, p.layout, t.Record, t.WeightTensor)
	if err == nil && t.Shared {
		p.tables[t.Name] = o
	}
	return o, err
}

// ColumnSums returns the first sumcheck, over the columns: for each column point z the sum
// over x of eq(z, x) A(x), where A is the sum, over the claims k at z, of rho^k sum_block
// eq(block, .) (e_k^T M). The claims of a step have few distinct points. Mix must have been
// called.
func (p *Prover) ColumnSums(ctx context.Context) (*Sums, error) {
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
	for tensor, claims := range p.on {
		for ks := range slices.Chunk(claims, claimsAtOnce) {
			o, err := p.operand(ctx, tensor)
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
func (p *Prover) rowsOf(o *weights.Operand, claims []int) (dst [][]fr.Element) {
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

// addBlocks adds a row vector over all columns of a matrix to sum, a vector over the columns
// of a block.
func (p *Prover) addBlocks(sum fr.Vector, o *weights.Operand, row fr.Vector, c *placed) {
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

// BindColumns returns M_m~(., s_x) for every tensor m.
func (p *Prover) BindColumns(ctx context.Context, sx []fr.Element) ([]fr.Vector, error) {
	f := poly.EqTable(sx)
	values := make([]fr.Vector, len(p.Tensors))
	done := map[*weights.Operand]fr.Vector{}
	for i := range values {
		o, err := p.operand(ctx, i)
		if err != nil {
			return nil, err
		}
		if done[o] == nil {
			if done[o], err = p.bindOne(ctx, o, f); err != nil {
				return nil, err
			}
		}
		values[i] = done[o]
	}
	return values, nil
}

// bindOne multiplies the rows of a tensor's layout with f, a piece at a time.
func (p *Prover) bindOne(ctx context.Context, o *weights.Operand, f fr.Vector) (fr.Vector, error) {
	c := p.layout.ColumnBits
	v := make(fr.Vector, 1<<(o.Vars()-c))
	piece := make([]int32, min(len(v), max(1, weights.PieceCells>>c))<<c)
	m := &kernel.W16{Rows: len(piece) >> c, Cols: 1 << c, Data: make([]int16, len(piece))}
	dst := make(fr.Vector, m.Rows)
	for first := 0; first < len(v); first += m.Rows {
		if err := ctx.Err(); err != nil {
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

// RowSums returns the second sumcheck, over (block, row): the sum over y of M_m~(y, s_x) times
// sum_k rho^k eq(z_k, s_x) eq(u_k, y) for every tensor m that has a claim. values are the
// result of BindColumns.
func (p *Prover) RowSums(values []fr.Vector, sx []fr.Element) *Sums {
	ar := new(arith.Native)
	var parts []part
	var vars []int
	for i, claims := range p.on {
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
		vars = append(vars, p.rowBits(i))
	}
	return newSums(p.rounds, parts, vars)
}

// SegmentEvals returns the value of every segment at (s_y, s_x), in the order of the model.
// values are the result of BindColumns.
func (p *Prover) SegmentEvals(values []fr.Vector, sy []fr.Element) (w fr.Vector) {
	for i, v := range values {
		rows := p.Tensors[i].SegmentVars(p.layout) - p.layout.ColumnBits
		for segment := range slices.Chunk(v, 1<<rows) {
			w = append(w, poly.Eval(segment, sy[len(sy)-rows:]))
		}
	}
	return w
}

// ErrClaims is wrapped if claims do not hold for the weights.
var ErrClaims = errors.New("step: claims on weights rejected")

// Check compares both sides of the claims' sum at a rho from the system's generator. False
// claims pass with a probability of at most their number divided by 2^253. The error wraps
// ErrClaims if the sides differ.
func (p *Prover) Check(ctx context.Context) error {
	var rho fr.Element
	if _, err := rho.SetRandom(); err != nil {
		return err
	}
	total := p.Mix(rho)
	columns, err := p.ColumnSums(ctx)
	if err != nil {
		return err
	}
	if have := columns.Sum(); !have.Equal(&total) {
		return fmt.Errorf("%w: the model's weights do not have the %d values claimed", ErrClaims, len(p.claims))
	}
	return nil
}
