package r1cs

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// chain is y = x^2 + c, n times, with a division, a comparison and bits.
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

func chainInputs[E Element](n int) *chain {
	p, c := Modulus[E](), big.NewInt(41)
	x := big.NewInt(3)
	for range n {
		x.Mul(x, x).Add(x, c).Mod(x, p)
	}
	return &chain{Y: x, X: 3, C: c}
}

func chainSystem[E Element](t *testing.T, n int) (*System[E], *Solution[E]) {
	sys, err := Compile[E](&chain{n: n})
	require.NoError(t, err)
	sol, err := sys.Solve(chainInputs[E](n))
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

func testExtraction[E Element](t *testing.T) {
	const n = 3000 // several pieces of work
	sys, sol := chainSystem[E](t, n)
	s := sys.Shape
	require.Equal(t, 1, s.Public())
	require.Greater(t, s.Rows(), n)
	require.Equal(t, s.Columns(), 1+s.Public()+s.Private())
	require.NoError(t, s.Satisfied(sol.X, sol.W))
	p, err := s.Multiply(One[E](), sol.X, sol.W)
	require.NoError(t, err)
	require.Equal(t, p, sol.Products, "the solver's products are the matrices'")
}

// What the checker says agrees with the definition, evaluated naively; the row
// that is named is the first that fails.
func TestAlteredWitnessNamesTheRow(t *testing.T) {
	onBothFields(t, testAltered[fr.Element], testAltered[fq.Element])
}

func testAltered[E Element](t *testing.T) {
	sys, sol := chainSystem[E](t, 2500)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		w := append([]E{}, sol.W...)
		at := rng.IntN(len(w))
		w[at] = FromInteger[E](big.NewInt(rng.Int64()))
		row := firstUsing(sys.Shape, 1+sys.Shape.public+at)
		err := sys.Shape.Satisfied(sol.X, w)
		require.ErrorIs(t, err, ErrUnsatisfied)
		require.ErrorContains(t, err, fmt.Sprintf("row %d of", row))
	}
	x := []E{FromInteger[E](big.NewInt(7))}
	require.ErrorIs(t, sys.Shape.Satisfied(x, sol.W), ErrUnsatisfied)
}

// firstUsing returns the first row that mentions a column. In the chain every
// row determines what it is the first to mention.
func firstUsing[E Element](s *Shape[E], column int) int {
	for i := range s.Rows() {
		for _, m := range s.matrices() {
			for _, e := range m.entries[m.start[i]:m.start[i+1]] {
				if int(e.column) == column {
					return i
				}
			}
		}
	}
	return -1
}

// Pitfalls 4 and 10: no vector is cut or filled up.
func TestPitfall04LengthsAreChecked(t *testing.T) {
	onBothFields(t, testLengths[fr.Element], testLengths[fq.Element])
}

func testLengths[E Element](t *testing.T) {
	sys, sol := chainSystem[E](t, 10)
	s, one := sys.Shape, One[E]()
	e := make([]E, s.Rows())
	require.NoError(t, s.SatisfiedRelaxed(one, sol.X, sol.W, e))
	for _, bad := range [][]E{nil, {}, e[1:], append(e, e[0])} {
		require.ErrorIs(t, s.SatisfiedRelaxed(one, sol.X, sol.W, bad), ErrLength)
		require.ErrorIs(t, s.Export(&bytes.Buffer{}, one, sol.X, sol.W, bad), ErrLength)
		_, err := Combine(e, one, bad)
		require.ErrorIs(t, err, ErrLength)
		broken := sol.Products
		broken.B = bad
		_, err = Cross(sol.Products, broken, one)
		require.ErrorIs(t, err, ErrLength)
	}
	for _, bad := range [][]E{nil, sol.W[1:], append(append([]E{}, sol.W...), one)} {
		require.ErrorIs(t, s.Satisfied(sol.X, bad), ErrLength)
		require.ErrorIs(t, s.SatisfiedRelaxed(one, sol.X, bad, e), ErrLength)
		require.ErrorIs(t, s.Export(&bytes.Buffer{}, one, sol.X, bad, e), ErrLength)
	}
	require.ErrorIs(t, s.Satisfied(nil, sol.W), ErrLength)
	require.ErrorIs(t, s.Satisfied([]E{one, one}, sol.W), ErrLength)
}

