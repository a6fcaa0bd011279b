package commit

import (
	"fmt"
	"os"

	"github.com/consensys/gnark-crypto/ecc/bn254"
)

// Open opens a BN254 key file, mapped where the system can, and checks it: the
// header, the digests of all points, the pairings of the G2 elements. Errors wrap
// ErrFormat or ErrCorrupt, and name the point that is wrong. The key must be closed;
// the file must not be changed before that.
func Open(path string) (*Key, error) { return open(path, 0) }

// OpenFirst is Open for the first n points; it neither reads nor checks the others.
func OpenFirst(path string, n int) (*Key, error) {
	if n < 2 {
		return nil, fmt.Errorf("%w: %d points asked for, a key has at least 2", ErrTooShort, n)
	}
	return open(path, n)
}

// Inspect returns what the header of a key file says. Only the header is read, and
// the file's length compared with it.
func Inspect(path string) (Info, error) {
	f, err := os.Open(path)
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	b := make([]byte, headerSize)
	n, _ := f.ReadAt(b, 0)
	h, err := parseHeader(b[:n])
	if err == nil {
		var stat os.FileInfo
		if stat, err = f.Stat(); err == nil {
			err = h.checkLength(stat.Size())
		}
	}
	if err != nil {
		return Info{}, fmt.Errorf("%s: %w", path, err)
	}
	return h.Info, nil
}

func open(path string, n int) (*Key, error) {
	f, err := openFile(path, n, BN254, checkG1)
	if err != nil {
		return nil, err
	}
	k, err := keyOf(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	k.file = f
	return k, nil
}

// keyOf makes a key of a file whose points match their digests.
func keyOf(f *keyFile) (*Key, error) {
	points := g1Points(f.points)
	if err := checkAll(f.points[:2], 0, checkG1); err != nil {
		return nil, err
	}
	var g2 []bn254.G2Affine
	for i := range f.g2[:min(len(f.g2), 1+openingPowers(len(points)))] {
		q, err := decodeG2(f.g2[i])
		if err != nil {
			return nil, fmt.Errorf("%w: element %d of G2: %w", ErrCorrupt, i, err)
		}
		g2 = append(g2, q)
	}
	if err := checkOpening(points[0], openingPoints(nil, points, 0), g2); err != nil {
		return nil, err
	}
	k, err := newKey(f.Kind, f.Name, points, g2)
	if err != nil {
		return nil, err
	}
	if k.id != f.ID || rawPoints([]bn254.G1Affine{k.h})[0] != f.h {
		return nil, fmt.Errorf("%w: the ID or the blinding base is not that of the points", ErrCorrupt)
	}
	return k, nil
}
