package poly

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
)

// Reduce is the prover of VerifyReduce for a number of rounds; ps[p] is polynomial p. If
// known is not nil, known[k] is the row P_k~(hi, .) of claim k from an earlier sumcheck
// (Sum.Rows), where hi is the part of the claim's point before the last RowBits
// coordinates, or nil. Reduce computes the missing rows. It returns the messages and the
// common point. The error wraps ErrShape.
func Reduce(
	tr *transcript.Native, rounds int, ps []*Sparse, claims []PointClaim[fr.Element], known []fr.Vector,
) (Reduction[fr.Element], []fr.Element, error) {
	s, err := reduceShape(ps)
	s.Rounds = rounds
	if err == nil {
		err = checkReduce(s, claims)
	}
	if err != nil {
		return Reduction[fr.Element]{}, nil, err
	}
	powers := Powers[fr.Element](new(arith.Native), tr.Challenge(), len(claims))
	low, err := lowRounds(s, ps, claims, powers, known)
	if err != nil {
		return Reduction[fr.Element]{}, nil, err
	}
	one := []fr.Element{fr.One()}
	proof, bound := proveRounds(tr, Shape{s.RowBits, 2}, []Instance{low}, one)

	high, err := highRounds(s, ps, claims, powers, bound)
	if err != nil {
		return Reduction[fr.Element]{}, nil, err
	}
	ins, ones := make([]Instance, len(high)), make([]fr.Element, len(high))
	for p := range high {
		ins[p], ones[p] = high[p], fr.One()
	}
	more, rest := proveRounds(tr, Shape{s.Rounds - s.RowBits, 2}, ins, ones)
	out := Reduction[fr.Element]{Rounds: append(proof, more...)}
	for _, h := range high {
		out.Values = append(out.Values, h.Values()[0])
	}
	return out, RowsFirst(append(bound, rest...), s.RowBits), nil
}

func reduceShape(ps []*Sparse) (s ReduceShape, err error) {
	for i, p := range ps {
		if i == 0 {
			s.RowBits = p.RowBits
		}
		if p.RowBits != s.RowBits || p.Vars < p.RowBits {
			return s, fmt.Errorf("%w: polynomial %d of %d variables has rows of 2^%d cells, the first of 2^%d",
				ErrShape, i, p.Vars, p.RowBits, s.RowBits)
		}
		for j, g := range p.Segments {
			if g.Start < 0 || g.Rows < 0 || g.Start+g.Rows > 1<<(p.Vars-p.RowBits) {
				return s, fmt.Errorf("%w: polynomial %d, segment %d: rows %d to %d of %d",
					ErrShape, i, j, g.Start, g.Start+g.Rows, 1<<(p.Vars-p.RowBits))
			}
		}
		s.Vars = append(s.Vars, p.Vars)
	}
	return s, nil
}

// lowRounds returns the sum, over the cells of a row, of sum_k lambda^k eq(lo_k, .) row_k,
// where z_k = (hi_k, lo_k) and row_k = P_k~(hi_k, .). Claims with the same lo share one
// product, of eq(lo, .) and the sum of their rows. Claims on parts of the same row share
// one product, of the row and the sum of their eqs: a polynomial may have hundreds of
// tensors smaller than a row.
func lowRounds(
	s ReduceShape, ps []*Sparse, claims []PointClaim[fr.Element], powers []fr.Element, known []fr.Vector,
) (*Sum, error) {
	l := &rowProducts{width: 1 << s.RowBits, by: map[string]int{}, scaled: make(fr.Vector, 1<<s.RowBits)}
	split := func(c PointClaim[fr.Element]) (hi, lo []fr.Element, onPart bool) {
		cut := len(c.Point) - s.RowBits
		hi, lo = c.Point[:cut], c.Point[cut:]
		return hi, lo, s.RowBits > 0 && isVertex(lo[:1]) && isVertex(hi)
	}
	rows := make([]fr.Vector, len(claims))
	copy(rows, known)
	each(len(claims), func(k int) {
		if hi, _, onPart := split(claims[k]); rows[k] == nil && !onPart {
			rows[k] = ps[claims[k].Poly].rowAt(hi)
		}
	})
	for k, c := range claims {
		hi, lo, onPart := split(c)
		if rows[k] != nil && len(rows[k]) != l.width {
			return nil, fmt.Errorf("%w: the row of claim %d has %d cells, want %d", ErrShape, k, len(rows[k]), l.width)
		}
		if onPart {
			key := string(appendKey([]byte{'r', byte(c.Poly >> 8), byte(c.Poly)}, hi))
			p := l.product(key, func() (row, eq fr.Vector) { return ps[c.Poly].rowAt(hi), make(fr.Vector, l.width) })
			addEq(p.eq, lo, powers[k])
			continue
		}
		p := l.product(string(appendKey([]byte{'p'}, lo)),
			func() (row, eq fr.Vector) { return make(fr.Vector, l.width), EqTable(lo) })
		l.scaled.ScalarMul(rows[k], &powers[k])
		p.row.Add(p.row, l.scaled)
	}
	spec := Spec{Vars: s.RowBits, RowBits: s.RowBits}
	for i, p := range l.products {
		spec.Columns = append(spec.Columns, Field(p.row, s.RowBits), Field(p.eq, s.RowBits))
		spec.Plain = append(spec.Plain, Term{fr.One(), []int{2 * i, 2*i + 1}})
	}
	return NewSum(spec)
}

