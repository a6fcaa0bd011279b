package kernel

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// wrap reduces v to 128 bits in two's complement.
func wrap(v *big.Int) *big.Int {
	mod := new(big.Int).Lsh(big.NewInt(1), 128)
	half := new(big.Int).Lsh(big.NewInt(1), 127)
	v = new(big.Int).Add(v, half)
	return v.Mod(v, mod).Sub(v, half)
}

func int128s() *rapid.Generator[Int128] {
	return rapid.Custom(func(t *rapid.T) Int128 {
		a := Int128{rapid.Int64().Draw(t, "hi"), rapid.Uint64().Draw(t, "lo")}
		return a.Rsh(uint(rapid.IntRange(0, 127).Draw(t, "shift")))
	})
}

func TestInt128Ring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := int128s().Draw(t, "a"), int128s().Draw(t, "b")
		x, y := a.Big(), b.Big()
		k := uint(rapid.IntRange(0, 127).Draw(t, "k"))
		z := func() *big.Int { return new(big.Int) }
		require.Zero(t, wrap(z().Add(x, y)).Cmp(a.Add(b).Big()))
		require.Zero(t, wrap(z().Sub(x, y)).Cmp(a.Sub(b).Big()))
		require.Zero(t, wrap(z().Mul(x, y)).Cmp(a.Mul(b).Big()))
		require.Zero(t, wrap(z().Neg(x)).Cmp(a.Neg().Big()))
		require.Zero(t, wrap(z().Lsh(x, k)).Cmp(a.Lsh(k).Big()))
		require.Zero(t, z().Rsh(x, k).Cmp(a.Rsh(k).Big()))
		require.Equal(t, x.Cmp(y), a.Cmp(b))
		require.Equal(t, x.Sign(), a.Sign())
		require.Equal(t, x.String(), a.String())
		v, ok := a.Int64()
		require.Equal(t, x.IsInt64(), ok)
		if ok {
			require.Equal(t, a, Int128From(v))
		}
	})
}

func TestInt128Product(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		require.Zero(t, want.Cmp(MulInt64(a, b).Big()))
	})
	require.Equal(t, Int128{1 << 62, 0}, MulInt64(math.MinInt64, math.MinInt64))
}

func TestInt128Round(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := int128s().Draw(t, "a").Rsh(1)
		k := uint(rapid.IntRange(1, 126).Draw(t, "k"))
		want := new(big.Int).Lsh(big.NewInt(1), k-1)
		want.Rsh(want.Add(want, a.Big()), k)
		require.Zero(t, want.Cmp(a.Round(k).Big()))
		require.Equal(t, a, a.Round(0))
	})
	for _, c := range []struct{ a, want int64 }{{3, 2}, {2, 1}, {1, 1}, {-1, 0}, {-2, -1}, {-3, -1}} {
		require.Equal(t, Int128From(c.want), Int128From(c.a).Round(1), "R(%d,1)", c.a)
	}
}

func TestInt128QuoSqrt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := int128s().Draw(t, "a"), int128s().Draw(t, "b")
		a.Hi &= math.MaxInt64
		b.Hi &= math.MaxInt64
		if b.Sign() > 0 {
			require.Equal(t, new(big.Int).Quo(a.Big(), b.Big()).String(), a.Quo(b).String())
		}
		require.Equal(t, new(big.Int).Sqrt(a.Big()).String(), Int128{Lo: a.Sqrt()}.String())
		square := Int128{Lo: a.Lo >> 1}.Mul(Int128{Lo: a.Lo >> 1})
		require.Equal(t, a.Lo>>1, square.Sqrt())
	})
	top := Int128{math.MaxInt64, math.MaxUint64}
	require.Equal(t, new(big.Int).Sqrt(top.Big()).Uint64(), top.Sqrt())
	require.Equal(t, Int128{Lo: 1}, top.Quo(top))
}
