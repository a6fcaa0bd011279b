package commit

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/stretchr/testify/require"
)

func TestKeyFile(t *testing.T) {
	const n = 2*chunkPoints + 5
	path := fileOf(t, n)
	want, err := testKey().Truncate(n)
	require.NoError(t, err)

	k, err := Open(t.Context(), path, 0, nil)
	require.NoError(t, err)
	require.Equal(t, want.Points(), k.Points())
	require.Equal(t, want.ID(), k.ID())
	require.Equal(t, want.BlindingBase(), k.BlindingBase())
	require.True(t, k.Development())
	require.Equal(t, developmentName, k.Origin())
	one, powers := k.Opening()
	require.Equal(t, want.g2, append([]bn254.G2Affine{one}, powers...))

	info, err := Inspect(path)
	require.NoError(t, err)
	require.Equal(t, Info{Development, developmentName, n, want.ID(), developmentName}, info)

	first, err := Open(t.Context(), path, 100, nil)
	require.NoError(t, err)
	require.Equal(t, k.ID(), first.ID(), "truncation keeps the ID")
	require.Equal(t, 100, first.Len())
	_, powers = first.Opening()
	require.Len(t, powers, 7)
	for _, n := range []int{-1, 1, n + 1} {
		_, err = Open(t.Context(), path, n, nil)
		require.ErrorIs(t, err, ErrTooShort)
	}
}

func TestKindsDiffer(t *testing.T) {
	k := testKey()
	c, err := newKey(Ceremony, "x", k.points, k.g2)
	require.NoError(t, err)
	require.NotEqual(t, k.ID(), c.ID(), "a development key cannot pass for a ceremony's")
	require.False(t, c.Development())
}

func TestDevelopmentKeysDiffer(t *testing.T) {
	a, err := SetupDevelopment(4)
	require.NoError(t, err)
	b, err := SetupDevelopment(4)
	require.NoError(t, err)
	require.NotEqual(t, a.ID(), b.ID())
	require.NoError(t, checkOpening(a.points[0], openingPoints(nil, a.points, 0), a.g2))
	_, err = SetupDevelopment(1)
	require.ErrorIs(t, err, ErrFormat)
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, SetupDevelopmentFile(t.Context(), path, 9, nil))
	_, err = Open(t.Context(), path, 0, nil)
	require.NoError(t, err)
}

// A setup tells of every piece that is written, and leaves nothing behind when it is
// stopped between two.
func TestSetupIsStopped(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	var told []int
	err := SetupDevelopmentFile(ctx, filepath.Join(dir, "key"), 2*streamed+1, func(points int) {
		told = append(told, points)
		if len(told) == 2 {
			stop()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []int{streamed, 2 * streamed}, told)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestInspectComparesTheLength(t *testing.T) {
	path := fileOf(t, 9)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, wrong := range [][]byte{data[:len(data)-1], data[:headerSize], append(data, 0)} {
		require.NoError(t, os.WriteFile(path, wrong, 0o600))
		_, err = Inspect(path)
		require.ErrorIs(t, err, ErrFormat)
	}
}

// TestEveryBitOfTheFile flips bits all over a key file: the header, points, digests.
func TestEveryBitOfTheFile(t *testing.T) {
	const n = chunkPoints + 40
	data, err := os.ReadFile(fileOf(t, n))
	require.NoError(t, err)
	r := newRand(5)
	open := func() error { return openBytes(t.Context(), data, 0) }
	require.NoError(t, open())
	for i := range 300 {
		bit := r.IntN(8 * len(data))
		if i%3 == 0 {
			bit %= 8 * headerSize
		}
		data[bit/8] ^= 1 << (bit % 8)
		err := open()
		require.Error(t, err, "bit %d", bit)
		if at := bit/8 - headerSize; at >= 0 && at < pointSize*n {
			require.ErrorIs(t, err, ErrCorrupt)
			require.ErrorContains(t, err, "point "+itoa(at/pointSize)+":")
		}
		data[bit/8] ^= 1 << (bit % 8)
	}
	for _, size := range []int{0, 7, headerSize - 1, headerSize, len(data) - 1} {
		whole := data
		data = data[:size]
		require.ErrorIs(t, open(), ErrFormat, "cut to %d bytes", size)
		data = whole
	}
}

// openBytes opens a key whose file has these bytes.
func openBytes(ctx context.Context, data []byte, n int) error {
	_, err := readKey(ctx, bytes.NewReader(data), int64(len(data)), n, nil)
	return err
}

// outsideSubgroup returns a point of the twist that is not in G2.
func outsideSubgroup() (q bn254.G2Affine) {
	_, _, _, g := bn254.Generators()
	var b, cube bn254.E2 // y² = x³ + b
	cube.Square(&g.X).Mul(&cube, &g.X)
	b.Square(&g.Y).Sub(&b, &cube)
	for {
		q.X.A0.SetRandom()
		var y bn254.E2
		y.Square(&q.X).Mul(&y, &q.X).Add(&y, &b)
		if q.Y.Sqrt(&y); q.IsOnCurve() && !q.IsInSubGroup() {
			return q
		}
	}
}

func TestTruncate(t *testing.T) {
	k := testKey()
	v, err := k.Truncate(2)
	require.NoError(t, err)
	require.Same(t, &k.Points()[0], &v.Points()[0], "a view")
	_, powers := v.Opening()
	require.Len(t, powers, 1)
	_, err = k.Truncate(k.Len() + 1)
	require.ErrorIs(t, err, ErrTooShort)
	_, err = k.Truncate(1)
	require.ErrorIs(t, err, ErrTooShort)
}
