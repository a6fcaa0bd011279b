package fold

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/run"
	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/proof"
	"fold.example/fold/step"
)

// proofFields returns all elements of a proof by name: every point and every scalar in its
// 32-byte encoding. It excludes the zeros of the format and the coordinates that a claim
// does not have.
func proofFields(t testing.TB, k *VerifierKey, data []byte) map[string][32]byte {
	p, err := proof.Decode(k, data)
	require.NoError(t, err)
	fields := map[string][32]byte{}
	add := func(name string, write func(c *wire.Coder)) {
		c := wire.NewWriter(nil)
		write(c)
		for i := 0; 32*i < len(c.Bytes()); i++ {
			if e := [32]byte(c.Bytes()[32*i:]); e != [32]byte{} {
				fields[fmt.Sprintf("%s %d", name, i)] = e
			}
		}
	}
	add("prompt", func(c *wire.Coder) { elements.Fr(c, "", &p.Prompt.Value) })
	add("output", func(c *wire.Coder) { elements.Fr(c, "", &p.Output.Value) })
	add("U W, E, u W, T", func(c *wire.Coder) { elements.G1(c, "", &p.Main.W[0], &p.Main.E, &p.Fresh, &p.Cross) })
	add("U u, x", func(c *wire.Coder) { elements.Fr(c, "", &p.Main.U, &p.Main.X[0]) })
	add("cfU W1, W2, E", func(c *wire.Coder) { elements.Grumpkin(c, "", &p.Cycle.W[0], &p.Cycle.W[1], &p.Cycle.E) })
	add("cfU u, x", func(c *wire.Coder) { elements.Fq(c, "", &p.Cycle.U, &p.Cycle.X[0], &p.Cycle.X[1], &p.Cycle.X[2]) })
	for i := range p.Claims {
		o := &p.Claims[i]
		add(fmt.Sprintf("claim %d commitment", i), func(c *wire.Coder) { elements.G1(c, "", &o.Commitment) })
		add(fmt.Sprintf("claim %d value", i), func(c *wire.Coder) { elements.Fr(c, "", &o.Value) })
		for j := range o.Point {
			add(fmt.Sprintf("point of claim %d, coordinate %d", i, j),
				func(c *wire.Coder) { elements.Fr(c, "", &o.Point[j]) })
		}
	}
	add("last argument", func(c *wire.Coder) { c.Raw(p.SNARK.Encode()) })
	return fields
}

// requireShared compares two proofs element by element. Elements of the same name must be
// equal if the name has an allowed prefix. All other pairs of elements must differ.
func requireShared(t *testing.T, a, b map[string][32]byte, allowed ...string) {
	t.Helper()
	require.Greater(t, len(a), 250)
	require.Equal(t, len(a), len(b))
	of := map[[32]byte]string{}
	for name, e := range b {
		of[e] = name
	}
	for name, e := range a {
		may := slices.ContainsFunc(allowed, func(s string) bool { return strings.HasPrefix(name, s) })
		require.Equal(t, map[bool]string{true: name}[may], of[e], "%s", name)
	}
}

// forkPrompt is the prompt of the fork of the finished run, whose own prompt is "A".
const forkPrompt = "B"

// forkOf is the proof of the fork. It hides all tokens.
type forkOf struct {
	path    string // of the proof
	secret  []int  // the prompt's tokens
	summary *CompressSummary
}

// sharedFork is the result of compressedFork, shared by all tests.
var sharedFork *forkOf

