package fold

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/step"
)

// proofFields are all elements of a proof by their names: every point and every scalar in
// its 32 bytes. Zeros of the format, and of coordinates that a claim does not have, are
// left out.
func proofFields(t testing.TB, k *VerifierKey, data []byte) map[string][32]byte {
	p, err := decodeProof(k, data)
	require.NoError(t, err)
	fields := map[string][32]byte{}
	add := func(name string, write func(c *proofCoder)) {
		c := &proofCoder{}
		write(c)
		for i := 0; 32*i < len(c.data); i++ {
			if e := [32]byte(c.data[32*i:]); e != [32]byte{} {
				fields[fmt.Sprintf("%s %d", name, i)] = e
			}
		}
	}
	add("prompt", func(c *proofCoder) { c.scalars("", &p.prompt.value) })
	add("output", func(c *proofCoder) { c.scalars("", &p.output.value) })
	add("U W, E, u W, T", func(c *proofCoder) { c.points("", &p.main.W[0], &p.main.E, &p.fresh, &p.cross) })
	add("U u, x", func(c *proofCoder) { c.scalars("", &p.main.U, &p.main.X[0]) })
	add("cfU W1, W2, E", func(c *proofCoder) { c.cyclePoints("", &p.cycle.W[0], &p.cycle.W[1], &p.cycle.E) })
	add("cfU u, x", func(c *proofCoder) { c.cycleScalars("", &p.cycle.U, &p.cycle.X[0], &p.cycle.X[1], &p.cycle.X[2]) })
	for i := range p.claims {
		o := &p.claims[i]
		add(fmt.Sprintf("claim %d commitment", i), func(c *proofCoder) { c.points("", &o.Commitment) })
		add(fmt.Sprintf("claim %d value", i), func(c *proofCoder) { c.scalars("", &o.Value) })
		for j := range o.Point {
			add(fmt.Sprintf("point of claim %d, coordinate %d", i, j), func(c *proofCoder) { c.scalars("", &o.Point[j]) })
		}
	}
	add("last argument", func(c *proofCoder) { c.raw(p.snark.Encode()) })
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

// kin are proofs of one owner: of one run twice, of its extension by a token, and of a fork
// of it with another prompt; the latter two hide all.
type kin struct {
	key                           *VerifierKey
	run, again, extension, fork   []byte
	secret                        []int // the fork's prompt
	extensionOpening, forkOpening string
}

func compressedKin(t *testing.T) *kin {
	ctx, dir := context.Background(), t.TempDir()
	k := &kin{}
	k.key, k.run = readProof(t, proofOf(t))
	compress := func(store, name string, mode Mode) ([]byte, *CompressSummary) {
		out := filepath.Join(dir, name)
		s, err := Compress(ctx, store, CompressOptions{Out: out, Label: "a trial", Mode: mode}, nil)
		require.NoError(t, err)
		_, data := readProof(t, out)
		return data, s
	}
	k.again, _ = compress(finishedStore(t), "again", ShowAll)

	longer := copyStore(t, finishedStore(t), filepath.Join(dir, "longer"))
	_, err := Resume(ctx, longer, ResumeOptions{N: 3}, nil)
	require.NoError(t, err)
	var s *CompressSummary
	k.extension, s = compress(longer, "extension", HideAll)
	k.extensionOpening = s.OutputOpening

	run, err := Open(finishedStore(t))
	require.NoError(t, err)
	k.secret = []int{run.run.PromptIDs[0], 57}
	require.NoError(t, run.Close())
	branch := filepath.Join(dir, "branch")
	require.NoError(t, Fork(finishedStore(t), branch, ForkOptions{PromptIDs: k.secret}))
	_, err = Resume(ctx, branch, ResumeOptions{}, nil)
	require.NoError(t, err)
	k.fork, s = compress(branch, "fork", HideAll)
	k.forkOpening = s.PromptOpening
	return k
}

// TestWhatProofsShare: two proofs of one run have the points of its claims in common, a run
// and its extension or its fork nothing; in no case do published values of the one open the
// tokens that the other hides.
func TestWhatProofsShare(t *testing.T) {
	k := compressedKin(t)
	run, again := proofFields(t, k.key, k.run), proofFields(t, k.key, k.again)
	extension, fork := proofFields(t, k.key, k.extension), proofFields(t, k.key, k.fork)
	requireShared(t, run, again, "point of claim")
	requireShared(t, run, extension)
	requireShared(t, run, fork)
	requireShared(t, extension, fork)

	open, err := decodeProof(k.key, k.run)
	require.NoError(t, err)
	hidden, err := decodeProof(k.key, k.fork)
	require.NoError(t, err)
	unsealed := func(token int) fr.Element {
		chain := step.EmptyTokens()
		for i, id := range []int{k.secret[0], token} {
			chain = step.AbsorbPass(chain, i, 0, []int{id})
		}
		return chain
	}
	opens := func(token int, salt fr.Element) bool {
		return step.SealPrompt(unsealed(token), salt) == hidden.prompt.value
	}
	for token := range k.key.outline.Vocab() {
		require.NotEqual(t, hidden.prompt.value, unsealed(token))
		for _, salt := range []fr.Element{{}, open.prompt.value, open.output.value} {
			require.False(t, opens(token, salt), "token %d is confirmed", token)
		}
	}
	for _, published := range []map[string][32]byte{run, again, extension, fork} {
		for name, b := range published {
			var salt fr.Element
			salt.SetBytes(b[:])
			require.False(t, opens(k.secret[1], salt), name)
		}
	}
	o, err := parseOpening(k.forkOpening, true)
	require.NoError(t, err)
	require.True(t, opens(k.secret[1], o.salt), "the opening does")
	require.False(t, opens(k.secret[1]^1, o.salt))

	// The opening of one proof is none of another's.
	path := filepath.Join(t.TempDir(), "extension")
	require.NoError(t, os.WriteFile(path, k.extension, 0o600))
	v := proofTrial(t)
	v.VerificationKey, v.OutputOpening = proofOf(t)+".vk", k.extensionOpening
	_, err = Verify(context.Background(), path, v, nil)
	require.NoError(t, err)
	v.OutputOpening = hexOf(open.output.value) + k.extensionOpening[64:]
	_, err = Verify(context.Background(), path, v, nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "output: the commitment")
}
