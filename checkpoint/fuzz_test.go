package checkpoint

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

// fuzzSteps and fuzzStep are the size of the store that records are changed in.
const (
	fuzzSteps = 3
	fuzzStep  = 64
)

// storeInMemory is a store of fuzzSteps steps with a snapshot.
func storeInMemory(t testing.TB) *Store {
	s, err := create(inMemory(vfs.NewMem()), testMeta)
	require.NoError(t, err)
	fill(t, s, fuzzSteps, fuzzStep)
	writeSnapshot(t, s, []byte("a snapshot of the prover"))
	return s
}

// FuzzRecords puts one record of any key and content into the engine of a store. Then every
// step, the chain of all steps and the snapshot read back as they were, or an error says that
// the store is corrupt: nothing else is ever read.
func FuzzRecords(f *testing.F) {
	step := testStep(1, fuzzStep)
	text, _ := step.header(4, Digest{3}).seal()
	f.Add(key(headerKey, 1, 0), text)
	f.Add(key(headerKey, fuzzSteps, 0), text)
	f.Add(key(stateKey, 0, 0), []byte("state"))
	f.Add(key(proofKey, 2, 1), []byte("a second chunk"))
	f.Add(key(tokensKey, 2, 0), encodeTokens([]uint32{1, 2}))
	f.Add(key(snapshotKey, 1, 0), []byte("another snapshot"))
	f.Add(key(snapshotKey, 1, 1), []byte{})
	f.Add([]byte{byte(headKey)}, testHead().encode())
	f.Fuzz(func(t *testing.T, at, value []byte) {
		if len(at) == 0 || len(value) > 1<<12 {
			t.Skip()
		}
		s := storeInMemory(t)
		defer func() { _ = s.Close() }()
		before := s.head
		require.NoError(t, s.engine.do("changing", func(db *pebble.DB) error {
			b := db.NewBatch()
			defer b.Close()
			return errors.Join(b.Set(at, value, nil), b.Commit(pebble.NoSync))
		}))
		if err := s.verify(before, false); err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			s.head = before // what a reader that has the store open still goes by
		}
		for i := range uint64(fuzzSteps) {
			got, err := s.step(i)
			if err != nil {
				require.ErrorIs(t, err, ErrCorrupt)
				continue
			}
			if at[0] == byte(headerKey) { // any header is some step's: the chain refuses it
				continue
			}
			require.Equal(t, read(testStep(i, fuzzStep)), got)
		}
	})
}

// FuzzSeal: no bytes but those that were written are the seal of a store.
func FuzzSeal(f *testing.F) {
	dir := inMemoryOf(f, map[string][]byte{headName: testHead().encode(), MetaName: []byte("meta")})
	good, err := dir.digests()
	require.NoError(f, err)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte(strings.Replace(string(good), headName, MetaName, 1)))
	f.Add([]byte("# \n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, _ := cutLast(text)
		for _, seal := range [][]byte{text, append(bytes.Clone(lines), ownDigest(lines)...)} {
			// Pebble's file system in memory alters the bytes that it has written, with the race detector.
			require.NoError(t, dir.create(sealName, bytes.Clone(seal)))
			sealed, err := dir.checkSeal()
			require.Equal(t, err == nil, bytes.Equal(seal, good), "%q", seal)
			require.Equal(t, err == nil, sealed)
			if err != nil {
				require.ErrorIs(t, err, ErrCorrupt)
			}
		}
	})
}
