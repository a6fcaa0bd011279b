package quantize

import (
	"math"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
)

const (
	gptqBlock = 128  // columns that are rounded before the later columns are updated
	gptqRows  = 4096 // rows that are rounded at a time: rows do not depend on each other
)

// gptq rounds a matrix to bytes in groups with a small error of its outputs on the
// calibration inputs: it rounds one column after the other, and corrects the later columns
// for the error of each rounding (Frantar, Ashkboos, Hoefler, Alistarh 2022, "GPTQ",
// algorithm 1).
func (t *tensor) gptq(exp int, inv *inverse) (llama.Linear, error) {
	m := newW8(t.rows, t.cols)
	for lo := 0; lo < t.rows; lo += gptqRows {
		hi := min(lo+gptqRows, t.rows)
		g := gptqState{m: m, inv: inv, lo: lo, rows: hi - lo, w: make([]float32, (hi-lo)*t.cols)}
		if err := g.load(t, exp); err != nil {
			return llama.Linear{}, err
		}
		g.run()
	}
	return llama.Linear{Matrix: m, Exp: exp}, nil
}

// gptqState rounds a range of rows. Weights are in units of 2^-exp, and their columns are
// in the order of the inverse.
type gptqState struct {
	m        *kernel.W8
	inv      *inverse
	lo, rows int
	w        []float32 // [rows][Cols], the weights, corrected for the columns rounded so far
}

// load reads the rows and sets their multipliers.
func (g *gptqState) load(t *tensor, exp int) error {
	scale := math.Ldexp(1, exp)
	return t.eachIn(g.lo, g.lo+g.rows, func(y int, row []float64) {
		multipliers(g.m, y, row, exp)
		out := g.w[(y-g.lo)*g.m.Cols:][:g.m.Cols]
		for k, from := range g.inv.order {
			out[k] = float32(row[from] * scale)
		}
	})
}

func (g *gptqState) run() {
	n := g.m.Cols
	for a := 0; a < n; a += gptqBlock {
		b := min(a+gptqBlock, n)
		errs := make([]float32, g.rows*(b-a))
		kernel.For(g.rows, 16, func(lo, hi int) {
			for y := lo; y < hi; y++ {
				g.round(y, a, b, errs[y*(b-a):(y+1)*(b-a)])
			}
		})
		if b < n {
			g.update(a, b, errs)
		}
	}
}

// round rounds columns a to b-1 of row y. It sets errs to the errors, each divided by the
// diagonal entry of U in its column.
func (g *gptqState) round(y, a, b int, errs []float32) {
	n := g.m.Cols
	w := g.w[y*n:][:n]
	out := g.m.Data[(g.lo+y)*n:][:n]
	muls := g.m.Mul[(g.lo+y)*g.m.Groups():][:g.m.Groups()]
	for j := a; j < b; j++ {
		k := g.inv.order[j]
		mul := float32(muls[k/kernel.GroupSize])
		out[k] = nearestByte(float64(w[j] / mul))
		u := g.inv.u[j*n:][:b]
		e := (w[j] - float32(float32(out[k])*mul)) / u[j]
		errs[j-a] = e
		for i := j + 1; i < b; i++ {
			w[i] -= float32(e * u[i])
		}
	}
}

// update corrects the columns from b on for the errors of columns a to b-1.
func (g *gptqState) update(a, b int, errs []float32) {
	n := g.m.Cols
	rest := n - b
	columns := make([]float32, rest*(b-a)) // U[a:b, b:] transposed
	for i := range b - a {
		for j, u := range g.inv.u[(a+i)*n+b : (a+i+1)*n] {
			columns[j*(b-a)+i] = u
		}
	}
	u := float.NewMatrix(rest, b-a)
	u.SetRows(0, columns)
	change := make([]float32, g.rows*rest)
	u.Mul(change, errs)
	kernel.For(g.rows, 16, func(lo, hi int) {
		for y := lo; y < hi; y++ {
			w := g.w[y*n+b : (y+1)*n]
			for k, c := range change[y*rest : (y+1)*rest] {
				w[k] -= c
			}
		}
	})
}
