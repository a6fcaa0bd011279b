package commit

import (
	"context"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// forgedFile writes a key file of any points: header and digests are right, as anybody can make
// them.
func forgedFile(t testing.TB, kind Kind, points []bn254.G1Affine, g2 []bn254.G2Affine) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	w, err := createFile(path)
	require.NoError(t, err)
	t.Cleanup(w.abandon)
	require.NoError(t, w.write(rawPoints(points)))
	k, err := newKey(kind, ceremonies[0].name, points[:2], g2)
	require.NoError(t, err)
	require.NoError(t, w.finish(k.header()))
	return path
}

// shifted is p with another point added, on the curve and of the group.
func shifted(p bn254.G1Affine) (q bn254.G1Affine) {
	h, _ := blindingBase()
	return *q.Add(&p, &h)
}

// TestForgedPoints changes a key's points and elements of G2 and makes its digests anew: each
// is refused, and a wrong point by its index.
func TestForgedPoints(t *testing.T) {
	const n = 50
	k, err := testKey().Truncate(n)
	require.NoError(t, err)
	full := fp.Element{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
	modulus := fp.Element(limbsOfModulus(fp.Modulus()))
	type change = func(pts []bn254.G1Affine, g2 []bn254.G2Affine)
	at := func(i int, p bn254.G1Affine) change {
		return func(pts []bn254.G1Affine, _ []bn254.G2Affine) { pts[i] = p }
	}
	in := func(i int, q bn254.G2Affine) change {
		return func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { g2[i] = q }
	}
	off := k.g2[2]
	off.X.SetOne()
	for name, c := range map[string]struct {
		change change
		says   string
	}{
		"first point":     {at(0, k.points[3]), "point 0: it is not the generator"},
		"tau":             {at(1, k.points[3]), "point 1 is not τ times point 0"},
		"a power of two":  {at(16, k.points[3]), "point 16 is not"},
		"any other point": {at(21, shifted(k.points[21])), "point 21 is not"},
		"the last point":  {at(n-1, shifted(k.points[n-1])), "point 49 is not"},
		"a point repeats": {at(7, k.points[0]), "point 7 repeats point 0"},
		"infinity":        {at(22, bn254.G1Affine{}), "point 22: it is the point at infinity"},
		"off the curve":   {at(23, bn254.G1Affine{X: fp.NewElement(5)}), "point 23: it is not on the curve"},
		"all ones":        {at(24, bn254.G1Affine{X: full, Y: full}), "point 24: a coordinate is not below"},
		"the modulus":     {at(25, bn254.G1Affine{X: modulus, Y: modulus}), "point 25: a coordinate is not below"},
		"two that cancel": {func(pts []bn254.G1Affine, _ []bn254.G2Affine) { cancel(pts[30:32]) },
			"point 30 is not"},
		"element of G2": {in(2, k.g2[3]), "[τ^2] of G2"},
		"G2 generator":  {in(0, k.g2[1]), "not τ times"},
		"all of G2 doubled": {func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { double(g2) },
			"element 0 of G2 is not the"},
		"G2 off the curve":    {in(2, off), "element 2 of G2: it is not on the curve"},
		"G2 infinity":         {in(1, bn254.G2Affine{}), "element 1 of G2: it is the point at infinity"},
		"G2 outside subgroup": {in(2, outsideSubgroup()), "element 2 of G2: it is not in the subgroup"},
		"tau of a ceremony":   {in(1, ceremonies[0].element()), "point 1 is not"},
	} {
		t.Run(name, func(t *testing.T) {
			pts, g2 := slices.Clone(k.points), slices.Clone(k.g2)
			c.change(pts, g2)
			path := forgedFile(t, Ceremony, pts, g2)
			_, err := Open(t.Context(), path, 0, nil)
			require.ErrorIs(t, err, ErrCorrupt)
			require.ErrorContains(t, err, c.says)
			_, err = Inspect(path)
			require.NoError(t, err, "the header is right")
		})
	}
}

// cancel adds a point to one and takes it from the other.
func cancel(p []bn254.G1Affine) {
	h, _ := blindingBase()
	p[0].Add(&p[0], &h)
	p[1].Sub(&p[1], &h)
}

func double(g2 []bn254.G2Affine) {
	for i := range g2 {
		g2[i].Add(&g2[i], &g2[i])
	}
}

// TestForgedTail: of a file with wrong points in the end, what lies before can be used.
func TestForgedTail(t *testing.T) {
	k, err := testKey().Truncate(50)
	require.NoError(t, err)
	pts := slices.Clone(k.points)
	pts[40] = shifted(pts[40])
	path := forgedFile(t, Ceremony, pts, k.g2)
	first, err := Open(t.Context(), path, 40, nil)
	require.NoError(t, err)
	require.Equal(t, k.points[:40], first.Points())
	_, err = Open(t.Context(), path, 41, nil)
	require.ErrorContains(t, err, "point 40 is not")
}

// TestAnotherModelsID: a key file whose points were chosen so that weights commit to what
// other weights commit to, which would give their model's id, is refused.
func TestAnotherModelsID(t *testing.T) {
	k, err := testKey().Truncate(64)
	require.NoError(t, err)
	published, other := make(fr.Vector, 64), make(fr.Vector, 64)
	for i := range published {
		published[i].SetInt64(int64(i*i%17 - 8))
		other[i].SetInt64(int64(i*i%13 - 6))
	}
	want, err := k.Commit(other)
	require.NoError(t, err)
	have, err := k.Commit(published)
	require.NoError(t, err)
	const at = 21
	require.False(t, published[at].IsZero())
	var inverse fr.Element
	inverse.Inverse(&published[at])
	pts := slices.Clone(k.points)
	want.Sub(&want, &have)
	want.ScalarMultiplication(&want, inverse.BigInt(new(big.Int)))
	pts[at].Add(&pts[at], &want)
	forged, err := newKey(k.kind, k.name, pts, k.g2)
	require.NoError(t, err)
	got, err := forged.Commit(published)
	require.NoError(t, err)
	claimed, err := k.Commit(other)
	require.NoError(t, err)
	require.Equal(t, claimed, got, "one point is enough")
	require.Equal(t, k.ID(), forged.ID(), "and the key's id does not show it")
	_, err = Open(t.Context(), forgedFile(t, k.kind, pts, k.g2), 0, nil)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "point 21 is not τ times point 20")
}

