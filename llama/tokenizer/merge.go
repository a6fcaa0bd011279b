package tokenizer

// merger merges the symbols of one word. The symbols form a doubly linked list in an
// array, and candidate pairs a binary heap. Every merge adds at most two candidates, so n
// symbols take at most 3n steps of O(log n) each.
type merger struct {
	vocab   *vocabulary
	word    string
	symbols []symbol
	queue   []candidate
	steps   int // candidates taken from the queue
}

// symbol is word[start:end]. A symbol that was merged into its left neighbour is empty.
// next of the last symbol is len(symbols), prev of the first is none.
type symbol struct {
	start, end int
	prev, next int
	id         int32
}

// candidate is a pair of neighbours that can merge into token id. It is stale if right is
// not the neighbour of left any more, or has grown.
type candidate struct {
	left, right int
	end         int // of right, when the candidate was made
	rank, id    int32
}

// run splits the word into symbols and merges them.
func (m *merger) run() {
	for at := 0; at < len(m.word); {
		n := m.vocab.symbolLen(m.word[at:])
		i := len(m.symbols)
		m.symbols = append(m.symbols, symbol{at, at + n, i - 1, i + 1, m.vocab.symbolID(m.word[at : at+n])})
		at += n
	}
	for i := 1; i < len(m.symbols); i++ {
		m.propose(i-1, i)
	}
	for len(m.queue) > 0 {
		m.steps++
		c := m.pop()
		l, r := &m.symbols[c.left], &m.symbols[c.right]
		if l.start == l.end || l.next != c.right || r.end != c.end {
			continue
		}
		l.end, l.next, l.id = r.end, r.next, c.id
		r.start = r.end
		if l.next < len(m.symbols) {
			m.symbols[l.next].prev = c.left
			m.propose(c.left, l.next)
		}
		if l.prev != none {
			m.propose(l.prev, c.left)
		}
	}
}

// propose adds a pair of neighbours to the heap if they can merge.
func (m *merger) propose(left, right int) {
	l, r := &m.symbols[left], &m.symbols[right]
	if p, ok := m.vocab.lookup(l.id, r.id, m.word[l.start:r.end]); ok {
		m.push(candidate{left, right, r.end, p.rank, p.id})
	}
}

// before reports whether c merges before d: lowest rank first, then leftmost.
func (c candidate) before(d candidate) bool {
	return c.rank < d.rank || c.rank == d.rank && c.left < d.left
}

// push adds a candidate to the heap.
func (m *merger) push(c candidate) {
	m.queue = append(m.queue, c)
	i := len(m.queue) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !c.before(m.queue[up]) {
			break
		}
		m.queue[i] = m.queue[up]
		i = up
	}
	m.queue[i] = c
}

// pop removes the first candidate from the heap.
func (m *merger) pop() candidate {
	top := m.queue[0]
	last := m.queue[len(m.queue)-1]
	m.queue = m.queue[:len(m.queue)-1]
	n := len(m.queue)
	if n == 0 {
		return top
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && m.queue[down+1].before(m.queue[down]) {
			down++
		}
		if !m.queue[down].before(last) {
			break
		}
		m.queue[i] = m.queue[down]
		i = down
	}
	m.queue[i] = last
	return top
}
