package fold

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/stretchr/testify/require"
)

// forgedKey returns a copy of a key with some points changed, whose header and digests are
// recomputed, as anybody could. Its id is the original key's.
func forgedKey(t testing.TB, key string, change map[int]func(*bn254.G1Affine)) string {
	t.Helper()
	const header, point, chunk = 8192, 64, 64 * 4096
	data, err := os.ReadFile(key)
	require.NoError(t, err)
	n := int(binary.LittleEndian.Uint64(data[16:]))
	points, sums := data[header:][:point*n], data[header+point*n:]
	for i, f := range change {
		var p bn254.G1Affine
		limbs := []*fp.Element{&p.X, &p.Y}
		for j, e := range limbs {
			_, err := binary.Decode(points[point*i+32*j:], binary.LittleEndian, e)
			require.NoError(t, err)
		}
		f(&p)
		for j, e := range limbs {
			_, err := binary.Encode(points[point*i+32*j:], binary.LittleEndian, e)
			require.NoError(t, err)
		}
		c := i / 4096
		sum := sha256.Sum256(points[chunk*c : min(chunk*(c+1), len(points))])
		copy(sums[sha256.Size*c:], sum[:])
	}
	sum := sha256.Sum256(sums)
	copy(data[120:], sum[:])
	sum = sha256.Sum256(data[:header-sha256.Size])
	copy(data[header-sha256.Size:], sum[:])
	path := filepath.Join(t.TempDir(), "powersOfTau28_hez_final_21.key")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// otherPoint replaces a point by a point of the curve that is not the required power of τ.
func otherPoint(p *bn254.G1Affine) {
	_, _, g, _ := bn254.Generators()
	p.Add(p, &g)
}

func offTheCurve(p *bn254.G1Affine) { p.X.SetUint64(5) }

// With five chosen points, the circuit commitments in the verification key can commit to
// any circuit, so that a proof of any statement would be accepted under a genuine model id.
// The key file is rejected before a point is used.
func TestForgedKeyFileVouchesForNothing(t *testing.T) {
	proof := proofOf(t)
	change := map[int]func(*bn254.G1Affine){}
	for i := range 5 {
		change[1001+7*i] = otherPoint
	}
	hostile := forgedKey(t, compressKey(t), change)
	_, err := Verify(context.Background(), proof, VerifyOptions{Key: hostile, AllowDevelopmentKey: true}, nil)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, hostile)
	require.ErrorContains(t, err, "point 1001 is not τ times point 1000")
}

// A header can claim any ceremony's [τ] of G2 in front of a development key's points.
// Commands that read only the header report that ceremony; the points are rejected when
// they are used.
func TestCeremonyOfAHeaderIsNotTakenForChecked(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	_, err := Setup(context.Background(), key, SetupOptions{Development: true, Size: 1 << 14}, nil)
	require.NoError(t, err)
	data, err := os.ReadFile(key)
	require.NoError(t, err)
	data[13] = 1                // marks a ceremony's key
	for i, x := range []string{ // [τ] of the Hermez powers of tau
		"0x30441fd1b5d3370482c42152a8899027716989a6996c2535bc9f7fee8aaef79e",
		"0x26186a2d65ee4d2f9c9a5b91f86597d35f192cd120caf7e935d8443d1938e23d",
		"0x054793348f12c0cf5622c340573cb277586319de359ab9389778f689786b1e48",
		"0x1970ea81dd6992adfbc571effb03503adbbb6a857f578403c6c40e22d65b3c02",
	} {
		e, err := new(fp.Element).SetString(x)
		require.NoError(t, err)
		_, err = binary.Encode(data[408+128+32*i:], binary.LittleEndian, e)
		require.NoError(t, err)
	}
	sum := sha256.Sum256(data[:8160])
	copy(data[8160:], sum[:])
	require.NoError(t, os.WriteFile(key, data, 0o600))

	i, err := Inspect(key)
	require.NoError(t, err)
	require.Contains(t, i.Fields, Field{Name: "ceremony",
		Value: "the Hermez powers of tau ceremony (powersOfTau28_hez_final) " +
			"(so its header says: no point has been compared)"})
	_, err = openBard(t).Commit(context.Background(), CommitOptions{Key: key, SegmentBits: 14}, nil)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "point 1 is not τ times point 0")
}

// Every command that reads points of a key file checks those that it uses, up to the last
// one.
func TestForgedKeyFileIsRefusedEverywhere(t *testing.T) {
	ctx := context.Background()
	refused := func(err error, says string) {
		t.Helper()
		require.ErrorIs(t, err, ErrCorrupt)
		require.ErrorContains(t, err, says)
	}
	m := openBard(t)
	last := forgedKey(t, provingKey(t), map[int]func(*bn254.G1Affine){1<<20 - 1: otherPoint})
	_, err := m.Commit(ctx, CommitOptions{Key: last, SegmentBits: 20}, nil)
	refused(err, "point 1048575 is not τ times point 1048574")

	key := forgedKey(t, provingKey(t), map[int]func(*bn254.G1Affine){77: offTheCurve})
	const says = "point 77: it is not on the curve"
	_, err = m.Commit(ctx, CommitOptions{Key: key}, nil)
	refused(err, says)
	opts := smallRun(t, filepath.Join(t.TempDir(), "run"))
	opts.Key = key
	_, err = Prove(ctx, opts, nil)
	refused(err, says)
	require.NoDirExists(t, opts.Store)
	store := copyStore(t, provenStore(t), filepath.Join(t.TempDir(), "run"))
	_, err = Resume(ctx, store, ResumeOptions{Key: key, N: 3}, nil)
	refused(err, says)
	_, err = Verify(ctx, provenStore(t), VerifyOptions{Key: key, Model: committedModel(t), AllowDevelopmentKey: true},
		nil)
	refused(err, says)
	_, err = Bench(ctx, BenchOptions{Shape: "smollm2-135m", Tokens: 1, Blocks: 1, Key: key}, nil)
	refused(err, says)
}

// The label in a file is arbitrary. The statement names the ceremony by τ.
func TestStatementNamesTheCeremony(t *testing.T) {
	const unknown = "a ceremony that this program does not know: id bb"
	s := &VerifySummary{ModelID: "aa", PromptTokens: 1, OutputTokens: 2, Ceremony: unknown}
	require.Contains(t, s.plain(), "; under the key of "+unknown)
	v, err := Verify(context.Background(), provenStore(t), readTrial(t), nil)
	require.NoError(t, err)
	require.Contains(t, v.Ceremony, "DEVELOPMENT KEY, NOT A CEREMONY")
	require.Contains(t, v.Statement, "under a development key")
}
