package kernel

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// blockRows is the number of rows whose bytes are expanded at a time.
const blockRows = 256

// vecMatsVector computes VecMats with the vector kernels.
func vecMatsVector(dst, e [][]fr.Element, m Matrix) {
	rows := rowsOf(e)
	digits, raised := make([][]uint32, len(e)), make([]fr.Element, len(e))
	for i := range e {
		digits[i] = packBytes(rows.of(e[i]), byDigit)
		raised[i] = raisedBy(e[i], offsetOf(m))
	}
	_, cols := m.Dims()
	For(cols, shareOf(cols), func(lo, hi int) {
		s := scratches.Get().(*scratch)
		defer scratches.Put(s)
		blocks := s.vecMat(digits, m, &rows, lo, hi-lo)
		n := len(blocks) / len(e)
		for i := range e {
			out := dst[i][lo:hi]
			reduceColumns(out, blocks[i*n:][:n])
			for k := range out {
				out[k].Sub(&out[k], &raised[i])
			}
		}
	})
	for i := range digits {
		dropBytes(digits[i])
	}
}

// rowList is the list of the n rows of a matrix that are read.
type rowList struct {
	n   int
	ids []int32 // nil for the first n rows
}

// rowsOf returns the rows in which at least one vector is nonzero. A claim on a part of a
// tensor has a vector that is zero in most rows.
func rowsOf(e [][]fr.Element) rowList {
	l := rowList{n: len(e[0])}
	ids := make([]int32, 0, l.n)
	for y := range l.n {
		if slices.ContainsFunc(e, func(v []fr.Element) bool { return !v[y].IsZero() }) {
			ids = append(ids, int32(y))
		}
	}
	if len(ids) == l.n {
		return l
	}
	return rowList{len(ids), ids}
}

// row returns the index of row i of the list; an i past the end gives the last row.
func (l *rowList) row(i int) int {
	i = min(i, l.n-1)
	if l.ids == nil {
		return i
	}
	return int(l.ids[i])
}

// of returns the entries of e at the rows of the list.
func (l *rowList) of(e []fr.Element) []fr.Element {
	if l.ids == nil {
		return e
	}
	there := make([]fr.Element, l.n)
	for i, y := range l.ids {
		there[i] = e[y]
	}
	return there
}

// tileSum holds sums of digit-byte products of 16 columns: [digit][column].
type tileSum [byteDigits][16]int32

// vecMat returns e_i^T (M + offset) for n <= strip columns from k0 on, as an even number of
// column blocks for each i, in order of i. digits[i] is the result of packBytes for the
// listed entries of e_i, in layout byDigit. k0 is a multiple of shareUnit. The result is
// valid until the next call.
func (s *scratch) vecMat(digits [][]uint32, m Matrix, rows *rowList, k0, n int) []columnBlock {
	planes, scale := bytesOf(m)
	blocks := (n + 31) / 32 * 2
	s.tiles = resized(s.tiles, len(digits)*planes*blocks)
	s.blocks = resized(s.blocks, len(digits)*blocks)
	clear(s.blocks)
	for first := 0; first < rows.n; first += exactTerms {
		clear(s.tiles)
		for y := first; y < min(first+exactTerms, rows.n); y += blockRows {
			there := min(blockRows, rows.n-y)
			s.expandQuads(m, rows, y, there, k0, n)
			for i := range digits {
				d := &digits[i][y*byteDigits/4]
				for p := range planes {
					tile := &s.tiles[(i*planes+p)*blocks]
					addTiles(&tile[0][0], d, &s.quads[p][0][0][0], (there+digitBlock-1)/digitBlock, n)
				}
			}
		}
		for i := range digits {
			for p := range planes {
				addLanes(&s.blocks[i*blocks][0][0], &s.tiles[(i*planes+p)*blocks][0][0], blocks, scale<<(8*p))
			}
		}
	}
	return s.blocks
}

// addTiles calls the fastest kernel of the machine.
func addTiles(sums *int32, digits *uint32, plane *uint8, blocks, columns int) {
	if tiled {
		tilesAMX(sums, digits, plane, blocks, columns)
	} else {
		tilesVNNI(sums, digits, plane, blocks, columns)
	}
}

// resized returns a slice of length n with arbitrary content, in the memory of s if its
// capacity suffices.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// expandQuads writes the bytes of listed rows y to y+there-1 and n columns from k0 on. A
// last group of fewer than four rows is filled with copies of the last row; the digits for
// these copies are zero.
func (s *scratch) expandQuads(m Matrix, rows *rowList, y, there, k0, n int) {
	for q := range (there + 3) / 4 {
		dst := &s.quads[0][q][0][0]
		row := func(i int) int { return rows.row(y + 4*q + i) }
		ahead := row(4) - row(0)
		switch m := m.(type) {
		case *W16:
			var p [4]*int16
			for i := range p {
				p[i] = &m.Data[row(i)*m.Cols+k0]
			}
			quadsW16(dst, &p, n, 2*ahead*m.Cols)
		case *W8:
			var p [4]*int8
			var q [4]*uint16
			for i := range p {
				p[i] = &m.Data[row(i)*m.Cols+k0]
				q[i] = &m.Mul[row(i)*m.Groups()+k0/GroupSize]
			}
			quadsW8(dst, &p, n, ahead*m.Cols, &q, 2*ahead*m.Groups())
		case *Ternary:
			var p [4]*byte
			for i := range p {
				p[i] = &m.Data[row(i)*m.Stride()+k0/5]
			}
			quadsTernary(dst, &p, (n+4)/5, ahead*m.Stride())
		}
	}
}
