package commit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"fold.example/fold/internal/commit/msm/partition"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/kernel"
)

// openRegular opens a regular file and returns its size. Anything else, a pipe among them,
// is refused at once.
func openRegular(path string) (*os.File, int64, error) {
	f, err := files.Open(path)
	if errors.Is(err, files.ErrNotRegular) {
		return nil, 0, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// readHeader reads the header of a key file and compares the file's length with it.
func readHeader(r io.ReaderAt, size int64) (*header, error) {
	b := make([]byte, headerSize)
	n, _ := r.ReadAt(b, 0)
	h, err := parseHeader(b[:n])
	if err != nil {
		return nil, err
	}
	return h, h.checkLength(size)
}

// readPoints reads the first n points into memory of this process, where nobody else can
// change them, and returns the SHA-256 of each chunk of them: of what was read. Whole chunks
// are compared with the file's digests, which finds damage before the points are checked.
func readPoints(ctx context.Context, r io.ReaderAt, h *header, n int) (pts []partition.Point, sums []byte, err error) {
	table := make([]byte, sha256.Size*chunksOf(h.Points))
	if err := readAt(r, table, headerSize+pointSize*int64(h.Points), "the table of digests"); err != nil {
		return nil, nil, err
	}
	if sha256.Sum256(table) != h.digests {
		return nil, nil, fmt.Errorf("%w: the table of digests does not match the header", ErrCorrupt)
	}
	pts, sums = make([]partition.Point, n), make([]byte, sha256.Size*chunksOf(n))
	for first := 0; first < n; first += streamed {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		piece := pts[first:min(first+streamed, n)]
		what := fmt.Sprintf("points from %d on", first)
		if err := readAt(r, bytesOf(piece), headerSize+pointSize*int64(first), what); err != nil {
			return nil, nil, err
		}
		sumChunks(sums[sha256.Size*first/chunkPoints:], bytesOf(piece))
		toNative(piece)
	}
	return pts, sums, compareChunks(pts, sums, table, n == h.Points)
}

// sumChunks writes the digests of the chunks of a file's bytes.
func sumChunks(sums, b []byte) {
	const size = pointSize * chunkPoints
	kernel.For((len(b)+size-1)/size, 1, func(c, _ int) {
		sum := sha256.Sum256(b[size*c : min(size*(c+1), len(b))])
		copy(sums[sha256.Size*c:], sum[:])
	})
}

// compareChunks compares digests with those that the file states, of the last chunk if
// it has been read whole, and names the damaged point if it shows.
func compareChunks(pts []partition.Point, sums, table []byte, all bool) error {
	for c := range chunksOf(len(pts)) {
		first := chunkPoints * c
		last := min(first+chunkPoints, len(pts)) - 1
		part := last-first+1 < chunkPoints && !all // of a chunk
		if at := sha256.Size * c; part || bytes.Equal(sums[at:at+sha256.Size], table[at:at+sha256.Size]) {
			continue
		}
		if err := checkAll(pts[first:last+1], first, checkG1); err != nil {
			return err
		}
		return fmt.Errorf("%w: points %d to %d do not match their digest", ErrCorrupt, first, last)
	}
	return nil
}

// bytesOf views points as bytes of memory.
func bytesOf(p []partition.Point) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(p))), pointSize*len(p))
}

// toNative turns points whose bytes are a file's into points.
func toNative(p []partition.Point) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return
	}
	b := bytesOf(p)
	for i := range p {
		p[i] = partition.Point{getLimbs(b[pointSize*i:]), getLimbs(b[pointSize*i+32:])}
	}
}
