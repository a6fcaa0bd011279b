package commit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
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
		if file, err := readFile(data, 0, BN254, checkG1); err == nil {
			if k, err := keyOf(file); err == nil {
				_, _ = k.Commit(randomElements(newRand(1), 2))
			}
		}
		_, _ = readFile(data, 2, Grumpkin, checkGrumpkin)
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

func FuzzCompressed(f *testing.F) {
	b1, b2 := compressed(testKey().points[:5], testKey().g2[:3])
	f.Add(b1, b2)
	f.Add(b1, []byte(nil))
	out := filepath.Join(f.TempDir(), "key")
	f.Fuzz(func(t *testing.T, b1, b2 []byte) {
		_ = ImportCompressed(t.Context(), bytes.NewReader(b1), bytes.NewReader(b2), "x", out, 5, nil)
		_ = ImportCompressed(t.Context(), bytes.NewReader(b1), nil, "x", out, 1<<20, nil)
	})
}
