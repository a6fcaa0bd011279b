package arith

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Arithmetic is the set of operations that a verifier may use on elements of Fr.
//
// No operation returns an error. A false assertion is recorded (Native) or becomes an
// unsatisfiable constraint (circuit), and the verifier continues. The sequence of
// operations therefore never depends on the data, as a circuit of fixed shape requires.
type Arithmetic[E any] interface {
	// Const returns a constant of the protocol.
	Const(c fr.Element) E
	Add(a, b E) E
	Sub(a, b E) E
	Neg(a E) E
	Mul(a, b E) E
	// Inverse returns 1/a and asserts a != 0.
	Inverse(a E) E
	// Select returns a if bit is 1 and b if it is 0. The caller must have asserted that bit is
	// 0 or 1.
	Select(bit, a, b E) E
	// AssertEqual asserts a = b. The error names the check by what.
	AssertEqual(a, b E, what string)
	// AssertBool asserts that a is 0 or 1. The error names the check by what.
	AssertBool(a E, what string)
}

// Native implements Arithmetic over field elements. The zero value is ready for use. Err
// returns the first failed assertion.
type Native struct{ err error }

var _ Arithmetic[fr.Element] = (*Native)(nil)

// Err returns nil if every assertion so far held, and otherwise an error that names the
// first failed assertion.
func (n *Native) Err() error { return n.err }

// Fail records a failed check other than an equation between elements, such as a message of
// the wrong length.
func (n *Native) Fail(format string, args ...any) {
	if n.err == nil {
		n.err = fmt.Errorf(format, args...)
	}
}

// Const returns c.
func (n *Native) Const(c fr.Element) fr.Element { return c }

// Add returns a + b.
func (n *Native) Add(a, b fr.Element) (r fr.Element) { r.Add(&a, &b); return }

// Sub returns a - b.
func (n *Native) Sub(a, b fr.Element) (r fr.Element) { r.Sub(&a, &b); return }

// Neg returns -a.
func (n *Native) Neg(a fr.Element) (r fr.Element) { r.Neg(&a); return }

// Mul returns a b.
func (n *Native) Mul(a, b fr.Element) (r fr.Element) { r.Mul(&a, &b); return }

// Inverse returns 1/a. For a = 0 it records a failed assertion and returns 0.
func (n *Native) Inverse(a fr.Element) (r fr.Element) {
	if a.IsZero() {
		n.Fail("inverse of zero")
	}
	r.Inverse(&a)
	return
}

// Select returns a if bit is 1, and b otherwise.
func (n *Native) Select(bit, a, b fr.Element) fr.Element {
	if bit.IsOne() {
		return a
	}
	return b
}

// AssertEqual records a failure unless a = b.
func (n *Native) AssertEqual(a, b fr.Element, what string) {
	if !a.Equal(&b) {
		n.Fail("%s: the two sides differ", what)
	}
}

// AssertBool records a failure unless a is 0 or 1.
func (n *Native) AssertBool(a fr.Element, what string) {
	if !a.IsZero() && !a.IsOne() {
		n.Fail("%s: neither 0 nor 1", what)
	}
}
