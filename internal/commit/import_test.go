package commit

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

func itoa(i int) string { return strconv.Itoa(i) }

const testPower = 4

// g2Powers returns [τ^i] for i < n.
func g2Powers(n int) []bn254.G2Affine {
	_, _, _, q := bn254.Generators()
	powers := make([]bn254.G2Affine, n)
	t := fr.One()
	for i := range powers {
		powers[i].ScalarMultiplication(&q, t.BigInt(new(big.Int)))
		t.Mul(&t, &testTau)
	}
	return powers
}

// ptauFile encodes a file of testPower with the sections that matter, and others.
func ptauFile(g1 []bn254.G1Affine, g2 []bn254.G2Affine) []byte {
	var head, s1, s2 []byte
	head = binary.LittleEndian.AppendUint32(head, fp.Bytes)
	m := fp.Modulus().FillBytes(make([]byte, fp.Bytes))
	slices.Reverse(m)
	head = append(head, m...)
	head = binary.LittleEndian.AppendUint32(head, testPower)
	head = binary.LittleEndian.AppendUint32(head, testPower+1)
	limbs := func(b []byte, elements ...[4]uint64) []byte {
		for _, e := range elements {
			for _, l := range e {
				b = binary.LittleEndian.AppendUint64(b, l)
			}
		}
		return b
	}
	for _, p := range g1 {
		s1 = limbs(s1, p.X, p.Y)
	}
	for _, q := range g2 {
		l := limbsOfG2(&q)
		s2 = limbs(s2, l[:]...)
	}
	return sections(map[uint32][]byte{1: head, 2: s1, 3: s2, 7: []byte("contributions")}, 7, 1, 2, 3)
}

func sections(content map[uint32][]byte, order ...uint32) []byte {
	b := append([]byte("ptau"), 1, 0, 0, 0, byte(len(order)), 0, 0, 0)
	for _, id := range order {
		b = binary.LittleEndian.AppendUint32(b, id)
		b = binary.LittleEndian.AppendUint64(b, uint64(len(content[id])))
		b = append(b, content[id]...)
	}
	return b
}

func goodPtau() (g1 []bn254.G1Affine, g2 []bn254.G2Affine) {
	return slices.Clone(testKey().points[:2<<testPower-1]), g2Powers(1 << testPower)
}

func tryPtau(t *testing.T, data []byte, n int) (*Key, error) {
	out := filepath.Join(t.TempDir(), "key")
	if err := importPtau(writerAt(t, out), bytes.NewReader(data), int64(len(data)), "a ceremony", n); err != nil {
		require.NoFileExists(t, out, "a refused import leaves nothing")
		return nil, err
	}
	return Open(t.Context(), out, 0, nil)
}

func TestPtau(t *testing.T) {
	for _, n := range []int{2, 9, 1 << testPower} {
		k, err := tryPtau(t, ptauFile(goodPtau()), n)
		require.NoError(t, err)
		require.Equal(t, testKey().points[:n], k.Points())
		require.Equal(t, testKey().g2[:1+openingPowers(n)], k.g2)
		require.False(t, k.Development())
		require.Equal(t, "a ceremony", k.name)
		require.Equal(t, "a ceremony that this program does not know: id "+k.ID().String(), k.Origin())
	}
	_, err := tryPtau(t, ptauFile(goodPtau()), 1<<testPower+1)
	require.ErrorIs(t, err, ErrTooShort)
	require.ErrorIs(t, ImportPtau(t.Context(), filepath.Join(t.TempDir(), "none"), "", "", 2, nil), os.ErrNotExist)
}

// TestPtauEveryBit flips bits of everything that an import reads.
func TestPtauEveryBit(t *testing.T) {
	g1, g2 := goodPtau()
	data := ptauFile(g1, g2)
	head := bytes.Index(data, []byte("contributions")) + len("contributions")
	at := map[string][2]int{
		"file header":   {0, 12},
		"heads, header": {head, head + 12 + 44 + 12},
		"G1":            {head + 12 + 44 + 12, pointSize << testPower},
		"G2":            {len(data) - len(g2)*g2Size, len(g2) * g2Size},
	}
	at["heads, header"] = [2]int{head, 12 + 44 + 12}
	r := newRand(8)
	for name, span := range at {
		t.Run(name, func(t *testing.T) {
			for range 40 {
				bit := r.IntN(8 * span[1])
				where := 8*span[0] + bit
				if name == "heads, header" && bit/8 >= 12+40 && bit/8 < 12+44 {
					continue // the power of the ceremony that the file was cut from: larger is as good
				}
				data[where/8] ^= 1 << (where % 8)
				_, err := tryPtau(t, data, 1<<testPower)
				require.Error(t, err, "bit %d", bit)
				if name == "G1" {
					require.ErrorContains(t, err, "point "+itoa(bit/8/pointSize)+":")
				}
				if name == "G2" {
					require.ErrorContains(t, err, "element "+itoa(bit/8/g2Size)+":")
				}
				data[where/8] ^= 1 << (where % 8)
			}
		})
	}
}

