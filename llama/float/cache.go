package float

// cache holds the keys and values of one text in one layer, as two matrices for each key
// head: keys as rows, values as columns.
type cache struct {
	positions    int
	keys, values []Matrix // [KVHeads]: [positions][HeadDim], [HeadDim][positions]
}

func newCache(heads, headDim int) *cache {
	c := &cache{keys: make([]Matrix, heads), values: make([]Matrix, heads)}
	for h := range heads {
		c.keys[h].Reset(0, headDim)
		c.values[h].Reset(headDim, 0)
	}
	return c
}

// truncate removes the positions from n on. It keeps the memory.
func (c *cache) truncate(n int) {
	for h := range c.keys {
		c.keys[h].truncateRows(n)
		c.values[h].truncateCols(n)
	}
	c.positions = n
}

// extend adds the keys and values of n positions, each [n][KVHeads*HeadDim].
func (c *cache) extend(keys, values []float32, n int) {
	headDim := c.keys[0].Cols
	for t := range n {
		for h := range c.keys {
			at := (t*len(c.keys) + h) * headDim
			c.keys[h].appendRow(keys[at : at+headDim])
			c.values[h].appendCol(values[at : at+headDim])
		}
	}
	c.positions += n
}

// appendRow adds a row, [Cols].
func (m *Matrix) appendRow(row []float32) {
	if m.Rows%panelRows == 0 {
		if n := len(m.panels); n < cap(m.panels) && cap(m.panels[:n+1][n]) >= m.Cols*panelRows {
			m.panels = m.panels[:n+1]
		} else {
			m.panels = append(m.panels, make([]float32, m.Cols*panelRows))
		}
	}
	m.setRow(m.Rows, row)
	m.Rows++
}

// truncateRows keeps the first n rows. Entries of the last panel beyond them are not zero
// any more; products do not read them.
func (m *Matrix) truncateRows(n int) {
	m.panels = m.panels[:(n+panelRows-1)/panelRows]
	m.Rows = n
}

// appendCol adds a column, [Rows].
func (m *Matrix) appendCol(col []float32) {
	for p := range m.panels {
		var part [panelRows]float32
		copy(part[:], col[p*panelRows:])
		m.panels[p] = append(m.panels[p], part[:]...)
	}
	m.Cols++
}

// truncateCols keeps the first n columns.
func (m *Matrix) truncateCols(n int) {
	for p := range m.panels {
		m.panels[p] = m.panels[p][:n*panelRows]
	}
	m.Cols = n
}
