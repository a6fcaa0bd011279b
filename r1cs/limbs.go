package r1cs

import (
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/curve"
)

// An element of Fq is written over Fr as an integer of Limbs limbs of LimbBits bits,
// lowest first.
const (
	LimbBits = 86
	Limbs    = 3
)

// Split cuts a nonnegative integer into n limbs of LimbBits bits, lowest first. The last limb
// takes all remaining bits.
func Split(v *big.Int, n int) []*big.Int {
	mask := new(big.Int).Lsh(big.NewInt(1), LimbBits)
	mask.Sub(mask, big.NewInt(1))
	out := make([]*big.Int, n)
	for i := range out {
		out[i] = new(big.Int).Rsh(v, uint(i*LimbBits))
		if i+1 < n {
			out[i].And(out[i], mask)
		}
	}
	return out
}

// NonNativeLimbs returns the limbs of an element of Fq.
func NonNativeLimbs(v fq.Element) (l [Limbs]fr.Element) {
	for i, part := range Split(curve.Integer(v), Limbs) {
		l[i].SetBigInt(part)
	}
	return
}

// PointLimbs returns the limbs of x and then those of y, for a point of BN254's G1. All
// are zero at infinity.
func PointLimbs(p *bn254.G1Affine) (l [2 * Limbs]fr.Element) {
	x, y := NonNativeLimbs(fq.Element(p.X)), NonNativeLimbs(fq.Element(p.Y)) // fp and fq are the same field
	copy(l[:], append(x[:], y[:]...))
	return
}

// PackPoint returns a point of BN254's G1 as three elements of Fr, for hashes: the two
// lower limbs of x, the two lower limbs of y, and both upper limbs, each pair (low, high)
// as low + 2^LimbBits high. The map is one-to-one on canonical limbs.
func PackPoint(p *bn254.G1Affine) [3]fr.Element {
	l := PointLimbs(p)
	return [3]fr.Element{pair(&l[0], &l[1]), pair(&l[Limbs], &l[Limbs+1]), pair(&l[2], &l[Limbs+2])}
}

// pair returns low + 2^LimbBits high.
func pair(low, high *fr.Element) (z fr.Element) {
	z.SetBigInt(new(big.Int).Lsh(big.NewInt(1), LimbBits))
	z.Mul(&z, high).Add(&z, low)
	return
}
