package relation

import "fold.example/fold/internal/bitlen"

// Axis is a coordinate of a tensor's index. An axis is padded to a power of
// two; a tensor's index is the concatenation of its axes' bits, slowest first.
type Axis uint8

// The axes, in the order of an index's bits, slowest first.
const (
	Token    Axis = iota // t, a token of the pass
	Group                // g, a key/value head
	Member               // m, a query head of its group
	Position             // p, an absolute position in the context
	Pair                 // i, a pair of coordinates of a head
	Part                 // b, which of the pair: the lowest bit of a head's index
	Width                // k, a channel of the residual stream
	Hidden               // f, a channel of the feed-forward part
	Vocab                // v, a token id
	Row                  // j, a row of a table of 65,536
	NumAxes
)

var axisNames = [NumAxes]string{
	"token", "group", "member", "position", "pair", "part", "width", "hidden", "vocab", "row",
}

// String returns the axis' name in lower case.
func (a Axis) String() string { return axisNames[a] }

// Extent is the size of an axis: Live indices in use, padded to 2^Bits. Indices from Live on
// are padding.
type Extent struct{ Live, Bits int }

// extent pads n to a power of two.
func extent(n int) Extent { return Extent{n, bitlen.Ceil(n)} }

// Extents holds the size of each axis.
type Extents [NumAxes]Extent

// Space is the index space of a tensor or a constraint: its axes, slowest first.
type Space []Axis

// Has reports whether a is one of the axes.
func (s Space) Has(a Axis) bool {
	for _, b := range s {
		if a == b {
			return true
		}
	}
	return false
}

// contains reports whether every axis of sub is one of s.
func (s Space) contains(sub Space) bool {
	for _, a := range sub {
		if !s.Has(a) {
			return false
		}
	}
	return true
}

// Bits returns the number of variables of a function on the space: the sum of its axes' bits.
func (e *Extents) Bits(s Space) int {
	n := 0
	for _, a := range s {
		n += e[a].Bits
	}
	return n
}

// LiveCells returns the number of cells of the space that are not padding.
func (e *Extents) LiveCells(s Space) int {
	n := 1
	for _, a := range s {
		n *= e[a].Live
	}
	return n
}
