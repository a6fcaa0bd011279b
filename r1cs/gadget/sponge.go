package gadget

import (
	"fmt"
	"math/big"
	"slices"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
	"github.com/consensys/gnark/frontend"

	"fold.example/fold/internal/transcript"
)

// permutation has the constants of Poseidon2 at one width, as integers for gnark's API.
type permutation struct {
	width    int
	keys     [][]*big.Int // [round][width]; a partial round uses only the first
	full     int          // full rounds in each half
	partial  int
	diagonal []*big.Int // of the inner matrix minus the all-ones matrix
	settle   int        // partial rounds after which the linear lanes get wires
}

var (
	short = sync.OnceValue(func() *permutation { return newPermutation(transcript.ShortWidth, 14) })
	bulk  = sync.OnceValue(func() *permutation { return newPermutation(transcript.BulkWidth, 29) })
)

func newPermutation(width, settle int) *permutation {
	full, partial := transcript.Rounds(width)
	params := poseidon2.NewParameters(width, full, partial)
	p := &permutation{width: width, full: full / 2, partial: partial, settle: settle, diagonal: integers(params.DiagM1)}
	for _, k := range params.RoundKeys {
		p.keys = append(p.keys, integers(k))
	}
	return p
}

func integers(v []fr.Element) []*big.Int {
	z := make([]*big.Int, len(v))
	for i := range v {
		z[i] = v[i].BigInt(new(big.Int))
	}
	return z
}

// Permute constrains Poseidon2 of width len(s), which is transcript.ShortWidth or
// transcript.BulkWidth, and replaces s by its image. It has no rows if the circuit has already
// permuted the same linear expressions. Hashes of lists with a common prefix therefore share
// the blocks within the prefix.
func (c *Circuit) Permute(s []frontend.Variable) {
	before := c.name(s...)
	if after, known := c.permuted[before]; known {
		copy(s, after)
		return
	}
	c.permute(s)
	c.permuted[before] = slices.Clone(s)
}

func (c *Circuit) permute(s []frontend.Variable) {
	switch len(s) {
	case transcript.ShortWidth:
		short().apply(c, s)
	case transcript.BulkWidth:
		bulk().apply(c, s)
	default:
		panic(fmt.Sprintf("gadget: a permutation of width %d", len(s)))
	}
}

func (p *permutation) apply(c *Circuit, s []frontend.Variable) {
	external(c.api, s)
	round := 0
	for ; round < p.full; round++ {
		p.fullRound(c.api, s, round)
	}
	for i := range p.partial {
		s[0] = quintic(c.api, c.api.Add(s[0], p.keys[round][0]))
		p.internal(c.api, s)
		round++
		if (i+1)%p.settle == 0 && i+1 < p.partial {
			for j := 1; j < len(s); j++ {
				s[j] = c.Wire(s[j])
			}
		}
	}
	for ; round < 2*p.full+p.partial; round++ {
		p.fullRound(c.api, s, round)
	}
}

func (p *permutation) fullRound(api frontend.API, s []frontend.Variable, round int) {
	for j := range s {
		s[j] = quintic(api, api.Add(s[j], p.keys[round][j]))
	}
	external(api, s)
}

// quintic is the S-box, three rows.
func quintic(api frontend.API, x frontend.Variable) frontend.Variable {
	x2 := api.Mul(x, x)
	x4 := api.Mul(x2, x2)
	return api.Mul(x4, x)
}

// m4 is the matrix of width 4 of the full rounds.
var m4 = [4][4]int{{5, 7, 1, 3}, {4, 6, 1, 1}, {1, 3, 5, 7}, {1, 1, 4, 6}}

// external multiplies by the matrix of the full rounds: m4, or
// circ(2 m4, m4, ..., m4) for a width of several fours.
func external(api frontend.API, s []frontend.Variable) {
	for at := 0; at < len(s); at += 4 {
		x := [4]frontend.Variable(s[at : at+4])
		for i, row := range m4 {
			s[at+i] = api.Add(api.Mul(row[0], x[0]), api.Mul(row[1], x[1]),
				api.Mul(row[2], x[2]), api.Mul(row[3], x[3]))
		}
	}
	if len(s) == 4 {
		return
	}
	for i := range 4 {
		sum := frontend.Variable(0)
		for j := i; j < len(s); j += 4 {
			sum = api.Add(sum, s[j])
		}
		for j := i; j < len(s); j += 4 {
			s[j] = api.Add(s[j], sum)
		}
	}
}

// internal multiplies by the matrix of the partial rounds, ones plus a diagonal.
func (p *permutation) internal(api frontend.API, s []frontend.Variable) {
	sum := api.Add(s[0], s[1], s[2:]...)
	for j := range s {
		s[j] = api.Add(api.Mul(s[j], p.diagonal[j]), sum)
	}
}
