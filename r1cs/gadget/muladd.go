package gadget

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/constraint/solver"
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/math/bits"

	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

func init() { solver.RegisterHint(mulAddHint) }

// Product is the term A B of MulAdd.
type Product struct{ A, B LimbInt }

// MulAdd returns a + sum_i A_i B_i modulo q, canonical. Products are accumulated without
// reduction, and reduced once.
//
// A hint returns a quotient k and the result z, and the circuit constrains the integer D = a +
// sum A_i B_i - k q - z to be zero. D is a multiple of r by one equation in the field, and a
// multiple of 2^(86 t) by t columns of limbs with carries. The ranges of all operands give |D|
// < r 2^(86 t), so D = 0. k has as many bits as the largest possible quotient, and each carry
// as many as its largest value; no column can reach r.
func (c *Circuit) MulAdd(a LimbInt, products ...Product) LimbInt {
	m := planMulAdd(a, products)
	k, out, carries := m.hint(c, a, products)
	z := c.NonNative([limbs]frontend.Variable(out))
	for i, limb := range k {
		c.inRange(limb, min(limbBits, m.quotientBits-i*limbBits))
	}
	q := r1cs.Split(fqModulus, limbs)
	carry := frontend.Variable(0)
	for j := range m.columns {
		sum := c.api.Add(carry, a.limbs[j], c.api.Neg(z.limbs[j]))
		for i := max(0, j-limbs+1); i <= min(j, limbs-1); i++ {
			for _, p := range products {
				sum = c.api.Add(sum, c.api.Mul(p.A.limbs[i], p.B.limbs[j-i]))
			}
			if i < len(k) {
				sum = c.api.Sub(sum, c.api.Mul(k[i], q[j-i]))
			}
		}
		c.inRange(carries[j], m.carryBits[j])
		carry = c.api.Sub(carries[j], m.shifts[j])
		c.api.AssertIsEqual(sum, c.api.Mul(carry, power(limbBits)))
	}
	left := c.value(a.limbs[:])
	for _, p := range products {
		left = c.api.Add(left, c.api.Mul(c.value(p.A.limbs[:]), c.value(p.B.limbs[:])))
	}
	c.api.AssertIsEqual(left, c.api.Add(c.api.Mul(c.value(k), fqModulus), c.value(z.limbs[:])))
	return z
}

// value returns the integer with the given limbs, modulo r.
func (c *Circuit) value(v []frontend.Variable) (sum frontend.Variable) {
	sum = 0
	for i := range v {
		sum = c.api.Add(sum, c.api.Mul(v[i], power(i*limbBits)))
	}
	return
}

// inRange constrains v to be below 2^n: n + 1 rows.
func (c *Circuit) inRange(v frontend.Variable, n int) {
	bits.ToBinary(c.api, v, bits.WithNbDigits(n))
}

// mulAdd has the sizes of a MulAdd, which follow from the bounds of its operands.
type mulAdd struct {
	quotientBits int
	columns      int
	carryBits    []int
	shifts       []*big.Int // added to the carries, which are then nonnegative
}

func planMulAdd(a LimbInt, products []Product) *mulAdd {
	most := new(big.Int).Set(a.bound)
	for _, p := range products {
		most.Add(most, new(big.Int).Mul(p.A.bound, p.B.bound))
	}
	m := &mulAdd{quotientBits: max(1, new(big.Int).Div(most, fqModulus).BitLen())}
	least := new(big.Int).Mul(power(m.quotientBits), fqModulus) // an upper bound on k q + z
	span := new(big.Int).Add(most, least)
	for reach := curve.Modulus[fr.Element](); reach.Cmp(span) <= 0; reach.Lsh(reach, limbBits) {
		m.columns++
	}
	if m.columns > limbs {
		panic(fmt.Sprintf("gadget: %d products are too many to reduce at once", len(products)))
	}
	m.planCarries(a, products)
	return m
}

