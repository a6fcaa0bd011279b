package float

import (
	"unsafe"

	"fold.example/fold/internal/kernel"
)

// tile is the fastest kernel of this machine. All kernels give the same bits.
var tile = tiles()[0]

// Matrix is a matrix of float32, Rows outputs by Cols inputs, laid out for
// products with many vectors: 32 rows are interleaved in a panel.
type Matrix struct {
	Rows, Cols int
	panels     [][]float32 // [ceil(Rows/32)][Cols][32], rows past the last are zero
}

// NewMatrix returns a matrix of zeros.
func NewMatrix(rows, cols int) *Matrix {
	m := new(Matrix)
	m.Reset(rows, cols)
	return m
}

// Reset makes m a matrix of zeros of a new shape. It reuses the memory of an equal shape.
func (m *Matrix) Reset(rows, cols int) {
	n := (rows + panelRows - 1) / panelRows
	if len(m.panels) != n || m.Cols != cols {
		data := make([]float32, n*cols*panelRows)
		m.panels = make([][]float32, n)
		for p := range m.panels {
			m.panels[p] = data[p*cols*panelRows : (p+1)*cols*panelRows : (p+1)*cols*panelRows]
		}
	} else {
		for _, p := range m.panels {
			clear(p)
		}
	}
	m.Rows, m.Cols = rows, cols
}

// SetRows sets the rows from lo on; rows holds whole rows of Cols entries. It
// may be called concurrently for rows that share no panel of 32.
func (m *Matrix) SetRows(lo int, rows []float32) {
	for y := lo; len(rows) > 0; y++ {
		m.setRow(y, rows[:m.Cols])
		rows = rows[m.Cols:]
	}
}

func (m *Matrix) setRow(y int, row []float32) {
	panel := m.panels[y/panelRows][y%panelRows:]
	for k, w := range row {
		panel[k*panelRows] = w
	}
}

// Row copies row y into dst, of Cols entries.
func (m *Matrix) Row(y int, dst []float32) {
	panel := m.panels[y/panelRows][y%panelRows:]
	for k := range dst[:m.Cols] {
		dst[k] = panel[k*panelRows]
	}
}

// tokenBlock is the number of tokens that are multiplied with a panel while it is in the
// processor's cache.
const tokenBlock = 64

// Mul sets y, [T][Rows], to the products of m with the T rows of x, [T][Cols].
func (m *Matrix) Mul(y, x []float32) {
	tokens := len(x) / m.Cols
	blocks := (tokens + tokenBlock - 1) / tokenBlock
	grain := max(1, 16/max(tokens, 1)) // few tokens: several panels at once
	kernel.For(len(m.panels)*blocks, grain, func(lo, hi int) {
		for u := lo; u < hi; u++ {
			// Blocks of tokens are the slow axis: threads share them, not panels.
			p, t := u%len(m.panels), u/len(m.panels)*tokenBlock
			n := min(tokenBlock, tokens-t)
			m.mulPanel(p, view{y[t*m.Rows:], m.Rows}, view{x[t*m.Cols:], m.Cols}, n)
		}
	})
}

// view is a matrix whose rows lie stride entries apart.
type view struct {
	data   []float32
	stride int
}

// mulPanel computes the outputs of panel p for n tokens.
func (m *Matrix) mulPanel(p int, y, x view, n int) {
	width := min(panelRows, m.Rows-p*panelRows)
	w := unsafe.SliceData(m.panels[p])
	acc := make([]float32, tileTokens*panelRows)
	for t := 0; t < n; {
		rows, stride, out := tileTokens, 4*x.stride, 4*panelRows
		if n-t < tileTokens { // one token: the tile computes it four times
			rows, stride, out = 1, 0, 0
		}
		clear(acc)
		if m.Cols > 0 {
			tile(m.Cols, &x.data[t*x.stride], stride, w, &acc[0], out)
		}
		for i := range rows {
			copy(y.data[(t+i)*y.stride+p*panelRows:][:width], acc[i*panelRows:])
		}
		t += rows
	}
}
