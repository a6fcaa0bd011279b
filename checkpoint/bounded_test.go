package checkpoint

import (
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

// A table that the engine is ingesting has two names and counts once.
func TestLinksAreOneFile(t *testing.T) {
	s, _ := newStore(t)
	fill(t, s, 2, 4*chunkSize)
	// The engine may write between two measurements; they are then repeated.
	require.True(t, slices.ContainsFunc(make([]struct{}, 100),
		func(struct{}) bool { return linksCountOnce(t, s.folder) }))
	require.NoError(t, s.Close())
}

// linksCountOnce links the tables into another folder, reports whether the store's size is
// unchanged, and removes the links.
func linksCountOnce(t *testing.T, f folder) bool {
	t.Helper()
	names, err := f.List(f.path(engineName))
	require.NoError(t, err)
	require.NoError(t, f.MkdirAll(f.path(snapshotTemp), 0o700))
	before, tables := f.size(), 0
	for _, name := range names {
		if strings.HasSuffix(name, ".sst") && f.Link(f.path(engineName, name), f.path(snapshotTemp, name)) == nil {
			tables++
		}
	}
	after := f.size()
	require.NoError(t, f.RemoveAll(f.path(snapshotTemp)))
	return tables > 0 && before == after
}

// The size of a store that keeps the proofs of two steps and replaces its snapshot is bounded:
// the kept data, one proof and one snapshot that are being written, and the documented bytes
// for logs and compactions. A closed store has little more than the kept data.
func TestDiskIsBounded(t *testing.T) {
	const steps, proof, snapshot, others, slack = 60, 3 << 19, 6 << 20, 16 << 10, 8 << 20
	s, err := create(inMemory(vfs.NewMem()), testMeta)
	require.NoError(t, err)
	var largest int64
	look := func() { largest = max(largest, s.folder.size()) }
	for i := range uint64(steps) {
		if i > 0 {
			require.NoError(t, s.DropProofs(i-1))
		}
		step := testStep(i, 2*others)
		step.Proof = testStep(i, 2*proof).Proof
		require.NoError(t, s.Append(step))
		look()
		if i%10 != 9 {
			continue
		}
		w, err := s.NewSnapshot(snapshot)
		require.NoError(t, err)
		_, err = w.Write(testStep(i, 2*snapshot).Proof)
		require.NoError(t, err)
		look()
		require.NoError(t, w.Commit())
		look()
	}
	const kept = 2*proof + snapshot + steps*others
	require.LessOrEqual(t, largest, int64(kept+proof+snapshot+slack))
	require.NoError(t, s.Close())
	require.LessOrEqual(t, s.folder.size(), int64(kept+2<<20))
}
