package commit

import (
	"context"
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/commit/msm/partition"
)

// Open reads the first n points of a BN254 key file, all if n is 0, into memory and checks
// them: canonical coordinates, on the curve, point 0 the generator, and all powers of the τ of
// the file's elements of G2, which are checked as well; two core-seconds for 2^20 points. It believes
// nothing that the file says of itself. What has been checked is remembered in the
// user's cache folder (record), and then only read and hashed. The key does not depend on the file any more.
//
// It tells progress, which may be nil, how many points have been checked, and ends with
// ctx's error soon after ctx is done. Other errors wrap ErrFormat, ErrCorrupt or
// ErrTooShort, and name the point that is wrong.
func Open(ctx context.Context, path string, n int, progress func(points int)) (*Key, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	k, err := readKey(ctx, f, size, n, progress)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// Inspect returns what the header of a key file says: nothing that vouches for the points.
// Only the header is read, and the file's length compared with it.
func Inspect(path string) (Info, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	h, err := readHeader(f, size)
	if err != nil {
		return Info{}, fmt.Errorf("%s: %w", path, err)
	}
	return h.Info, nil
}

func readKey(ctx context.Context, r io.ReaderAt, size int64, n int, progress func(points int)) (*Key, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		n = h.Points
	}
	if n < 2 || n > h.Points {
		return nil, fmt.Errorf("%w: %d points asked for, a key has at least 2 and the file %d", ErrTooShort, n,
			h.Points)
	}
	g2, err := h.decodeG2(1 + openingPowers(n))
	if err != nil {
		return nil, err
	}
	raw, sums, err := readPoints(ctx, r, h, n)
	if err != nil {
		return nil, err
	}
	if !remembered(n, g2, sums) {
		if err := checkPoints(ctx, raw, g2, progress); err != nil {
			return nil, err
		}
		remember(n, g2, sums)
	}
	return h.key(g1Points(raw), g2)
}

// checkPoints checks all points of a key with its elements of G2.
func checkPoints(ctx context.Context, pts []partition.Point, g2 []bn254.G2Affine, progress func(points int)) error {
	check, err := newPointsCheck(g2)
	if err != nil {
		return err
	}
	for first := 0; first < len(pts); first += streamed {
		if err := ctx.Err(); err != nil {
			return err
		}
		last := min(first+streamed, len(pts))
		if err := check.add(pts[first:last]); err != nil {
			return err
		}
		if progress != nil {
			progress(last)
		}
	}
	return check.finish()
}

// decodeG2 returns the first n elements of G2.
func (h *header) decodeG2(n int) (g2 []bn254.G2Affine, err error) {
	for i := range h.g2[:n] {
		q, err := decodeG2(h.g2[i])
		if err != nil {
			return nil, fmt.Errorf("%w: element %d of G2: %w", ErrCorrupt, i, err)
		}
		g2 = append(g2, q)
	}
	return g2, nil
}

// key makes a key of checked points, and compares what the header says of them.
func (h *header) key(points []bn254.G1Affine, g2 []bn254.G2Affine) (*Key, error) {
	k, err := newKey(h.Kind, h.Name, points, g2)
	if err != nil {
		return nil, err
	}
	if k.id != h.ID || rawPoints([]bn254.G1Affine{k.h})[0] != h.h {
		return nil, fmt.Errorf("%w: the ID or the blinding base is not that of the points", ErrCorrupt)
	}
	return k, nil
}
