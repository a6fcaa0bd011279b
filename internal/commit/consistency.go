package commit

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit/msm"
)

// checkOpening says whether g2 is [1], [τ], [τ²], [τ⁴], ... for the powers [τ^(2^j)]G
// of G1: e(powers[j], [1]) = e(G, g2[j+1]) for each.
func checkOpening(g bn254.G1Affine, powers []bn254.G1Affine, g2 []bn254.G2Affine) error {
	if len(g2) == 0 {
		return nil
	}
	if len(g2)-1 > len(powers) {
		return fmt.Errorf("%w: %d powers in G2, the points have %d", ErrFormat, len(g2)-1, len(powers))
	}
	if _, _, _, one := bn254.Generators(); !g2[0].Equal(&one) {
		return fmt.Errorf("%w: element 0 of G2 is not the generator", ErrCorrupt)
	}
	for j := range g2[1:] {
		same, err := samePairing(powers[j], g2[0], g, g2[j+1])
		if err != nil {
			return err
		}
		if !same {
			return fmt.Errorf("%w: the powers are inconsistent: [τ^%d] of G2 and point %d belong to different τ",
				ErrCorrupt, 1<<j, 1<<j)
		}
	}
	return nil
}

// openingPoints appends the points whose index is a power of two, of those that
// begin at index first.
func openingPoints(powers, pts []bn254.G1Affine, first int) []bn254.G1Affine {
	for i := 1 << len(powers); i < first+len(pts); i *= 2 {
		powers = append(powers, pts[i-first])
	}
	return powers
}

// samePairing says whether e(p, a) = e(q, b).
func samePairing(p bn254.G1Affine, a bn254.G2Affine, q bn254.G1Affine, b bn254.G2Affine) (bool, error) {
	q.Neg(&q)
	return bn254.PairingCheck([]bn254.G1Affine{p, q}, []bn254.G2Affine{a, b})
}

// powersChecker checks that consecutive points are powers of one τ, as they pass.
// The relations P_(i+1) = τ P_i of all points are combined with random weights of
// 128 bits, which any wrong one survives with probability 2^-128.
type powersChecker struct {
	one, tau bn254.G2Affine
	last     bn254.G1Affine // of the points so far
	n        int
}

// add takes the next points in. It names the first point that is not τ times the
// one before.
func (c *powersChecker) add(pts []bn254.G1Affine) error {
	if c.n > 0 {
		pts = append([]bn254.G1Affine{c.last}, pts...)
		c.n--
	}
	wrong, err := c.firstWrong(pts)
	if err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("%w: the powers are inconsistent: point %d is not τ times point %d", ErrCorrupt, c.n+wrong,
			c.n+wrong-1)
	}
	c.last, c.n = pts[len(pts)-1], c.n+len(pts)
	return nil
}

// firstWrong returns the first i with P_i != τ P_(i-1), 0 if there is none, by
// bisection.
func (c *powersChecker) firstWrong(pts []bn254.G1Affine) (int, error) {
	ok, err := c.consistent(pts)
	if ok || err != nil {
		return 0, err
	}
	lo, hi := 1, len(pts)-1 // the first wrong one is in [lo, hi]
	for lo < hi {
		mid := (lo + hi) / 2
		if ok, err = c.consistent(pts[lo-1 : mid+1]); err != nil {
			return 0, err
		}
		if ok {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, nil
}

func (c *powersChecker) consistent(pts []bn254.G1Affine) (bool, error) {
	w, err := randomWeights(len(pts) - 1)
	if err != nil {
		return false, err
	}
	var before, after bn254.G1Affine
	sum := msm.Full(pts[:len(w)], w)
	before.FromJacobian(&sum)
	sum = msm.Full(pts[1:], w)
	after.FromJacobian(&sum)
	return samePairing(before, c.tau, after, c.one)
}

// randomWeights draws n scalars of 128 bits.
func randomWeights(n int) (fr.Vector, error) {
	b := make([]byte, 16*n)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("drawing weights: %w", err)
	}
	w := make(fr.Vector, n)
	for i := range w {
		var e fr.Element
		e.SetUint64(binary.LittleEndian.Uint64(b[16*i:]))
		w[i].SetUint64(binary.LittleEndian.Uint64(b[16*i+8:]))
		w[i].Mul(&w[i], &two64).Add(&w[i], &e)
	}
	return w, nil
}

// two64 is 2^64.
var two64 = func() (e fr.Element) {
	e.SetUint64(1 << 32)
	return *e.Square(&e)
}()
