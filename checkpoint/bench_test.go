package checkpoint

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// plain is the baseline of the benchmarks: the same bytes appended to a file and synced,
// without checks or an index.
func plain(b *testing.B, size, total int) {
	f, err := os.Create(filepath.Join(b.TempDir(), "plain"))
	require.NoError(b, err)
	defer f.Close()
	data := make([]byte, size)
	b.SetBytes(int64(total))
	for b.Loop() {
		for left := total; left > 0; left -= size {
			_, err := f.Write(data)
			require.NoError(b, err)
		}
		require.NoError(b, f.Sync())
	}
}

// BenchmarkAppend appends steps of three sizes, beside a plain synced file.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{64 << 10, 1 << 20, 8 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			s, _ := newStore(b)
			step := testStep(0, size)
			b.SetBytes(int64(size))
			for b.Loop() {
				require.NoError(b, s.Append(step))
				step.Index++
			}
			b.StopTimer()
			require.NoError(b, s.Close())
		})
		b.Run(fmt.Sprintf("%dKiB-plain-file", size>>10), func(b *testing.B) { plain(b, size, size) })
	}
}

// BenchmarkSnapshot writes and reads a snapshot of 256 MiB, beside a plain synced file.
func BenchmarkSnapshot(b *testing.B) {
	const size, block = 256 << 20, 1 << 20
	data := testStep(0, 8*block).Proof[:block]
	s, _ := newStore(b)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			w, err := s.NewSnapshot(size)
			require.NoError(b, err)
			for range size / block {
				_, err := w.Write(data)
				require.NoError(b, err)
			}
			require.NoError(b, w.Commit())
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			r, err := s.Snapshot()
			require.NoError(b, err)
			_, err = io.Copy(io.Discard, r)
			require.NoError(b, err)
			require.NoError(b, r.Close())
		}
	})
	b.Run("write-plain-file", func(b *testing.B) { plain(b, block, size) })
	require.NoError(b, s.Close())
}

// BenchmarkOpen opens a store of 400 steps of 30 KiB: closed, and killed.
func BenchmarkOpen(b *testing.B) {
	s, dir := newStore(b)
	fill(b, s, smallRunSteps, smallRunStep)
	killed := filepath.Join(b.TempDir(), "killed")
	restore(b, killed, contents(b, dir))
	require.NoError(b, os.WriteFile(filepath.Join(killed, lockName), nil, 0o600))
	require.NoError(b, s.Close())
	b.Run("closed", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, reopen(b, dir).Close())
		}
	})
	b.Run("killed", func(b *testing.B) {
		for b.Loop() {
			s, err := OpenReadOnly(killed)
			require.NoError(b, err)
			require.NoError(b, s.Close())
		}
	})
}
