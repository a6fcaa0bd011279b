package gadget

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/constraint/solver"
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/math/bits"

	"fold.example/fold/internal/transcript"
)

// Circuit does arithmetic on the variables of a circuit over Fr of BN254. NewCircuit returns
// one.
type Circuit struct {
	api      frontend.API
	products map[string]frontend.Variable   // the results of Mul, by its operands
	permuted map[string][]frontend.Variable // the results of Permute, by its input
}

var _ transcript.Backend[frontend.Variable] = (*Circuit)(nil)

func init() { solver.RegisterHint(copyHint) }

// NewCircuit wraps a gnark API. It returns an error if the circuit is over another field.
func NewCircuit(api frontend.API) (*Circuit, error) {
	if f := api.Compiler().Field(); f.Cmp(ecc.BN254.ScalarField()) != 0 {
		return nil, fmt.Errorf("gadget: a circuit over the field of order %s, want BN254's Fr", f)
	}
	return &Circuit{api, map[string]frontend.Variable{}, map[string][]frontend.Variable{}}, nil
}

// API returns the gnark API of the circuit, for other gadgets. Compile refuses circuits that
// call api.Commit, because they cannot be folded.
func (c *Circuit) API() frontend.API { return c.api }

// Const returns a constant.
func (c *Circuit) Const(v fr.Element) frontend.Variable { return v.BigInt(new(big.Int)) }

// Add returns a + b, without a row.
func (c *Circuit) Add(a, b frontend.Variable) frontend.Variable { return c.api.Add(a, b) }

// Sub returns a - b, without a row.
func (c *Circuit) Sub(a, b frontend.Variable) frontend.Variable { return c.api.Sub(a, b) }

// Neg returns -a, without a row.
func (c *Circuit) Neg(a frontend.Variable) frontend.Variable { return c.api.Neg(a) }

// Mul returns ab: one row, or none if an operand is constant or if the circuit has already
// multiplied the same two linear expressions. The product is then the same wire. Verifiers of
// several kinds of steps have many products in common.
func (c *Circuit) Mul(a, b frontend.Variable) frontend.Variable {
	if c.constant(a) || c.constant(b) {
		return c.api.Mul(a, b)
	}
	key := c.name(a, b)
	if other := c.name(b, a); other < key {
		key = other
	}
	v, known := c.products[key]
	if !known {
		v = c.api.Mul(a, b)
		c.products[key] = v
	}
	return v
}

func (c *Circuit) constant(x frontend.Variable) bool {
	_, constant := c.api.Compiler().ConstantValue(x)
	return constant
}

// name returns a unique name for a list of linear expressions: the number of terms of each
// expression and then its terms, which gnark's builder keeps in a fixed order.
func (c *Circuit) name(list ...frontend.Variable) string {
	var key []byte
	for _, x := range list {
		var words []uint32
		c.api.Compiler().ToCanonicalVariable(x).Compress(&words)
		key = binary.LittleEndian.AppendUint32(key, uint32(len(words)))
		for _, w := range words {
			key = binary.LittleEndian.AppendUint32(key, w)
		}
	}
	return string(key)
}

// Inverse returns 1/a and constrains a to be nonzero: one row.
func (c *Circuit) Inverse(a frontend.Variable) frontend.Variable { return c.api.Inverse(a) }

// Select returns a if bit is 1 and b if it is 0: one row. The caller must constrain bit to be
// a bit.
func (c *Circuit) Select(bit, a, b frontend.Variable) frontend.Variable {
	return c.api.Add(b, c.Mul(bit, c.api.Sub(a, b)))
}

// AssertEqual constrains a = b: one row. The name of the check is not used.
func (c *Circuit) AssertEqual(a, b frontend.Variable, _ string) { c.api.AssertIsEqual(a, b) }

// AssertBool constrains a to be 0 or 1: one row. The name of the check is not used.
func (c *Circuit) AssertBool(a frontend.Variable, _ string) { c.api.AssertIsBoolean(a) }

// Bits returns the fr.Bits bits of the representative of x in [0, r), lowest first: 285 rows.
// It constrains each to be a bit, their sum to be x, and the integer to be below r, so the
// decomposition is unique.
//
// As in NonNative, only the upper limb is compared, and it must be strictly less than the
// upper limb of r. An x with an equal upper limb is refused. Such an x is one of fewer than
// 2^172 values, and the circuits take bits of challenges only, which are hash values: one is
// refused with probability below 2^-81.
func (c *Circuit) Bits(x frontend.Variable) []frontend.Variable {
	const low = (limbs - 1) * limbBits
	b := bits.ToBinary(c.api, x, bits.WithNbDigits(fr.Bits), bits.WithUnconstrainedOutputs(), bits.OmitModulusCheck())
	if c.constant(x) {
		return b
	}
	top := new(big.Int).Rsh(fr.Modulus(), low)
	// Unconstrained, because the comparison constrains each bit.
	c.assertAtMost(slices.Clone(b[low:]), top.Sub(top, big.NewInt(1)))
	for _, bit := range b[:low] {
		c.api.AssertIsBoolean(bit)
	}
	return b
}

// Wire returns a variable that is constrained to equal x: one row. Every use of the variable
// is one term, however long the linear expression x is. A constant is returned unchanged.
func (c *Circuit) Wire(x frontend.Variable) frontend.Variable { return wire(c.api, x) }

func wire(api frontend.API, x frontend.Variable) frontend.Variable {
	if _, constant := api.Compiler().ConstantValue(x); constant {
		return x
	}
	out, err := api.Compiler().NewHint(copyHint, 1, x)
	if err != nil {
		panic(fmt.Sprintf("gadget: copying a variable: %v", err)) // impossible: the number of outputs is constant
	}
	api.AssertIsEqual(out[0], x)
	return out[0]
}

func copyHint(_ *big.Int, in, out []*big.Int) error {
	out[0].Set(in[0])
	return nil
}