// TestOpenedKeyIsPrivate: what happens to the file afterwards changes nothing.
func TestOpenedKeyIsPrivate(t *testing.T) {
	path := fileOf(t, 300)
	k, err := Open(t.Context(), path, 0, nil)
	require.NoError(t, err)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(make([]byte, 64*300), headerSize)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(10))
	require.NoError(t, f.Close())
	require.Equal(t, testKey().points[:300], k.Points())
	_, err = Open(t.Context(), path, 0, nil)
	require.ErrorIs(t, err, ErrFormat)
}

// shrinking is a file that is truncated while it is read.
type shrinking struct {
	*os.File
	left int
}

func (s *shrinking) ReadAt(b []byte, at int64) (int, error) {
	if s.left--; s.left < 0 {
		if err := s.Truncate(headerSize); err != nil {
			return 0, err
		}
	}
	return s.File.ReadAt(b, at)
}

// TestTruncatedWhileRead ends in an error, wherever it happens.
func TestTruncatedWhileRead(t *testing.T) {
	for reads := range 3 {
		path := fileOf(t, 300)
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		require.NoError(t, err)
		_, err = readKey(t.Context(), &shrinking{f, reads}, fileSize(300), 0, nil)
		require.Error(t, err, "after %d reads", reads)
		require.NoError(t, f.Close())
	}
}

// TestOpeningIsStopped between two pieces, and tells of each.
func TestOpeningIsStopped(t *testing.T) {
	const n = 2*streamed + 5
	path := fileOf(t, n)
	forgetRecords(t)
	ctx, stop := context.WithCancel(t.Context())
	var told []int
	_, err := Open(ctx, path, 0, func(points int) { told = append(told, points); stop() })
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []int{streamed}, told)
	_, err = Open(ctx, path, 0, nil)
	require.ErrorIs(t, err, context.Canceled)
	told = nil
	_, err = Open(t.Context(), path, 0, func(points int) { told = append(told, points) })
	require.NoError(t, err)
	require.Equal(t, []int{streamed, 2 * streamed, n}, told)
}
