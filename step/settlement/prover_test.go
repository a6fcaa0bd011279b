package settlement

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
	"fold.example/fold/step/weights"
)

// committed is a model with its commitment and random true claims on it.
type committed struct {
	model  *llama.Model
	seed   prf.Seed // seed of the blinding factors
	key    *commit.Key
	commit *weights.ModelCommitment
	claims []Claim
}

func newCommitted(t testing.TB, rng *rand.Rand, m *llama.Model, seed prf.Seed) *committed {
	t.Helper()
	key, err := committest.SmallKey()
	require.NoError(t, err)
	c := &committed{model: m, key: key}
	c.commit, c.seed, err = weights.CommitModel(context.Background(), key, m,
		weights.CommitOptions{SegmentBits: committest.SegmentBits, Seed: seed})
	require.NoError(t, err)
	c.claims = randomClaims(t, rng, c.commit, m)
	return c
}

// prover returns a prover of the claims for model m.
func (c *committed) prover(t testing.TB, m *llama.Model) *Prover {
	t.Helper()
	outer := 0
	shape, err := c.commit.Description.WholeShape()
	require.NoError(t, err)
	for _, tensor := range Tensors(shape, c.commit.Layout) {
		outer = max(outer, tensor.Vars()-c.commit.Layout.ColumnBits)
	}
	s, err := New(m, c.commit, c.claims, outer)
	require.NoError(t, err)
	return s
}

// randomClaims makes up to three true claims on each tensor. Some claims share a point, as the
// claims of a step do.
func randomClaims(t testing.TB, rng *rand.Rand, c *weights.ModelCommitment, m *llama.Model) (all []Claim) {
	t.Helper()
	shape, err := c.Description.WholeShape()
	require.NoError(t, err)
	for record := range weights.RecordCount(m.Config) {
		var before []fr.Element
		for _, tensor := range weights.UncutTensors(shape, record) {
			for range rng.IntN(4) {
				n := tensor.Vars()
				if tensor.Name == "cos" && rng.IntN(2) == 0 {
					n -= 2 // a claim on the first quarter of the positions
				}
				k := Claim{Record: record, Name: tensor.Name, Point: randomPoint(n)}
				if rng.IntN(2) == 0 { // share a point if possible
					shared := min(n, len(before))
					copy(k.Point[n-shared:], before[len(before)-shared:])
				}
				k.Value = claimValue(t, m, shape, &k)
				all, before = append(all, k), k.Point
			}
		}
	}
	return all
}

func randomPoint(n int) []fr.Element {
	p := make([]fr.Element, n)
	for i := range p {
		p[i].MustSetRandom()
	}
	return p
}

// claimValue returns the true value of a claim on a record's tensor.
func claimValue(t testing.TB, m *llama.Model, shape relation.Shape, k *Claim) fr.Element {
	t.Helper()
	name := k.Name
	for _, tensor := range weights.UncutTensors(shape, k.Record) {
		if tensor.Name == k.Name && weights.RecordKind(m.Config, k.Record) == relation.Block && !tensor.Shared {
			name = "0." + name
		}
	}
	return relationtest.EvalWeight(t, m, shape, max(0, k.Record-1), name, k.Point)
}

// settled runs both sumchecks of a settlement with a model's weights and combines its
// segments. It reports whether the claims hold for these weights, whether the last value of
// the sumchecks follows from the values of the segments, and whether the combination has the
// value and the commitment that follow from those of the segments.
func (c *committed) settled(t testing.TB, m *llama.Model) (sum, values, opens bool) {
	t.Helper()
	p := c.prover(t, m)
	var mu, rho fr.Element
	rho.MustSetRandom()
	mu.MustSetRandom()
	total := p.Mix(rho)
	columns, err := p.ColumnSums(t.Context())
	require.NoError(t, err)
	have := columns.Sum()
	sum = have.Equal(&total)

	sx, value := played(t, columns, have)
	tensors, err := p.BindColumns(t.Context(), sx)
	require.NoError(t, err)
	sy, value := played(t, p.RowSums(tensors, sx), value)
	omegas := p.SegmentEvals(tensors, sy)
	want := c.expected(p, sy, sx, omegas)
	values = want.Equal(&value)

	rows := min(p.layout.SegmentBits-p.layout.ColumnBits, p.rounds)
	point := append(slices.Clone(sy[len(sy)-rows:]), sx...)
	powers := poly.Powers[fr.Element](new(arith.Native), mu, p.SegmentCount())
	combined, blind, err := p.Combine(t.Context(), c.seed, powers, len(point))
	require.NoError(t, err)
	opened := poly.Eval(combined, point)
	if want := c.opened(p, powers, point, omegas); !want.Equal(&opened) {
		return sum, values, false
	}
	var points []bn254.G1Affine
	for i := range c.commit.Records {
		points = append(points, slices.Concat(c.commit.Records[i].Commitments...)...)
	}
	commitment, err := commit.MSM(points, powers)
	require.NoError(t, err)
	made := committest.Commit(t, c.key, combined, blind)
	return sum, values, made.Equal(&commitment)
}

