package commit

import (
	"context"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
)

// keyWriter writes a BN254 key file.
type keyWriter struct {
	*fileWriter
	ctx      context.Context
	progress func(points int) // may be nil

	g      bn254.G1Affine
	powers []bn254.G1Affine // [τ^(2^j)]G
}

func newKeyWriter(ctx context.Context, path string, progress func(points int)) (*keyWriter, error) {
	f, err := createFile(path)
	if err != nil {
		return nil, err
	}
	return &keyWriter{fileWriter: f, ctx: ctx, progress: progress}, nil
}

// write appends points that have been checked, unless the context is done.
func (w *keyWriter) write(pts []bn254.G1Affine) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.points == 0 && len(pts) > 0 {
		w.g = pts[0]
	}
	w.powers = openingPoints(w.powers, pts, w.points)
	if err := w.fileWriter.write(rawPoints(pts)); err != nil {
		return err
	}
	if w.progress != nil {
		w.progress(w.points)
	}
	return nil
}

// base returns point 0, which is the first of pts if nothing has been written.
func (w *keyWriter) base(pts []bn254.G1Affine) *bn254.G1Affine {
	if w.points == 0 {
		return &pts[0]
	}
	return &w.g
}

// finish completes the file.
func (w *keyWriter) finish(kind Kind, name string, g2 []bn254.G2Affine) error {
	if len(name) > maxName {
		return fmt.Errorf("%w: a name of %d bytes, at most %d are possible", ErrFormat, len(name), maxName)
	}
	if w.points < 2 {
		return fmt.Errorf("%w: %d points, a key has at least 2", ErrTooShort, w.points)
	}
	k, err := newKey(kind, name, []bn254.G1Affine{w.g, w.powers[0]}, g2)
	if err != nil {
		return err
	}
	h := &header{Info: Info{Curve: BN254, Kind: kind, Name: name, ID: k.id, G2: len(g2)}}
	h.h = rawPoints([]bn254.G1Affine{k.h})[0]
	for i := range g2 {
		h.g2 = append(h.g2, limbsOfG2(&g2[i]))
	}
	return w.fileWriter.finish(h)
}
