package folding

import (
	"math/big"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
	"fold.example/fold/r1cs/gadget"
)

// quadratic is y = x^2 + c, n times.
type quadratic struct {
	X, Y frontend.Variable `gnark:",public"`
	C    frontend.Variable
	n    int
}

func (q *quadratic) Define(api frontend.API) error {
	x := q.X
	for range q.n {
		x = api.Add(api.Mul(x, x), q.C)
	}
	api.AssertIsEqual(x, q.Y)
	return nil
}

func inputs[E curve.Element](rng *rand.Rand, n int) *quadratic {
	p := curve.Modulus[E]()
	x, c := new(big.Int).SetUint64(rng.Uint64()), new(big.Int).SetUint64(rng.Uint64())
	y := new(big.Int).Set(x)
	for range n {
		y.Mul(y, y).Add(y, c).Mod(y, p)
	}
	return &quadratic{X: x, Y: y, C: c}
}

// world is a scheme with a system, for tests over both curves.
type world[E curve.Element, C comparable] struct {
	scheme *Scheme[E, C]
	system *gadget.System[E]
	n      int
	rng    *rand.Rand
	pp     fr.Element
}

var (
	smallKey = sync.OnceValues(func() (*commit.Key, error) { return commit.SetupDevelopment(128) })
	tinyKey  = sync.OnceValues(func() (*commit.GrumpkinKey, error) { return commit.NewGrumpkinKey(128) })
)

func compiled[E curve.Element](t testing.TB, n int) *gadget.System[E] {
	sys, err := gadget.Compile[E](&quadratic{n: n})
	require.NoError(t, err)
	return sys
}

func mainWorld(t testing.TB, n int, keys func() (*commit.Key, error)) *world[fr.Element, bn254.G1Affine] {
	key, err := keys()
	require.NoError(t, err)
	sys := compiled[fr.Element](t, n)
	s, err := NewMain(sys.Shape(), key)
	require.NoError(t, err)
	return &world[fr.Element, bn254.G1Affine]{s, sys, n, rand.New(rand.NewPCG(1, uint64(n))), fr.NewElement(99)}
}

func cycleWorld(t testing.TB, n int, keys func() (*commit.GrumpkinKey, error)) *world[fq.Element, grumpkin.G1Affine] {
	key, err := keys()
	require.NoError(t, err)
	sys := compiled[fq.Element](t, n)
	s, err := NewCycle(sys.Shape(), nil, key)
	require.NoError(t, err)
	return &world[fq.Element, grumpkin.G1Affine]{s, sys, n, rand.New(rand.NewPCG(2, uint64(n))), fr.NewElement(99)}
}

func (w *world[E, C]) random() E {
	n := new(big.Int)
	for range 5 {
		n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(w.rng.Uint64()))
	}
	return curve.FromInteger[E](n)
}

func (w *world[E, C]) solve(t testing.TB) *r1cs.Solution[E] {
	sol, err := w.system.SolveCircuit(inputs[E](w.rng, w.n))
	require.NoError(t, err)
	return sol
}

func (w *world[E, C]) fresh(t testing.TB) (Fresh[E, C], *FreshWitness[E]) {
	u, wit, err := w.scheme.Commit(w.solve(t), w.random())
	require.NoError(t, err)
	return u, wit
}

// chain folds n fresh instances into the default one.
func (w *world[E, C]) chain(t testing.TB, n int) (Instance[E, C], *Witness[E]) {
	u, wit := w.scheme.Default()
	for range n {
		fresh, second := w.fresh(t)
		f, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
		require.NoError(t, err)
		got, err := w.scheme.Verify(w.pp, u, fresh, f.Cross)
		require.NoError(t, err)
		require.Equal(t, f.Instance, got, "prover and verifier")
		u, wit = f.Instance, f.Witness
	}
	return u, wit
}
