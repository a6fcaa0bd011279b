package commit

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
)

// keyWriter writes a BN254 key file.
type keyWriter struct {
	*fileWriter
	first []bn254.G1Affine // the first two points
}

func newKeyWriter(path string) (*keyWriter, error) {
	f, err := createFile(path)
	if err != nil {
		return nil, err
	}
	return &keyWriter{fileWriter: f}, nil
}

// write appends points that have been checked.
func (w *keyWriter) write(pts []bn254.G1Affine) error {
	w.first = append(w.first, pts[:min(len(pts), 2-len(w.first))]...)
	return w.fileWriter.write(rawPoints(pts))
}

// finish completes the file.
func (w *keyWriter) finish(kind Kind, name string, g2 []bn254.G2Affine) error {
	if len(name) > maxName {
		return fmt.Errorf("%w: a name of %d bytes, at most %d are possible", ErrFormat, len(name), maxName)
	}
	if len(w.first) < 2 {
		return fmt.Errorf("%w: %d points, a key has at least 2", ErrTooShort, len(w.first))
	}
	k, err := newKey(kind, name, w.first, g2)
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
