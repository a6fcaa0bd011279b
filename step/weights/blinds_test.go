package weights

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/prf"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
)

// TestWeightBlinds: all blinding factors of a model's commitment depend on every committed
// value: one cell, one point of the key that only the commitment shows, the key's id, the
// segments and the seed. Two files with one key id have no blinding factor in common.
func TestWeightBlinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(91, 0))
	m := llamatest.Small(t, rng, 0)
	key, err := committest.SmallKey()
	require.NoError(t, err)
	public := commitTest(t, m, nil)
	of := func(key *commit.Key, seed prf.Seed, alter func(k *committer, c *ModelCommitment)) prf.Seed {
		k := &committer{key: key, m: m, shape: relation.Shape{}, layout: public.Layout}
		c := &ModelCommitment{Key: public.Key}
		for _, r := range public.Records {
			var list [][]bn254.G1Affine
			for _, points := range r.Commitments {
				list = append(list, append([]bn254.G1Affine{}, points...))
			}
			c.Records = append(c.Records, ModelRecord{Commitments: list})
		}
		alter(k, c)
		return k.blindSeed(seed, c)
	}
	nothing := func(*committer, *ModelCommitment) {}
	honest := of(key, committest.Seed, nothing)
	_, blinds := commitBlinded(t, m, committest.Seed)
	require.Equal(t, blinds, honest)
	require.Len(t, honest, 64)
	require.Empty(t, of(key, nil, nothing))
	seen := map[string]string{string(honest): "honest"}
	g := committest.Generator(t)
	last := len(public.Records) - 1
	for name, other := range map[string]prf.Seed{
		"seed": of(key, prf.Seed("another seed of weights"), nothing),
		"a point": of(key, committest.Seed, func(_ *committer, c *ModelCommitment) {
			p := &c.Records[0].Commitments[0][0]
			p.Add(p, &g)
		}),
		"last point": of(key, committest.Seed, func(_ *committer, c *ModelCommitment) {
			p := &c.Records[last].Commitments[0][0]
			p.Neg(p)
		}),
		"key's id":    of(key, committest.Seed, func(_ *committer, c *ModelCommitment) { c.Key[0] ^= 1 }),
		"segments":    of(key, committest.Seed, func(k *committer, _ *ModelCommitment) { k.layout.SegmentBits++ }),
		"column bits": of(key, committest.Seed, func(k *committer, _ *ModelCommitment) { k.layout.ColumnBits++ }),
		"a cell": of(key, committest.Seed, func(k *committer, _ *ModelCommitment) {
			altered := *m
			altered.Embedding = append(altered.Embedding[:0:0], m.Embedding...)
			altered.Embedding[5]++
			k.m = &altered
		}),
	} {
		require.Empty(t, seen[string(other)], name)
		seen[string(other)] = name
	}
}

// TestZeroSegmentsAreBlinded: the commitment to a segment of zeros is blinded like any other.
func TestZeroSegmentsAreBlinded(t *testing.T) {
	rng := rand.New(rand.NewPCG(92, 0))
	m := llamatest.Small(t, rng, 0)
	clear(m.Embedding)
	key, err := committest.SmallKey()
	require.NoError(t, err)
	opt := CommitOptions{SegmentBits: committest.SegmentBits, Seed: committest.Seed}
	c, blinds, err := CommitModel(context.Background(), key, m, opt)
	require.NoError(t, err)
	shape, err := c.Description.WholeShape()
	require.NoError(t, err)
	embedding := c.Layout.TensorsOf(shape, 0)[0]
	for i, p := range c.Records[0].Commitments[0] {
		require.False(t, p.IsInfinity())
		require.Equal(t, committest.Commit(t, key, nil, WeightBlind(blinds, 0, &embedding, i)), p)
	}
	seen := map[bn254.G1Affine]bool{}
	for record, r := range c.Records {
		for i, tensor := range c.Layout.TensorsOf(shape, record) {
			for _, p := range r.Commitments[i] {
				require.False(t, p.IsInfinity())
				require.False(t, seen[p] && !tensor.Shared, "%s of record %d", tensor.Name, record)
				seen[p] = true
			}
		}
	}
}
