package checkpoint

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestStepsSurviveClosing(t *testing.T) {
	s, dir := newStore(t)
	fill(t, s, 7, 3000)
	requireSteps(t, s, 7, 3000)
	require.NoError(t, s.Close())
	require.ErrorIs(t, s.Close(), ErrClosed)
	require.ErrorIs(t, s.Append(testStep(7, 8)), ErrClosed)

	s = reopen(t, dir)
	requireSteps(t, s, 7, 3000)
	fill(t, s, 9, 3000)
	require.NoError(t, s.Close())

	r, err := OpenReadOnly(dir)
	require.NoError(t, err)
	requireSteps(t, r, 9, 3000)
	require.ErrorIs(t, r.Append(testStep(9, 8)), ErrReadOnly)
	require.ErrorIs(t, r.RollBack(0), ErrReadOnly)
	second, err := OpenReadOnly(dir)
	require.NoError(t, err, "readers share")
	require.NoError(t, second.Close())
	_, err = Open(dir)
	require.ErrorIs(t, err, ErrLocked)
	require.NoError(t, r.Close())
}

func TestSectionsOfManyChunks(t *testing.T) {
	s, dir := newStore(t)
	big := Entry{State: make([]byte, chunkSize), Proof: make([]byte, 3*chunkSize+1), Cache: []byte{9}}
	for i := range big.Proof {
		big.Proof[i] = byte(i >> 13)
	}
	require.NoError(t, s.Append(big))
	require.NoError(t, s.Close())
	s = reopen(t, dir)
	got, err := s.Step(0)
	require.NoError(t, err)
	require.Equal(t, big, got)
	require.NoError(t, s.Close())
}

func TestAppendRefuses(t *testing.T) {
	s, _ := newStore(t)
	require.ErrorIs(t, s.Append(testStep(1, 8)), ErrRange)
	require.ErrorIs(t, s.Append(Entry{Note: string(make([]byte, MaxNote+1))}), ErrTooLarge)
	require.ErrorIs(t, s.Append(Entry{State: make([]byte, MaxStep+1)}), ErrTooLarge)
	_, err := s.Step(0)
	require.ErrorIs(t, err, ErrRange)
	require.NoError(t, s.Close())
}

func TestRollBackAndDropProofs(t *testing.T) {
	s, dir := newStore(t)
	fill(t, s, 12, 600)
	require.NoError(t, s.DropProofs(5))
	require.NoError(t, s.DropProofs(3), "fewer than are dropped already")
	require.NoError(t, s.RollBack(8))
	require.ErrorIs(t, s.RollBack(9), ErrRange)
	require.NoError(t, s.Close())

	s = reopen(t, dir)
	require.EqualValues(t, 8, s.Len())
	for i := range uint64(8) {
		want := read(testStep(i, 600))
		if i < 5 {
			want.Proof, want.ProofDropped = nil, true
		}
		got, err := s.Step(i)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.EqualValues(t, 4, s.Status().Tokens)
	require.NoError(t, s.RollBack(2))
	fill(t, s, 4, 600)
	require.NoError(t, s.Close())
	s = reopen(t, dir)
	require.EqualValues(t, 2, s.Status().ProofsFrom)
	got, err := s.Step(3)
	require.NoError(t, err)
	require.Equal(t, read(testStep(3, 600)), got)
	require.NoError(t, s.Close())
}

// After any sequence of operations and openings the store equals a model, which is a list.
func TestOperationsProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := inMemory(vfs.NewMem())
		s, err := create(f, testMeta)
		require.NoError(rt, err)
		var want []Entry
		for range rapid.IntRange(1, 12).Draw(rt, "operations") {
			switch rapid.IntRange(0, 5).Draw(rt, "operation") {
			case 0:
				to := rapid.IntRange(0, len(want)).Draw(rt, "to")
				require.NoError(rt, s.RollBack(uint64(to)))
				want = want[:to]
			case 1:
				require.NoError(rt, s.Close())
				s, err = open(f, false)
				require.NoError(rt, err)
			case 2:
				before := rapid.IntRange(0, len(want)).Draw(rt, "before")
				require.NoError(rt, s.DropProofs(uint64(before)))
				for i := range want[:before] {
					want[i].ProofDropped = want[i].ProofDropped || len(want[i].Proof) > 0
					want[i].Proof = nil
				}
			default:
				step := testStep(uint64(len(want)), rapid.IntRange(0, 3000).Draw(rt, "size"))
				require.NoError(rt, s.Append(step))
				want = append(want, read(step))
			}
		}
		require.EqualValues(rt, len(want), s.Len())
		for i, w := range want {
			got, err := s.Step(uint64(i))
			require.NoError(rt, err)
			require.Equal(rt, w, got)
		}
		require.NoError(rt, s.Close())
	})
}

