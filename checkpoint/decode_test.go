package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	smallRunSteps = 400
	smallRunStep  = 30 << 10
)

// A run of 64 tokens of a small model, some 400 steps of 30 KiB, takes little more disk than
// the 12 MiB of its steps.
func TestSizeOfASmallRun(t *testing.T) {
	s, dir := newStore(t)
	fill(t, s, smallRunSteps, smallRunStep)
	open := s.Status().Bytes
	require.NoError(t, s.Close())
	st, err := Peek(dir)
	require.NoError(t, err)
	t.Logf("%.1f MiB while open, %.1f MiB closed", float64(open)/(1<<20), float64(st.Bytes)/(1<<20))
	require.Less(t, open, int64(48<<20))
	require.Less(t, st.Bytes, int64(24<<20))
	requireSteps(t, reopen(t, dir), smallRunSteps, smallRunStep)
}

func testHead() head {
	return head{
		id: ID{1}, generation: 9, steps: 7, tokens: 3, link: Digest{4}, proofsFrom: 2,
		updated: time.Unix(0, 1_700_000_000_000_000_000), note: "layer 3",
		snapshot: SnapshotInfo{ID: 5, At: 4, Size: 1 << 20, Digest: Digest{6}},
	}
}

// The bytes on disk do not change without a new format version.
func TestFormatIsFixed(t *testing.T) {
	digest := func(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:8]) }
	step := Entry{Index: 3, State: []byte("state"), Proof: []byte("proof"), Tokens: []uint32{7}, Cache: []byte{1}}
	text, _ := step.header(2, Digest{5}).seal()
	meta := testMeta
	meta.ID, meta.Parent, meta.Created = ID{7}, ID{8}, time.Unix(1_700_000_000, 0)
	fold, err := meta.encode()
	require.NoError(t, err)
	genesis := meta.genesis()
	require.Equal(t, []string{"47982dd428b891df", "b85c5e7397be17c7", "ec035011a3590448", "d85375f7bed15000"},
		[]string{digest(text), digest(testHead().encode()), digest(fold), digest(genesis[:])})
	require.Len(t, text, 292)
	require.Len(t, testHead().encode(), 448)
}

func TestDecodersInvert(t *testing.T) {
	h, err := decodeHead(testHead().encode())
	require.NoError(t, err)
	require.Equal(t, testHead(), h)
	step := testStep(5, 800)
	want := step.header(11, Digest{1})
	text, link := want.seal()
	got, again, err := decodeHeader(text)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, link, again)
}

// resealed returns bytes with a matching checksum, so that the fuzzer passes it.
func resealed(in []byte, size int) []byte {
	if len(in) != size {
		return in
	}
	sum := sha256.Sum256(in[:size-32])
	return append(in[:size-32:size-32], sum[:]...)
}

func FuzzHeader(f *testing.F) {
	step := testStep(2, 100)
	text, _ := step.header(4, Digest{3}).seal()
	f.Add(text)
	f.Add([]byte(headerMagic))
	f.Fuzz(func(t *testing.T, in []byte) {
		in = resealed(in, headerSize)
		h, _, err := decodeHeader(in)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		again, _ := h.seal()
		require.Equal(t, in, again)
		require.LessOrEqual(t, h.size(), int64(MaxStep))
	})
}

func FuzzHead(f *testing.F) {
	f.Add(testHead().encode())
	f.Add([]byte(headMagic))
	f.Fuzz(func(t *testing.T, in []byte) {
		h, err := decodeHead(resealed(in, headSize))
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		again, err := decodeHead(h.encode())
		require.NoError(t, err)
		require.Equal(t, h, again)
	})
}

func FuzzMeta(f *testing.F) {
	meta, err := testMeta.named()
	require.NoError(f, err)
	text, err := meta.encode()
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte(`{"magic":"fold-checkpoint","version":1}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := decodeMeta(in)
		if err != nil {
			require.True(t, refused(err))
			return
		}
		again, err := m.encode()
		require.NoError(t, err)
		require.Equal(t, in, again)
	})
}
