package gadget

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// chain constrains n steps y = x^2 + c, a division, a comparison and bits.
type chain struct {
	Y    frontend.Variable `gnark:",public"`
	X, C frontend.Variable
	n    int
}

func (c *chain) Define(api frontend.API) error {
	x := c.X
	for range c.n {
		x = api.Add(api.Mul(x, x), c.C)
	}
	low := api.ToBinary(c.C, 16)
	q := api.Div(low[3], api.Add(low[5], 2))
	api.AssertIsEqual(api.Mul(q, api.Add(low[5], 2)), low[3])
	api.AssertIsEqual(x, c.Y)
	return nil
}

func chainInputs[E curve.Element](n int) *chain {
	p, c := curve.Modulus[E](), big.NewInt(41)
	x := big.NewInt(3)
	for range n {
		x.Mul(x, x).Add(x, c).Mod(x, p)
	}
	return &chain{Y: x, X: 3, C: c}
}

func chainSystem[E curve.Element](t *testing.T, n int) (*System[E], *r1cs.Solution[E]) {
	sys, err := Compile[E](&chain{n: n})
	require.NoError(t, err)
	sol, err := sys.SolveCircuit(chainInputs[E](n))
	require.NoError(t, err)
	return sys, sol
}

func onBothFields(t *testing.T, onFr, onFq func(t *testing.T)) {
	t.Run("Fr", onFr)
	t.Run("Fq", onFq)
}

func TestExtraction(t *testing.T) {
	onBothFields(t, testExtraction[fr.Element], testExtraction[fq.Element])
}

func testExtraction[E curve.Element](t *testing.T) {
	const n = 3000 // several pieces of work
	sys, sol := chainSystem[E](t, n)
	s := sys.Shape()
	require.Equal(t, 1, s.Public())
	require.Greater(t, s.Rows(), n)
	require.Equal(t, s.Columns(), 1+s.Public()+s.Private())
	require.NoError(t, s.Satisfied(sol.X, sol.W))
	p, err := s.Multiply(curve.One[E](), sol.X, sol.W)
	require.NoError(t, err)
	require.Equal(t, p, sol.Products, "the solver's products are the matrices'")
}

// The checker agrees with a naive evaluation of the definition, and it names the first row
// that fails.
func TestAlteredWitnessNamesTheRow(t *testing.T) {
	onBothFields(t, testAltered[fr.Element], testAltered[fq.Element])
}

func testAltered[E curve.Element](t *testing.T) {
	sys, sol := chainSystem[E](t, 2500)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		w := append([]E{}, sol.W...)
		at := rng.IntN(len(w))
		w[at] = curve.FromInteger[E](big.NewInt(rng.Int64()))
		row := firstUsing(sys.Shape(), 1+sys.Shape().Public()+at)
		err := sys.Shape().Satisfied(sol.X, w)
		require.ErrorIs(t, err, r1cs.ErrUnsatisfied)
		require.ErrorContains(t, err, fmt.Sprintf("row %d of", row))
	}
	x := []E{curve.FromInteger[E](big.NewInt(7))}
	require.ErrorIs(t, sys.Shape().Satisfied(x, sol.W), r1cs.ErrUnsatisfied)
}

// firstUsing returns the first row that uses a column. In the chain every row determines the
// columns that it uses first.
func firstUsing[E curve.Element](s *r1cs.Shape[E], column int) int {
	first := -1
	for e := range s.All() {
		if e.Column == column && (first < 0 || e.Row < first) {
			first = e.Row
		}
	}
	return first
}

// Pitfalls 4 and 10: no vector is truncated or padded.
func TestPitfall04LengthsAreChecked(t *testing.T) {
	onBothFields(t, testLengths[fr.Element], testLengths[fq.Element])
}

