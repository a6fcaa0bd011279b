package commit

import (
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

	k, err := Open(path)
	require.NoError(t, err)
	defer k.Close()
	require.Equal(t, want.Points(), k.Points())
	require.Equal(t, want.ID(), k.ID())
	require.Equal(t, want.BlindingBase(), k.BlindingBase())
	require.True(t, k.Development())
	require.Equal(t, developmentName, k.Name())
	one, powers, err := k.Opening()
	require.NoError(t, err)
	require.Equal(t, want.g2, append([]bn254.G2Affine{one}, powers...))

	info, err := Inspect(path)
	require.NoError(t, err)
	require.Equal(t, Info{BN254, Development, developmentName, n, want.ID(), len(powers) + 1}, info)

	first, err := OpenFirst(path, 100)
	require.NoError(t, err)
	require.Equal(t, k.ID(), first.ID(), "truncation keeps the ID")
	require.Equal(t, 100, first.Len())
	_, powers, err = first.Opening()
	require.NoError(t, err)
	require.Len(t, powers, 7)
	require.NoError(t, first.Close())
	_, err = OpenFirst(path, n+1)
	require.ErrorIs(t, err, ErrTooShort)
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
	k, err := Open(path)
	require.NoError(t, err)
	require.NoError(t, k.Close())
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
	path := fileOf(t, n)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	r := newRand(5)
	open := func() error {
		f, err := readFile(data, 0, BN254, checkG1)
		if err == nil {
			_, err = keyOf(f)
		}
		return err
	}
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

// TestRewrittenDigests changes a file and makes its digests match again: what Open
// promises to find in spite of that.
func TestRewrittenDigests(t *testing.T) {
	k, err := testKey().Truncate(50)
	require.NoError(t, err)
	for name, change := range map[string]func(pts []bn254.G1Affine, g2 []bn254.G2Affine){
		"first point":        func(pts []bn254.G1Affine, _ []bn254.G2Affine) { pts[0] = pts[3] },
		"tau":                func(pts []bn254.G1Affine, _ []bn254.G2Affine) { pts[1] = pts[3] },
		"power of two":       func(pts []bn254.G1Affine, _ []bn254.G2Affine) { pts[16] = pts[3] },
		"off the curve":      func(pts []bn254.G1Affine, _ []bn254.G2Affine) { pts[1].X.SetOne() },
		"infinity":           func(pts []bn254.G1Affine, _ []bn254.G2Affine) { pts[1] = bn254.G1Affine{} },
		"element of G2":      func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { g2[2] = g2[3] },
		"G2 generator":       func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { g2[0] = g2[1] },
		"G2 off the curve":   func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { g2[2].X.SetOne() },
		"G2 not in subgroup": func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { g2[2] = outsideSubgroup() },
	} {
		t.Run(name, func(t *testing.T) {
			pts := append([]bn254.G1Affine{}, k.points...)
			g2 := append([]bn254.G2Affine{}, k.g2...)
			change(pts, g2)
			path := filepath.Join(t.TempDir(), "key")
			w := writerAt(t, path)
			require.NoError(t, w.write(pts))
			require.NoError(t, w.finish(Development, "x", g2))
			_, err := Open(path)
			require.ErrorIs(t, err, ErrCorrupt)
		})
	}
}

// outsideSubgroup returns a point of the twist that is not in G2.
func outsideSubgroup() (q bn254.G2Affine) {
	b := twistB()
	for {
		q.X.A0.SetRandom()
		var y bn254.E2
		y.Square(&q.X).Mul(&y, &q.X).Add(&y, &b)
		if q.Y.Sqrt(&y); q.IsOnCurve() && !q.IsInSubGroup() {
			return q
		}
	}
}

func TestTruncateAndNoOpening(t *testing.T) {
	k, err := newKey(Ceremony, "", testKey().points[:10], nil)
	require.NoError(t, err)
	_, _, err = k.Opening()
	require.ErrorIs(t, err, ErrNoOpening)
	v, err := k.Truncate(2)
	require.NoError(t, err)
	require.Same(t, &k.Points()[0], &v.Points()[0], "a view")
	_, err = k.Truncate(11)
	require.ErrorIs(t, err, ErrTooShort)
	_, err = k.Truncate(1)
	require.ErrorIs(t, err, ErrTooShort)
}

func TestGrumpkinKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g")
	made, err := OpenGrumpkinKey(path, 300)
	require.NoError(t, err)
	defer made.Close()
	want, err := NewGrumpkinKey(300)
	require.NoError(t, err)
	require.Equal(t, want.Points(), made.Points())
	require.Equal(t, want.BlindingBase(), made.BlindingBase())
	require.Equal(t, want.ID(), made.ID())

	fewer, err := OpenGrumpkinKey(path, 1)
	require.NoError(t, err)
	require.Equal(t, 1, fewer.Len())
	require.NoError(t, fewer.Close())
	more, err := OpenGrumpkinKey(path, 301)
	require.NoError(t, err)
	require.Equal(t, 301, more.Len())
	require.NoError(t, more.Close())
	_, err = Open(path)
	require.ErrorIs(t, err, ErrFormat, "another curve")

	// A file with a generator that was chosen instead of hashed.
	bad, err := want.Truncate(8)
	require.NoError(t, err)
	for i := range bad.points {
		bad.points[i] = bad.h
	}
	require.NoError(t, bad.save(path))
	_, err = OpenGrumpkinKey(path, 8)
	require.ErrorIs(t, err, ErrCorrupt)
}
