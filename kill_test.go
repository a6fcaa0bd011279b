package fold

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/run"
)

// resumedStore is the environment variable that tells the child processes of kill tests the
// path of the store.
const resumedStore = "FOLD_TEST_RESUMED_STORE"

// TestChildResumes is the test that the child processes run. It prints a line when it has
// started, one after each step, and one at the end.
func TestChildResumes(t *testing.T) {
	store := os.Getenv(resumedStore)
	if store == "" {
		t.Skip("runs as a child of the tests that kill it")
	}
	_, err := Resume(context.Background(), store, ResumeOptions{}, func(e Event) {
		switch e := e.(type) {
		case Started:
			fmt.Println("kill me")
		case Step:
			fmt.Println("step", e.Step)
		}
	})
	require.NoError(t, err)
	fmt.Println("finished")
}

// resumeAndKill resumes a store in a child process and kills it the given time after the
// given number of lines. It reports whether the child finished first.
func resumeAndKill(t *testing.T, store string, lines int, after time.Duration) (finished bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChildResumes$")
	cmd.Env = append(os.Environ(), resumedStore+"="+store)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var said []string
	for in := bufio.NewScanner(out); in.Scan(); {
		said = append(said, in.Text())
		if len(said) == lines {
			time.Sleep(after)
			require.NoError(t, cmd.Process.Kill())
		}
	}
	err = cmd.Wait()
	finished = strings.Contains(strings.Join(said, "\n"), "finished")
	require.True(t, finished || err != nil && cmd.ProcessState.ExitCode() == -1, "%v: %q", err, said)
	return finished
}

// killAtRandom resumes a store until it is finished, killed at random moments.
func killAtRandom(t *testing.T, store string, kills int, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 3))
	for range kills {
		lines := 1 + random.IntN(3)
		after := time.Duration(random.IntN(300)) * time.Millisecond
		if resumeAndKill(t, store, lines, after) {
			break
		}
		st, err := ReadStatus(store)
		require.NoError(t, err)
		require.NotEqual(t, run.Running, st.State)
	}
	_, err := Resume(context.Background(), store, ResumeOptions{}, nil)
	require.NoError(t, err)
}

// TestKilled: a run that is repeatedly killed at random moments and resumed is byte for
// byte equal to an uninterrupted one.
func TestKilled(t *testing.T) {
	store := copyStore(t, begunStore(t), filepath.Join(t.TempDir(), "s"))
	killAtRandom(t, store, 2, uint64(time.Now().UnixNano()))
	require.Equal(t, records(t, provenStore(t)), records(t, store))
}
