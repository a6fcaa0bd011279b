package step

import (
	"context"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/commit/mercury"
	"fold/internal/kernel"
	"fold/internal/poly"
	"fold/internal/transcript"
	"fold/llama"
)

// claimsAtOnce is how many claims on a matrix share one reading of it: each holds
// 128 bytes a column.
const claimsAtOnce = 16

// settler is the prover of a settlement.
type settler struct {
	*settlement
	ctx    context.Context
	m      *llama.Model
	shape  Shape
	tables map[string]*operand // those that all blocks share
	byWhat [][]int             // the claims on each tensor
}

// Settle proves all claims of a log on the weights of the protocol's model; chain is
// the claim chain that the run ended with, key the prover's form of the key that the
// model was committed with, weights the seed of the commitment's
// blinds that CommitModel returned. The mask of the
// opening is from the system's generator.
//
// It reads the weights three times (e^T M, M s_x, the combination), the first
// once more for every claimsAtOnce claims on a matrix. With c column bits it
// holds, beyond the model: 32 bytes times 2^c for every column point that differs,
// of which a step has a few; 128 bytes times (weights / 2^c); and 32 bytes times
// the cells of a segment, with what the opening needs.
func Settle(ctx context.Context, key *mercury.ProverKey, m *llama.Model, p *Protocol, weights Seed, g *ClaimLog, chain fr.Element) (*Settlement, error) {
	claims, err := p.settled(g, chain)
	if err != nil {
		return nil, err
	}
	return settle(ctx, key, m, p.Model, weights, claims, chain)
}

func settle(ctx context.Context, key *mercury.ProverKey, m *llama.Model, c *ModelCommitment, weights Seed, claims []WeightClaim, chain fr.Element) (*Settlement, error) {
	s, err := newSettlement(transcript.New(settlementDomain), c, claims, chain)
	if err != nil {
		return nil, err
	}
	shape, err := c.Description.shape()
	if err != nil {
		return nil, err
	}
	p := &settler{settlement: s, ctx: ctx, m: m, shape: shape, tables: map[string]*operand{}, byWhat: make([][]int, len(s.tensors))}
	for k, claim := range s.claims {
		p.byWhat[claim.tensor] = append(p.byWhat[claim.tensor], k)
	}
	proof := &Settlement{}
	columns, err := p.columnSums()
	if err != nil {
		return nil, err
	}
	if have := columns.Sum(); !have.Equal(&s.total) {
		return nil, fmt.Errorf("step: settlement: the model does not have the claimed values")
	}
	var sx, sy []fr.Element
	proof.Columns, sx = poly.Prove(s.tr, columns)
	values, err := p.bindColumns(sx)
	if err != nil {
		return nil, err
	}
	proof.Rows, sy = poly.Prove(s.tr, p.rowSums(values, sx))
	proof.Omegas = p.omegas(values, sy)
	mu := s.combine(proof.Omegas)
	return proof, p.open(proof, key, c, weights, mu, s.point(sy, sx))
}

// operand opens a tensor.
func (p *settler) operand(tensor int) (*operand, error) {
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	t := &p.tensors[tensor]
	if o, ok := p.tables[t.Name]; ok {
		return o, nil
	}
	o, err := openOperand(p.m, p.shape, p.layout, t.record, t.weightTensor)
	if err == nil && t.shared() {
		p.tables[t.Name] = o
	}
	return o, err
}