// played runs a sumcheck and returns its point and the last value.
func played(t testing.TB, s *Sums, sum fr.Element) ([]fr.Element, fr.Element) {
	t.Helper()
	shape := poly.Shape{Rounds: s.Vars(), Degree: s.Degree()}
	proof, _ := poly.Prove(transcript.New("test"), s)
	point, value, err := poly.Verify[fr.Element](new(arith.Native), transcript.New("test"), shape, sum, proof)
	require.NoError(t, err)
	return point, value
}

// expected returns the last value of the sumchecks, computed from the values of the segments
// at (sy, sx).
func (c *committed) expected(p *Prover, sy, sx []fr.Element, omegas fr.Vector) (sum fr.Element) {
	ar := new(arith.Native)
	for k, claim := range p.claims {
		tensor := &p.Tensors[claim.tensor]
		h := p.rowBits(claim.tensor)
		high := tensor.Vars() - tensor.SegmentVars(p.layout)
		value := poly.Eval(omegas[tensor.Segment:tensor.Segment+1<<high], sy[len(sy)-h:][:high])
		for _, factor := range []fr.Element{
			poly.Eq[fr.Element](ar, claim.column, sx), poly.Eq[fr.Element](ar, claim.outer, sy[len(sy)-h:]),
			p.powers[k],
		} {
			value.Mul(&value, &factor)
		}
		for range p.rounds - h {
			value.Halve()
		}
		sum.Add(&sum, &value)
	}
	return sum
}

// opened returns the value of the segments' combination at a point, computed from the values
// of the segments.
func (c *committed) opened(p *Prover, powers fr.Vector, point []fr.Element,
	omegas fr.Vector) (sum fr.Element) {
	for i := range p.Tensors {
		tensor := &p.Tensors[i]
		lift := poly.EqBits[fr.Element](new(arith.Native), 0, point[:len(point)-tensor.SegmentVars(p.layout)])
		for j := range tensor.Segments(p.layout) {
			at := tensor.Segment + j
			var v fr.Element
			v.Mul(&lift, &omegas[at]).Mul(&v, &powers[at])
			sum.Add(&sum, &v)
		}
	}
	return sum
}

// holds requires that the check and the settlement succeed.
func (c *committed) holds(t testing.TB) {
	t.Helper()
	require.NoError(t, c.prover(t, c.model).Check(t.Context()))
	sum, values, opens := c.settled(t, c.model)
	require.True(t, sum)
	require.True(t, values)
	require.True(t, opens)
}

// TestProver checks and settles random claims on models of every scheme, with blinded and with
// public weights.
func TestProver(t *testing.T) {
	for i, s := range llamatest.Shapes {
		t.Run(s.Name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(31, uint64(i)))
			newCommitted(t, rng, llamatest.Small(t, rng, i), prf.Seed([]byte("a seed"))[:6*(i%2)]).holds(t)
		})
	}
}

// TestProverManyClaims has more claims on a matrix than one reading of the matrix serves.
func TestProverManyClaims(t *testing.T) {
	rng := rand.New(rand.NewPCG(32, 0))
	c := newCommitted(t, rng, llamatest.Small(t, rng, 0), nil)
	for range 8 {
		c.claims = append(c.claims, randomClaims(t, rng, c.commit, c.model)...)
	}
	c.holds(t)
}

// proverCase is a model of a random shape with a random size of segments.
type proverCase struct {
	config  llama.Config
	scheme  llama.Scheme
	segment int
	seed    uint64
}

var proverCases = rapid.Custom(func(t *rapid.T) (c proverCase) {
	draw := func(lo, hi int, name string) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	kv := draw(1, 3, "kv heads")
	c.config = llama.Config{
		Dim: draw(4, 40, "dim"), Hidden: draw(1, 50, "hidden"), Layers: draw(1, 2, "layers"),
		KVHeads: kv, Heads: kv * draw(1, 4, "group"), HeadDim: 2 * draw(1, 5, "pairs"),
		Vocab: draw(2, 70, "vocab"), Context: draw(2, 70, "context"), RMSEps: 1e-5,
	}
	c.config.Rope.Theta = 10000
	c.scheme = rapid.SampledFrom([]llama.Scheme{llama.W16, llama.W8, llama.Ternary}).Draw(t, "scheme")
	c.segment, c.seed = draw(7, committest.SegmentBits, "segment"), uint64(draw(0, 1000, "seed"))
	return c
})

