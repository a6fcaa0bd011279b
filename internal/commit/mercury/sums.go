package mercury

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/commit/msm"
	"fold.example/fold/internal/commit/msm/partition"
)

// keySums are the sums of the rows and of the columns of the key's points.
type keySums struct{ rows, cols []bn254.G1Affine }

// keySums computes the sums for a shape, once: they depend on the key alone.
func (pk *ProverKey) keySums(s shape) *keySums {
	pk.mu.Lock()
	defer pk.mu.Unlock()
	k := pk.sums[s.n]
	if k == nil {
		k = sumKey(pk.points, s, pieceLog)
		pk.sums[s.n] = k
	}
	return k
}

// sumKey adds up rows and columns, one addition a point for each, in pieces of
// 2^piece points (4 bytes a point of memory).
func sumKey(points []bn254.G1Affine, s shape, piece int) *keySums {
	height := pieceHeight(s, piece)
	byRow := lines(height, s.cols, func(row, i int) int { return row*s.cols + i })
	byCol := lines(s.cols, height, func(col, i int) int { return i*s.cols + col })
	var rows []bn254.G1Affine
	cols := make([]bn254.G1Jac, s.cols)
	var sums msm.Sums
	for at := 0; at < s.rows*s.cols; at += height * s.cols {
		part := points[at : at+height*s.cols]
		sums.Of(part, byRow)
		rows = append(rows, sums.Points...)
		sums.Of(part, byCol)
		for i := range cols {
			cols[i].AddMixed(&sums.Points[i])
		}
	}
	return &keySums{rows, bn254.BatchJacobianToAffineG1(cols)}
}

// lines is the partition whose bucket k+1 holds the points at(k, i), i < length.
func lines(count, length int, at func(k, i int) int) *partition.Partition {
	p := &partition.Partition{Start: make([]int32, count+2), Index: make([]int32, 0, count*length)}
	for k := range count {
		for i := range length {
			p.Index = append(p.Index, int32(at(k, i)))
		}
		p.Start[k+2] = int32(len(p.Index))
	}
	return p
}
