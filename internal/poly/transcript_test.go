package poly

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
)

// TestInventory lists the transcripts of a sumcheck, of a batch of sumchecks and of a
// reduction. Provers and verifiers have the same transcripts.
func TestInventory(t *testing.T) {
	ar, rng := new(arith.Native), rand.New(rand.NewPCG(16, 16))
	text := ""
	list := func(what string, prove, verify func(tr *transcript.Native) error, names ...string) {
		items, err := transcripttest.Record("test", verify)
		require.NoError(t, err)
		prover, err := transcripttest.Record("test", prove)
		require.NoError(t, err)
		require.True(t, transcripttest.SameItems(items, prover), what)
		text += what + ":\n\n" + transcripttest.Inventory(t, items, names...) + "\n"
	}
	b := drawBatch(t, rng, []int{4, 2})
	sum, err := NewSum(b.examples[0].spec)
	require.NoError(t, err)
	shape := Shape{4, sum.Degree()}
	single := func(tr *transcript.Native) (Proof[fr.Element], error) {
		in, err := NewSum(b.examples[0].spec)
		if err != nil {
			return nil, err
		}
		proof, _ := Prove(tr, in)
		return proof, nil
	}
	proof, err := single(transcript.New("test"))
	require.NoError(t, err)
	list("A sumcheck", func(tr *transcript.Native) error { _, err := single(tr); return err },
		func(tr *transcript.Native) error {
			_, _, err := Verify(ar, tr, shape, b.claims[0].Sum, proof)
			return err
		}, "a coordinate")
	list("A batch of two sumchecks, after the claims", func(tr *transcript.Native) error {
		ins := make([]Instance, len(b.examples))
		for i := range ins {
			if ins[i], err = NewSum(b.examples[i].spec); err != nil {
				return err
			}
		}
		_, _, err := ProveBatch(tr, b.shape, ins)
		return err
	}, func(tr *transcript.Native) error {
		_, _, _, err := VerifyBatch(ar, tr, b.shape, b.claims, b.proof)
		return err
	}, "weight", "a coordinate")
	x := drawReduction(t, rng, 2, 2, 4)
	list("A reduction, after the claims and before the values", func(tr *transcript.Native) error {
		_, _, err := Reduce(tr, x.shape.Rounds, x.sparse, x.claims, nil)
		return err
	}, func(tr *transcript.Native) error {
		_, err := VerifyReduce(ar, tr, x.shape, x.claims, x.proof)
		return err
	}, "lambda", "a coordinate")
	transcripttest.Golden(t, "transcript.txt", text)
}
