package argument

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/prf"
)

// TestStepBlinds: a blind of a step depends on the seed, the name, the statement, the cells
// and the commitment without it.
func TestStepBlinds(t *testing.T) {
	one, cells, of := fr.One(), []byte("cells"), [32]byte{1}
	honest := StepBlind(committest.Seed, "cells", one, cells, of)
	require.Equal(t, honest, StepBlind(committest.Seed, "cells", one, cells, of))
	for name, other := range map[string]fr.Element{
		"seed":       StepBlind(prf.Seed("another seed of a run"), "cells", one, cells, of),
		"name":       StepBlind(committest.Seed, "outputs", one, cells, of),
		"statement":  StepBlind(committest.Seed, "cells", fr.NewElement(2), cells, of),
		"cells":      StepBlind(committest.Seed, "cells", one, []byte("others"), of),
		"commitment": StepBlind(committest.Seed, "cells", one, cells, [32]byte{2}),
	} {
		require.NotEqual(t, honest, other, name)
	}
}

// TestBlindsAreOfTheCommitment: what a step's blind is drawn for is its commitment without
// a blind, under its key: another vector, another point of the key and another H are
// another commitment.
func TestBlindsAreOfTheCommitment(t *testing.T) {
	key, err := committest.SmallKey()
	require.NoError(t, err)
	other, err := commit.SetupDevelopment(1 << committest.SegmentBits)
	require.NoError(t, err)
	seen := map[[32]byte]string{}
	drawn := func(key *commit.Key, values ...int32) (of [32]byte) {
		acc := key.NewAccumulator()
		require.NoError(t, commit.AddInts(acc, 0, values))
		before := acc.Commitment()
		s := &Secrets{Blind: func(name string, d [32]byte) fr.Element {
			of = d
			return StepBlind(committest.Seed, name, fr.One(), nil, d)
		}}
		b := s.blinded(acc, "cells")
		require.Equal(t, StepBlind(committest.Seed, "cells", fr.One(), nil, commit.UnblindedDigest(before,
			key.BlindingBase())), b)
		require.Equal(t, of, commit.UnblindedDigest(before, key.BlindingBase()))
		var values2 fr.Vector
		for _, v := range values {
			var e fr.Element
			values2 = append(values2, *e.SetInt64(int64(v)))
		}
		require.Equal(t, committest.Commit(t, key, values2, b), acc.Commitment())
		return of
	}
	require.Equal(t, drawn(key, 1, 2), drawn(key, 1, 2))
	for name, of := range map[string][32]byte{
		"honest": drawn(key, 1, 2), "vector": drawn(key, 1, 3), "zeros": drawn(key, 0, 0), "key": drawn(other, 1, 2),
		"H": commit.UnblindedDigest(bn254.G1Affine{}, committest.Generator(t)),
	} {
		require.Empty(t, seen[of], name)
		seen[of] = name
	}
	require.Equal(t, drawn(key, 0, 0), drawn(other, 0, 0), "every key has one H, and zeros show no point")
}