// A relaxed assignment: the fold of two satisfying ones satisfies with the cross
// term as its error and with no other.
func TestCrossTerm(t *testing.T) { onBothFields(t, testCross[fr.Element], testCross[fq.Element]) }

func testCross[E Element](t *testing.T) {
	sys, a := chainSystem[E](t, 1500)
	r := FromInteger[E](big.NewInt(123456789))
	u, err := Combine([]E{One[E]()}, r, []E{One[E]()})
	require.NoError(t, err)
	other := chainInputs[E](1500)
	other.X = new(big.Int).Sub(Modulus[E](), big.NewInt(3)) // (-3)^2 = 3^2
	b, err := sys.Solve(other)
	require.NoError(t, err)
	require.NotEqual(t, a.W, b.W)
	cross, err := Cross(a.Products, b.Products, One[E]())
	require.NoError(t, err)
	e, err := Combine(make([]E, len(cross)), r, cross)
	require.NoError(t, err)
	x, _ := Combine(a.X, r, b.X)
	w, _ := Combine(a.W, r, b.W)
	s := sys.Shape
	require.NoError(t, s.SatisfiedRelaxed(u[0], x, w, e))
	folded, err := a.Products.Combine(r, b.Products)
	require.NoError(t, err)
	products, err := s.Multiply(u[0], x, w)
	require.NoError(t, err)
	require.Equal(t, products, folded)
	require.Equal(t, e, folded.Slack(u[0]))

	require.ErrorIs(t, s.SatisfiedRelaxed(u[0], x, w, make([]E, len(e))), ErrUnsatisfied)
	require.ErrorIs(t, s.SatisfiedRelaxed(One[E](), x, w, e), ErrUnsatisfied)
	for _, i := range []int{0, len(e) / 2, len(e) - 1} {
		bad := append([]E{}, e...)
		bad[i] = FromInteger[E](big.NewInt(5))
		require.ErrorContains(t, s.SatisfiedRelaxed(u[0], x, w, bad), fmt.Sprintf("row %d of", i))
	}

	var text bytes.Buffer
	require.NoError(t, s.Export(&text, u[0], x, w, e))
	require.NoError(t, checkText(text.String()))
	e[3] = One[E]()
	text.Reset()
	require.NoError(t, s.Export(&text, u[0], x, w, e))
	require.ErrorContains(t, checkText(text.String()), "row 3")
}

// checkText is a relaxed R1CS checker over big integers that knows the text
// format and nothing else.
func checkText(text string) error {
	in := strings.NewReader(text)
	var version, n, l, m int
	p, u := new(big.Int), new(big.Int)
	if _, err := fmt.Fscanf(in, "fold-relaxed-r1cs %d\nmodulus %d\nrows %d public %d private %d\nu %d\n", &version, p, &n, &l, &m, u); err != nil {
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
			return checkRows(p, u, sums, values["e"], [3]int{n, l, m}, [3]int{len(values["e"]), len(values["x"]), len(values["w"])})
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

// randomShape draws rows with terms in random order.
func randomShape(t *rapid.T) (public, private int, rows []Constraint[fr.Element]) {
	public, private = rapid.IntRange(0, 3).Draw(t, "public"), rapid.IntRange(0, 5).Draw(t, "private")
	n := rapid.IntRange(1, 6).Draw(t, "rows")
	expression := func() (terms []Term[fr.Element]) {
		for _, column := range rapid.SliceOfDistinct(rapid.IntRange(0, public+private), rapid.ID[int]).Draw(t, "columns") {
			terms = append(terms, Term[fr.Element]{column, fr.NewElement(rapid.Uint64Range(1, 4).Draw(t, "value"))})
		}
		return
	}
	for range n {
		rows = append(rows, Constraint[fr.Element]{expression(), expression(), expression()})
	}
	return
}

// Equal relations have equal digests; a change of any number changes it.
func TestDigest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		public, private, rows := randomShape(t)
		seen := map[[32]byte]string{}
		record := func(what string, public, private int, rows []Constraint[fr.Element]) {
			s, err := NewShape(public, private, rows)
			require.NoError(t, err, what)
			old, ok := seen[s.Digest()]
			require.False(t, ok, "%s and %q have one digest", what, old)
			seen[s.Digest()] = what
		}
		record("the shape", public, private, rows)
		record("a public variable more", public+1, private, rows)
		record("a private variable more", public, private+1, rows)
		record("a row more", public, private, append(rows[:len(rows):len(rows)], Constraint[fr.Element]{}))
		if public > 0 {
			record("a variable no longer public", public-1, private+1, rows)
		}
		for i, row := range rows {
			for k, terms := range []*[]Term[fr.Element]{&row.A, &row.B, &row.C} {
				for j := range *terms {
					original := *terms
					*terms = append([]Term[fr.Element]{}, original...)
					(*terms)[j].Value.SetUint64(77)
					changed := append([]Constraint[fr.Element]{}, rows...)
					changed[i] = row
					record(fmt.Sprintf("entry %d of row %d of %d", j, i, k), public, private, changed)
					*terms = append(original[:j:j], original[j+1:]...)
					changed[i] = row
					record(fmt.Sprintf("entry %d of row %d of %d left out", j, i, k), public, private, changed)
					*terms = original
				}
			}
		}
	})
}

