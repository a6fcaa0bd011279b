package transcript

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
	"github.com/stretchr/testify/require"
)

// grain is the generator of Poseidon's round constants (eprint 2019/458, appendix F): a
// self-shrinking shift register of 80 bits.
type grain struct{ s [80]byte }

func newGrain(width, full, partial int) *grain {
	g, at := new(grain), 0
	put := func(v, n int) {
		for i := n - 1; i >= 0; i-- {
			g.s[at] = byte(v >> i & 1)
			at++
		}
	}
	put(1, 2) // a prime field
	put(0, 4) // the S-box x^5
	put(fr.Bits, 12)
	put(width, 12)
	put(full, 10)
	put(partial, 10)
	put(1<<30-1, 30)
	for range 160 {
		g.step()
	}
	return g
}

func (g *grain) step() byte {
	b := g.s[62] ^ g.s[51] ^ g.s[38] ^ g.s[23] ^ g.s[13] ^ g.s[0]
	copy(g.s[:], g.s[1:])
	g.s[79] = b
	return b
}

func (g *grain) bit() byte {
	for g.step() == 0 {
		g.step()
	}
	return g.step()
}

// element draws 254 bits until they are below the modulus.
func (g *grain) element() (e fr.Element) {
	for {
		v := new(big.Int)
		for range fr.Bits {
			v.Lsh(v, 1)
			v.Or(v, big.NewInt(int64(g.bit())))
		}
		if v.Cmp(ecc.BN254.ScalarField()) < 0 {
			e.SetBigInt(v)
			return
		}
	}
}

func (g *grain) roundKeys(width, full, partial int) (keys [][]fr.Element) {
	for i := range full + partial {
		n := width
		if i >= full/2 && i < full/2+partial {
			n = 1
		}
		k := make([]fr.Element, n)
		for j := range k {
			k[j] = g.element()
		}
		keys = append(keys, k)
	}
	return
}

// The library's round constants equal the output of the generator.
func TestRoundConstants(t *testing.T) {
	for _, width := range []int{ShortWidth, BulkWidth} {
		full, partial := Rounds(width)
		got := poseidon2.NewParameters(width, full, partial).RoundKeys
		for r, want := range newGrain(width, full, partial).roundKeys(width, full, partial) {
			for i := range got[r] { // the library fills partial rounds up with zeros
				var w fr.Element
				if i < len(want) {
					w = want[i]
				}
				require.True(t, got[r][i] == w, "width %d, round %d, lane %d", width, r, i)
			}
		}
	}
}

// The generator and this file's own rounds give the vector of HorizenLabs' reference at width
// 3, whose constants the library does not have. So the generator is the published one, which
// TestRoundConstants relies on.
func TestPublishedWidth3(t *testing.T) {
	const full, partial = 8, 56
	s := numbers(3)
	mix := func(inner bool) { // circ(2,1,1); the inner matrix has a 3 at the end
		var sum fr.Element
		sum.Add(&s[0], &s[1]).Add(&sum, &s[2])
		if inner {
			s[2].Double(&s[2])
		}
		for i := range s {
			s[i].Add(&s[i], &sum)
		}
	}
	mix(false)
	for _, keys := range newGrain(3, full, partial).roundKeys(3, full, partial) {
		for i := range keys {
			s[i].Add(&s[i], &keys[i])
			s[i].Exp(s[i], big.NewInt(5))
		}
		mix(len(keys) == 1)
	}
	require.Equal(t, "0bb61d24daca55eebcb1929a82650f328134334da98ea4f847f760054f4a3033", hex(s[0]))
}
