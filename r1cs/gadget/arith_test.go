package gadget

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"
	gnark "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith"
)

// everything uses each operation once.
func everything[E any](ar arith.Arithmetic[E], x []E) []E {
	one, zero := ar.Const(fr.One()), ar.Const(fr.Element{})
	ar.AssertBool(one, "one")
	ar.AssertEqual(ar.Mul(x[0], ar.Inverse(x[0])), one, "inverse")
	return []E{
		ar.Add(x[0], x[1]), ar.Sub(x[0], x[1]), ar.Neg(x[0]), ar.Mul(x[0], x[1]),
		ar.Inverse(x[1]), ar.Select(one, x[0], x[1]), ar.Select(zero, x[0], x[1]),
	}
}

func TestArithmeticAgrees(t *testing.T) {
	in, native := randoms(rand.New(rand.NewPCG(5, 5)), 2), new(arith.Native)
	want := everything[fr.Element](native, in)
	require.NoError(t, native.Err())
	ccs := compile(t, 2, len(want), func(c *Circuit, in []frontend.Variable) []frontend.Variable {
		return everything[frontend.Variable](c, in)
	})
	require.NoError(t, solve(ccs, in, want))
}

func TestAssertions(t *testing.T) {
	x := fr.NewElement(3)
	for name, f := range map[string]func(ar arith.Arithmetic[frontend.Variable], x frontend.Variable){
		"equal": func(ar arith.Arithmetic[frontend.Variable], x frontend.Variable) {
			ar.AssertEqual(x, ar.Const(fr.NewElement(3)), "")
		},
		"bool": func(ar arith.Arithmetic[frontend.Variable], x frontend.Variable) {
			ar.AssertBool(ar.Sub(x, ar.Const(fr.NewElement(2))), "")
		},
		"inverse": func(ar arith.Arithmetic[frontend.Variable], x frontend.Variable) {
			ar.Inverse(ar.Sub(x, ar.Const(fr.NewElement(9))))
		},
	} {
		ccs := compile(t, 1, 0, func(c *Circuit, in []frontend.Variable) []frontend.Variable {
			f(c, in[0])
			return nil
		})
		require.NoError(t, solve(ccs, []fr.Element{x}, nil), name)
		require.Error(t, solve(ccs, []fr.Element{fr.NewElement(9)}, nil), name)
	}
}

// A wire equals its expression, also if the hint returns another value. A constant needs no
// wire.
func TestWire(t *testing.T) {
	ccs := compile(t, 2, 1, func(c *Circuit, in []frontend.Variable) []frontend.Variable {
		require.Equal(t, 7, c.Wire(7))
		return []frontend.Variable{c.Wire(c.Add(in[0], in[1]))}
	})
	require.Equal(t, 2, ccs.GetNbConstraints())
	in := []fr.Element{fr.NewElement(3), fr.NewElement(4)}
	require.NoError(t, solve(ccs, in, []fr.Element{fr.NewElement(7)}))
	require.Error(t, solve(ccs, in, []fr.Element{fr.NewElement(8)}))
}

func TestOtherFieldsAreRefused(t *testing.T) {
	g := &gadget{f: func(*Circuit, []frontend.Variable) []frontend.Variable { return nil }}
	_, err := frontend.Compile(ecc.GRUMPKIN.ScalarField(), gnark.NewBuilder, g)
	require.ErrorContains(t, err, "want BN254's Fr")
}

// The product of the same two expressions is one wire, in either order and inside a selection.
// Other products are other wires.
func TestProductsAreMadeOnce(t *testing.T) {
	ccs := compile(t, 3, 5, func(c *Circuit, in []frontend.Variable) []frontend.Variable {
		sum := c.Add(in[0], in[1])
		return []frontend.Variable{
			c.Mul(sum, in[2]), c.Mul(in[2], c.Add(in[1], in[0])), c.Select(in[2], sum, 0), // the same wire
			c.Mul(c.Sub(in[0], in[1]), in[2]), c.Mul(in[0], c.Add(in[1], in[2])),
		}
	})
	require.Equal(t, 3+5, ccs.GetNbConstraints())
	in := []fr.Element{fr.NewElement(3), fr.NewElement(4), fr.NewElement(5)}
	want := []fr.Element{fr.NewElement(35), fr.NewElement(35), fr.NewElement(35), fr.NewElement(5), fr.NewElement(27)}
	want[3].Neg(&want[3])
	require.NoError(t, solve(ccs, in, want))
	for i := range want {
		other := slices.Clone(want)
		other[i].SetUint64(1)
		require.Error(t, solve(ccs, in, other))
	}
}
