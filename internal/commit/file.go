package commit

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"hash"
	"os"
	"path/filepath"

	"fold.example/fold/internal/commit/msm/partition"
	"fold.example/fold/internal/files"
)

// fileWriter writes a key file point by point in bounded memory, unchecked: keyWriter checks. The file appears
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
	if err := errors.Join(w.f.Chmod(files.Masked(0o644)), w.f.Sync(), w.f.Close()); err != nil {
		return err
	}
	return os.Rename(w.f.Name(), w.path)
}

// abandon removes what has been written, unless finish succeeded.
func (w *fileWriter) abandon() {
	w.f.Close()
	os.Remove(w.f.Name())
}
