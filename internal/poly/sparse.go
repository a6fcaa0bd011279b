package poly

import (
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
)

// Sparse is a polynomial of Vars variables in rows of 2^RowBits cells, in the form that
// Reduce reads. Rows outside the segments are zero. For a committed polynomial, the
// segments are its tensors.
type Sparse struct {
	Vars, RowBits int
	Segments      []Segment // disjoint
}

// Segment is the rows Start to Start+Rows-1 of a Sparse. Row Start+t is row t of the
// column.
type Segment struct {
	Start, Rows int
	Column      Column
	Live        func(t int) int // as in Spec; nil means all cells
}

func (g *Segment) live(t, width int) int {
	if g.Live == nil {
		return width
	}
	return min(max(g.Live(t), 0), width)
}

// rowAt returns the row P~(at, .), where at is a point of the row variables. eq(at, t) is
// zero unless t agrees with at's leading zeros and ones, so a claim on one tensor reads
// only that tensor.
func (p *Sparse) rowAt(at []fr.Element) fr.Vector {
	width := 1 << p.RowBits
	first, free := 0, 0
	for free < len(at) && (at[free].IsZero() || at[free].IsOne()) {
		first *= 2
		if at[free].IsOne() {
			first++
		}
		free++
	}
	e := EqTable(at[free:])
	first *= len(e)
	out := make(fr.Vector, width)
	for i := range p.Segments {
		g := &p.Segments[i]
		lo, hi := max(g.Start, first), min(g.Start+g.Rows, first+len(e))
		if lo < hi {
			if !g.combineBound(out, at[free:], first, lo, hi) {
				g.combine(out, e[lo-first:hi-first], lo-g.Start)
			}
		}
	}
	return out
}

// stripe is the number of cells of a row whose sums combine keeps at a time.
const stripe = 256

// combine adds sum_t e[t] row(from+t) to dst. It is parallel over stripes of cells for
// integers, and over rows for field elements.
func (g *Segment) combine(dst, e fr.Vector, from int) {
	scale := g.Column.scale()
	if narrow, ok := g.Column.(intRows); ok && g.Column.width() <= 17 {
		combineInts(dst, e, func(t int) int { return g.live(from+t, len(dst)) },
			func(out []int32, t, at int) { narrow.stripe(out, from+t, at) })
		return
	}
	scaled := make(fr.Vector, len(e))
	scaled.ScalarMul(e, &scale)
	sums, rows := make([]fr.Vector, kernel.Workers()), make([]fr.Vector, kernel.Workers())
	kernel.ForWorker(len(e), max(1, 4*block/len(dst)), func(worker, lo, hi int) {
		if sums[worker] == nil {
			sums[worker], rows[worker] = make(fr.Vector, len(dst)), make(fr.Vector, len(dst))
		}
		sum, row := sums[worker], rows[worker]
		for t := lo; t < hi; t++ {
			m := g.live(from+t, len(dst))
			if m == 0 || scaled[t].IsZero() {
				continue
			}
			x := row[:m]
			x.ScalarMul(g.Column.load(x, from+t), &scaled[t])
			s := sum[:m]
			s.Add(s, x)
		}
	})
	for _, s := range sums {
		if s != nil {
			dst.Add(dst, s)
		}
	}
}

// bundle is log2 of the number of rows that combineBound binds at a time.
const bundle = 4

// combineBound is combine for rows lo to hi-1 of the polynomial with weights eq(z, .),
// where eq(z, .) starts at row first. It binds the last variables of z in bundles of rows
// first: a row then costs one line instead of a product and a sum. It returns false without
// doing anything if the column holds integers or the bundles would not be whole.
func (g *Segment) combineBound(dst fr.Vector, z []fr.Element, first, lo, hi int) bool {
	const rows = 1 << bundle
	if g.Column.width() > 0 || len(z) < bundle || (lo-first)%rows != 0 || (hi-lo)%rows != 0 {
		return false
	}
	cut := len(z) - bundle
	e, scale := EqTable(z[:cut]), g.Column.scale()
	e.ScalarMul(e, &scale)
	var lines [bundle]*line
	for i := range lines {
		lines[i] = newLine(&z[cut+i])
	}
	workers := make([]*bundler, kernel.Workers())
	kernel.ForWorker((hi-lo)/rows, 1, func(worker, from, to int) {
		w := workers[worker]
		if w == nil {
			w = newBundler(len(dst))
			workers[worker] = w
		}
		for b := from; b < to; b++ {
			w.add(g, lo+b*rows-g.Start, &lines, &e[(lo-first)/rows+b])
		}
	})
	for _, w := range workers {
		if w != nil {
			dst.Add(dst, w.sum)
		}
	}
	return true
}

