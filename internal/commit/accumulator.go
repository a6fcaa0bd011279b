package commit

import (
	"crypto/sha256"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit/msm"
	"fold.example/fold/internal/commit/msm/partition"
)

// Accumulator is the commitment to a polynomial that arrives in pieces, in any
// order. Every Add adds values to the coefficients that they are given for, and
// the pieces may overlap. The values are read before Add returns.
//
// A piece of 8-bit cells should have some thousand of them, one of 16 bits some
// hundred thousand, for the cost a cell to be the best; dead regions between pieces
// cost nothing, zero cells a nanosecond or two.
type Accumulator struct {
	key *Key
	sum bn254.G1Jac
}

// NewAccumulator returns the commitment to zero.
func (k *Key) NewAccumulator() *Accumulator { return &Accumulator{key: k} }

// Reset returns to the commitment to zero.
func (a *Accumulator) Reset() { a.sum = bn254.G1Jac{} }

// Grid places a column of rows into a padded layout: cell c of row r lies at
// cells[r·Pitch+c] and belongs to the coefficient offset + r·Stride + c, for
// r < Rows and c < Live.
type Grid struct{ Rows, Live, Pitch, Stride int }

// check says whether the grid lies in so many cells, and returns the number of key
// points that it spans.
func (g Grid) check(cells int) (span int, err error) {
	if g.Rows < 0 || g.Live < 0 || g.Pitch < g.Live || g.Stride < g.Live {
		return 0, fmt.Errorf("a grid of %d rows, %d live cells, pitch %d and stride %d", g.Rows, g.Live, g.Pitch,
			g.Stride)
	}
	if g.Rows == 0 || g.Live == 0 {
		return 0, nil
	}
	if g.Live > maxPoints {
		return 0, fmt.Errorf("%w: %d live cells in a row", ErrTooShort, g.Live)
	}
	if g.Live > cells || g.Rows-1 > (cells-g.Live)/g.Pitch {
		return 0, fmt.Errorf("a grid of %d rows of pitch %d does not lie in %d cells", g.Rows, g.Pitch, cells)
	}
	if g.Rows-1 > (maxPoints-g.Live)/g.Stride {
		return 0, fmt.Errorf("%w: a grid of %d rows of stride %d", ErrTooShort, g.Rows, g.Stride)
	}
	return (g.Rows-1)*g.Stride + g.Live, nil
}

// runs returns the rows of a grid that has been checked.
func runs[T any](g Grid, offset int, cells []T) []partition.Run[T] {
	if g.Live == 0 {
		return nil
	}
	rows := make([]partition.Run[T], g.Rows)
	for r := range rows {
		row := cells[r*g.Pitch:][:g.Live]
		rows[r] = partition.Run[T]{Cells: row, Base: int32(offset + r*g.Stride)}
	}
	return rows
}

// AddInts adds Σ_i w_i [τ^(offset+i)]G for native integers.
func AddInts[T msm.Integer](a *Accumulator, offset int, w []T) error {
	return AddGrid(a, offset, Grid{Rows: 1, Live: len(w), Pitch: len(w), Stride: len(w)}, w)
}

// AddGrid is AddInts for a column that lies in a padded layout.
func AddGrid[T msm.Integer](a *Accumulator, offset int, g Grid, cells []T) error {
	span, err := g.check(len(cells))
	if err != nil {
		return err
	}
	if err := a.key.checkFits(offset, span); err != nil {
		return err
	}
	a.addSum(msm.Small(a.key.points, runs(g, offset, cells)...))
	return nil
}

// AddBits adds the points [τ^(offset+i)]G with bit i set, i < n: bit i mod 64 of
// words[i/64]. Bits from n on must be zero.
func (a *Accumulator) AddBits(offset int, words []uint64, n int) error {
	if err := a.key.checkFits(offset, n); err != nil {
		return err
	}
	if len(words) != (n+63)/64 || (n%64 > 0 && words[n/64]>>(n%64) != 0) {
		return fmt.Errorf("%d bits in %d words, or a bit set beyond them", n, len(words))
	}
	a.addSum(msm.Bits(a.key.points[offset:offset+n], words))
	return nil
}

// AddElements adds Σ_i w_i [τ^(offset+i)]G for field elements. Small ones, negative
// ones included, cost little more than small integers.
func (a *Accumulator) AddElements(offset int, w fr.Vector) error {
	if err := a.key.checkFits(offset, len(w)); err != nil {
		return err
	}
	a.addSum(msm.Full(a.key.points[offset:offset+len(w)], w))
	return nil
}

// Unblinded is a digest of the commitment so far and of the point H. A blind that is a
// pseudo-random function of it, among other things, is the blind of this commitment under
// this key alone: another vector, or another point of the key, has another one.
func (a *Accumulator) Unblinded() [sha256.Size]byte { return UnblindedDigest(a.Commitment(), a.key.h) }

// UnblindedDigest is Unblinded of a commitment that has been made: SHA-256 of both points,
// 64 bytes each.
func UnblindedDigest(c, h bn254.G1Affine) [sha256.Size]byte {
	a, b := c.RawBytes(), h.RawBytes()
	return sha256.Sum256(append(a[:], b[:]...))
}

// AddBlind adds b H. The commitment hides if b is uniform and used once.
func (a *Accumulator) AddBlind(b *fr.Element) {
	var h bn254.G1Jac
	h.FromAffine(&a.key.h)
	h.ScalarMultiplication(&h, b.BigInt(new(big.Int)))
	a.addSum(h)
}

// Commitment returns the commitment to what has been added so far.
func (a *Accumulator) Commitment() (c bn254.G1Affine) {
	c.FromJacobian(&a.sum)
	return
}

func (a *Accumulator) addSum(s bn254.G1Jac) { a.sum.AddAssign(&s) }
