package curve

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
)

// Arithmetic implements arith.Arithmetic over Fr or Fq, for verifiers that run over either
// field. Err returns the first failed assertion.
type Arithmetic[E Element] struct {
	*Field[E]
	err error
}

var (
	_ arith.Arithmetic[fr.Element] = (*Arithmetic[fr.Element])(nil)
	_ arith.Arithmetic[fr.Element] = (*arith.Native)(nil)
)

// Arithmetic returns an arithmetic without failed assertions.
func (f *Field[E]) Arithmetic() *Arithmetic[E] { return &Arithmetic[E]{Field: f} }

// Err returns nil if every assertion so far held, and otherwise an error that names the
// first failed assertion.
func (a *Arithmetic[E]) Err() error { return a.err }

func (a *Arithmetic[E]) fail(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, args...)
	}
}

// Const returns the constant c. Over Fq, c must be an integer below 2^64: other elements of
// Fr, such as 1/2, have no counterpart in Fq, and Const panics on them.
func (a *Arithmetic[E]) Const(c fr.Element) E {
	if v, ok := any(c).(E); ok {
		return v
	}
	n := Fr.Integer(c)
	if !n.IsUint64() {
		panic(fmt.Sprintf("curve: the constant %s of Fr has no counterpart in %s", n, a.Name))
	}
	return a.FromInteger(n)
}

// Inverse returns 1/x and asserts x != 0.
func (a *Arithmetic[E]) Inverse(x E) E {
	if x == a.Zero {
		a.fail("inverse of zero")
	}
	return a.Field.Inverse(x)
}

// Select returns x if bit is 1, and y otherwise.
func (a *Arithmetic[E]) Select(bit, x, y E) E {
	if bit == a.One {
		return x
	}
	return y
}

// AssertEqual asserts x = y.
func (a *Arithmetic[E]) AssertEqual(x, y E, what string) {
	if x != y {
		a.fail("%s: the two sides differ", what)
	}
}

// AssertBool asserts that x is 0 or 1.
func (a *Arithmetic[E]) AssertBool(x E, what string) {
	if x != a.Zero && x != a.One {
		a.fail("%s: neither 0 nor 1", what)
	}
}
