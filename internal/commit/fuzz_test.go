package commit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// refresh makes the digests of a changed key file match again, so that fuzzing gets
// behind them.
func refresh(data []byte) {
	if len(data) < headerSize {
		return
	}
	n := binary.LittleEndian.Uint64(data[16:])
	if n <= uint64(len(data)) && fileSize(int(n)) == int64(len(data)) {
		pts, sums := data[headerSize:][:pointSize*n], data[headerSize+pointSize*n:]
		for c := range chunksOf(int(n)) {
			chunk := pts[pointSize*chunkPoints*c:]
			sum := sha256.Sum256(chunk[:min(len(chunk), pointSize*chunkPoints)])
			copy(sums[sha256.Size*c:], sum[:])
		}
		sum := sha256.Sum256(sums)
		copy(data[120:], sum[:])
	}
	sum := sha256.Sum256(data[:headerSumAt])
	copy(data[headerSumAt:], sum[:])
}

func FuzzKeyFile(f *testing.F) {
	data, err := os.ReadFile(fileOf(f, 3))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, true)
	f.Add(data[:headerSize+10], false)
	f.Fuzz(func(t *testing.T, data []byte, fix bool) {
		data = bytes.Clone(data)
		if fix {
			refresh(data)
		}
		for _, n := range []int{0, 2} {
			k, err := readKey(t.Context(), bytes.NewReader(data), int64(len(data)), n, nil)
			if err == nil {
				_, err = k.Commit(randomElements(newRand(1), 2))
				require.NoError(t, err)
			}
		}
	})
}

func FuzzPtau(f *testing.F) {
	f.Add(ptauFile(goodPtau()), 4)
	f.Add(sections(map[uint32][]byte{1: nil}, 1, 1), 2)
	out := filepath.Join(f.TempDir(), "key")
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		_ = importPtau(writerAt(t, out), bytes.NewReader(data), int64(len(data)), "x", n)
	})
}
