package commit

import (
	"fold.example/fold/internal/testfiles"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/stretchr/testify/require"
)

// The table has elements of G2, and a key is named by them alone.
func TestCeremonies(t *testing.T) {
	_, _, _, one := bn254.Generators()
	seen := map[[4][4]uint64]bool{limbsOfG2(&one): true}
	for _, c := range ceremonies {
		q := c.element()
		_, err := decodeG2(limbsOfG2(&q))
		require.NoError(t, err, c.name)
		require.False(t, seen[limbsOfG2(&q)], c.name)
		seen[limbsOfG2(&q)] = true
		require.Equal(t, c.name, origin(Ceremony, &q, ID{}))
		require.Equal(t, developmentName, origin(Development, &q, ID{}))
		q.Neg(&q)
		require.Contains(t, origin(Ceremony, &q, ID{7}), "does not know: id 07")
	}
}

// A file that calls itself a known ceremony and has a tau of its own is of an unknown one, in
// its header, opened, and for a verifier; with the ceremony's element of G2 it is refused.
func TestCeremonyIsNotALabel(t *testing.T) {
	k, err := testKey().Truncate(9)
	require.NoError(t, err)
	path := forgedFile(t, Ceremony, k.points, k.g2)
	info, err := Inspect(path)
	require.NoError(t, err)
	require.Equal(t, ceremonies[0].name, info.Name, "what the file says")
	opened, err := Open(t.Context(), path, 0, nil)
	require.NoError(t, err)
	o, err := DecodeOpeningKey(opened.ForOpenings().Encode())
	require.NoError(t, err)
	for _, origin := range []string{info.Origin, opened.Origin(), o.Origin()} {
		require.Equal(t, "a ceremony that this program does not know: id "+opened.ID().String(), origin)
	}

	g2 := slices.Clone(k.g2)
	g2[1] = ceremonies[1].element()
	_, err = Open(t.Context(), forgedFile(t, Ceremony, k.points, g2), 0, nil)
	require.ErrorContains(t, err, "point 1 is not τ times point 0")
	o.g2 = g2
	_, err = DecodeOpeningKey(o.Encode())
	require.ErrorIs(t, err, ErrCorrupt)
}

// TestSharedCeremony decodes points of a real ceremony, the perpetual powers of tau after 80
// contributions: they are points of the curve, and those of no ceremony in the table.
func TestSharedCeremony(t *testing.T) {
	data := testfiles.ReadShared(t, "vectors", "ppot", "ppot_0080_10.g1.bin")
	var pts []bn254.G1Affine
	for b := range slices.Chunk(data, bn254.SizeOfG1AffineCompressed) {
		b = slices.Clone(b)
		slices.Reverse(b)
		// The larger root is marked with bit 7 there, with bits 7 and 6 in gnark-crypto, the
		// smaller with none there, with bit 7 here.
		b[0] |= 1<<7 | b[0]&(1<<7)>>1
		var p bn254.G1Affine
		_, err := p.SetBytes(b)
		require.NoError(t, err)
		pts = append(pts, p)
	}
	require.Len(t, pts, 1<<10)
	_, _, _, one := bn254.Generators()
	for _, c := range ceremonies {
		same, err := samePairing(pts[1], one, pts[0], c.element())
		require.NoError(t, err)
		require.False(t, same, c.name)
	}
}