// columnSums are the sums over the columns: for each column point z the sum over x
// of eq(z, x) A(x), where A adds up rho^k sum_block eq(block, .) (e_k^T M) of the
// claims k at z. The claims of a step share few points.
func (p *settler) columnSums() (*sums, error) {
	byPoint := map[string]*eqSum{}
	var points []string // in the order of the claims
	for k := range p.claims {
		z := p.claims[k].column
		key := string(bytesOf(z...))
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
				s := byPoint[string(bytesOf(p.claims[ks[i]].column...))]
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
func (p *settler) rowsOf(o *operand, claims []int) (dst [][]fr.Element) {
	rows, cols := o.matrix.Dims()
	var es [][]fr.Element
	for _, k := range claims {
		outer := p.claims[k].outer
		eq := poly.EqTable(outer[len(outer)-o.RowBits:])
		e := make(fr.Vector, rows)
		for y, at := range o.rows {
			if at >= 0 {
				e[at].Mul(&eq[y], &p.powers[k])
			}
		}
		es, dst = append(es, e), append(dst, make(fr.Vector, cols))
	}
	kernel.VecMats(dst, es, o.matrix)
	return dst
}

// addBlocks adds a row vector over all columns to one over the columns of a block.
func (p *settler) addBlocks(sum fr.Vector, o *operand, row fr.Vector, c *placed) {
	eq := poly.EqTable(c.outer[:len(c.outer)-o.RowBits])
	n := len(sum)
	for k, at := range o.cols {
		if at >= 0 {
			var v fr.Element
			v.Mul(&row[at], &eq[k/n])
			sum[k%n].Add(&sum[k%n], &v)
		}
	}
}

// bindColumns returns M_m~(., s_x) for every tensor.
func (p *settler) bindColumns(sx []fr.Element) ([]fr.Vector, error) {
	f := poly.EqTable(sx)
	values := make([]fr.Vector, len(p.tensors))
	done := map[*operand]fr.Vector{}
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
func (p *settler) bindOne(o *operand, f fr.Vector) (fr.Vector, error) {
	c := p.layout.ColumnBits
	v := make(fr.Vector, 1<<(o.vars()-c))
	piece := make([]int32, min(len(v), max(1, pieceCells>>c))<<c)
	m := &kernel.W16{Rows: len(piece) >> c, Cols: 1 << c, Data: make([]int16, len(piece))}
	dst := make(fr.Vector, m.Rows)
	for first := 0; first < len(v); first += m.Rows {
		if err := p.ctx.Err(); err != nil {
			return nil, err
		}
		o.readRows(piece, first, c)
		for part := range o.parts() {
			o.store(m.Data, piece, part)
			kernel.MatVec(dst, f, m)
			factor := o.factor(part)
			for i := range dst {
				var t fr.Element
				v[first+i].Add(&v[first+i], t.Mul(&dst[i], &factor))
			}
		}
	}
	return v, nil
}

// factor is what a part of an operand's digits counts.
func (o *operand) factor(part int) (f fr.Element) {
	f.SetInt64(o.scale)
	if part == 1 {
		f.SetInt64(wideFactor * o.scale)
	}
	return f
}

// rowSums are the sums over (block, row) of M_m~(y, s_x) times the claims' part
// sum_k rho^k eq(z_k, s_x) eq(u_k, y). Tensors without claims have none.
func (p *settler) rowSums(values []fr.Vector, sx []fr.Element) *sums {
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
func (p *settler) omegas(values []fr.Vector, sy []fr.Element) (w fr.Vector) {
	for i, v := range values {
		rows := p.tensors[i].segmentVars(p.layout) - p.layout.ColumnBits
		for segment := range slices.Chunk(v, 1<<rows) {
			w = append(w, poly.Eval(segment, sy[len(sy)-rows:]))
		}
	}
	return w
}

// open combines all segments and opens the combination.
func (p *settler) open(proof *Settlement, key *mercury.ProverKey, c *ModelCommitment, blinds Seed, mu fr.Element, point []fr.Element) error {
	combined, blind, err := p.combined(blinds, poly.Powers[fr.Element](new(arith.Native), mu, p.segmentCount()), len(point))
	if err != nil {
		return err
	}
	commitment, err := c.combination(mu)
	if err != nil {
		return err
	}
	claim := mercury.Claim{Commitment: commitment, NumVars: len(point), Value: p.opened(mu, point, proof.Omegas)}
	witness := mercury.Witness{Polynomial: mercury.Dense(combined), Blind: blind}
	if proof.Opening, err = mercury.Open(key, p.tr, point, []mercury.Claim{claim}, []mercury.Witness{witness}, nil); err != nil {
		return fmt.Errorf("step: settlement: %w", err)
	}
	return nil
}

// summand is a segment with the factor that it counts.
type summand struct {
	o       *operand
	segment int
	factor  fr.Element
}

// summands lists all segments, and adds up their blinds.
func (p *settler) summands(blinds Seed, factors fr.Vector) (all []summand, blind fr.Element, err error) {
	for i := range p.tensors {
		t := &p.tensors[i]
		o, err := p.operand(i)
		if err != nil {
			return nil, blind, err
		}
		for j := range t.segments(p.layout) {
			s := summand{o, j, factors[t.segment+j]}
			all = append(all, s)
			b := blinds.weightBlind(t.record, &t.weightTensor, j)
			blind.Add(&blind, b.Mul(&b, &s.factor))
		}
	}
	return all, blind, nil
}

// stripCells is how many cells of every segment are combined at a time.
const stripCells = 1 << 12

// combined is the sum of the segments' polynomials, and of their blinds, each times
// its factor. In a strip of cells it is a vector times the matrix that has a row for
// each segment.
func (p *settler) combined(blinds Seed, powers fr.Vector, vars int) (fr.Vector, fr.Element, error) {
	all, blind, err := p.summands(blinds, powers)
	if err != nil {
		return nil, blind, err
	}
	c := p.layout.ColumnBits
	sum := make(fr.Vector, 1<<vars)
	strip := min(len(sum), max(stripCells, 1<<c))
	cells := make([]int32, strip)
	var data []int16
	for at := 0; at < len(sum); at += strip {
		if err := p.ctx.Err(); err != nil {
			return nil, blind, err
		}
		m := &kernel.W16{Cols: strip, Data: data[:0]}
		var factors fr.Vector
		for _, s := range all {
			size := 1 << s.o.segmentVars(p.layout)
			if at >= size {
				continue
			}
			part := cells[:min(strip, size)]
			s.o.readRows(part, (s.segment*size+at)>>c, c)
			for i := range s.o.parts() {
				m.Data = slices.Grow(m.Data, strip)[:len(m.Data)+strip]
				row := m.Data[len(m.Data)-strip:]
				clear(row[len(part):])
				s.o.store(row, part, i)
				f := s.o.factor(i)
				factors = append(factors, *f.Mul(&f, &s.factor))
				m.Rows++
			}
		}
		if data = m.Data; m.Rows > 0 {
			kernel.VecMat(sum[at:at+strip], factors, m)
		}
	}
	return sum, blind, nil
}