// planCarries bounds the carries from the lowest column on.
func (m *mulAdd) planCarries(a LimbInt, products []Product) {
	quotient, q, out := r1cs.Split(ones(m.quotientBits), m.quotientLimbs()), r1cs.Split(fqModulus,
		limbs), limbMaxima(fqBits)
	low, high := new(big.Int), new(big.Int)
	for j := range m.columns {
		high.Add(high, a.max[j])
		low.Sub(low, out[j])
		for i := max(0, j-limbs+1); i <= min(j, limbs-1); i++ {
			for _, p := range products {
				high.Add(high, new(big.Int).Mul(p.A.max[i], p.B.max[j-i]))
			}
			if i < len(quotient) {
				low.Sub(low, new(big.Int).Mul(quotient[i], q[j-i]))
			}
		}
		if high.BitLen() > 240 || low.BitLen() > 240 { // so that, with the carry times 2^86, it stays far below r
			panic(fmt.Sprintf("gadget: a column of %d products is too large", len(products)))
		}
		low.Rsh(low, limbBits) // rounds down
		high.Rsh(high, limbBits)
		n := new(big.Int).Sub(high, low).BitLen()
		shift := new(big.Int).Neg(low)
		m.carryBits, m.shifts = append(m.carryBits, n), append(m.shifts, shift)
		high.Sub(ones(n), shift) // the largest carry that the range check allows
	}
}

func (m *mulAdd) quotientLimbs() int { return (m.quotientBits + limbBits - 1) / limbBits }

// hint asks the solver for the quotient, the result and the shifted carries.
func (m *mulAdd) hint(c *Circuit, a LimbInt, products []Product) (k, z, carries []frontend.Variable) {
	in := []frontend.Variable{m.quotientLimbs(), m.columns}
	for _, s := range m.shifts {
		in = append(in, s)
	}
	in = append(in, a.limbs[:]...)
	for _, p := range products {
		in = append(append(in, p.A.limbs[:]...), p.B.limbs[:]...)
	}
	n := m.quotientLimbs()
	out, err := c.api.Compiler().NewHint(mulAddHint, n+limbs+m.columns, in...)
	if err != nil {
		panic(fmt.Sprintf("gadget: reducing products: %v", err)) // impossible: the number of outputs is constant
	}
	return out[:n], out[n : n+limbs], out[n+limbs:]
}

// mulAddHint computes the outputs of a MulAdd. The inputs are the number of limbs of k, the
// number of columns, the shifts, a, and the factors of each product.
func mulAddHint(_ *big.Int, in, out []*big.Int) error {
	a, factors := operands(in)
	total := join(a)
	for f := factors; len(f) > 0; f = f[2*limbs:] {
		total.Add(total, new(big.Int).Mul(join(f[:limbs]), join(f[limbs:2*limbs])))
	}
	k, z := new(big.Int).DivMod(total, fqModulus, new(big.Int))
	assignMulAdd(in, out, k, z)
	return nil
}

// operands returns a and the factors from the inputs of a hint.
func operands(in []*big.Int) (a, factors []*big.Int) {
	in = in[2+int(in[1].Int64()):]
	return in[:limbs], in[limbs:]
}

// assignMulAdd writes the outputs for a quotient and a result, with the matching carries.
func assignMulAdd(in, out []*big.Int, quotient, result *big.Int) {
	n, columns := int(in[0].Int64()), int(in[1].Int64())
	k, z := r1cs.Split(quotient, n), r1cs.Split(result, limbs)
	a, factors := operands(in)
	var sums [2*limbs - 1]big.Int
	for i := range a {
		sums[i].Sub(a[i], z[i])
	}
	for f := factors; len(f) > 0; f = f[2*limbs:] {
		accumulate(&sums, f[:limbs], f[limbs:2*limbs], 1)
	}
	accumulate(&sums, k, r1cs.Split(fqModulus, limbs), -1)
	carry := new(big.Int)
	for j := range columns {
		carry.Add(carry, &sums[j]).Rsh(carry, limbBits)
		out[n+limbs+j].Add(carry, in[2+j])
	}
	for i, v := range append(k, z...) {
		out[i].Set(v)
	}
}

func accumulate(sums *[2*limbs - 1]big.Int, a, b []*big.Int, sign int64) {
	for i := range a {
		for j := range b {
			t := new(big.Int).Mul(a[i], b[j])
			sums[i+j].Add(&sums[i+j], t.Mul(t, big.NewInt(sign)))
		}
	}
}

// join is the inverse of split.
func join(v []*big.Int) *big.Int {
	sum := new(big.Int)
	for i := len(v) - 1; i >= 0; i-- {
		sum.Lsh(sum, limbBits).Add(sum, v[i])
	}
	return sum
}