func TestDigestSeparatesFieldsAndIgnoresOrder(t *testing.T) {
	one, two := fr.One(), fr.NewElement(2)
	a, err := NewShape(1, 1, []Constraint[fr.Element]{{A: []Term[fr.Element]{{0, one}, {2, two}}}})
	require.NoError(t, err)
	b, err := NewShape(1, 1, []Constraint[fr.Element]{{A: []Term[fr.Element]{{2, two}, {0, one}}}})
	require.NoError(t, err)
	require.Equal(t, a.Digest(), b.Digest())
	q, err := NewShape(1, 1, []Constraint[fq.Element]{{A: []Term[fq.Element]{{0, fq.One()}, {2, fq.NewElement(2)}}}})
	require.NoError(t, err)
	require.NotEqual(t, a.Digest(), q.Digest())
}

func TestMalformedShapes(t *testing.T) {
	one := fr.One()
	row := func(terms ...Term[fr.Element]) []Constraint[fr.Element] { return []Constraint[fr.Element]{{B: terms}} }
	for name, c := range map[string]struct {
		public, private int
		rows            []Constraint[fr.Element]
	}{
		"no rows":         {1, 1, nil},
		"negative":        {-1, 1, row()},
		"too many":        {1 << 62, 1 << 62, row()},
		"column too high": {1, 1, row(Term[fr.Element]{3, one})},
		"column negative": {1, 1, row(Term[fr.Element]{-1, one})},
		"column twice":    {1, 1, row(Term[fr.Element]{1, one}, Term[fr.Element]{0, one}, Term[fr.Element]{1, one})},
		"explicit zero":   {1, 1, row(Term[fr.Element]{1, fr.Element{}})},
	} {
		_, err := NewShape(c.public, c.private, c.rows)
		require.ErrorIs(t, err, ErrShape, name)
	}
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

// A wrong input is the solver's error, not a panic.
func TestSolveFails(t *testing.T) {
	sys, _ := chainSystem[fq.Element](t, 5)
	bad := chainInputs[fq.Element](5)
	bad.Y = 1
	_, err := sys.Solve(bad)
	require.ErrorIs(t, err, ErrUnsatisfied)
}

// fq.go is what gen.go makes of fr.go.
func TestTwinIsCurrent(t *testing.T) {
	got, err := os.ReadFile("fq.go")
	require.NoError(t, err)
	back := strings.NewReplacer("fq.", "fr.", "fq \"github.com/consensys/gnark-crypto/ecc/grumpkin/fr\"",
		"\"github.com/consensys/gnark-crypto/ecc/bn254/fr\"", "fqOperations", "frOperations", "Fq", "Fr",
		"// Code generated by gen.go from fr.go. DO NOT EDIT.\n\n", "").Replace(string(got))
	want, err := os.ReadFile("fr.go")
	require.NoError(t, err)
	require.Equal(t, strings.Replace(string(want), "//go:generate go run gen.go\n\n", "", 1), back)
}

func BenchmarkMultiply(b *testing.B) {
	sys, err := Compile[fr.Element](&chain{n: 1 << 16})
	require.NoError(b, err)
	sol, err := sys.Solve(chainInputs[fr.Element](1 << 16))
	require.NoError(b, err)
	for b.Loop() {
		_, err = sys.Shape.Multiply(sol.X[0], sol.X, sol.W)
	}
	require.NoError(b, err)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*sys.Shape.Entries()), "ns/entry")
}
