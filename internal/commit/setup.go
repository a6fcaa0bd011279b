package commit

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit/msm"
)

// developmentName is the ceremony name in the header of development keys.
const developmentName = "DEVELOPMENT KEY, NOT A CEREMONY: whoever made it can forge proofs"

// maxPoints bounds a key's size: 2^28 points, 16 GiB, the largest ceremony.
const maxPoints = 1 << 28

// SetupDevelopment draws τ, returns a key of n points in memory and forgets τ. Proofs
// under such a key convince nobody who does not trust the machine it was made on.
// τ and its powers are overwritten, as far as Go allows.
func SetupDevelopment(n int) (*Key, error) {
	tau, err := drawTau()
	if err != nil {
		return nil, err
	}
	defer tau.SetZero()
	return developmentKey(n, tau)
}

// SetupDevelopmentFile is SetupDevelopment for a file, in bounded memory. ctx and
// progress are as for ImportPtau.
func SetupDevelopmentFile(ctx context.Context, path string, n int, progress func(points int)) error {
	tau, err := drawTau()
	if err != nil {
		return err
	}
	defer tau.SetZero()
	w, err := newKeyWriter(ctx, path, progress)
	if err != nil {
		return err
	}
	defer w.abandon()
	return developmentFile(w, n, tau)
}

func drawTau() (*fr.Element, error) {
	var seed [64]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, fmt.Errorf("drawing tau: %w", err)
	}
	defer clear(seed[:])
	return new(fr.Element).SetBytes(seed[:]), nil
}

// developmentKey computes the key for τ; tests give one.
func developmentKey(n int, tau *fr.Element) (*Key, error) {
	if n < 2 || n > maxPoints {
		return nil, fmt.Errorf("%w: a key of %d points, it must have 2 to %d", ErrFormat, n, maxPoints)
	}
	points := make([]bn254.G1Affine, 0, n)
	err := developmentPoints(n, tau, func(pts []bn254.G1Affine) error {
		points = append(points, pts...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return newKey(Development, developmentName, points, developmentG2(n, tau))
}

// developmentFile writes the key for τ.
func developmentFile(w *keyWriter, n int, tau *fr.Element) error {
	if n < 2 || n > maxPoints {
		return fmt.Errorf("%w: a key of %d points, it must have 2 to %d", ErrFormat, n, maxPoints)
	}
	if err := w.begin(developmentG2(n, tau)); err != nil {
		return err
	}
	write := func(pts []bn254.G1Affine) error { return w.write(rawPoints(pts)) }
	if err := developmentPoints(n, tau, write); err != nil {
		return err
	}
	return w.finish(Development, developmentName)
}

// streamed is the number of points that setup and import hold at a time.
const streamed = 1 << 16

// developmentPoints passes the points [τ^i]G on, piece by piece.
func developmentPoints(n int, tau *fr.Element, pass func([]bn254.G1Affine) error) error {
	_, _, g, _ := bn254.Generators()
	comb := msm.NewComb(&g, n)
	powers := make(fr.Vector, min(n, streamed))
	points := make([]bn254.G1Affine, len(powers))
	defer clear(powers)
	power := fr.One()
	defer power.SetZero()
	for left := n; left > 0; left -= len(powers) {
		powers = powers[:min(left, len(powers))]
		for i := range powers {
			powers[i] = power
			power.Mul(&power, tau)
		}
		comb.Mul(points[:len(powers)], powers)
		if err := pass(points[:len(powers)]); err != nil {
			return err
		}
	}
	return nil
}

// developmentG2 returns [1], [τ], [τ²], [τ⁴], ... for a key of n points.
func developmentG2(n int, tau *fr.Element) []bn254.G2Affine {
	_, _, _, q := bn254.Generators()
	g2 := make([]bn254.G2Affine, 1+openingPowers(n))
	g2[0] = q
	t := *tau
	defer t.SetZero()
	for j := range g2[1:] {
		g2[j+1].ScalarMultiplication(&q, t.BigInt(new(big.Int)))
		t.Square(&t)
	}
	return g2
}