// rowProducts are the products that lowRounds sums, in order of creation.
type rowProducts struct {
	width    int
	products []rowProduct
	by       map[string]int
	scaled   fr.Vector
}

type rowProduct struct{ row, eq fr.Vector }

// product returns the product with a key, and creates it if necessary.
func (l *rowProducts) product(key string, factors func() (row, eq fr.Vector)) *rowProduct {
	i, ok := l.by[key]
	if !ok {
		i = len(l.products)
		l.by[key] = i
		row, eq := factors()
		l.products = append(l.products, rowProduct{row, eq})
	}
	return &l.products[i]
}

// isVertex reports whether every coordinate is 0 or 1.
func isVertex(z []fr.Element) bool {
	return !slices.ContainsFunc(z, func(x fr.Element) bool { return !x.IsZero() && !x.IsOne() })
}

// appendKey appends an encoding of the point, equal for equal points only.
func appendKey(b []byte, z []fr.Element) []byte {
	for _, x := range z {
		for _, limb := range x {
			b = binary.LittleEndian.AppendUint64(b, limb)
		}
	}
	return b
}

// highRounds returns, for each polynomial, the sum over its rows at the point of the low
// rounds' challenges. Column 0 of each sum is the polynomial.
func highRounds(
	s ReduceShape, ps []*Sparse, claims []PointClaim[fr.Element], powers, bound []fr.Element,
) ([]*Sum, error) {
	ar := new(arith.Native)
	out := make([]*Sum, len(ps))
	for p := range ps {
		vars := s.Vars[p] - s.RowBits
		weights := make(fr.Vector, 1<<vars)
		for k, c := range claims {
			if c.Poly == p {
				scale := Eq(ar, c.Point[vars:], bound)
				scale.Mul(&scale, &powers[k])
				addEq(weights, c.Point[:vars], scale)
			}
		}
		rowBits := RowBitsFor(vars)
		sum, err := NewSum(Spec{Vars: vars, RowBits: rowBits,
			Columns: []Column{Field(ps[p].at(bound), rowBits), Field(weights, rowBits)},
			Plain:   []Term{{fr.One(), []int{0, 1}}}})
		if err != nil {
			return nil, err
		}
		out[p] = sum
	}
	return out, nil
}

// addEq adds scale eq(z, .) to v. It touches only the entries that agree with z's leading
// zeros and ones; eq is zero elsewhere.
func addEq(v fr.Vector, z []fr.Element, scale fr.Element) {
	for len(z) > 0 && (z[0].IsZero() || z[0].IsOne()) {
		h := len(v) / 2
		if z[0].IsZero() {
			v = v[:h]
		} else {
			v = v[h:]
		}
		z = z[1:]
	}
	e := make(fr.Vector, len(v))
	eqTableInto(e, z, &scale)
	v.Add(v, e)
}
