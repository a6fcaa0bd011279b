package chord

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/msm/partition"
)

func TestAdditions(t *testing.T) {
	if !Available {
		t.Skip("this machine has no AVX-512 IFMA")
	}
	const n = 64
	_, _, g, _ := bn254.Generators()
	w := make(fr.Vector, 2*n)
	w.MustSetRandom()
	pts := bn254.BatchScalarMultiplicationG1(&g, w)
	pts[6] = pts[7]             // lane 3: a doubling
	pts[20].Neg(&pts[21])       // lane 10: opposite
	pts[30] = bn254.G1Affine{}  // lane 15: infinity first
	pts[127] = bn254.G1Affine{} // lane 63: infinity second
	src, pairs, to := make([]partition.Point, 2*n), make([]int32, 2*n+partition.Ahead), make([]int32, n)
	for i, p := range pts {
		src[i] = partition.Point{p.X, p.Y}
		pairs[i] = int32(i)
	}
	for i := range to {
		to[i] = int32(n - 1 - i)
	}
	f, work, dst := NewField(fp.Modulus()), NewWork(n), make([]partition.Point, n)
	flags := work.Forward(f, src, pairs, n)
	require.Equal(t, []uint8{8, 4 | 128, 0, 0, 0, 0, 0, 128}, flags)
	product := work.Product(f)
	var inverses [Lanes]partition.Element
	factor := fp.NewElement(256)
	for l := range product {
		e := fp.Element(product[l])
		e.Inverse(&e)
		e.Mul(&e, &factor)
		inverses[l] = e
	}
	work.Backward(f, dst, to, &inverses)
	for i := range n {
		if flags[i/8]>>(i%8)&1 == 1 {
			continue
		}
		var want bn254.G1Affine
		want.Add(&pts[2*i], &pts[2*i+1])
		require.Equal(t, want, bn254.G1Affine{X: dst[to[i]][0], Y: dst[to[i]][1]}, "pair %d", i)
	}
}