func testLengths[E curve.Element](t *testing.T) {
	sys, sol := chainSystem[E](t, 10)
	s, one := sys.Shape(), curve.One[E]()
	e := make([]E, s.Rows())
	require.NoError(t, s.SatisfiedRelaxed(one, sol.X, sol.W, e))
	for _, bad := range [][]E{nil, {}, e[1:], append(e, e[0])} {
		require.ErrorIs(t, s.SatisfiedRelaxed(one, sol.X, sol.W, bad), r1cs.ErrLength)
		require.ErrorIs(t, s.Export(&bytes.Buffer{}, one, sol.X, sol.W, bad), r1cs.ErrLength)
		_, err := r1cs.Combine(e, one, bad)
		require.ErrorIs(t, err, r1cs.ErrLength)
		broken := sol.Products
		broken.B = bad
		_, err = r1cs.Cross(sol.Products, broken, one)
		require.ErrorIs(t, err, r1cs.ErrLength)
	}
	for _, bad := range [][]E{nil, sol.W[1:], append(append([]E{}, sol.W...), one)} {
		require.ErrorIs(t, s.Satisfied(sol.X, bad), r1cs.ErrLength)
		require.ErrorIs(t, s.SatisfiedRelaxed(one, sol.X, bad, e), r1cs.ErrLength)
		require.ErrorIs(t, s.Export(&bytes.Buffer{}, one, sol.X, bad, e), r1cs.ErrLength)
	}
	require.ErrorIs(t, s.Satisfied(nil, sol.W), r1cs.ErrLength)
	require.ErrorIs(t, s.Satisfied([]E{one, one}, sol.W), r1cs.ErrLength)
}

// The fold of two satisfying assignments satisfies the relaxed relation with the cross term as
// its error, and with no other error.
func TestCrossTerm(t *testing.T) { onBothFields(t, testCross[fr.Element], testCross[fq.Element]) }

func testCross[E curve.Element](t *testing.T) {
	sys, a := chainSystem[E](t, 1500)
	r := curve.FromInteger[E](big.NewInt(123456789))
	u, err := r1cs.Combine([]E{curve.One[E]()}, r, []E{curve.One[E]()})
	require.NoError(t, err)
	other := chainInputs[E](1500)
	other.X = new(big.Int).Sub(curve.Modulus[E](), big.NewInt(3)) // (-3)^2 = 3^2
	b, err := sys.SolveCircuit(other)
	require.NoError(t, err)
	require.NotEqual(t, a.W, b.W)
	cross, err := r1cs.Cross(a.Products, b.Products, curve.One[E]())
	require.NoError(t, err)
	e, err := r1cs.Combine(make([]E, len(cross)), r, cross)
	require.NoError(t, err)
	x, _ := r1cs.Combine(a.X, r, b.X)
	w, _ := r1cs.Combine(a.W, r, b.W)
	s := sys.Shape()
	require.NoError(t, s.SatisfiedRelaxed(u[0], x, w, e))
	folded, err := a.Products.Combine(r, b.Products)
	require.NoError(t, err)
	products, err := s.Multiply(u[0], x, w)
	require.NoError(t, err)
	require.Equal(t, products, folded)
	require.Equal(t, e, folded.Slack(u[0]))

	require.ErrorIs(t, s.SatisfiedRelaxed(u[0], x, w, make([]E, len(e))), r1cs.ErrUnsatisfied)
	require.ErrorIs(t, s.SatisfiedRelaxed(curve.One[E](), x, w, e), r1cs.ErrUnsatisfied)
	for _, i := range []int{0, len(e) / 2, len(e) - 1} {
		bad := append([]E{}, e...)
		bad[i] = curve.FromInteger[E](big.NewInt(5))
		require.ErrorContains(t, s.SatisfiedRelaxed(u[0], x, w, bad), fmt.Sprintf("row %d of", i))
	}

	var text bytes.Buffer
	require.NoError(t, s.Export(&text, u[0], x, w, e))
	require.NoError(t, checkText(text.String()))
	e[3] = curve.One[E]()
	text.Reset()
	require.NoError(t, s.Export(&text, u[0], x, w, e))
	require.ErrorContains(t, checkText(text.String()), "row 3")
}

