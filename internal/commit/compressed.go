package commit

import (
	"context"
	"fmt"
	"io"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"

	"fold/internal/commit/msm/partition"
	"fold/internal/kernel"
)

// ImportCompressed reads n compressed powers of G1, writes them as a key file, and
// checks them as ImportPtau does. g2 has the matching elements of G2, compressed:
// [1], [τ], and then [τ²], [τ⁴], [τ⁸], ... as far as they are known. If g2 is nil,
// the key can commit but not open, and that its points are powers of one τ is
// unchecked.
//
// Point 0 may be any point: G1 has prime order, every point but infinity generates it,
// and files are in use that begin at a later power than the ceremony's first.
//
// The encoding is that of arkworks: the x coordinate in little endian, 32 bytes in
// G1, 64 in G2 with the real part first. The last byte's bit 7 says that y is the
// larger of the two roots, bit 6 that the point is infinity, which no key has.
//
// ctx and progress are as for ImportPtau.
func ImportCompressed(ctx context.Context, g1, g2 io.Reader, name, out string, n int, progress func(points int)) error {
	if n < 2 || n > maxPoints {
		return fmt.Errorf("%w: %d points asked for, a key has 2 to %d", ErrTooShort, n, maxPoints)
	}
	var elements []bn254.G2Affine
	if g2 != nil {
		var err error
		if elements, err = readCompressedG2(g2, 1+openingPowers(n)); err != nil {
			return err
		}
	}
	w, err := newKeyWriter(ctx, out, progress)
	if err != nil {
		return err
	}
	defer w.abandon()
	return importPowers(w, &compressedReader{r: g1}, n, elements, name)
}

const (
	compressedSize = fp.Bytes
	largerRoot     = 1 << 7
	infinityFlag   = 1 << 6
)

// compressedReader reads compressed points of G1.
type compressedReader struct {
	r     io.Reader
	chunk []byte
}

func (c *compressedReader) read(pts []partition.Point, first int) error {
	if c.chunk == nil {
		c.chunk = make([]byte, compressedSize*len(pts))
	}
	b := c.chunk[:compressedSize*len(pts)]
	if _, err := io.ReadFull(c.r, b); err != nil {
		return fmt.Errorf("%w: points %d to %d: cut short: %w", ErrFormat, first, first+len(pts)-1, err)
	}
	const grain = 1 << 8
	found := make([]error, (len(pts)+grain-1)/grain)
	kernel.For(len(pts), grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			p, err := decompressG1(b[compressedSize*i:][:compressedSize])
			if err != nil {
				found[lo/grain] = fmt.Errorf("%w: point %d: %w", ErrCorrupt, first+i, err)
				return
			}
			pts[i] = partition.Point{p.X, p.Y}
		}
	})
	for _, err := range found {
		if err != nil {
			return err
		}
	}
	return nil
}

// curveB is the constant of the curve y² = x³ + 3.
var curveB = fp.NewElement(3)

func decompressG1(b []byte) (p bn254.G1Affine, err error) {
	x, flags, err := splitFlags(b)
	if err != nil {
		return p, err
	}
	if p.X, err = canonical(x); err != nil {
		return p, err
	}
	var square fp.Element
	square.Square(&p.X).Mul(&square, &p.X).Add(&square, &curveB)
	if p.Y.Sqrt(&square) == nil {
		return p, fmt.Errorf("it is not on the curve: no y belongs to its x")
	}
	if p.Y.LexicographicallyLargest() != (flags&largerRoot != 0) {
		p.Y.Neg(&p.Y)
	}
	return p, nil
}

// readCompressedG2 reads at least the two elements [1] and [τ], and at most limit.
func readCompressedG2(r io.Reader, limit int) (g2 []bn254.G2Affine, err error) {
	b := make([]byte, 2*compressedSize)
	for i := range limit {
		if _, err := io.ReadFull(r, b); err == io.EOF && i >= 2 {
			break
		} else if err != nil {
			return nil, fmt.Errorf("%w: G2 element %d: cut short: %w", ErrFormat, i, err)
		}
		q, err := decompressG2(b)
		if err != nil {
			return nil, fmt.Errorf("%w: G2 element %d: %w", ErrCorrupt, i, err)
		}
		g2 = append(g2, q)
	}
	return g2, nil
}

func decompressG2(b []byte) (q bn254.G2Affine, err error) {
	high, flags, err := splitFlags(b[compressedSize:])
	if err != nil {
		return q, err
	}
	if q.X.A0, err = canonical([compressedSize]byte(b)); err != nil {
		return q, err
	}
	if q.X.A1, err = canonical(high); err != nil {
		return q, err
	}
	square := twistB()
	cube := q.X
	cube.Square(&q.X).Mul(&cube, &q.X)
	square.Add(&square, &cube)
	q.Y.Sqrt(&square)
	if !q.IsOnCurve() {
		return q, fmt.Errorf("it is not on the curve: no y belongs to its x")
	}
	if q.Y.LexicographicallyLargest() != (flags&largerRoot != 0) {
		q.Y.Neg(&q.Y)
	}
	if !q.IsInSubGroup() {
		return q, fmt.Errorf("it is not in the subgroup of order r")
	}
	return q, nil
}

// twistB returns the constant of G2's curve, which its generator knows.
func twistB() (b bn254.E2) {
	_, _, _, g := bn254.Generators()
	var cube bn254.E2
	cube.Square(&g.X).Mul(&cube, &g.X)
	return *b.Square(&g.Y).Sub(&b, &cube)
}

// splitFlags takes the flags off the last byte.
func splitFlags(b []byte) (x [compressedSize]byte, flags byte, err error) {
	copy(x[:], b)
	flags = x[compressedSize-1] & (largerRoot | infinityFlag)
	x[compressedSize-1] &^= flags
	if flags&infinityFlag != 0 {
		return x, flags, fmt.Errorf("it is marked as the point at infinity")
	}
	return x, flags, nil
}

// canonical reads a little endian coordinate below the modulus.
func canonical(b [compressedSize]byte) (e fp.Element, err error) {
	if !below(getLimbs(b[:]), basePrime) {
		return e, fmt.Errorf("a coordinate is not below the field's modulus")
	}
	for i := range len(b) / 2 {
		b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
	}
	return *e.SetBigInt(new(big.Int).SetBytes(b[:])), nil
}
