package curve

// EqTable returns eq(q, x) for all x in {0,1}^n, n = len(q).
func (f *Field[E]) EqTable(q []E) []E {
	e := make([]E, 1<<len(q))
	e[0] = f.One
	for n, i := 1, len(q)-1; i >= 0; n, i = 2*n, i-1 {
		low, high := e[:n], e[n:2*n]
		f.scale(high, low, q[i])
		f.subTo(low, low, high)
	}
	return e
}

// Bind binds the first variable of v to r in place and returns the half of v that holds the
// result. v has 2^n values, n >= 1.
func (f *Field[E]) Bind(v []E, r E) []E {
	low, high := v[:len(v)/2], v[len(v)/2:]
	f.subTo(high, high, low)
	f.scale(high, high, r)
	f.addTo(low, low, high)
	return low
}

// Padded returns a copy of v, padded with zeros to 2^vars values.
func (f *Field[E]) Padded(v []E, vars int) []E {
	out := make([]E, 1<<vars)
	copy(out, v)
	return out
}

// Half returns 1/2.
func (f *Field[E]) Half() E { return f.half }

// Eq1 returns eq(a, b) for single coordinates a and b.
func (f *Field[E]) Eq1(a, b E) E {
	ab := f.mul(a, b)
	return f.sub(f.add(f.add(ab, ab), f.One), f.add(a, b))
}

// EqZero returns eq(0, r).
func (f *Field[E]) EqZero(r []E) E {
	v := f.One
	for _, c := range r {
		v = f.mul(v, f.sub(f.One, c))
	}
	return v
}