// TestProverShapes has models of random shapes, under segments of random size.
func TestProverShapes(t *testing.T) {
	key, err := committest.SmallKey()
	require.NoError(t, err)
	for i := range 16 {
		k := proverCases.Example(i)
		rng := rand.New(rand.NewPCG(43, k.seed))
		c := &committed{model: llamatest.RandomModel(t, rng, k.config, k.scheme, false), key: key}
		c.commit, _, err = weights.CommitModel(context.Background(), key, c.model,
			weights.CommitOptions{SegmentBits: k.segment})
		require.NoError(t, err)
		c.claims = randomClaims(t, rng, c.commit, c.model)
		c.holds(t)
	}
}

// TestFalseClaims alters claims on weights. The owner's check refuses each, and in a
// settlement the first sum does.
func TestFalseClaims(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 0))
	honest := newCommitted(t, rng, llamatest.Small(t, rng, 0), prf.Seed("a seed"))
	honest.holds(t)
	q := slices.IndexFunc(honest.claims, func(c Claim) bool {
		return c.Record == weights.BlockRecord(0) && c.Name == "Gate"
	})
	require.GreaterOrEqual(t, q, 0)
	for name, alter := range map[string]func(c *committed){
		"another value":  func(c *committed) { arithtest.Bump(&c.claims[q].Value) },
		"another point":  func(c *committed) { arithtest.Bump(&c.claims[q].Point[1]) },
		"another column": func(c *committed) { arithtest.Bump(&c.claims[q].Point[len(c.claims[q].Point)-1]) },
		"another layer":  func(c *committed) { c.claims[q].Record++ },
		"another tensor": func(c *committed) { c.claims[q].Name = "Up" },
		"values exchanged": func(c *committed) {
			c.claims[q].Value, c.claims[0].Value = c.claims[0].Value, c.claims[q].Value
		},
		// The errors have a sum of zero, so only random weights detect them.
		"errors that add up": func(c *committed) {
			one := fr.One()
			c.claims[q].Value.Add(&c.claims[q].Value, &one)
			c.claims[q-1].Value.Sub(&c.claims[q-1].Value, &one)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := honest.clone()
			alter(c)
			require.ErrorIs(t, c.prover(t, c.model).Check(t.Context()), ErrClaims)
			sum, _, _ := c.settled(t, c.model)
			require.False(t, sum)
		})
	}
}

// TestFalseWeights alters one weight of each tensor in turn. Claims on the committed weights
// do not hold for the altered weights. Claims on the altered weights hold, also in a
// settlement, but the combination of the segments does not open.
func TestFalseWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(34, 0))
	m := llamatest.Small(t, rng, 0)
	c := newCommitted(t, rng, m, prf.Seed("a seed"))
	for range 2 { // so that every tensor has a claim
		c.claims = append(c.claims, randomClaims(t, rng, c.commit, m)...)
	}
	c.holds(t)
	layer := &m.Layers[1]
	data := func(w llama.Linear) *int16 { return &w.Matrix.(*kernel.W16).Data[3] }
	for name, weight := range map[string]*int16{
		"embedding": &m.Embedding[7], "head": data(m.Head), "query": data(layer.Q), "key": data(layer.K),
		"values": data(layer.V), "output": data(layer.O), "gate": data(layer.Gate), "up": data(layer.Up),
		"down": data(layer.Down),
	} {
		t.Run(name, func(t *testing.T) {
			*weight ^= 1
			defer func() { *weight ^= 1 }()
			require.ErrorIs(t, c.prover(t, m).Check(t.Context()), ErrClaims)
			lie := *c
			lie.claims = randomClaims(t, rand.New(rand.NewPCG(35, 1)), c.commit, m)
			require.NoError(t, lie.prover(t, m).Check(t.Context()))
			sum, values, opens := lie.settled(t, m)
			require.True(t, sum)
			require.True(t, values)
			require.False(t, opens)
		})
	}
}

func (c *committed) clone() *committed {
	d := *c
	d.claims = slices.Clone(c.claims)
	for i := range d.claims {
		d.claims[i].Point = slices.Clone(d.claims[i].Point)
	}
	return &d
}
