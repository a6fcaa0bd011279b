package mercury

import "github.com/consensys/gnark-crypto/ecc/bn254"

// keySums are the sums of the rows and of the columns of the key's points.
type keySums struct{ rows, cols []bn254.G1Affine }

func (pk *ProverKey) keySums(s shape) *keySums {
	pk.mu.Lock()
	defer pk.mu.Unlock()
	if k := pk.sums[s.n]; k != nil {
		return k
	}
	k := sumKey(pk.points, s)
	pk.sums[s.n] = k
	return k
}

func sumKey(points []bn254.G1Affine, s shape) *keySums {
	rows, cols := make([]bn254.G1Jac, s.rows), make([]bn254.G1Jac, s.cols)
	for i := range points[:s.rows*s.cols] {
		rows[i/s.cols].AddMixed(&points[i])
		cols[i%s.cols].AddMixed(&points[i])
	}
	return &keySums{bn254.BatchJacobianToAffineG1(rows), bn254.BatchJacobianToAffineG1(cols)}
}
