package source

import (
	"fmt"
	"io"
	"slices"
	"sync"
)

// matrix is a tensor as rows of float32.
type matrix interface {
	dims() (rows, cols int)
	typeName() string
	// read decodes rows lo to hi-1 into dst. The caller has checked the range and
	// the length of dst.
	read(lo, hi int, dst []float32) error
}

// chunkBytes bounds the memory of a call of read in bytes; a single row may exceed it.
const chunkBytes = 256 << 10

var chunks = sync.Pool{New: func() any { return new([]byte) }}

// stored is a matrix that lies in a file row after row.
type stored struct {
	enc        encoding
	at         io.ReaderAt
	off        int64
	rows, cols int
}

func (m stored) dims() (rows, cols int) { return m.rows, m.cols }
func (m stored) typeName() string       { return m.enc.name }

// stride returns the size of a row in bytes.
func (m stored) stride() int { return m.cols / m.enc.block * m.enc.bytes }

func (m stored) read(lo, hi int, dst []float32) error {
	step := max(1, chunkBytes/m.stride())
	for ; lo < hi; lo += step {
		n := min(step, hi-lo)
		if err := m.rawRows(lo, n, func(raw []byte) error {
			m.enc.decode(dst[:n*m.cols], raw)
			return nil
		}); err != nil {
			return err
		}
		dst = dst[n*m.cols:]
	}
	return nil
}

// rawRows calls use with the bytes of n rows from lo on.
func (m stored) rawRows(lo, n int, use func(raw []byte) error) error {
	size := n * m.stride()
	buf := chunks.Get().(*[]byte)
	defer chunks.Put(buf)
	if cap(*buf) < size {
		*buf = make([]byte, max(size, chunkBytes))
	}
	raw := (*buf)[:size]
	if got, err := m.at.ReadAt(raw, m.off+int64(lo)*int64(m.stride())); got < size {
		return fmt.Errorf("reading rows %d to %d: %w", lo, lo+n, err)
	}
	return use(raw)
}

// paired reorders the rows of each head of a matrix: the matrix holds the first elements
// of all pairs, then the second ones; read returns interleaved pairs.
type paired struct {
	matrix
	headDim int
}

// halvesRow returns the index in the order of halves of row y in the order of interleaved
// pairs: row 2i+s of a head is row s*(headDim/2)+i.
func halvesRow(y, headDim int) int {
	head, r := y/headDim, y%headDim
	return head*headDim + r%2*(headDim/2) + r/2
}

func (m paired) read(lo, hi int, dst []float32) error {
	_, cols := m.dims()
	for y := lo; y < hi; y++ {
		src := halvesRow(y, m.headDim)
		if err := m.matrix.read(src, src+1, dst[:cols]); err != nil {
			return err
		}
		dst = dst[cols:]
	}
	return nil
}

// pairedRow reorders the entries of a bias as paired reorders the rows of its matrix.
type pairedRow struct {
	matrix
	headDim int
}

func (m pairedRow) read(lo, hi int, dst []float32) error {
	if err := m.matrix.read(lo, hi, dst); err != nil {
		return err
	}
	_, cols := m.dims()
	for row := range slices.Chunk(dst, cols) {
		halves := slices.Clone(row)
		for y := range row {
			row[y] = halves[halvesRow(y, m.headDim)]
		}
	}
	return nil
}

// scaled is a matrix of integers with a scale for each row, or one for all rows.
type scaled struct {
	matrix
	scale matrix // [rows, 1] or [1, 1]
}

func (m scaled) read(lo, hi int, dst []float32) error {
	if err := m.matrix.read(lo, hi, dst); err != nil {
		return err
	}
	n, _ := m.scale.dims()
	_, cols := m.dims()
	var s [1]float32
	for y := lo; y < hi; y++ {
		if err := m.scale.read(min(y, n-1), min(y, n-1)+1, s[:]); err != nil {
			return fmt.Errorf("scale of row %d: %w", y, err)
		}
		row := dst[(y-lo)*cols:][:cols]
		for i := range row {
			row[i] *= s[0]
		}
	}
	return nil
}

// packedTernary is BitNet's layout in transformers: with r = rows/4, bits 2k and
// 2k+1 of byte [i, j] hold entry [i+k*r, j] plus one.
type packedTernary struct {
	stored         // [rows/4, cols] of U8
	scale  float32 // a weight is scale times its entry
}

func (m packedTernary) dims() (rows, cols int) { return 4 * m.rows, m.cols }
func (m packedTernary) typeName() string       { return "ternary U8" }

func (m packedTernary) read(lo, hi int, dst []float32) error {
	values := [4]float32{-m.scale, 0, m.scale}
	for y := lo; y < hi; y++ {
		row, shift := dst[(y-lo)*m.cols:][:m.cols], 2*(y/m.rows)
		err := m.rawRows(y%m.rows, 1, func(raw []byte) error {
			for i, b := range raw {
				code := b >> shift & 3
				if code == 3 {
					return corrupt("row %d, column %d holds the code 3, expected 0, 1 or 2", y, i)
				}
				row[i] = values[code]
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
