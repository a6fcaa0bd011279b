package tokenizer

import (
	"strings"
	"unicode"
)

// matcher finds the names of tokens in a text: the leftmost, and the longest of those that
// start at one place. It is a trie over bytes whose nodes have lists of children, so its
// size is linear in the length of the names.
type matcher struct {
	roots [256]int32 // [first byte], the node, 0 for none
	nodes []trieNode // node 0 is not used
}

// trieNode is the node of a prefix of names that ends with byte b.
type trieNode struct {
	child, sibling int32 // 0 for none
	id             int32 // the token that has the prefix as its name, or none
	b              byte
}

// add adds the name of a token. If two tokens have the same name, the first is kept.
func (m *matcher) add(name string, id int) {
	if name == "" {
		return
	}
	if m.nodes == nil {
		m.nodes = make([]trieNode, 1)
	}
	at := m.roots[name[0]]
	if at == 0 {
		at = m.node(name[0])
		m.roots[name[0]] = at
	}
	for i := 1; i < len(name); i++ {
		to := m.step(at, name[i])
		if to == 0 {
			to = m.node(name[i])
			m.nodes[to].sibling, m.nodes[at].child = m.nodes[at].child, to
		}
		at = to
	}
	if m.nodes[at].id == none {
		m.nodes[at].id = int32(id)
	}
}

// node appends a node.
func (m *matcher) node(b byte) int32 {
	m.nodes = append(m.nodes, trieNode{id: none, b: b})
	return int32(len(m.nodes) - 1)
}

// step returns the child of a node for a byte, 0 for none.
func (m *matcher) step(at int32, b byte) int32 {
	for to := m.nodes[at].child; to != 0; to = m.nodes[to].sibling {
		if m.nodes[to].b == b {
			return to
		}
	}
	return 0
}

// longest returns the token with the longest name that text starts with, and the length of
// the name; none if there is no such token.
func (m *matcher) longest(text string) (id, n int) {
	id = none
	if text == "" {
		return id, 0
	}
	at := m.roots[text[0]]
	for i := 1; at != 0; i++ {
		if m.nodes[at].id != none {
			id, n = int(m.nodes[at].id), i
		}
		if i == len(text) {
			break
		}
		at = m.step(at, text[i])
	}
	return id, n
}

// find returns the token with exactly this name, or none.
func (m *matcher) find(name string) int {
	if id, n := m.longest(name); n == len(name) && n > 0 {
		return id
	}
	return none
}

// split calls yield for every stretch of ordinary text, with id none, and for every token
// between the stretches, in order. Tokens of trims remove white space beside them.
func (m *matcher) split(text string, trims map[int]trim, yield func(part string, id int)) {
	start := 0
	for at := 0; at < len(text); {
		id, n := m.longest(text[at:])
		if id == none {
			at++
			continue
		}
		before, after := text[start:at], at+n
		if trims[id].Left {
			before = strings.TrimRightFunc(before, unicode.IsSpace)
		}
		if trims[id].Right {
			after = len(text) - len(strings.TrimLeftFunc(text[after:], unicode.IsSpace))
		}
		if before != "" {
			yield(before, none)
		}
		yield(text[at:at+n], id)
		start, at = after, after
	}
	if start < len(text) {
		yield(text[start:], none)
	}
}
