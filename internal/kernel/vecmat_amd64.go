package kernel

// blockRows is the number of rows whose bytes are expanded at a time.
const blockRows = 256

// A tileSum holds sums of digits times bytes of 16 columns: [digit][column].
type tileSum [byteDigits][16]int32

// vecMatVector adds e_i^T (M + offset), restricted to n <= strip columns from k0
// on, to the blocks dst[i]. digits[i] is e_i as packBytes returns it, by digit. k0 is a
// multiple of shareUnit.
func vecMatVector(dst [][]columnBlock, digits [][]uint32, m Matrix, k0, n int) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	rows, _ := m.Dims()
	planes, scale := bytesOf(m)
	blocks := (n + 31) / 32 * 2
	s.tiles = resize(s.tiles, len(digits)*planes*blocks)
	for first := 0; first < rows; first += exactTerms {
		clear(s.tiles)
		for y := first; y < min(first+exactTerms, rows); y += blockRows {
			there := min(blockRows, rows-y)
			s.expandQuads(m, y, there, k0, n)
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
				addLanes(&dst[i][0][0][0], &s.tiles[(i*planes+p)*blocks][0][0], blocks, scale<<(8*p))
			}
		}
	}
}

// addTiles is the fastest kernel of the machine.
func addTiles(sums *int32, digits *uint32, plane *uint8, blocks, columns int) {
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
