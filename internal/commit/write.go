package commit

import (
	"context"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/commit/msm/partition"
)

// keyWriter checks points and writes them into a BN254 key file.
type keyWriter struct {
	*fileWriter
	*pointsCheck
	ctx      context.Context
	progress func(points int) // may be nil
	first    []bn254.G1Affine // the first two points, which the ID is of
}

func newKeyWriter(ctx context.Context, path string, progress func(points int)) (*keyWriter, error) {
	f, err := createFile(path)
	if err != nil {
		return nil, err
	}
	return &keyWriter{fileWriter: f, ctx: ctx, progress: progress}, nil
}

// begin says which elements of G2 the points belong to, in subgroup and finite.
func (w *keyWriter) begin(g2 []bn254.G2Affine) (err error) {
	w.pointsCheck, err = newPointsCheck(g2)
	return err
}

// write checks and appends points, unless the context is done.
func (w *keyWriter) write(pts []partition.Point) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if err := w.add(pts); err != nil {
		return err
	}
	if missing := 2 - len(w.first); missing > 0 {
		w.first = append(w.first, g1Points(pts)[:min(missing, len(pts))]...)
	}
	if err := w.fileWriter.write(pts); err != nil {
		return err
	}
	if w.progress != nil {
		w.progress(w.points)
	}
	return nil
}

// finish completes the file, and remembers that it has been checked.
func (w *keyWriter) finish(kind Kind, name string) error {
	if len(name) > maxName {
		return fmt.Errorf("%w: a name of %d bytes, at most %d are possible", ErrFormat, len(name), maxName)
	}
	if w.points < 2 {
		return fmt.Errorf("%w: %d points, a key has at least 2", ErrTooShort, w.points)
	}
	if err := w.pointsCheck.finish(); err != nil {
		return err
	}
	k, err := newKey(kind, name, w.first, w.g2)
	if err != nil {
		return err
	}
	if err := w.fileWriter.finish(k.header()); err != nil {
		return err
	}
	remember(w.points, w.g2, w.sum)
	return nil
}

// header is that of a key's file, without what fileWriter.finish sets.
func (k *Key) header() *header {
	h := &header{Info: Info{Kind: k.kind, Name: k.name, ID: k.id}}
	h.h = rawPoints([]bn254.G1Affine{k.h})[0]
	for i := range k.g2 {
		h.g2 = append(h.g2, limbsOfG2(&k.g2[i]))
	}
	return h
}
