package r1cs

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

//go:generate go run gen.go

var frKernels = &kernels[fr.Element]{
	product: productFr,
	combine: combineFr,
	cross:   crossFr,
	slack:   slackFr,
	fails:   failsFr,
}

// productFr multiplies rows [lo, hi). Most entries of a circuit are 1 or -1 and
// cost an addition.
func productFr(m *matrix, coefficients, z, out []fr.Element, lo, hi int) {
	var t fr.Element
	for i := lo; i < hi; i++ {
		var sum fr.Element
		for _, e := range m.entries[m.start[i]:m.start[i+1]] {
			switch e.coefficient {
			case plusOne:
				sum.Add(&sum, &z[e.column])
			case minusOne:
				sum.Sub(&sum, &z[e.column])
			default:
				t.Mul(&coefficients[e.coefficient], &z[e.column])
				sum.Add(&sum, &t)
			}
		}
		out[i] = sum
	}
}

// blockFr bounds scratch vectors, so that they stay in the first-level cache.
const blockFr = 256

func combineFr(dst, a []fr.Element, r *fr.Element, b []fr.Element) {
	var scratch [blockFr]fr.Element
	for lo := 0; lo < len(dst); lo += blockFr {
		hi := min(lo+blockFr, len(dst))
		s, d := fr.Vector(scratch[:hi-lo]), fr.Vector(dst[lo:hi])
		s.ScalarMul(b[lo:hi], r)
		d.Add(a[lo:hi], s)
	}
}

func crossFr(t []fr.Element, p, q Products[fr.Element], u *fr.Element) {
	var scratch [blockFr]fr.Element
	for lo := 0; lo < len(t); lo += blockFr {
		hi := min(lo+blockFr, len(t))
		s, d := fr.Vector(scratch[:hi-lo]), fr.Vector(t[lo:hi])
		d.Mul(p.A[lo:hi], q.B[lo:hi])
		s.Mul(q.A[lo:hi], p.B[lo:hi])
		d.Add(d, s)
		s.ScalarMul(q.C[lo:hi], u)
		d.Sub(d, s)
		d.Sub(d, p.C[lo:hi])
	}
}

func slackFr(e []fr.Element, p Products[fr.Element], u *fr.Element) {
	var scratch [blockFr]fr.Element
	for lo := 0; lo < len(e); lo += blockFr {
		hi := min(lo+blockFr, len(e))
		s, d := fr.Vector(scratch[:hi-lo]), fr.Vector(e[lo:hi])
		d.Mul(p.A[lo:hi], p.B[lo:hi])
		s.ScalarMul(p.C[lo:hi], u)
		d.Sub(d, s)
	}
}

func failsFr(p Products[fr.Element], u *fr.Element, e []fr.Element) int {
	var left, right fr.Element
	for i := range p.A {
		left.Mul(&p.A[i], &p.B[i])
		right.Mul(&p.C[i], u)
		if len(e) > 0 {
			right.Add(&right, &e[i])
		}
		if left != right {
			return i
		}
	}
	return -1
}
