package commit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"unsafe"

	"fold/internal/commit/msm/partition"
	"fold/internal/kernel"
)

// fileWriter writes a key file point by point in bounded memory. The file appears
// under its name when finish succeeds, complete and synced.
type fileWriter struct {
	path string
	f    *os.File
	w    *bufio.Writer

	points  int
	chunk   int // points of the open chunk
	sum     []byte
	hash    hash.Hash
	scratch []byte
}

func createFile(path string) (*fileWriter, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, err
	}
	w := &fileWriter{path: path, f: f, w: bufio.NewWriterSize(f, 1<<20),
		hash: sha256.New(), scratch: make([]byte, pointSize*chunkPoints)}
	_, err = w.w.Write(make([]byte, headerSize)) // replaced by finish
	return w, err
}

// write appends points.
func (w *fileWriter) write(pts []partition.Point) error {
	for len(pts) > 0 {
		n := min(len(pts), chunkPoints-w.chunk)
		b := w.scratch[:pointSize*n]
		for i, p := range pts[:n] {
			putLimbs(b[pointSize*i:], p[0])
			putLimbs(b[pointSize*i+32:], p[1])
		}
		w.hash.Write(b)
		if _, err := w.w.Write(b); err != nil {
			return err
		}
		pts, w.points, w.chunk = pts[n:], w.points+n, w.chunk+n
		if w.chunk == chunkPoints {
			w.closeChunk()
		}
	}
	return nil
}

func (w *fileWriter) closeChunk() {
	if w.chunk > 0 {
		w.sum = w.hash.Sum(w.sum)
		w.hash.Reset()
		w.chunk = 0
	}
}

// finish writes the digests and the header, whose number of points and digest it
// sets, and gives the file its name.
func (w *fileWriter) finish(h *header) error {
	w.closeChunk()
	h.Points, h.digests = w.points, sha256.Sum256(w.sum)
	if _, err := w.w.Write(w.sum); err != nil {
		return err
	}
	if err := w.w.Flush(); err != nil {
		return err
	}
	if _, err := w.f.WriteAt(h.marshal(), 0); err != nil {
		return err
	}
	if err := errors.Join(w.f.Chmod(0o644), w.f.Sync(), w.f.Close()); err != nil {
		return err
	}
	return os.Rename(w.f.Name(), w.path)
}

// abandon removes what has been written, unless finish succeeded.
func (w *fileWriter) abandon() {
	w.f.Close()
	os.Remove(w.f.Name())
}

// keyFile is an open key file with its points in memory: mapped where possible.
type keyFile struct {
	*header
	mapping io.Closer
	points  []partition.Point
}

func (f *keyFile) Close() error { return f.mapping.Close() }

// openFile opens the file and makes its first n points available, all if n is 0.
// It checks the digests of their chunks; onCurve tells which point of a damaged
// chunk is wrong.
func openFile(path string, n int, curve Curve, onCurve func(*partition.Point) error) (*keyFile, error) {
	data, mapping, err := mapFile(path)
	if err != nil {
		return nil, err
	}
	f, err := readFile(data, n, curve, onCurve)
	if err != nil {
		mapping.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.mapping = mapping
	return f, nil
}

// readFile is openFile for a file's bytes, which stay in use.
func readFile(data []byte, n int, curve Curve, onCurve func(*partition.Point) error) (*keyFile, error) {
	h, err := parseHeader(data)
	if err != nil {
		return nil, err
	}
	if h.Curve != curve {
		return nil, fmt.Errorf("%w: a key on %v, expected one on %v", ErrFormat, h.Curve, curve)
	}
	if err := h.checkLength(int64(len(data))); err != nil {
		return nil, err
	}
	if n == 0 {
		n = h.Points
	}
	if n < 2 || n > h.Points {
		return nil, fmt.Errorf("%w: %d points asked for, the file has %d", ErrTooShort, n, h.Points)
	}
	f := &keyFile{header: h, points: viewPoints(data[headerSize:][:pointSize*n])}
	if err := checkChunks(data, h, n, onCurve); err != nil {
		return nil, err
	}
	return f, nil
}

// checkChunks compares the chunks that hold the first n points with their digests.
func checkChunks(data []byte, h *header, n int, onCurve func(*partition.Point) error) error {
	pts := data[headerSize:][:pointSize*h.Points]
	sums := data[headerSize+len(pts):]
	if sha256.Sum256(sums) != h.digests {
		return fmt.Errorf("%w: the table of digests does not match the header", ErrCorrupt)
	}
	var bad atomic.Int64 // a chunk that does not match, from 1
	kernel.For(chunksOf(n), 1, func(c, _ int) {
		chunk := pts[pointSize*chunkPoints*c:]
		chunk = chunk[:min(len(chunk), pointSize*chunkPoints)]
		if sum := sha256.Sum256(chunk); !bytes.Equal(sum[:], sums[sha256.Size*c:][:sha256.Size]) {
			bad.Store(int64(c) + 1)
		}
	})
	if bad.Load() == 0 {
		return nil
	}
	first := chunkPoints * int(bad.Load()-1)
	last := min(first+chunkPoints, h.Points) - 1
	for i, p := range viewPoints(pts[pointSize*first : pointSize*(last+1)]) {
		if err := onCurve(&p); err != nil {
			return fmt.Errorf("%w: point %d: %w", ErrCorrupt, first+i, err)
		}
	}
	return fmt.Errorf("%w: points %d to %d do not match their digest", ErrCorrupt, first, last)
}

// viewPoints views a file's bytes as points: in place where the machine's byte order
// and the alignment are the file's, else as a copy.
func viewPoints(b []byte) []partition.Point {
	n := len(b) / pointSize
	one := uint16(1)
	at := unsafe.Pointer(unsafe.SliceData(b))
	if *(*byte)(unsafe.Pointer(&one)) == 1 && uintptr(at)%8 == 0 {
		return unsafe.Slice((*partition.Point)(at), n)
	}
	pts := make([]partition.Point, n)
	for i := range pts {
		pts[i] = partition.Point{getLimbs(b[pointSize*i:]), getLimbs(b[pointSize*i+32:])}
	}
	return pts
}
