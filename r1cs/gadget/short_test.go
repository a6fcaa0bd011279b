package gadget

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/constraint/solver"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// blockCircuit constrains Z = A + sum_k (R_k R_(k+1)) B for 14 products of 15 challenges.
type blockCircuit struct {
	A, B, Z limbVariables
	R       [15]frontend.Variable
}

func (b *blockCircuit) Define(api frontend.API) error {
	c, err := NewCircuit(api)
	if err != nil {
		return err
	}
	var short []Short
	for _, r := range b.R {
		short = append(short, c.Short(api.ToBinary(r, 126)))
	}
	x, y := c.NonNative(b.A), c.NonNative(b.B)
	var products []Product
	for k := range 14 {
		products = append(products, Product{c.ShortProduct(short[k], short[k+1]), y})
	}
	z := c.MulAdd(x, products...)
	for i := range z.limbs {
		api.AssertIsEqual(z.limbs[i], b.Z[i])
	}
	return nil
}

// Products of challenges are operands of MulAdd without a reduction, at their largest and
// smallest values and in between.
func TestShortProducts(t *testing.T) {
	sys, err := Compile[fr.Element](&blockCircuit{})
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(3, 3))
	top := nonNativeTop()
	for _, a := range []*big.Int{new(big.Int), top} {
		for trial := range 4 {
			in := &blockCircuit{A: limbsOf(a), B: limbsOf(top)}
			sum, last := new(big.Int), new(big.Int)
			for k := range in.R {
				r := [4]*big.Int{ones(126), new(big.Int), ones(86),
					new(big.Int).Lsh(new(big.Int).SetUint64(rng.Uint64()), 62)}[trial]
				in.R[k] = r
				sum.Add(sum, new(big.Int).Mul(last, r))
				last = r
			}
			last = new(big.Int).Mul(sum, top)
			in.Z = limbsOf(last.Add(last, a).Mod(last, fqModulus))
			if joinVariables(in.Z).Cmp(top) <= 0 {
				_, err := sys.SolveCircuit(in)
				require.NoError(t, err)
			}
			in.Z = limbsOf(new(big.Int).Add(joinVariables(in.Z), big.NewInt(1)))
			_, err := sys.SolveCircuit(in)
			require.ErrorIs(t, err, r1cs.ErrUnsatisfied)
		}
	}
	c := &Circuit{}
	require.Panics(t, func() { c.Short(make([]frontend.Variable, 130)) })
}

// Pitfall 9 for unreduced products: only the right result passes.
func TestPitfall09ShortProducts(t *testing.T) {
	sys, err := Compile[fr.Element](&blockCircuit{})
	require.NoError(t, err)
	inputs := func() (frontend.Circuit, *limbVariables) {
		in := &blockCircuit{A: limbsOf(big.NewInt(5)), B: limbsOf(big.NewInt(77))}
		z := big.NewInt(5)
		for k := range in.R {
			in.R[k] = power(125)
			if k > 0 {
				z.Add(z, new(big.Int).Mul(power(250), big.NewInt(77)))
			}
		}
		in.Z = limbsOf(z.Mod(z, fqModulus))
		return in, &in.Z
	}
	f, _ := inputs()
	_, err = sys.SolveCircuit(f)
	require.NoError(t, err)
	testForgedQuotients(t, sys, inputs)
	f, _ = inputs()
	testShiftedOutputs(t, sys, solver.GetHintID(mulAddHint), f, curve.Modulus[fr.Element]())
}
