package r1cs

import (
	"fmt"
	"sync/atomic"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/kernel"
)

// Satisfied checks that (1, x, w) satisfies every row. The error wraps ErrLength, or
// ErrUnsatisfied with the number of the first row that fails.
func (s *Shape[E]) Satisfied(x, w []E) error {
	return s.satisfied(curve.One[E](), x, w, nil)
}

// SatisfiedRelaxed checks that Az * Bz = u Cz + e in every row, z = (u, x, w): the relaxed
// R1CS of Nova (Kothapalli, Setty, Tzialla, eprint 2021/370, section 4.1). The error wraps
// ErrLength if e does not have one value for each row, even if e is empty, and ErrUnsatisfied
// if a row fails.
func (s *Shape[E]) SatisfiedRelaxed(u E, x, w, e []E) error {
	if err := CheckLength("error terms", len(e), s.Rows()); err != nil {
		return err
	}
	return s.satisfied(u, x, w, e)
}

func (s *Shape[E]) satisfied(u E, x, w, e []E) error {
	p, err := s.Multiply(u, x, w)
	if err != nil {
		return err
	}
	n, k := s.Rows(), kernelsOf[E]()
	var first atomic.Int64
	first.Store(int64(n))
	kernel.For(n, grain, func(lo, hi int) {
		var part []E
		if len(e) > 0 {
			part = e[lo:hi]
		}
		if i := k.fails(p.slice(lo, hi), &u, part); i >= 0 {
			lower(&first, int64(lo+i))
		}
	})
	if i := first.Load(); i < int64(n) {
		return fmt.Errorf("%w: row %d of %d: %s", ErrUnsatisfied, i, n, s.describe(p, u, e, int(i)))
	}
	return nil
}

// lower sets v to x if x is less.
func lower(v *atomic.Int64, x int64) {
	for old := v.Load(); x < old && !v.CompareAndSwap(old, x); old = v.Load() {
	}
}

// describe returns the values of both sides of a row.
func (s *Shape[E]) describe(p Products[E], u E, e []E, i int) string {
	var slack E
	if len(e) > 0 {
		slack = e[i]
	}
	return fmt.Sprintf("%s * %s, want %s * %s + %s", curve.Integer(p.A[i]), curve.Integer(p.B[i]), curve.Integer(u),
		curve.Integer(p.C[i]), curve.Integer(slack))
}

func (p Products[E]) slice(lo, hi int) Products[E] {
	return Products[E]{p.A[lo:hi], p.B[lo:hi], p.C[lo:hi]}
}

// Cross returns the cross term of Nova's folding of a running instance with factor u and a
// fresh instance, whose factor is 1 and whose error is zero (eprint 2021/370, section 4.2):
//
//	T = Az_1 * Bz_2 + Az_2 * Bz_1 - u Cz_2 - Cz_1.
//
// It needs only the products, and no pass over the matrices. The error wraps ErrLength.
func Cross[E curve.Element](running, fresh Products[E], u E) ([]E, error) {
	n := len(running.A)
	for _, v := range [][]E{running.B, running.C, fresh.A, fresh.B, fresh.C} {
		if err := CheckLength("products", len(v), n); err != nil {
			return nil, err
		}
	}
	t := make([]E, n)
	kernel.For(n, grain, func(lo, hi int) {
		kernelsOf[E]().cross(t[lo:hi], running.slice(lo, hi), fresh.slice(lo, hi), &u)
	})
	return t, nil
}

// Slack returns Az * Bz - u Cz: the only e for which the relaxed relation holds.
func (p Products[E]) Slack(u E) []E {
	e := make([]E, len(p.A))
	kernel.For(len(e), grain, func(lo, hi int) {
		kernelsOf[E]().slack(e[lo:hi], p.slice(lo, hi), &u)
	})
	return e
}

// Combine returns a + r b for vectors of equal length. The error wraps ErrLength.
func Combine[E curve.Element](a []E, r E, b []E) ([]E, error) {
	if err := CheckLength("values to combine", len(b), len(a)); err != nil {
		return nil, err
	}
	dst := make([]E, len(a))
	kernel.For(len(a), grain, func(lo, hi int) {
		kernelsOf[E]().combine(dst[lo:hi], a[lo:hi], &r, b[lo:hi])
	})
	return dst, nil
}

// Combine returns p + r q: the products of a linear combination of vectors z.
func (p Products[E]) Combine(r E, q Products[E]) (sum Products[E], err error) {
	if sum.A, err = Combine(p.A, r, q.A); err != nil {
		return
	}
	if sum.B, err = Combine(p.B, r, q.B); err != nil {
		return
	}
	sum.C, err = Combine(p.C, r, q.C)
	return
}