// bundler is a worker's memory in combineBound.
type bundler struct {
	sum, tmp fr.Vector
	room     [1 << bundle]fr.Vector
}

func newBundler(width int) *bundler {
	w := &bundler{sum: make(fr.Vector, width), tmp: make(fr.Vector, width)}
	for i := range w.room {
		w.room[i] = make(fr.Vector, width)
	}
	return w
}

// add binds the bundle of rows from t on and adds weight times the result to the sum.
func (w *bundler) add(g *Segment, t int, lines *[bundle]*line, weight *fr.Element) {
	m := 0
	for i := range w.room {
		m = max(m, g.live(t+i, len(w.sum)))
	}
	if m == 0 {
		return
	}
	var rows [1 << bundle]fr.Vector
	for i := range rows {
		rows[i] = g.Column.load(w.room[i][:m], t+i)
	}
	for i, line := range lines {
		h := len(rows) >> (i + 1)
		for k := range h {
			line.lerp(w.room[k][:m], rows[k], rows[k+h], w.tmp[:m])
			rows[k] = w.room[k][:m]
		}
	}
	x, s := rows[0], w.sum[:m]
	x.ScalarMul(x, weight)
	s.Add(s, x)
}

// AddTo adds factor times the segment to dst, the values of a polynomial in rows of
// 2^rowBits cells.
func (g *Segment) AddTo(dst fr.Vector, rowBits int, factor *fr.Element) {
	width := 1 << rowBits
	scale := g.Column.scale()
	scale.Mul(&scale, factor)
	plain, rows := scale.IsOne(), make([]fr.Vector, kernel.Workers())
	kernel.ForWorker(g.Rows, max(1, 4*block/width), func(worker, lo, hi int) {
		if rows[worker] == nil {
			rows[worker] = make(fr.Vector, width)
		}
		for t := lo; t < hi; t++ {
			m := g.live(t, width)
			if m == 0 {
				continue
			}
			row, to := rows[worker][:m], dst[(g.Start+t)<<rowBits:][:m]
			x := g.Column.load(row, t)
			if !plain {
				row.ScalarMul(x, &scale)
				x = row
			}
			to.Add(to, x)
		}
	})
}

// dots sets dst[t] = <e, row t> for the segment's rows, where e are the weights.
func (g *Segment) dots(dst fr.Vector, weights *rowWeights) {
	e := weights.e
	if narrow, ok := g.Column.(intRows); ok && g.Column.width() <= 17 {
		g.intDots(narrow, dst, weights)
		return
	}
	scale, rows := g.Column.scale(), make([]fr.Vector, kernel.Workers())
	kernel.ForWorker(g.Rows, max(1, 16*block/len(e)), func(worker, lo, hi int) {
		if rows[worker] == nil {
			rows[worker] = make(fr.Vector, len(e))
		}
		row := rows[worker]
		for t := lo; t < hi; t++ {
			if m := g.live(t, len(e)); m > 0 {
				dst[t] = innerProduct(e[:m], g.Column.load(row[:m], t))
				dst[t].Mul(&dst[t], &scale)
			}
		}
	})
}

// rowWeights are the weights of the cells of a row.
type rowWeights struct {
	e      fr.Vector
	raised func() fr.Vector // [k]: patternBias times the sum of the first k weights
}

func newRowWeights(e fr.Vector) *rowWeights {
	return &rowWeights{e, sync.OnceValue(func() fr.Vector {
		sums := make(fr.Vector, len(e)+1)
		b := fr.NewElement(patternBias)
		for k := range e {
			sums[k+1].Mul(&e[k], &b)
			sums[k+1].Add(&sums[k+1], &sums[k])
		}
		return sums
	})}
}

// dotCells is the number of cells that intDots passes to the kernel at a time.
const dotCells = 1 << 17