// TestPtauWrongPoints has points on the curve that are not the powers they should be.
func TestPtauWrongPoints(t *testing.T) {
	for i := 1; i < 1<<testPower; i++ {
		g1, g2 := goodPtau()
		g1[i] = testKey().points[40]
		_, err := tryPtau(t, ptauFile(g1, g2), 1<<testPower)
		require.ErrorIs(t, err, ErrCorrupt)
		require.ErrorContains(t, err, "inconsistent")
		require.ErrorContains(t, err, "point "+itoa(i)+" ")
	}
	for i := range testPower {
		g1, g2 := goodPtau()
		g2[1<<i] = g2[3]
		_, err := tryPtau(t, ptauFile(g1, g2), 1<<testPower)
		require.ErrorIs(t, err, ErrCorrupt)
		require.ErrorContains(t, err, "inconsistent")
	}
	for name, change := range map[string]func(g1 []bn254.G1Affine, g2 []bn254.G2Affine){
		"infinity":    func(g1 []bn254.G1Affine, _ []bn254.G2Affine) { g1[5] = bn254.G1Affine{} },
		"not G":       func(g1 []bn254.G1Affine, _ []bn254.G2Affine) { g1[0] = g1[1] },
		"G2 infinity": func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { g2[3] = bn254.G2Affine{} },
		"G2 subgroup": func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { g2[4] = outsideSubgroup() },
		"G2 not [1]":  func(_ []bn254.G1Affine, g2 []bn254.G2Affine) { g2[0] = g2[1] },
		"tau is one":  func(g1 []bn254.G1Affine, g2 []bn254.G2Affine) { fill(g1, g1[0]); fill(g2, g2[0]) },
		"tau is minus one": func(g1 []bn254.G1Affine, g2 []bn254.G2Affine) {
			for i := range g1 {
				g1[i] = g1[0]
				if i%2 == 1 {
					g1[i].Neg(&g1[0])
				}
			}
			for i := range g2 {
				g2[i] = g2[0]
				if i%2 == 1 {
					g2[i].Neg(&g2[0])
				}
			}
		},
	} {
		g1, g2 := goodPtau()
		change(g1, g2)
		_, err := tryPtau(t, ptauFile(g1, g2), 1<<testPower)
		require.ErrorIs(t, err, ErrCorrupt, name)
	}
}

func fill[T any](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}

func TestPtauStructure(t *testing.T) {
	data := ptauFile(goodPtau())
	for _, size := range []int{0, 3, 11, 12, 20, 40, 200, len(data) / 2, len(data) - 1} {
		_, err := tryPtau(t, data[:size], 4)
		require.ErrorIs(t, err, ErrFormat, "cut to %d bytes", size)
	}
	_, err := tryPtau(t, append(slices.Clone(data), 0), 4)
	require.ErrorIs(t, err, ErrFormat, "more bytes")
	for name, bad := range map[string][]byte{
		"twice":      sections(map[uint32][]byte{1: nil}, 1, 1),
		"no header":  sections(map[uint32][]byte{2: nil}, 2),
		"no section": sections(nil),
		"many":       append([]byte("ptau\x01\x00\x00\x00"), 0xff, 0xff, 0xff, 0xff),
		"huge": append([]byte("ptau\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00"),
			bytes.Repeat([]byte{0xff}, 8)...),
	} {
		_, err := tryPtau(t, bad, 4)
		require.ErrorIs(t, err, ErrFormat, name)
	}
}

// TestPtauOfAnotherCurve: the header names the field of the points. Another curve's is refused
// by the curve's name, before anything else is read.
func TestPtauOfAnotherCurve(t *testing.T) {
	head := func(modulus *big.Int, bytes int) []byte {
		m := modulus.FillBytes(make([]byte, bytes))
		slices.Reverse(m)
		b := append(binary.LittleEndian.AppendUint32(nil, uint32(bytes)), m...)
		b = binary.LittleEndian.AppendUint32(b, testPower)
		return sections(map[uint32][]byte{1: binary.LittleEndian.AppendUint32(b, testPower)}, 1)
	}
	prime, ok := new(big.Int).SetString("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf"+
		"6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16)
	require.True(t, ok)
	short := new(big.Int).Sub(prime, big.NewInt(2))
	for name, c := range map[string]struct {
		head []byte
		says string
	}{
		"bls12-381":             {head(prime, 48), "powers of tau on the curve bls12_381, expected bn254"},
		"bls12-377":             {head(ecc.BLS12_377.BaseField(), 48), "on the curve bls12_377, expected bn254"},
		"an unknown one":        {head(short, 48), "an unknown curve over a field of 381 bits, expected bn254"},
		"the order of bn254":    {head(ecc.BN254.ScalarField(), 32), "an unknown curve over a field of 254 bits"},
		"bn254 with more bytes": {head(fp.Modulus(), 48), "field elements of 48 bytes, BN254's have 32"},
	} {
		_, err := tryPtau(t, c.head, 4)
		require.ErrorIs(t, err, ErrFormat, name)
		require.ErrorContains(t, err, c.says, name)
	}
}
