package fold

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/proof"
	"fold.example/fold/step"
)

// proofFields are all elements of a proof by their names: every point and every scalar in
// its 32 bytes. Zeros of the format, and of coordinates that a claim does not have, are
// left out.
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

// requireShared compares two proofs element by element. An element of one is an element of
// the other, of the same name, exactly if its name is allowed to be.
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

// forkOf is a proof of a fork of the finished run with another prompt, which hides all.
type forkOf struct {
	proof   []byte
	secret  []int // its prompt
	opening string
}

func compressedFork(t *testing.T) forkOf {
	ctx, dir := context.Background(), t.TempDir()
	run, err := Open(finishedStore(t))
	require.NoError(t, err)
	f := forkOf{secret: []int{run.Run().PromptIDs[0], 57}}
	require.NoError(t, run.Close())
	branch, out := filepath.Join(dir, "branch"), filepath.Join(dir, "fork")
	require.NoError(t, Fork(finishedStore(t), branch, ForkOptions{PromptIDs: f.secret}))
	_, err = Resume(ctx, branch, ResumeOptions{}, nil)
	require.NoError(t, err)
	s, err := Compress(ctx, branch, CompressOptions{Out: out, Label: "a trial", Mode: HideAll}, nil)
	require.NoError(t, err)
	f.opening = s.PromptOpening
	_, f.proof = readProof(t, out)
	return f
}

// opens tells whether a salt opens the fork's hidden prompt to its first token and another.
func (f *forkOf) opens(t *testing.T, key *VerifierKey, token int, salt fr.Element) bool {
	hidden, err := proof.Decode(key, f.proof)
	require.NoError(t, err)
	return step.SealPrompt(f.unsealed(token), salt) == hidden.Prompt.Value
}

func (f *forkOf) unsealed(token int) fr.Element {
	chain := step.EmptyTokens()
	for i, id := range []int{f.secret[0], token} {
		chain = step.AbsorbPass(chain, i, 0, []int{id})
	}
	return chain
}

// TestWhatKinShare: a run and its fork have nothing in common, and no published value of the
// one opens the tokens that the other hides: a guess cannot be confirmed.
func TestWhatKinShare(t *testing.T) {
	key, first := readProof(t, proofOf(t))
	f := compressedFork(t)
	run, fork := proofFields(t, key, first), proofFields(t, key, f.proof)
	requireShared(t, run, fork)

	open, err := proof.Decode(key, first)
	require.NoError(t, err)
	hidden, err := proof.Decode(key, f.proof)
	require.NoError(t, err)
	for token := range key.Outline().Vocab() {
		require.NotEqual(t, hidden.Prompt.Value, f.unsealed(token))
		for _, salt := range []fr.Element{{}, open.Prompt.Value, open.Output.Value} {
			require.False(t, f.opens(t, key, token, salt), "token %d is confirmed", token)
		}
	}
	for _, published := range []map[string][32]byte{run, fork} {
		for name, b := range published {
			var salt fr.Element
			salt.SetBytes(b[:])
			require.False(t, f.opens(t, key, f.secret[1], salt), name)
		}
	}
	o, err := proof.ParseOpening(f.opening, true)
	require.NoError(t, err)
	require.True(t, f.opens(t, key, f.secret[1], o.Salt), "the opening does")
	require.False(t, f.opens(t, key, f.secret[1]^1, o.Salt))
}