// intDots is dots for cells of at most 16 bits, computed as a matrix-vector product of
// signed 16-bit integers. For unsigned 16-bit cells, patternBias is subtracted from every
// live cell before the product; its contribution is added back once per row.
func (g *Segment) intDots(c intRows, dst fr.Vector, weights *rowWeights) {
	e := weights.e
	var raised fr.Vector
	if c.biased() {
		raised = weights.raised()
	}
	grain := max(1, dotCells/len(e))
	workers := make([]dotter, kernel.Workers())
	kernel.ForWorker(g.Rows, grain, func(worker, lo, hi int) {
		w := &workers[worker]
		if w.cells == nil {
			n := min(grain, g.Rows)
			*w = dotter{make([]int16, n*len(e)), make([]int, n), make([]int, n), make(fr.Vector, n)}
		}
		n := 0
		for t := lo; t < hi; t++ {
			if m := g.live(t, len(e)); m > 0 {
				row := w.cells[n*len(e):][:len(e)]
				c.pattern(row[:m], t)
				clear(row[m:])
				w.to[n], w.live[n] = t, m
				n++
			}
		}
		if n == 0 {
			return
		}
		kernel.MatVec(w.out[:n], e, &kernel.W16{Rows: n, Cols: len(e), Data: w.cells[:n*len(e)]})
		for i, t := range w.to[:n] {
			dst[t] = w.out[i]
			if raised != nil {
				dst[t].Add(&dst[t], &raised[w.live[i]])
			}
		}
	})
}

// dotter is a worker's memory in intDots, for the live rows of its share: their cells,
// their indices (to), the numbers of their live cells, and the products.
type dotter struct {
	cells    []int16
	to, live []int
	out      fr.Vector
}

// at returns P~(t, s) for every row t, where s is a point of the variables within a row.
func (p *Sparse) at(s []fr.Element) fr.Vector {
	out, weights := make(fr.Vector, 1<<(p.Vars-p.RowBits)), newRowWeights(EqTable(s))
	each(len(p.Segments), func(i int) {
		g := &p.Segments[i]
		g.dots(out[g.Start:g.Start+g.Rows], weights)
	})
	return out
}

// patternBias is subtracted from unsigned 16-bit cells to make them signed.
const patternBias = 1 << 15

// intRows is a column of small integers. It is used only for columns of cells of at most 16
// bits, signed or unsigned.
type intRows interface {
	// stripe writes the cells of row t from cell at on, and zeros past the end of the row.
	stripe(dst []int32, t, at int)
	// biased reports whether pattern subtracts patternBias: true for unsigned 16-bit cells.
	biased() bool
	// pattern writes the cells of row t less the bias. Cells past the end of the row count as
	// zeros.
	pattern(dst []int16, t int)
}

// combineInts is combine on integers. Each weight is split into eight limbs of 32 bits. For
// each cell it keeps eight sums of limb times cell. A product has at most 48 bits, so the
// sums of 2^14 rows stay within 63 bits; then they are carried into dst.
func combineInts(dst, e fr.Vector, live func(t int) int, read func(out []int32, t, at int)) {
	limbs := make([][8]int64, len(e))
	for t := range e {
		for i, w := range e[t].Bits() {
			limbs[t][2*i], limbs[t][2*i+1] = int64(uint32(w)), int64(w>>32)
		}
	}
	kernel.For(len(dst), stripe, func(lo, hi int) {
		var sums [stripe][8]int64
		var cells [stripe]int32
		acc := sums[:hi-lo]
		flush := func() {
			for k := range acc {
				v := carry(&acc[k])
				dst[lo+k].Add(&dst[lo+k], &v)
			}
			clear(acc)
		}
		for t := range limbs {
			if m := min(live(t), hi) - lo; m > 0 {
				read(cells[:m], t, lo)
				addLimbs(acc[:m], cells[:m], &limbs[t])
			}
			if (t+1)%(1<<14) == 0 {
				flush()
			}
		}
		flush()
	})
}

func addLimbs(acc [][8]int64, cells []int32, w *[8]int64) {
	w0, w1, w2, w3, w4, w5, w6, w7 := w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
	for k, c := range cells[:len(acc)] {
		a, v := &acc[k], int64(c)
		a[0] += w0 * v
		a[1] += w1 * v
		a[2] += w2 * v
		a[3] += w3 * v
		a[4] += w4 * v
		a[5] += w5 * v
		a[6] += w6 * v
		a[7] += w7 * v
	}
}

// carry returns sum_i a_i 2^(32 i).
func carry(a *[8]int64) fr.Element {
	var l [4]uint64
	var c int64
	for i, v := range a {
		c += v // |v| <= 2^62, see combineInts
		l[i/2] |= uint64(uint32(c)) << (32 * (i & 1))
		c >>= 32
	}
	return fromLimbs(l, c)
}

// fromLimbs returns l + c 2^256. The three low limbs are a value below r, as a raw operand
// of a multiplication must be; so is the value of the fourth limb and c.
func fromLimbs(l [4]uint64, c int64) (z fr.Element) {
	var high fr.Element
	rawPair(&high, l[3], c)
	high.Mul(&high, &highMontgomery)
	z = fr.Element{l[0], l[1], l[2]}
	z.Mul(&z, &montgomery)
	return *z.Add(&z, &high)
}
