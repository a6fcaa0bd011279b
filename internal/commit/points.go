package commit

import (
	"fmt"
	"unsafe"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"

	"fold.example/fold/internal/commit/msm/partition"
	"fold.example/fold/internal/kernel"
)

// basePrime is p, the modulus of BN254's coordinates, in limbs.
var basePrime = limbsOfModulus(fp.Modulus())

// checkG1 says whether limbs are a finite point of BN254's G1, which is the whole
// curve.
func checkG1(p *partition.Point) error {
	if !below(p[0], basePrime) || !below(p[1], basePrime) {
		return fmt.Errorf("a coordinate is not below the field's modulus")
	}
	q := bn254.G1Affine{X: p[0], Y: p[1]}
	if q.IsInfinity() {
		return fmt.Errorf("it is the point at infinity")
	}
	if !q.IsOnCurve() {
		return fmt.Errorf("it is not on the curve")
	}
	return nil
}

// decodeG2 turns limbs into a point of G2 that is known to be in the subgroup.
func decodeG2(l [4][4]uint64) (q bn254.G2Affine, err error) {
	if q, err = decodeTwist(l); err == nil && !q.IsInSubGroup() {
		err = fmt.Errorf("it is not in the subgroup of order r")
	}
	return q, err
}

// decodeTwist turns limbs into a finite point of G2's curve.
func decodeTwist(l [4][4]uint64) (q bn254.G2Affine, err error) {
	for _, e := range l {
		if !below(e, basePrime) {
			return q, fmt.Errorf("a coordinate is not below the field's modulus")
		}
	}
	q = g2OfLimbs(l)
	if q.IsInfinity() {
		return q, fmt.Errorf("it is the point at infinity")
	}
	if !q.IsOnCurve() {
		return q, fmt.Errorf("it is not on the curve")
	}
	return q, nil
}

// g2OfLimbs is an element with these limbs, unchecked.
func g2OfLimbs(l [4][4]uint64) (q bn254.G2Affine) {
	q.X.A0, q.X.A1, q.Y.A0, q.Y.A1 = l[0], l[1], l[2], l[3]
	return q
}

func limbsOfG2(q *bn254.G2Affine) [4][4]uint64 { return [4][4]uint64{q.X.A0, q.X.A1, q.Y.A0, q.Y.A1} }

// bytesOfG2 is an element as in a key file.
func bytesOfG2(q *bn254.G2Affine) []byte {
	b := make([]byte, g2Size)
	for j, e := range limbsOfG2(q) {
		putLimbs(b[32*j:], e)
	}
	return b
}

// g1Points and rawPoints view points as the curve's and as bare memory.
func g1Points(p []partition.Point) []bn254.G1Affine {
	return unsafe.Slice((*bn254.G1Affine)(unsafe.Pointer(unsafe.SliceData(p))), len(p))
}

func rawPoints(p []bn254.G1Affine) []partition.Point {
	return unsafe.Slice((*partition.Point)(unsafe.Pointer(unsafe.SliceData(p))), len(p))
}

// checkAll applies check to all points in parallel. first is the index of pts[0]
// in the key; the error names the first point that is wrong.
func checkAll(pts []partition.Point, first int, check func(*partition.Point) error) error {
	const grain = 1 << 10
	found := make([]error, (len(pts)+grain-1)/grain)
	kernel.For(len(pts), grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if err := check(&pts[i]); err != nil {
				found[lo/grain] = fmt.Errorf("%w: point %d: %w", ErrCorrupt, first+i, err)
				return
			}
		}
	})
	for _, err := range found {
		if err != nil {
			return err
		}
	}
	return nil
}
