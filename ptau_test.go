package fold

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// hermezTau is the [τ] of G2 of the Hermez powers of tau, as in package commit: X.A0, X.A1,
// Y.A0, Y.A1.
var hermezTau = []string{
	"0x30441fd1b5d3370482c42152a8899027716989a6996c2535bc9f7fee8aaef79e",
	"0x26186a2d65ee4d2f9c9a5b91f86597d35f192cd120caf7e935d8443d1938e23d",
	"0x054793348f12c0cf5622c340573cb277586319de359ab9389778f689786b1e48",
	"0x1970ea81dd6992adfbc571effb03503adbbb6a857f578403c6c40e22d65b3c02",
}

// ownPower is log2 of the size of ownCeremony.
const ownPower = 12

// ptauFile is a powers-of-tau file with a τ drawn by the test, which belongs to no known
// ceremony.
type ptauFile struct {
	g1 []bn254.G1Affine // 2^(power+1) - 1 powers
	g2 []bn254.G2Affine // 2^power
}

// newPtau returns the powers of τ.
func newPtau(power int, tau fr.Element) *ptauFile {
	powers := make([]fr.Element, 2<<power-1)
	powers[0].SetOne()
	for i := range powers[1:] {
		powers[i+1].Mul(&powers[i], &tau)
	}
	_, _, g1, g2 := bn254.Generators()
	return &ptauFile{
		bn254.BatchScalarMultiplicationG1(&g1, powers), bn254.BatchScalarMultiplicationG2(&g2, powers[:1<<power]),
	}
}

// write writes the file in snarkjs format with the required sections: the header, and the
// points of both groups in affine coordinates, with little-endian limbs in Montgomery form.
func (p *ptauFile) write(t testing.TB, path string, power int) {
	t.Helper()
	modulus := fp.Modulus().FillBytes(make([]byte, fp.Bytes))
	slices.Reverse(modulus)
	head := append(binary.LittleEndian.AppendUint32(nil, fp.Bytes), modulus...)
	head = binary.LittleEndian.AppendUint32(head, uint32(power))
	head = binary.LittleEndian.AppendUint32(head, uint32(power))
	g1, err := binary.Append(nil, binary.LittleEndian, p.g1)
	require.NoError(t, err)
	g2, err := binary.Append(nil, binary.LittleEndian, p.g2)
	require.NoError(t, err)
	data := append([]byte("ptau"), 1, 0, 0, 0, 3, 0, 0, 0)
	for i, section := range [][]byte{head, g1, g2} {
		data = binary.LittleEndian.AppendUint32(data, uint32(i+1))
		data = binary.LittleEndian.AppendUint64(data, uint64(len(section)))
		data = append(data, section...)
	}
	require.NoError(t, os.WriteFile(path, data, 0o600))
}

// ownCeremony returns a complete and consistent powers-of-tau file with a known ceremony's
// name and a τ that the test knows.
func ownCeremony(t testing.TB) string {
	return filepath.Join(shareOnce(t, "ceremony", func(dir string) {
		require.NoError(t, os.Mkdir(dir, 0o700))
		newPtau(ownPower, fr.NewElement(0xbad_5eed)).write(t, filepath.Join(dir, ceremonyFile), ownPower)
	}), ceremonyFile)
}

// ceremonyFile is the name of a file of the Hermez ceremony.
const ceremonyFile = "powersOfTau28_hez_final_12.ptau"

// A complete ceremony of one's own under a known name is not mistaken for the known one:
// every command reports that the ceremony is unknown.
func TestOwnCeremonyIsUnknown(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	key := filepath.Join(dir, "key")
	s, err := Setup(ctx, key, SetupOptions{PTau: ownCeremony(t), Size: 1 << ownPower}, nil)
	require.NoError(t, err)
	unknown := "a ceremony that this program does not know: id " + s.SRS
	require.Equal(t, unknown, s.Ceremony)
	i, err := Inspect(key)
	require.NoError(t, err)
	says := unknown + " (so its header says: no point has been compared)"
	require.Contains(t, i.Fields, Field{Name: "ceremony", Value: says})
	require.Contains(t, i.Fields, Field{Name: "label", Value: ceremonyFile})
	c, err := openBard(t).Commit(ctx, CommitOptions{Key: key, SegmentBits: ownPower}, nil)
	require.NoError(t, err)
	require.Equal(t, unknown, c.Ceremony)
	require.Equal(t, s.SRS, c.SRS)
	require.False(t, c.Development)
}

// fold setup rejects a powers-of-tau file of one's own with a known ceremony's [τ] of G2,
// and a file with any wrong point among the used ones. Points after the used ones are not
// read.
func TestSetupChecksThePointsThatItUses(t *testing.T) {
	const power, size = 6, 48
	var known bn254.G2Affine
	for i, e := range []*fp.Element{&known.X.A0, &known.X.A1, &known.Y.A0, &known.Y.A1} {
		_, err := e.SetString(hermezTau[i])
		require.NoError(t, err)
	}
	require.True(t, known.IsInSubGroup())
	for name, c := range map[string]struct {
		change func(p *ptauFile)
		says   string
	}{
		"nothing":                {func(*ptauFile) {}, ""},
		"[τ] of a known one":     {func(p *ptauFile) { p.g2[1] = known }, "inconsistent"},
		"all of G2 of another τ": {func(p *ptauFile) { p.g2 = newPtau(power, fr.NewElement(77)).g2 }, "inconsistent"},
		"all of G1 of another τ": {func(p *ptauFile) { p.g1 = newPtau(power, fr.NewElement(77)).g1 }, "inconsistent"},
		"the last point used":    {func(p *ptauFile) { otherPoint(&p.g1[size-1]) }, "point 47 "},
		"the first one not used": {func(p *ptauFile) { otherPoint(&p.g1[size]) }, ""},
		"the last one":           {func(p *ptauFile) { offTheCurve(&p.g1[len(p.g1)-1]) }, ""},
		"a later one of G2":      {func(p *ptauFile) { p.g2[size] = p.g2[3] }, ""},
		"the last power of G2":   {func(p *ptauFile) { p.g2[32] = p.g2[3] }, "inconsistent"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, key := filepath.Join(dir, ceremonyFile), filepath.Join(dir, "key")
			p := newPtau(power, fr.NewElement(0xbad_5eed))
			c.change(p)
			p.write(t, path, power)
			_, err := Setup(context.Background(), key, SetupOptions{PTau: path, Size: size}, nil)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, ErrCorrupt)
			require.ErrorContains(t, err, c.says)
			require.NoFileExists(t, key)
		})
	}
}
