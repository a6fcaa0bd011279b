package weights

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
)

// copied returns a copy of a model commitment whose description, layout and records may
// be changed.
func (c *ModelCommitment) copied() *ModelCommitment {
	d := *c
	d.Exponents = slices.Clone(c.Exponents)
	for i := range d.Exponents {
		d.Exponents[i] = slices.Clone(d.Exponents[i])
	}
	d.Records = slices.Clone(c.Records)
	for i := range d.Records {
		r := &d.Records[i]
		r.Commitments = slices.Clone(r.Commitments)
		for j := range r.Commitments {
			r.Commitments[j] = slices.Clone(r.Commitments[j])
		}
	}
	return &d
}

// TestModelID: the id covers everything that a verifier reads of a model, and the place of
// each constant and commitment.
func TestModelID(t *testing.T) {
	honest := commitTest(t, llamatest.Small(t, rand.New(rand.NewPCG(40, 0)), 0), nil)
	seen := map[fr.Element]string{}
	add := func(name string, change func(c *ModelCommitment)) {
		c := honest.copied()
		change(c)
		id, err := c.ID()
		require.NoError(t, err)
		require.NotContains(t, seen, id.ID, "%s as %s", name, seen[id.ID])
		seen[id.ID] = name
	}
	for name, change := range map[string]func(c *ModelCommitment){
		"honest":        func(*ModelCommitment) {},
		"vocabulary":    func(c *ModelCommitment) { c.Description.Config.Vocab-- },
		"scheme":        func(c *ModelCommitment) { c.Description.Scheme = llama.W8 },
		"softmax":       func(c *ModelCommitment) { c.Description.Scales.Softmax ^= 32 ^ 48 },
		"cells of down": func(c *ModelCommitment) { c.Description.DownLimbs ^= 2 ^ 3 },
		"salt":          func(c *ModelCommitment) { c.Salt.SetOne() },
		"norm":          func(c *ModelCommitment) { c.Description.Scales.Norm ^= 1 },
		"eps":           func(c *ModelCommitment) { c.Description.Scales.Eps++ },
		"tokenizer":     func(c *ModelCommitment) { c.Description.Tokenizer[31] ^= 1 },
		"columns":       func(c *ModelCommitment) { c.Layout.ColumnBits++ },
		"segments":      func(c *ModelCommitment) { c.Layout.SegmentBits++ },
		"key":           func(c *ModelCommitment) { c.Key[0] ^= 1 },
		"records exchanged": func(c *ModelCommitment) {
			c.Records[1], c.Records[2] = c.Records[2], c.Records[1]
		},
		"a record less": func(c *ModelCommitment) { c.Records = slices.Delete(c.Records, 1, 2) },
		"tensors exchanged": func(c *ModelCommitment) {
			p := c.Records[1].Commitments
			p[0], p[1] = p[1], p[0]
		},
	} {
		add(name, change)
	}
	for i := range honest.Exponents {
		for k := range honest.Exponents[i] {
			add("an exponent", func(c *ModelCommitment) { c.Exponents[i][k] ^= 1 })
		}
	}
	for i := range honest.Records {
		require.NotEqual(t, honest.Records[i].Digest(i), honest.Records[i].Digest(i+1), "a record in another's place")
		add("a commitment", func(c *ModelCommitment) {
			p, g := &c.Records[i].Commitments[0][0], committest.Generator(t)
			p.Add(p, &g)
		})
	}
}

// TestModelCommitmentsAreValidated: invalid commitments are refused with an error that names
// the reason.
func TestModelCommitmentsAreValidated(t *testing.T) {
	honest := commitTest(t, llamatest.Small(t, rand.New(rand.NewPCG(41, 0)), 0), nil)
	require.NoError(t, honest.Validate())
	for name, c := range map[string]struct {
		change func(c *ModelCommitment)
		says   string
	}{
		"an exponent below zero": {func(c *ModelCommitment) { c.Exponents[1][0] = -1 }, "is -1, expected 0 to"},
		"an exponent of its cells' bits": {
			func(c *ModelCommitment) { c.Exponents[1][0] = 32 }, "is 32, expected 0 to 31",
		},
		"an exponent less": {
			func(c *ModelCommitment) { c.Exponents[1] = c.Exponents[1][1:] }, "exponents of a layer, expected",
		},
		"a layer less": {func(c *ModelCommitment) { c.Exponents = c.Exponents[1:] }, "layers, expected"},
		"eps of zero":  {func(c *ModelCommitment) { c.Description.Scales.Eps = 0 }, "eps is 0"},
		"a norm's exponent of 16 bits": {
			func(c *ModelCommitment) { c.Description.Scales.Norm = 16 }, "exponent 16 of the norms",
		},
		"a tensor less": {
			func(c *ModelCommitment) { c.Records[1].Commitments = c.Records[1].Commitments[1:] },
			"tensors, expected",
		},
		"a segment more": {func(c *ModelCommitment) {
			p := &c.Records[1].Commitments[0]
			*p = append(*p, committest.Generator(t))
		}, "segments of Q, expected"},
		"off the curve": {func(c *ModelCommitment) {
			c.Records[1].Commitments[0][0] = bn254.G1Affine{X: fp.NewElement(1), Y: fp.NewElement(1)}
		}, "not on the curve"},
		"other columns":  {func(c *ModelCommitment) { c.Layout.ColumnBits-- }, "bits, expected"},
		"a record less":  {func(c *ModelCommitment) { c.Records = c.Records[1:] }, "records, expected"},
		"no such scheme": {func(c *ModelCommitment) { c.Description.Scheme = "w4" }, "scheme"},
		"cells of down": {
			func(c *ModelCommitment) { c.Description.DownLimbs = 4 },
			"4 cells of the down projection",
		},
	} {
		d := honest.copied()
		c.change(d)
		require.ErrorContains(t, d.Validate(), c.says, name)
	}
}
