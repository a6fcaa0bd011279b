package commit

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"

	"fold/internal/commit/msm/partition"
)

// pointReader reads the next points of a source, the first of which has the index
// first, and checks that each is a finite point of the curve.
type pointReader interface {
	read(pts []partition.Point, first int) error
}

// importPowers checks that a source has n powers of the τ of g2, and writes them as
// the key file w. Without g2 it can only check that the first two are not degenerate.
func importPowers(w *keyWriter, src pointReader, n int, g2 []bn254.G2Affine, name string) error {
	var check powersChecker
	buffer := make([]partition.Point, min(n, streamed))
	for first := 0; first < n; first += len(buffer) {
		raw := buffer[:min(len(buffer), n-first)]
		if err := src.read(raw, first); err != nil {
			return err
		}
		pts := g1Points(raw)
		if first == 0 {
			var err error
			if check, err = checkerFor(pts, g2); err != nil {
				return err
			}
		}
		if err := checkDistinct(w.base(pts), pts, first); err != nil {
			return err
		}
		if len(g2) > 1 {
			if err := check.add(pts); err != nil {
				return err
			}
		}
		if err := w.write(pts); err != nil {
			return err
		}
	}
	if err := checkOpening(w.g, w.powers, g2); err != nil {
		return err
	}
	return w.finish(Ceremony, name, g2)
}

// checkerFor returns a checker for the τ of G2's element 1, having checked that
// point 1 belongs to it, so that later errors are the fault of later points.
func checkerFor(pts []bn254.G1Affine, g2 []bn254.G2Affine) (powersChecker, error) {
	if len(g2) < 2 {
		return powersChecker{}, nil
	}
	return powersChecker{one: g2[0], tau: g2[1]}, checkOpening(pts[0], pts[1:2], g2[:2])
}

// checkDistinct says whether no later point repeats the first. As powers of one τ,
// any two equal points would make this happen.
func checkDistinct(base *bn254.G1Affine, pts []bn254.G1Affine, first int) error {
	for i := range pts {
		if first+i > 0 && pts[i].Equal(base) {
			return fmt.Errorf("%w: point %d repeats point 0: τ has a small order", ErrCorrupt, first+i)
		}
	}
	return nil
}