func TestForkGoesItsOwnWay(t *testing.T) {
	s, src := newStore(t)
	fill(t, s, 5, 900)
	writeSnapshot(t, s, make([]byte, 5000))
	dst := filepath.Join(t.TempDir(), "branch")
	require.ErrorIs(t, Fork(src, dst, nil), ErrLocked)
	require.NoError(t, s.Close())
	require.NoError(t, Fork(src, dst, json.RawMessage(`{"seed":"fresh"}`)))
	require.ErrorIs(t, Fork(src, dst, nil), ErrExists)

	a, b := reopen(t, src), reopen(t, dst)
	require.NotEqual(t, a.Meta().ID, b.Meta().ID)
	require.Equal(t, a.Meta().ID, b.Meta().Parent)
	require.JSONEq(t, `{"seed":"fresh"}`, string(b.Meta().Details))
	require.JSONEq(t, string(testMeta.Details), string(a.Meta().Details))
	require.Len(t, readSnapshot(t, b), 5000)
	fill(t, a, 7, 900)
	require.NoError(t, b.RollBack(3))
	fill(t, b, 10, 900)
	requireSteps(t, a, 7, 900)
	requireSteps(t, b, 10, 900)
	require.NoError(t, a.Close())
	require.NoError(t, b.Close())
	requireSteps(t, reopen(t, src), 7, 900)
	requireSteps(t, reopen(t, dst), 10, 900)
}

func TestPeekNeedsNoLock(t *testing.T) {
	s, dir := newStore(t)
	fill(t, s, 6, 100)
	st, err := Peek(dir)
	require.NoError(t, err)
	require.EqualValues(t, 6, st.Steps)
	require.EqualValues(t, 4, st.Tokens)
	require.Equal(t, "step 5", st.Note)
	require.Equal(t, os.Getpid(), st.Writer)
	require.Equal(t, s.Meta().ID, st.Meta.ID)
	require.NoError(t, s.Close())
	st, err = Peek(dir)
	require.NoError(t, err)
	require.Zero(t, st.Writer)
	require.Positive(t, st.Bytes)
}

func TestDescribe(t *testing.T) {
	s, dir := newStore(t)
	require.NoError(t, s.Describe(json.RawMessage(`{"n":9}`)))
	require.ErrorIs(t, s.Describe(json.RawMessage(`{`)), ErrFormat)
	require.NoError(t, s.Close())
	s = reopen(t, dir)
	require.JSONEq(t, `{"n":9}`, string(s.Meta().Details))
	require.NoError(t, s.Close())
}

func TestFoldersThatAreNoStore(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(filepath.Join(dir, "absent"))
	require.ErrorIs(t, err, ErrNoStore)
	_, err = Open(dir)
	require.ErrorIs(t, err, ErrNoStore)
	require.NoError(t, os.WriteFile(filepath.Join(dir, MetaName), []byte(`{"name":"another program's"}`), 0o600))
	_, err = Open(dir)
	require.ErrorIs(t, err, ErrFormat)
	_, err = Peek(dir)
	require.ErrorIs(t, err, ErrFormat)
	_, err = Create(dir, testMeta)
	require.ErrorIs(t, err, ErrExists)
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, names, 1, "a foreign folder stays as it is")

	other := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "notes.txt"), nil, 0o600))
	_, err = Create(other, testMeta)
	require.ErrorIs(t, err, ErrExists)
	require.ErrorContains(t, err, "notes.txt")
}

// Create refuses a folder with the steps of a store that has lost its fold.json.
func TestCreateSparesSteps(t *testing.T) {
	s, dir := newStore(t)
	fill(t, s, 2, 50)
	require.NoError(t, s.Close())
	require.NoError(t, os.Remove(filepath.Join(dir, MetaName)))
	_, err := Create(dir, testMeta)
	require.ErrorIs(t, err, ErrExists)
}

func TestCreateAfterOneCutShort(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, metaTemp), []byte("{"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, engineName), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, engineName, "000004.log"), []byte("half"), 0o600))
	s, err := Create(dir, testMeta)
	require.NoError(t, err)
	fill(t, s, 1, 10)
	require.NoError(t, s.Close())
	requireSteps(t, reopen(t, dir), 1, 10)
}

// Create makes a folder that other users could read private: fold.json has the tokens that
// proofs hide.
func TestOthersReadNoStore(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a folder has no such mode")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	s, err := Create(dir, testMeta)
	require.NoError(t, err)
	fork := filepath.Join(t.TempDir(), "fork")
	require.NoError(t, os.Mkdir(fork, 0o777))
	require.NoError(t, s.Close())
	require.NoError(t, Fork(dir, fork, nil))
	for _, made := range []string{dir, fork} {
		info, err := os.Stat(made)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm(), made)
	}
}

func TestCheckNamesBothParameters(t *testing.T) {
	require.NoError(t, testMeta.Check("run", testMeta.Parameters))
	err := testMeta.Check("run", Digest{9})
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, testMeta.Parameters.String())
	require.ErrorContains(t, err, Digest{9}.String())
	require.ErrorIs(t, testMeta.Check("proof", testMeta.Parameters), ErrFormat)
}

// Another process, this test's binary, holds the store.
func TestTwoProcesses(t *testing.T) {
	s, dir := newStore(t)
	defer s.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChildOpens$")
	cmd.Env = append(os.Environ(), childStore+"="+dir)
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "locked: ")
	require.Contains(t, string(out), "held by process "+strconv.Itoa(os.Getpid()))
}

// childStore names the store to the children of tests.
const childStore = "CHECKPOINT_TEST_STORE"

func TestChildOpens(t *testing.T) {
	dir := os.Getenv(childStore)
	if dir == "" {
		t.Skip("runs as a child of TestTwoProcesses")
	}
	_, err := Open(dir)
	require.NoError(t, err)
}
