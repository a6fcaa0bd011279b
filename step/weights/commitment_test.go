package weights

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/wire"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
)

func commitTest(t testing.TB, m *llama.Model, seed prf.Seed) *ModelCommitment {
	t.Helper()
	c, _ := commitBlinded(t, m, seed)
	return c
}

// commitBlinded commits to a model and also returns the seed of the blinding factors.
func commitBlinded(t testing.TB, m *llama.Model, seed prf.Seed) (*ModelCommitment, prf.Seed) {
	t.Helper()
	key, err := committest.SmallKey()
	require.NoError(t, err)
	opt := CommitOptions{SegmentBits: committest.SegmentBits, Seed: seed}
	c, blinds, err := CommitModel(context.Background(), key, m, opt)
	require.NoError(t, err)
	return c, blinds
}

// TestCommitModel: the id is a function of the model, the key and the seed, and depends on
// each of them. The constants of a step come from its records.
func TestCommitModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(37, 0))
	m := llamatest.Small(t, rng, 0)
	id := func(m *llama.Model, seed prf.Seed) fr.Element {
		id, err := commitTest(t, m, seed).ID()
		require.NoError(t, err)
		return id.ID
	}
	want := id(m, prf.Seed("a"))
	require.Equal(t, want, id(m, prf.Seed("a")))
	require.NotEqual(t, want, id(m, prf.Seed("b")))
	require.NotEqual(t, want, id(m, nil))
	m.Embedding[5]++
	require.NotEqual(t, want, id(m, prf.Seed("a")))

	c := commitTest(t, m, nil)
	for _, blocks := range []int{1, 2} {
		shape, err := relation.NewShape(m, 0, 3, blocks)
		require.NoError(t, err)
		for _, k := range []relation.Kind{relation.Embed, relation.Block, relation.Head} {
			p, err := relation.NewProgram(k, shape)
			require.NoError(t, err)
			have, err := c.StepConstants(p, 0, blocks)
			require.NoError(t, err)
			first, err := relation.NewLayerConstants(p, shape, m, 0)
			require.NoError(t, err)
			require.Equal(t, first.Elements(), have.Elements(), k)
		}
	}
}

// TestStepConstantsOfTheModel: the model has no constants beyond its layers.
func TestStepConstantsOfTheModel(t *testing.T) {
	m := llamatest.Small(t, rand.New(rand.NewPCG(38, 0)), 0)
	c := commitTest(t, m, nil)
	shape, err := relation.NewShape(m, 0, 3, 2)
	require.NoError(t, err)
	p, err := relation.NewBlock(shape)
	require.NoError(t, err)
	for _, first := range []int{-1, 1, m.Config.Layers} {
		_, err = c.StepConstants(p, first, 2)
		require.ErrorContains(t, err, "constants of layers")
	}
}

// TestSaltOfExponents: the salt depends on the seed and on the model, and is absent from a commitment
// to public weights. Two models with the same exponents have different hashes.
func TestSaltOfExponents(t *testing.T) {
	m := llamatest.Small(t, rand.New(rand.NewPCG(44, 0)), 0)
	commitment := func(seed prf.Seed) *ModelCommitment { return commitTest(t, m, seed) }
	a, b, public := commitment(prf.Seed("a")), commitment(prf.Seed("b")), commitment(nil)
	m.Embedding[5]++
	other := commitment(prf.Seed("a"))
	require.True(t, public.Salt.IsZero())
	seen := map[fr.Element]bool{{}: true}
	for _, c := range []*ModelCommitment{a, b, other} {
		require.Equal(t, public.Exponents, c.Exponents)
		require.False(t, seen[c.Salt], "a salt twice, or none")
		seen[c.Salt] = true
		id, err := c.ID()
		require.NoError(t, err)
		require.False(t, seen[id.Constants], "a hash twice")
		seen[id.Constants] = true
	}
}

// TestCommitmentFile: an encoded commitment decodes to the same commitment, and nothing else
// decodes.
func TestCommitmentFile(t *testing.T) {
	rng := rand.New(rand.NewPCG(39, 0))
	for i := range llamatest.Shapes {
		c := commitTest(t, llamatest.Small(t, rng, i), prf.Seed("a"))
		data, err := c.Encode()
		require.NoError(t, err)
		known := c.Description.Config.Architecture()
		d, err := DecodeModelCommitment(data, known)
		require.NoError(t, err)
		want, err := c.ID()
		require.NoError(t, err)
		have, err := d.ID()
		require.NoError(t, err)
		require.Equal(t, want, have)
		for name, bad := range map[string][]byte{
			"empty": nil, "short": data[:len(data)-1], "long": append(slices.Clone(data), 0),
			"segments": flip(data, 11), "description": flip(data, 60),
			"point": append(slices.Clone(data[:len(data)-32]), bytes.Repeat([]byte{0xff}, 32)...),
		} {
			_, err := DecodeModelCommitment(bad, known)
			require.ErrorIs(t, err, ErrCommitment, name+" "+strconv.Itoa(i))
		}
		_, err = DecodeModelCommitment(flip(data, 8), known)
		require.ErrorIs(t, err, wire.ErrVersion)
	}
}

// TestCommitmentOfAnotherArchitecture: the model id covers the lists of an architecture, and a
// reader that does not know the lists refuses the commitment.
func TestCommitmentOfAnotherArchitecture(t *testing.T) {
	c := commitTest(t, llamatest.Small(t, rand.New(rand.NewPCG(39, 0)), 4), nil)
	data, err := c.Encode()
	require.NoError(t, err)
	_, err = DecodeModelCommitment(data)
	require.ErrorIs(t, err, ErrCommitment)
	require.ErrorContains(t, err, `architecture "extended", expected a LLaMA`)

	other := llamatest.Extended()
	i := slices.IndexFunc(other.Block, func(w llama.Weight) bool { return w.BiasOf == llama.O })
	other.Block = slices.Delete(other.Block, i, i+1)
	_, err = DecodeModelCommitment(data, other)
	require.ErrorIs(t, err, ErrCommitment)
	require.ErrorContains(t, err, "differ from those that the model was committed with")

	honest, err := c.ID()
	require.NoError(t, err)
	for name, a := range map[string]*llama.Architecture{"no O bias": other, "LLaMA": nil} {
		d := *c
		d.Description.Config = c.Description.Config.WithArchitecture(a)
		require.ErrorContains(t, d.Validate(), "weights: architecture", name)
		d.Description.Architecture = ArchitectureOf(d.Description.Config)
		id, err := d.ID()
		require.NoError(t, err)
		require.NotEqual(t, honest.ID, id.ID, name)
		require.Error(t, d.Validate(), name) // it has a commitment for each tensor of the other lists
	}
}

func flip(data []byte, i int) []byte {
	d := slices.Clone(data)
	d[i] ^= 1
	return d
}

// FuzzModelCommitment: no input makes the decoder panic, and accepted bytes are the encoding
// of the decoded commitment.
func FuzzModelCommitment(f *testing.F) {
	rng := rand.New(rand.NewPCG(40, 0))
	data, err := commitTest(f, llamatest.Small(f, rng, 2), nil).Encode()
	require.NoError(f, err)
	f.Add(data)
	f.Add(data[:100])
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := DecodeModelCommitment(data)
		if err != nil {
			return
		}
		again, err := c.Encode()
		require.NoError(t, err)
		require.Equal(t, data, again)
	})
}
