package spartan_test

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding"
	"fold.example/fold/folding/spartan"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs/gadget"
)

// squares is y = x^(2^n) in n rows or so.
type squares struct {
	X, Y frontend.Variable `gnark:",public"`
	n    int
}

func (s *squares) Define(api frontend.API) error {
	x := s.X
	for range s.n {
		x = api.Mul(x, x)
	}
	api.AssertIsEqual(x, s.Y)
	return nil
}

// folded folds instances of squares, of x and multiples of it, into the default one.
func folded[E curve.Element, C comparable](
	t *testing.T, scheme *folding.Scheme[E, C], system *gadget.System[E], n, from int,
) (folding.Instance[E, C], *folding.Witness[E]) {
	u, w := scheme.Default()
	for i := range 3 {
		x := big.NewInt(int64(from * (1 + i)))
		y := new(big.Int).Exp(x, new(big.Int).Lsh(big.NewInt(1), uint(n)), curve.Modulus[E]())
		solved, err := system.SolveCircuit(&squares{X: x, Y: y})
		require.NoError(t, err)
		blind := curve.FromInteger[E](big.NewInt(int64(1000 + i)))
		fresh, second, err := scheme.Commit(solved, blind)
		require.NoError(t, err)
		f, err := scheme.Prove(fr.NewElement(5), u, w, fresh, second, blind)
		require.NoError(t, err)
		u, w = f.Instance, f.Witness
	}
	require.NoError(t, scheme.Check(u, w))
	return u, w
}

// What package folding folds of compiled circuits is what is proven here, also where all
// witnesses, and with them T and E, are zero.
func TestFoldedInstances(t *testing.T) {
	for _, from := range []int{3, 0} {
		testFolded(t, from)
	}
}

func testFolded(t *testing.T, from int) {
	const n, m = 60, 35
	key, err := commit.SetupDevelopment(1 << 9)
	require.NoError(t, err)
	cycleKey, err := commit.NewGrumpkinKey(1 << 7)
	require.NoError(t, err)
	main, err := gadget.Compile[fr.Element](&squares{n: n})
	require.NoError(t, err)
	cycle, err := gadget.Compile[fq.Element](&squares{n: m})
	require.NoError(t, err)
	mainScheme, err := folding.NewMain(main.Shape(), key)
	require.NoError(t, err)
	cycleScheme, err := folding.NewCycle(cycle.Shape(), nil, cycleKey)
	require.NoError(t, err)
	u, w := folded(t, mainScheme, main, n, from)
	v, x := folded(t, cycleScheme, cycle, m, from)

	k, err := spartan.NewKey(t.Context(),
		spartan.Relation[fr.Element]{Shape: main.Shape(), Parts: []int{main.Shape().Private()}},
		spartan.Relation[fq.Element]{Shape: cycle.Shape(), Parts: []int{cycle.Shape().Private()}}, key, cycleKey)
	require.NoError(t, err)
	s := &spartan.Statement{
		Main:  spartan.Instance[fr.Element, bn254.G1Affine](u),
		Cycle: spartan.Instance[fq.Element, grumpkin.G1Affine](v),
	}
	secret := &spartan.Secret{
		Main:  spartan.Witness[fr.Element]{W: w.W, E: w.E, BlindW: w.BlindW, BlindE: w.BlindE},
		Cycle: spartan.Witness[fq.Element]{W: x.W, E: x.E, BlindW: x.BlindW, BlindE: x.BlindE},
	}
	p, err := spartan.Prove(t.Context(), k, s, secret, nil)
	require.NoError(t, err)
	require.NoError(t, spartan.Verify(k.Verifier(), s, p))
	s.Main.U.SetOne()
	require.ErrorIs(t, spartan.Verify(k.Verifier(), s, p), spartan.ErrRejected)
}
