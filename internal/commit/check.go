package commit

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/commit/msm/partition"
)

// pointsCheck checks the points of a key in order, piece by piece, before anything uses
// them: all have canonical coordinates and lie on the curve, point 0 is the generator, no
// later point repeats it, and point i+1 is τ times point i for the τ of G2. It is the same
// check for a ceremony's file, a file that is written and a file that is opened.
type pointsCheck struct {
	g2     []bn254.G2Affine // [1], [τ], [τ²], [τ⁴], ...: finite points of G2
	chain  powersChecker
	powers []bn254.G1Affine // [τ^(2^j)]G, of the points so far
	n      int              // points so far
}

func newPointsCheck(g2 []bn254.G2Affine) (*pointsCheck, error) {
	if len(g2) < 2 {
		return nil, fmt.Errorf("%w: %d elements of G2, expected at least [1] and [τ] to check points with",
			ErrFormat, len(g2))
	}
	return &pointsCheck{g2: g2, chain: powersChecker{one: g2[0], tau: g2[1]}}, nil
}

// add checks the next points. The error wraps ErrCorrupt and names the first wrong one.
func (c *pointsCheck) add(raw []partition.Point) error {
	if err := checkAll(raw, c.n, checkG1); err != nil {
		return err
	}
	pts := g1Points(raw)
	_, _, g, _ := bn254.Generators()
	for i := range pts {
		switch repeats := pts[i].Equal(&g); {
		case c.n+i == 0 && !repeats:
			return fmt.Errorf("%w: point 0: it is not the generator of G1", ErrCorrupt)
		case c.n+i > 0 && repeats: // as would, of powers of one τ, any two equal points
			return fmt.Errorf("%w: point %d repeats point 0: τ has a small order", ErrCorrupt, c.n+i)
		}
	}
	if err := c.chain.add(pts); err != nil {
		return err
	}
	c.powers = openingPoints(c.powers, pts, c.n)
	c.n += len(pts)
	return nil
}

// finish checks that the elements of G2 are those for so many points.
func (c *pointsCheck) finish() error {
	if want := 1 + openingPowers(c.n); len(c.g2) != want {
		return fmt.Errorf("%w: %d elements of G2, a key of %d points has %d", ErrFormat, len(c.g2), c.n, want)
	}
	_, _, g, _ := bn254.Generators()
	return checkOpening(g, c.powers, c.g2)
}
