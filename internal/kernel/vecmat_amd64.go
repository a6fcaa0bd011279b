package kernel

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// The vector kernels of VecMat multiply signed digits of a byte with the bytes
// of weights that an offset has made unsigned:
//
//	M + offset = scale (b_0 + 2^8 b_1 + 2^16 b_2).
const (
	byteDigits = 2 * lanes // of a field element
	digitRows  = 64        // rows whose digits lie together
	blockRows  = 256       // rows whose bytes are expanded at a time
	maxBytes   = 3         // bytes of a weight
	// exactRows is how many products of bytes, at most 2^15 each, a 32-bit sum
	// holds.
	exactRows = 1<<16 - 1 - (1<<16-1)%blockRows
)

// A tileSum holds sums of digits times bytes of 16 columns: [digit][column].
type tileSum [byteDigits][16]int32

// bytesOf returns the number of bytes of a weight of a format and their scale.
func bytesOf(m Matrix) (n, scale int) {
	switch m := m.(type) {
	case *W16:
		return 2, 1
	case *W8:
		return 3, 1
	case *Ternary:
		return 1, int(m.Mul)
	}
	panic("kernel: unknown matrix format")
}

// offsetOf returns the offset of a format.
func offsetOf(m Matrix) int64 {
	switch m := m.(type) {
	case *W16:
		return 1 << 15
	case *W8:
		return 1 << 17
	case *Ternary:
		return int64(m.Mul)
	}
	panic("kernel: unknown matrix format")
}

// vecMatVector adds e_i^T (M + offset), restricted to n <= strip columns from k0
// on, to the blocks dst[i]. digits[i] is e_i as packBytes returns it. k0 is a
// multiple of shareUnit.
func vecMatVector(dst [][]columnBlock, digits [][]int8, m Matrix, k0, n int) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	rows, _ := m.Dims()
	planes, scale := bytesOf(m)
	blocks := (n + 31) / 32 * 2
	s.tiles = resize(s.tiles, len(digits)*planes*blocks)
	for first := 0; first < rows; first += exactRows {
		clear(s.tiles)
		for y := first; y < min(first+exactRows, rows); y += blockRows {
			there := min(blockRows, rows-y)
			s.expandQuads(m, y, there, k0, n)
			for i := range digits {
				d := &digits[i][y*byteDigits]
				for p := range planes {
					tile := &s.tiles[(i*planes+p)*blocks]
					addTiles(&tile[0][0], d, &s.quads[p][0][0][0], (there+digitRows-1)/digitRows, n)
				}
			}
		}
		for i := range digits {
			for p := range planes {
				addLanes(&dst[i][0][0][0], &s.tiles[(i*planes+p)*blocks][0][0], blocks, scale<<(8*p))
			}
		}
	}
}

// addTiles is the fastest kernel of the machine.
func addTiles(sums *int32, digits *int8, plane *uint8, blocks, columns int) {
	if tiled {
		tilesAMX(sums, digits, plane, blocks, columns)
	} else {
		tilesVNNI(sums, digits, plane, blocks, columns)
	}
}

// resize returns a slice of n entries, s if it is long enough.
func resize(s []tileSum, n int) []tileSum {
	if cap(s) < n {
		return make([]tileSum, n)
	}
	return s[:n]
}

// expandQuads writes the bytes of n columns from k0 on of rows y to y+there. In
// place of rows past the last of a group of four it takes the last: their digits
// are zero.
func (s *scratch) expandQuads(m Matrix, y, there, k0, n int) {
	rows, _ := m.Dims()
	for q := range (there + 3) / 4 {
		dst := &s.quads[0][q][0][0]
		row := func(i int) int { return min(y+4*q+i, rows-1) }
		switch m := m.(type) {
		case *W16:
			var p [4]*int16
			for i := range p {
				p[i] = &m.Data[row(i)*m.Cols+k0]
			}
			quadsW16(dst, &p, n, 8*m.Cols)
		case *W8:
			var p [4]*int8
			var q [4]*uint16
			for i := range p {
				p[i] = &m.Data[row(i)*m.Cols+k0]
				q[i] = &m.Mul[row(i)*m.Groups()+k0/GroupSize]
			}
			quadsW8(dst, &p, n, 4*m.Cols, &q, 8*m.Groups())
		case *Ternary:
			var p [4]*byte
			for i := range p {
				p[i] = &m.Data[row(i)*m.Stride()+k0/5]
			}
			quadsTernary(dst, &p, (n+4)/5, 4*m.Stride())
		}
	}
}

// packBytes returns the 8-bit digits, balanced in [-2^7, 2^7), of the residues
// of e, as [block of digitRows][digit][row], filled up with zeros.
func packBytes(e []fr.Element) []int8 {
	const half = 0x8080_8080_8080_8080
	const blockSize = byteDigits * digitRows
	blocks := (len(e) + digitRows - 1) / digitRows
	d := make([]int8, blocks*blockSize)
	For(blocks, 8, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			to := d[b*blockSize:][:blockSize]
			for i := range min(digitRows, len(e)-b*digitRows) {
				w := balance(&e[b*digitRows+i], half)
				for l := range byteDigits {
					to[l*digitRows+i] = int8(w[l/8] >> (8 * (l % 8)))
				}
			}
		}
	})
	return d
}

// balance returns balanced digits as words, half being half a digit at every
// digit: adding it sets off the carries, and flipping the highest bit of each
// digit takes it away again.
func balance(e *fr.Element, half uint64) (w [4]uint64) {
	var carry uint64
	for i := range w {
		w[i], carry = bits.Add64(e[i], half, carry)
		w[i] ^= half
	}
	return
}
