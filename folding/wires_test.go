package folding

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
	"fold.example/fold/r1cs/gadget"
)

// freeWires returns the columns of variables that may not be isolated: which could move a
// little, perhaps, with the inputs as they are and all rows satisfied. A row is a
// polynomial in how far each variable moves. One that has a single variable left, those
// that cannot move being constants, holds that one still as well. A wire that a hint gave
// and no row holds is left over.
func freeWires[E curve.Element](t *testing.T, s r1cs.Solver[E], sol *r1cs.Solution[E]) []int {
	shape, p := s.Shape(), curve.Modulus[E]()
	require.NoError(t, shape.Satisfied(sol.X, sol.W))
	products, err := shape.Multiply(curve.One[E](), sol.X, sol.W)
	require.NoError(t, err)
	given := 1 + shape.Public() + s.Inputs()
	rows := make([]moves, shape.Rows())
	for e := range shape.All() {
		if e.Column < given {
			continue
		}
		if rows[e.Row] == nil {
			rows[e.Row] = moves{}
		}
		m := rows[e.Row][e.Column]
		if m == nil {
			m = &move{linear: new(big.Int)}
			rows[e.Row][e.Column] = m
		}
		factor := big.NewInt(-1) // (a + da)(b + db) - (c + dc) = da b + a db - dc + da db
		switch e.Matrix {
		case 0:
			m.a, factor = true, curve.Integer(products.B[e.Row])
		case 1:
			m.b, factor = true, curve.Integer(products.A[e.Row])
		}
		m.linear.Add(m.linear, factor.Mul(factor, curve.Integer(e.Value))).Mod(m.linear, p)
	}
	return unheld(rows, given, shape.Columns())
}

// moves is the variables of a row that can move. A move enters linearly, and in products
// with others if it is a part of both factors' moves.
type (
	moves map[int]*move
	move  struct {
		linear *big.Int
		a, b   bool
	}
)

// only returns the one variable that the row depends on, if there is one alone.
func (row moves) only() (column int, ok bool) {
	var a, b bool
	for _, m := range row {
		a, b = a || m.a, b || m.b
	}
	for i, m := range row {
		if m.linear.Sign() == 0 && !(m.a && b) && !(m.b && a) {
			continue
		}
		if ok {
			return 0, false
		}
		column, ok = i, true
	}
	return
}

// unheld holds one variable after the other and returns those that stay free.
func unheld(rows []moves, from, to int) (free []int) {
	in := map[int][]int{}
	var look []int
	for i, row := range rows {
		for column := range row {
			in[column] = append(in[column], i)
		}
		look = append(look, i)
	}
	held := map[int]bool{}
	for len(look) > 0 {
		column, ok := rows[look[len(look)-1]].only()
		look = look[:len(look)-1]
		if !ok {
			continue
		}
		held[column] = true
		for _, i := range in[column] {
			delete(rows[i], column)
			look = append(look, i)
		}
	}
	for column := from; column < to; column++ {
		if !held[column] {
			free = append(free, column)
		}
	}
	return
}

// No wire of either circuit is free: given their inputs, all others follow, up to choices
// between isolated values, such as those of bits. (At step 0 only the inverses of zeros
// that tests for zero name without effect are free.)
func TestNoWireIsFree(t *testing.T) {
	p, s, _, end := pointsRun(t, 2, 1)
	f := forge(t, p, s, end).main().cycle()
	public, err := p.io(&f.next.Instances)
	require.NoError(t, err)
	now := f.augmentedInputs(public.Public(protocol.Native()))
	augmented, err := p.augmented.Solve([]fr.Element{now.Public}, now.private())
	require.NoError(t, err)
	require.Empty(t, freeWires(t, p.augmented, augmented), "augmented circuit")

	in := cycleFoldInputs(f.r, f.step.Rho, f.points(), p.Circuits.step.Operations())
	cycle, err := p.cycleFold.Solve(f.cycleFresh.X, in.private())
	require.NoError(t, err)
	require.Empty(t, freeWires(t, p.cycleFold, cycle), "CycleFold circuit")
}

// unchecked is 0/0, which gnark solves to 0 and no row holds.
type unchecked struct{ A, B frontend.Variable }

func (u *unchecked) Define(api frontend.API) error {
	api.AssertIsEqual(api.Mul(api.DivUnchecked(u.A, u.B), u.B), 0)
	return nil
}

func TestFreeWiresAreSeen(t *testing.T) {
	sys, err := gadget.Compile[fr.Element](&unchecked{})
	require.NoError(t, err)
	for b, want := range map[int]int{0: 1, 5: 0} {
		sol, err := sys.SolveCircuit(&unchecked{A: 0, B: b})
		require.NoError(t, err)
		require.Len(t, freeWires(t, sys, sol), want)
	}
}
