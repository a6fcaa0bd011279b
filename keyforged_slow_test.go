//go:build slow

package fold

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/keyfile"
)

// keyFileOf is the content of a key file.
type keyFileOf struct{ header, points []byte }

const (
	keyFileHeader = 8192
	keyFilePoint  = 64
	keyFileChunk  = 4096 * keyFilePoint
)

func readKeyFile(t testing.TB, path string) keyFileOf {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	n := int(binary.LittleEndian.Uint64(data[16:]))
	return keyFileOf{data[:keyFileHeader], data[keyFileHeader:][:keyFilePoint*n]}
}

// write writes the file with recomputed digests.
func (f keyFileOf) write(t testing.TB) string {
	t.Helper()
	var sums []byte
	for at := 0; at < len(f.points); at += keyFileChunk {
		sum := sha256.Sum256(f.points[at:min(at+keyFileChunk, len(f.points))])
		sums = append(sums, sum[:]...)
	}
	binary.LittleEndian.PutUint64(f.header[16:], uint64(len(f.points)/keyFilePoint))
	sum := sha256.Sum256(sums)
	copy(f.header[120:], sum[:])
	sum = sha256.Sum256(f.header[:keyFileHeader-sha256.Size])
	copy(f.header[keyFileHeader-sha256.Size:], sum[:])
	path := filepath.Join(t.TempDir(), "key")
	file, err := os.Create(path)
	require.NoError(t, err)
	for _, part := range [][]byte{f.header, f.points, sums} {
		_, err := file.Write(part)
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
	return path
}

// grafted returns a key file of one τ with the same number of points from another key. All
// points are powers of the other τ; the header and the id are the first key's.
func grafted(t testing.TB, key, donor string) string {
	t.Helper()
	f, other := readKeyFile(t, key), readKeyFile(t, donor)
	for at := 0; at < len(f.points); at += len(other.points) {
		copy(f.points[at:], other.points)
	}
	return f.write(t)
}

// longer returns a key file with additional points, which are not powers of τ, and with the
// element of G2 for the larger number of points.
func longer(t testing.TB, key string, more int) string {
	t.Helper()
	const g2At, g2Size = 408, 128
	f := readKeyFile(t, key)
	elements := int(f.header[14])
	copy(f.header[g2At+g2Size*elements:], f.header[g2At+g2Size*(elements-1):][:g2Size])
	f.header[14]++
	f.points = append(f.points, f.points[:keyFilePoint*more]...)
	return f.write(t)
}

// user is a command that reads points of a key, and the number of points that it uses.
type user struct {
	name string
	key  string // a valid key for the command
	used int
	run  func(t *testing.T, key string) error
}

// usersOfPoints returns all commands that read a key, each with the key of its run. A
// command uses as many points as its run or model needs.
func usersOfPoints(t *testing.T) []user {
	ctx, short, long := context.Background(), provingKey(t), compressKey(t)
	begun := smallRun(t, filepath.Join(t.TempDir(), "unused"))
	s, err := Open(provenStore(t))
	require.NoError(t, err)
	runBits := s.Run().KeyBits()
	require.NoError(t, s.Close())
	vk, _ := readProof(t, proofOf(t))
	_, powers := vk.Opening().Opening() // [τ^(2^j)] for each 2^j below the number of points
	compressed := 1 << len(powers)
	return []user{
		{"commit", short, 1 << 20, func(t *testing.T, key string) error {
			_, err := openBard(t).Commit(ctx, CommitOptions{Key: key, SegmentBits: 20}, nil)
			return err
		}},
		{"prove", short, 1 << runBits, func(t *testing.T, key string) error {
			opts := begun
			opts.Key, opts.Store = key, filepath.Join(t.TempDir(), "store")
			_, err := Prove(ctx, opts, nil)
			return err
		}},
		{"resume", short, 1 << runBits, func(t *testing.T, key string) error {
			store := copyStore(t, begunStore(t), filepath.Join(t.TempDir(), "store"))
			_, err := Resume(ctx, store, ResumeOptions{Key: key}, nil)
			return err
		}},
		{"verify a store", short, 1 << runBits, func(t *testing.T, key string) error {
			opts := VerifyOptions{Key: key, Model: committedModel(t), AllowDevelopmentKey: true}
			_, err := Verify(ctx, provenStore(t), opts, nil)
			return err
		}},
		{"compress", long, compressed, func(t *testing.T, key string) error {
			store := copyStore(t, finishedStore(t), filepath.Join(t.TempDir(), "store"))
			_, err := Compress(ctx, store, CompressOptions{Out: filepath.Join(t.TempDir(), "proof"), Key: key}, nil)
			return err
		}},
		{"verify a proof", long, compressed, func(t *testing.T, key string) error {
			_, err := Verify(ctx, proofOf(t), VerifyOptions{Key: key, AllowDevelopmentKey: true}, nil)
			return err
		}},
	}
}

// TestForgedPointsOfEachCommand: every command checks all points that it uses. It rejects
// points that are powers of another τ than the header's, and a wrong point in the last
// position that it uses. A file with wrong points after that position is accepted: the
// command does not read them, and commands that use more points reject the file.
func TestForgedPointsOfEachCommand(t *testing.T) {
	donors := map[string]string{provingKey(t): compressKey(t), compressKey(t): provingKey(t)}
	for _, u := range usersOfPoints(t) {
		t.Run(u.name, func(t *testing.T) {
			refused := func(err error, says string) {
				t.Helper()
				require.ErrorIs(t, err, ErrCorrupt)
				require.ErrorContains(t, err, says)
			}
			refused(u.run(t, grafted(t, u.key, donors[u.key])), "point 1 is not τ times point 0")
			last := forgedKey(t, u.key, map[int]func(*bn254.G1Affine){u.used - 1: otherPoint})
			refused(u.run(t, last), "is not τ times point")

			tail := longer(t, u.key, 8192)
			require.NoError(t, u.run(t, tail), "points beyond the first %d are not used", u.used)
			_, err := keyfile.Open(context.Background(), tail, bitlen.Floor(u.used), nil)
			require.NoError(t, err)
		})
	}
}
