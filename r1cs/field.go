package r1cs

import "fold.example/fold/internal/curve"

// kernels are the loops over rows and vectors of one field: fr.go for Fr, and its generated
// copy for Fq. A call handles a whole range, so the indirection through this table costs
// nothing per element.
type kernels[E curve.Element] struct {
	// product sets out[i] to the product of row i of m with z, for rows [lo, hi).
	product func(m *matrix, coefficients, z, out []E, lo, hi int)
	// combine sets dst = a + r b.
	combine func(dst, a []E, r *E, b []E)
	// cross sets t = a1 b2 + a2 b1 - u c2 - c1.
	cross func(t []E, first, second Products[E], u *E)
	// slack sets e = a b - u c.
	slack func(e []E, p Products[E], u *E)
	// fails returns the first i with a_i b_i != u c_i + e_i, or -1. An e of
	// length 0 counts as zero.
	fails func(p Products[E], u *E, e []E) int
}

func kernelsOf[E curve.Element]() *kernels[E] {
	if k, ok := any(frKernels).(*kernels[E]); ok {
		return k
	}
	return any(fqKernels).(*kernels[E])
}