// compressedFork returns the proof of a fork. It is made by calls that are interrupted in
// the settlement and in the last argument, and by one that continues from there.
func compressedFork(t *testing.T) *forkOf {
	t.Helper()
	if sharedFork != nil {
		return sharedFork
	}
	ctx := context.Background()
	branch, out := filepath.Join(fixture.dir, "branch"), filepath.Join(fixture.dir, "fork")
	ids, err := openBard(t).Prompt(RunOptions{Prompt: forkPrompt})
	require.NoError(t, err)
	require.NoError(t, Fork(finishedStore(t), branch, ForkOptions{PromptIDs: ids}))
	_, err = Resume(ctx, branch, ResumeOptions{}, nil)
	require.NoError(t, err)

	opts := CompressOptions{Out: out, Mode: HideAll}
	interruptSettlement(t, branch, opts)
	interruptLastArgument(t, branch, opts)
	settled, err := os.ReadFile(filepath.Join(branch, run.SettlementName))
	require.NoError(t, err)
	s, err := Compress(ctx, branch, opts, nil)
	require.NoError(t, err)
	require.Equal(t, 3, s.Settled, "a mask for each running claim: the interrupted calls have settled the rest")
	again, err := os.ReadFile(filepath.Join(branch, run.SettlementName))
	require.NoError(t, err)
	require.Equal(t, settled, again, "nothing of a mask is kept")
	sharedFork = &forkOf{out, ids, s}
	return sharedFork
}

// interruptSettlement cancels a compression after five steps of its settlement, which the
// store keeps.
func interruptSettlement(t testing.TB, store string, opts CompressOptions) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Compress(ctx, store, opts, func(e Event) {
		if p, ok := e.(Progress); ok && p.Stage == "settle" && p.Done == 5 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NoFileExists(t, opts.Out)
	require.FileExists(t, filepath.Join(store, run.SettlementName))
}

// interruptLastArgument cancels a compression where the last argument begins, which reads
// the whole key, and requires that the call returns only after the argument has stopped.
func interruptLastArgument(t testing.TB, store string, opts CompressOptions) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	before := runtime.NumGoroutine()
	_, err := Compress(ctx, store, opts, func(e Event) {
		if p, ok := e.(Progress); ok && p.Stage == "last argument" {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NoFileExists(t, opts.Out)
	require.NoFileExists(t, opts.Out+".vk")
	requireGoroutines(t, before)
	require.Equal(t, NeedRepeat, DetailOf(err).Need)
	require.Equal(t, store, DetailOf(err).Path)
}

// data returns the bytes of the proof.
func (f *forkOf) data(t *testing.T) []byte {
	_, data := readProof(t, f.path)
	return data
}

// opens reports whether a salt opens a hidden prompt to the fork's first token and the
// given one.
func (f *forkOf) opens(prompt fr.Element, token int, salt fr.Element) bool {
	return step.SealPrompt(f.unsealed(token), salt) == prompt
}

// unsealed returns the token chain of such a prompt before it is sealed with a salt.
func (f *forkOf) unsealed(token int) fr.Element {
	chain := step.EmptyTokens()
	for i, id := range []int{f.secret[0], token} {
		chain = step.AbsorbPass(chain, i, 0, []int{id})
	}
	return chain
}

// TestWhatKinShare: the proofs of a run and its fork share nothing, and no published value
// of one opens the hidden tokens of the other: a guess cannot be confirmed.
func TestWhatKinShare(t *testing.T) {
	key, first := readProof(t, proofOf(t))
	f := compressedFork(t)
	run, fork := proofFields(t, key, first), proofFields(t, key, f.data(t))
	requireShared(t, run, fork)

	open, err := proof.Decode(key, first)
	require.NoError(t, err)
	hidden, err := proof.Decode(key, f.data(t))
	require.NoError(t, err)
	for token := range key.Outline().Vocab() {
		require.NotEqual(t, hidden.Prompt.Value, f.unsealed(token))
		for _, salt := range []fr.Element{{}, open.Prompt.Value, open.Output.Value} {
			require.False(t, f.opens(hidden.Prompt.Value, token, salt), "token %d is confirmed", token)
		}
	}
	for _, published := range []map[string][32]byte{run, fork} {
		for name, b := range published {
			var salt fr.Element
			salt.SetBytes(b[:])
			require.False(t, f.opens(hidden.Prompt.Value, f.secret[1], salt), name)
		}
	}
	o, err := proof.ParseOpening(f.summary.PromptOpening, true)
	require.NoError(t, err)
	require.True(t, f.opens(hidden.Prompt.Value, f.secret[1], o.Salt), "the opening does")
	require.False(t, f.opens(hidden.Prompt.Value, f.secret[1]^1, o.Salt))
}
