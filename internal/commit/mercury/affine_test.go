package mercury

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/poly"
)

// An affine polynomial commits to its values, and adds them from any index on.
func TestAffineIsItsTable(t *testing.T) {
	pk := developmentKey(12)
	for _, n := range []int{0, 1, 2, 5, 11, 12} {
		a := poly.Affine{Constant: fr.NewElement(7), Slopes: make([]fr.Element, n)}
		for j := range a.Slopes {
			a.Slopes[j].SetUint64(uint64(1000 + j*j)).Inverse(&a.Slopes[j])
		}
		dense := a.Values()
		blind := fr.NewElement(99)
		got, err := pk.CommitAffine(a, &blind)
		require.NoError(t, err)
		want := sum(append(append([]bn254.G1Affine{}, pk.points[:1<<n]...), pk.vk.h),
			append(append(fr.Vector{}, dense...), blind))
		require.Equal(t, want, got, "%d variables", n)

		c := fr.NewElement(3)
		for _, at := range []int{0, 1, 1<<n - 1, 1 << n / 3} {
			for _, length := range []int{0, 1, 1<<n - at, (1<<n - at) / 2} {
				if at+length > 1<<n {
					continue
				}
				x, y := make(fr.Vector, length), make(fr.Vector, length)
				a.AddScaled(x, at, &c)
				poly.Dense(dense).AddScaled(y, at, &c)
				require.Equal(t, y, x, "%d variables, %d values from %d on", n, length, at)
			}
		}
	}
	_, err := pk.CommitAffine(poly.Affine{Slopes: make([]fr.Element, 30)}, new(fr.Element))
	require.ErrorIs(t, err, ErrStatement)
}