// checkText is a relaxed R1CS checker over big integers. It reads only the text format.
func checkText(text string) error {
	in := strings.NewReader(text)
	var version, n, l, m int
	p, u := new(big.Int), new(big.Int)
	if _, err := fmt.Fscanf(in, "fold-relaxed-r1cs %d\nmodulus %d\nrows %d public %d private %d\nu %d\n", &version, p,
		&n, &l, &m, u); err != nil {
		return err
	}
	values := map[string][]*big.Int{"x": {}, "w": {}, "e": {}}
	sums := map[string][]*big.Int{}
	for _, name := range []string{"A", "B", "C"} {
		for range n {
			sums[name] = append(sums[name], new(big.Int))
		}
	}
	z := []*big.Int{u}
	for {
		var tag string
		if _, err := fmt.Fscan(in, &tag); err != nil {
			return err
		}
		switch tag {
		case "x", "w", "e":
			v := new(big.Int)
			fmt.Fscan(in, v)
			if tag != "e" {
				z = append(z, v)
			}
			values[tag] = append(values[tag], v)
		case "A", "B", "C":
			var i, j int
			v := new(big.Int)
			fmt.Fscan(in, &i, &j, v)
			sums[tag][i].Add(sums[tag][i], v.Mul(v, z[j]))
		case "end":
			return checkRows(p, u, sums, values["e"], [3]int{n, l, m},
				[3]int{len(values["e"]), len(values["x"]), len(values["w"])})
		}
	}
}

func checkRows(p, u *big.Int, sums map[string][]*big.Int, e []*big.Int, want, got [3]int) error {
	if want != got {
		return fmt.Errorf("%v values, want %v", got, want)
	}
	for i := range e {
		left := new(big.Int).Mul(sums["A"][i], sums["B"][i])
		left.Sub(left, new(big.Int).Mul(u, sums["C"][i])).Sub(left, e[i])
		if left.Mod(left, p).Sign() != 0 {
			return fmt.Errorf("row %d", i)
		}
	}
	return nil
}

type committing struct{ X frontend.Variable }

func (c *committing) Define(api frontend.API) error {
	v, err := api.(frontend.Committer).Commit(c.X)
	api.AssertIsDifferent(v, c.X)
	return err
}

func TestCommitIsRefused(t *testing.T) {
	_, err := Compile[fr.Element](&committing{})
	require.ErrorIs(t, err, ErrCommitment)
}

// A wrong input gives the solver's error, not a panic.
func TestSolveFails(t *testing.T) {
	sys, _ := chainSystem[fq.Element](t, 5)
	bad := chainInputs[fq.Element](5)
	bad.Y = 1
	_, err := sys.SolveCircuit(bad)
	require.ErrorIs(t, err, r1cs.ErrUnsatisfied)
}

// The inputs of a solution give the same solution. Other inputs are unsatisfied or have a
// wrong length.
func TestSolve(t *testing.T) { onBothFields(t, testSolve[fr.Element], testSolve[fq.Element]) }

func testSolve[E curve.Element](t *testing.T) {
	sys, sol := chainSystem[E](t, 5)
	got, err := sys.Solve(sol.X, sol.W[:sys.Inputs()])
	require.NoError(t, err)
	require.Equal(t, sol, got)
	_, err = sys.Solve(sol.X[1:], sol.W[:sys.Inputs()])
	require.ErrorIs(t, err, r1cs.ErrLength)
	_, err = sys.Solve(sol.X, nil)
	require.ErrorIs(t, err, r1cs.ErrLength)
	_, err = sys.Solve(make([]E, len(sol.X)), sol.W[:sys.Inputs()])
	require.ErrorIs(t, err, r1cs.ErrUnsatisfied)
}

func BenchmarkMultiply(b *testing.B) {
	sys, err := Compile[fr.Element](&chain{n: 1 << 16})
	require.NoError(b, err)
	sol, err := sys.SolveCircuit(chainInputs[fr.Element](1 << 16))
	require.NoError(b, err)
	for b.Loop() {
		_, err = sys.Shape().Multiply(sol.X[0], sol.X, sol.W)
	}
	require.NoError(b, err)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*sys.Shape().Entries()), "ns/entry")
}
