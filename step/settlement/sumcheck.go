package settlement

import (
	"context"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Sumcheck runs the rounds of both sumchecks, first over the columns and then over (block,
// row), as a poly.Instance of a few rounds at a time.
type Sumcheck struct {
	Point  []fr.Element // the challenges so far
	Values []fr.Vector  // M_m~(., s_x), when the columns are bound

	p            *Prover
	ctx          context.Context // context of the reading of the weights
	now          *Sums
	rounds       int        // rounds of one instance
	value        fr.Element // sum that the remaining rounds prove
	coefficients []fr.Element
	err          error
}

// Begin returns the sumcheck of the claims, in instances of the given number of rounds, and
// its sum. Mix must have been called.
func (p *Prover) Begin(ctx context.Context, rounds int) (*Sumcheck, fr.Element, error) {
	columns, err := p.ColumnSums(ctx)
	if err != nil {
		return nil, fr.Element{}, err
	}
	sum := columns.Sum()
	return &Sumcheck{p: p, ctx: ctx, now: columns, rounds: rounds, value: sum}, sum, nil
}

// In sets the context of the next instance and returns the sumcheck.
func (r *Sumcheck) In(ctx context.Context) *Sumcheck {
	r.ctx = ctx
	return r
}

// Err returns the error of reading the weights. After an error the rounds are meaningless.
func (r *Sumcheck) Err() error { return r.err }

// Vars returns the number of rounds of one instance.
func (r *Sumcheck) Vars() int { return r.rounds }

// Degree returns the degree of a round.
func (r *Sumcheck) Degree() int { return 2 }

// Sum returns the sum that remains to be proven.
func (r *Sumcheck) Sum() fr.Element { return r.value }

// Round returns the coefficients of the round's polynomial.
func (r *Sumcheck) Round() []fr.Element {
	r.coefficients = r.now.Round()
	return r.coefficients
}

// Bind fixes the round's variable. After the last column it reads the weights.
func (r *Sumcheck) Bind(x *fr.Element) {
	r.value.SetZero()
	for i := len(r.coefficients) - 1; i >= 0; i-- {
		r.value.Mul(&r.value, x).Add(&r.value, &r.coefficients[i])
	}
	r.now.Bind(x)
	if r.Point = append(r.Point, *x); len(r.Point) != r.p.layout.ColumnBits {
		return
	}
	var err error
	if r.Values, err = r.p.BindColumns(r.ctx, r.Point); err != nil {
		r.err = err
		r.Values = make([]fr.Vector, len(r.p.Tensors))
		r.now = newSums(r.p.rounds, nil, nil)
		return
	}
	r.now = r.p.RowSums(r.Values, r.Point)
}

// Done reports whether all rounds have been played.
func (r *Sumcheck) Done() bool { return len(r.Point) == r.p.layout.ColumnBits+r.p.rounds }

// Finish returns the value of every segment at the point, and drops the tensors' values.
func (r *Sumcheck) Finish() fr.Vector {
	evals := r.p.SegmentEvals(r.Values, r.Point[r.p.layout.ColumnBits:])
	r.Values, r.now = nil, nil
	return evals
}
