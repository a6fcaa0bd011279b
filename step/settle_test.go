package step

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold/internal/commit"
	"fold/internal/commit/mercury"
	"fold/internal/poly"
	"fold/internal/transcript"
	"fold/llama"
)

const testSegmentBits = 12

// smallKey holds the segments of the tests' models and no more.
var smallKey = sync.OnceValues(func() (*commit.Key, error) { return commit.SetupDevelopment(1 << testSegmentBits) })

// committed is a model with its commitment and random true claims on it.
type committed struct {
	model  *llama.Model
	seed   Seed // of the blinds
	key    *mercury.ProverKey
	commit *ModelCommitment
	claims []WeightClaim
	chain  fr.Element
}

func commitTest(t testing.TB, m *llama.Model, seed Seed) *ModelCommitment {
	t.Helper()
	c, _ := commitBlinded(t, m, seed)
	return c
}

// commitBlinded also returns the seed of the blinds.
func commitBlinded(t testing.TB, m *llama.Model, seed Seed) (*ModelCommitment, Seed) {
	t.Helper()
	key, err := smallKey()
	require.NoError(t, err)
	c, blinds, err := CommitModel(context.Background(), key, m, CommitOptions{SegmentBits: testSegmentBits, Seed: seed})
	require.NoError(t, err)
	return c, blinds
}

func newCommitted(t testing.TB, rng *rand.Rand, m *llama.Model, seed Seed) *committed {
	t.Helper()
	key, err := smallKey()
	require.NoError(t, err)
	pk := mercury.NewProverKey(key)
	c := &committed{model: m, key: pk}
	c.commit, c.seed = commitBlinded(t, m, seed)
	c.claims = randomClaims(t, rng, c.commit, m)
	c.refreeze(t)
	return c
}

// refreeze makes the chain one of the claims: that a run's chain binds its claims is
// TestClaimChain's.
func (c *committed) refreeze(t testing.TB) {
	t.Helper()
	b := nativeBackend()
	c.chain = emptyChain(b, claimChain)
	for _, k := range c.claims {
		c.chain = extendChain(b, claimChain, c.chain, append(k.Point[:len(k.Point):len(k.Point)], fr.NewElement(uint64(k.Record)), k.Value)...)
	}
}

func (c *committed) settle(t testing.TB) *Settlement {
	t.Helper()
	p, err := settle(context.Background(), c.key, c.model, c.commit, c.seed, c.claims, c.chain)
	require.NoError(t, err)
	return p
}

func (c *committed) verify(p *Settlement) error {
	return verifySettlement(transcript.New(settlementDomain), c.key.Verifier(), c.commit, c.claims, c.chain, p)
}

// randomClaims makes up to three true claims on each tensor; some are at one point,
// as those of a step are.
func randomClaims(t testing.TB, rng *rand.Rand, c *ModelCommitment, m *llama.Model) (all []WeightClaim) {
	t.Helper()
	shape, err := c.Description.shape()
	require.NoError(t, err)
	for record := range recordCount(m.Config) {
		var before []fr.Element
		for _, tensor := range shape.weightTensors(record) {
			for range rng.IntN(4) {
				n := tensor.vars()
				if tensor.Name == "cos" && rng.IntN(2) == 0 {
					n -= 2 // of the first quarter of the positions
				}
				k := WeightClaim{Record: record, Name: tensor.Name, Point: randomPoint(n)}
				if rng.IntN(2) == 0 { // share what can be shared
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

// claimValue is what a claim on a record's tensor says the value of.
func claimValue(t testing.TB, m *llama.Model, shape Shape, k *WeightClaim) fr.Element {
	t.Helper()
	name := k.Name
	for _, tensor := range shape.weightTensors(k.Record) {
		if tensor.Name == k.Name && recordKind(m.Config, k.Record) == Block && !tensor.shared() {
			name = "0." + name
		}
	}
	return evalWeight(t, m, shape, max(0, k.Record-1), Deferred[fr.Element]{Name: name, Point: k.Point})
}

// evalWeight evaluates a tensor by the steps' own reading of the model.
func evalWeight(t testing.TB, m *llama.Model, shape Shape, first int, d Deferred[fr.Element]) fr.Element {
	t.Helper()
	model, e := NewModel(m, shape, first), shape.extents()
	if _, rows, _, err := model.(*weights).matrix(d.Name); err == nil {
		n := e.Bits(rows)
		row, err := model.Rows(d.Name, poly.EqTable(d.Point[:n]))
		require.NoError(t, err)
		return poly.Eval(row, d.Point[n:])
	}
	table, err := model.Table(d.Name)
	require.NoError(t, err)
	dense := make(fr.Vector, 1<<len(d.Point))
	for i := range min(len(table), len(dense)) {
		dense[i].SetInt64(int64(table[i]))
	}
	return poly.Eval(dense, d.Point)
}

// settledModel is a model of the named shape of the tests.
func settledModel(t testing.TB, rng *rand.Rand, i int) *llama.Model {
	s := shapes[i]
	return randomModel(t, rng, withVocab(s.config), s.scheme, s.loud)
}

// TestSettle settles random claims on models of every scheme, with weights that
// are hidden and weights that are not.
func TestSettle(t *testing.T) {
	for i, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(31, uint64(i)))
			c := newCommitted(t, rng, settledModel(t, rng, i), Seed([]byte("a seed"))[:6*(i%2)])
			p := c.settle(t)
			require.NoError(t, c.verify(p))
			again, err := DecodeSettlement(c.commit, p.Encode())
			require.NoError(t, err)
			require.NoError(t, c.verify(again))
		})
	}
}

// FuzzSettlement: no input makes the decoder panic, and what it accepts has one
// encoding.
func FuzzSettlement(f *testing.F) {
	rng := rand.New(rand.NewPCG(41, 0))
	c := newCommitted(f, rng, settledModel(f, rng, 2), nil)
	data := c.settle(f).Encode()
	f.Add(data)
	f.Add(data[1:])
	f.Add(flip(data, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := DecodeSettlement(c.commit, data)
		if err != nil {
			return
		}
		require.Equal(t, data, p.Encode())
	})
}

// TestSettleManyClaims has more claims on a matrix than share a reading of it.
func TestSettleManyClaims(t *testing.T) {
	rng := rand.New(rand.NewPCG(32, 0))
	c := newCommitted(t, rng, settledModel(t, rng, 0), nil)
	for range 8 {
		c.claims = append(c.claims, randomClaims(t, rng, c.commit, c.model)...)
	}
	c.refreeze(t)
	require.NoError(t, c.verify(c.settle(t)))
}

// TestSettleForgeries alters everything that a settlement depends on.
func TestSettleForgeries(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 0))
	honest := newCommitted(t, rng, settledModel(t, rng, 0), Seed("a seed"))
	proof := honest.settle(t)
	require.NoError(t, honest.verify(proof))
	one := fr.One()
	q := slices.IndexFunc(honest.claims, func(c WeightClaim) bool { return c.Record == blockRecord(0) && c.Name == "Gate" })
	require.GreaterOrEqual(t, q, 0)

	for name, alter := range map[string]func(c *committed, p *Settlement){
		"claim altered, chain kept": func(c *committed, _ *Settlement) { c.claims[q].Value.Add(&c.claims[q].Value, &one) },
		"claim altered, chain made anew": func(c *committed, _ *Settlement) {
			c.claims[q].Value.Add(&c.claims[q].Value, &one)
			c.refreeze(t)
		},
		"point altered": func(c *committed, _ *Settlement) {
			c.claims[q].Point[1].Add(&c.claims[q].Point[1], &one)
			c.refreeze(t)
		},
		"claim dropped": func(c *committed, _ *Settlement) {
			c.claims = slices.Delete(c.claims, q, q+1)
			c.refreeze(t)
		},
		"claim moved to another layer": func(c *committed, _ *Settlement) {
			c.claims[q].Record++
			c.refreeze(t)
		},
		"chain of another run": func(c *committed, _ *Settlement) { c.chain.Add(&c.chain, &one) },
		"omega altered":        func(_ *committed, p *Settlement) { p.Omegas[3].Add(&p.Omegas[3], &one) },
		"omega dropped":        func(_ *committed, p *Settlement) { p.Omegas = p.Omegas[1:] },
		"columns' round altered": func(_ *committed, p *Settlement) {
			p.Columns[1][1].Add(&p.Columns[1][1], &one)
		},
		"rows' round altered": func(_ *committed, p *Settlement) { p.Rows[0][0].Add(&p.Rows[0][0], &one) },
		"rows' round missing": func(_ *committed, p *Settlement) { p.Rows = p.Rows[1:] },
		"opening missing":     func(_ *committed, p *Settlement) { p.Opening = nil },
		"opening of other":    func(c *committed, p *Settlement) { p.Opening = otherOpening(t, c, p) },
		"wrong commitment":    func(c *committed, _ *Settlement) { c.commit.Records[1].Commitments[2][0] = g1(t) },
		"commitments exchanged": func(c *committed, _ *Settlement) {
			p := c.commit.Records[1].Commitments
			p[4], p[5] = p[5], p[4]
		},
		"constant altered": func(c *committed, _ *Settlement) { c.commit.Records[1].Constants[0] = pow2(9) },
	} {
		t.Run(name, func(t *testing.T) {
			c, p := honest.clone(t), proof.clone(t, honest.commit)
			alter(c, p)
			require.Error(t, c.verify(p))
		})
	}
}

// TestSettleOtherWeights: claims that hold for other weights cannot be settled
// against the committed ones, whichever of the two the prover uses.
func TestSettleOtherWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(34, 0))
	c := newCommitted(t, rng, settledModel(t, rng, 0), nil)
	other := settledModel(t, rng, 0)
	c.claims = randomClaims(t, rng, c.commit, other)
	c.refreeze(t)
	_, err := settle(context.Background(), c.key, c.model, c.commit, nil, c.claims, c.chain)
	require.ErrorContains(t, err, "claimed values")
	p, err := settle(context.Background(), c.key, other, c.commit, nil, c.claims, c.chain)
	require.NoError(t, err) // the sums are right: only the opening knows
	require.ErrorIs(t, c.verify(p), ErrSettlement)
}

// TestSettleTranscript drops every message of a settlement's transcript in turn:
// without any of them the challenges are others, and the proof is refused.
func TestSettleTranscript(t *testing.T) {
	rng := rand.New(rand.NewPCG(42, 0))
	c := newCommitted(t, rng, settledModel(t, rng, 2), nil)
	p := c.settle(t)
	verify := func(drop int) (messages int, err error) {
		tr := transcript.New(settlementDomain)
		tr.Intercept(func(m transcript.Message[fr.Element]) []transcript.Message[fr.Element] {
			if messages++; messages-1 == drop {
				return nil
			}
			return []transcript.Message[fr.Element]{m}
		})
		err = verifySettlement(tr, c.key.Verifier(), c.commit, c.claims, c.chain, p)
		return messages, err
	}
	n, err := verify(-1)
	require.NoError(t, err)
	require.Greater(t, n, c.commit.Layout.ColumnBits+2)
	for i := range n - 1 { // after the last one nothing is drawn
		_, err := verify(i)
		require.ErrorIs(t, err, ErrSettlement, "message %d of %d", i, n)
	}
}

// settleCase is a model of a random shape, and how it is cut.
type settleCase struct {
	config  llama.Config
	scheme  llama.Scheme
	segment int
	seed    uint64
}

var settleCases = rapid.Custom(func(t *rapid.T) (c settleCase) {
	draw := func(lo, hi int, name string) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	kv := draw(1, 3, "kv heads")
	c.config = llama.Config{
		Dim: draw(4, 40, "dim"), Hidden: draw(1, 50, "hidden"), Layers: draw(1, 2, "layers"),
		KVHeads: kv, Heads: kv * draw(1, 4, "group"), HeadDim: 2 * draw(1, 5, "pairs"),
		Vocab: draw(2, 70, "vocab"), Context: draw(2, 70, "context"), RMSEps: 1e-5,
	}
	c.config.Rope.Theta = 10000
	c.scheme = rapid.SampledFrom([]llama.Scheme{llama.W16, llama.W8, llama.Ternary}).Draw(t, "scheme")
	c.segment, c.seed = draw(7, testSegmentBits, "segment"), uint64(draw(0, 1000, "seed"))
	return c
})

// TestSettleShapes settles claims on models of random shapes, under segments of
// random size.
func TestSettleShapes(t *testing.T) {
	key, err := smallKey()
	require.NoError(t, err)
	pk := mercury.NewProverKey(key)
	for i := range 16 {
		k := settleCases.Example(i)
		rng := rand.New(rand.NewPCG(43, k.seed))
		c := &committed{model: randomModel(t, rng, k.config, k.scheme, false), key: pk}
		c.commit, _, err = CommitModel(context.Background(), key, c.model, CommitOptions{SegmentBits: k.segment})
		require.NoError(t, err)
		c.claims = randomClaims(t, rng, c.commit, c.model)
		c.refreeze(t)
		require.NoError(t, c.verify(c.settle(t)), "%+v", k)
	}
}

// TestOmegasAfterMu is the forgery of a prover that names the omegas with mu
// known: it changes two so that their combination stays. The chain of the omegas
// is absorbed before mu, so that mu changes with them.
func TestOmegasAfterMu(t *testing.T) {
	rng := rand.New(rand.NewPCG(35, 0))
	c := newCommitted(t, rng, settledModel(t, rng, 0), nil)
	p := c.settle(t)
	s, err := newSettlement(transcript.New(settlementDomain), c.commit, c.claims, c.chain)
	require.NoError(t, err)
	mu := s.combine(slices.Clone(p.Omegas)) // as if drawn before
	var d fr.Element
	d.Inverse(&mu)
	one := fr.One()
	p.Omegas[1].Sub(&p.Omegas[1], &d)
	p.Omegas[0].Add(&p.Omegas[0], &one)
	require.ErrorIs(t, c.verify(p), ErrSettlement)
}

func (c *committed) clone(t *testing.T) *committed {
	t.Helper()
	data, err := c.commit.Encode()
	require.NoError(t, err)
	d := *c
	d.commit, err = DecodeModelCommitment(data)
	require.NoError(t, err)
	d.claims = slices.Clone(c.claims)
	for i := range d.claims {
		d.claims[i].Point = slices.Clone(d.claims[i].Point)
	}
	return &d
}

func (p *Settlement) clone(t *testing.T, c *ModelCommitment) *Settlement {
	t.Helper()
	d, err := DecodeSettlement(c, p.Encode())
	require.NoError(t, err)
	return d
}

// otherOpening is the opening of a settlement of other claims.
func otherOpening(t *testing.T, c *committed, p *Settlement) *mercury.Proof {
	t.Helper()
	d := *c
	d.claims = randomClaims(t, rand.New(rand.NewPCG(36, 0)), c.commit, c.model)
	d.refreeze(t)
	return d.settle(t).Opening
}

func g1(t *testing.T) bn254.G1Affine {
	t.Helper()
	_, _, p, _ := bn254.Generators()
	return p
}

// TestCommitModel: the id is a function of the model, the key and the seed, every
// one of them matters, and the constants of a step are those of its records.
func TestCommitModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(37, 0))
	m := settledModel(t, rng, 0)
	id := func(m *llama.Model, seed Seed) fr.Element {
		id, err := commitTest(t, m, seed).ID()
		require.NoError(t, err)
		return id.ID
	}
	want := id(m, Seed("a"))
	require.Equal(t, want, id(m, Seed("a")))
	require.NotEqual(t, want, id(m, Seed("b")))
	require.NotEqual(t, want, id(m, nil))
	m.Embedding[5]++
	require.NotEqual(t, want, id(m, Seed("a")))

	c := commitTest(t, m, nil)
	for _, blocks := range []int{1, 2} {
		shape, err := NewShape(m, 0, 3, blocks)
		require.NoError(t, err)
		for _, k := range []Kind{Embed, Block, Head} {
			p, err := newProgram(k, shape)
			require.NoError(t, err)
			have, err := c.stepRecord(p, 0, blocks)
			require.NoError(t, err)
			first, err := NewRecord(p, shape, m, 0)
			require.NoError(t, err)
			require.Equal(t, first.elements(), have.elements(), k)
		}
	}
}

// TestSharedConstants: blocks of one step whose records differ in what the step's
// program shares are refused.
func TestSharedConstants(t *testing.T) {
	rng := rand.New(rand.NewPCG(38, 0))
	m := settledModel(t, rng, 0)
	c := commitTest(t, m, nil)
	shape, err := NewShape(m, 0, 3, 2)
	require.NoError(t, err)
	p, err := NewBlock(shape)
	require.NoError(t, err)
	slots, err := recordSlots(shape, blockRecord(1))
	require.NoError(t, err)
	eps := &c.Records[blockRecord(1)].Constants[slices.Index(slots, "norm.eps")]
	*eps = mul(*eps, pow2(1))
	_, err = c.stepRecord(p, 0, 2)
	require.ErrorContains(t, err, "norm.eps")
}

// TestCommitmentFile: what is decoded is what was encoded, and nothing else is
// read.
func TestCommitmentFile(t *testing.T) {
	rng := rand.New(rand.NewPCG(39, 0))
	for i := range shapes {
		c := commitTest(t, settledModel(t, rng, i), Seed("a"))
		data, err := c.Encode()
		require.NoError(t, err)
		d, err := DecodeModelCommitment(data)
		require.NoError(t, err)
		want, err := c.ID()
		require.NoError(t, err)
		have, err := d.ID()
		require.NoError(t, err)
		require.Equal(t, want, have)
		for name, bad := range map[string][]byte{
			"empty": nil, "short": data[:len(data)-1], "long": append(slices.Clone(data), 0),
			"version": flip(data, 8), "segments": flip(data, 11), "description": flip(data, 60), "point": append(slices.Clone(data[:len(data)-32]), bytes.Repeat([]byte{0xff}, 32)...),
		} {
			_, err := DecodeModelCommitment(bad)
			require.ErrorIs(t, err, ErrCommitment, name+" "+strconv.Itoa(i))
		}
	}
}

func flip(data []byte, i int) []byte {
	d := slices.Clone(data)
	d[i] ^= 1
	return d
}

// FuzzModelCommitment: no input makes the decoder panic, and what it accepts has
// one encoding.
func FuzzModelCommitment(f *testing.F) {
	rng := rand.New(rand.NewPCG(40, 0))
	data, err := commitTest(f, settledModel(f, rng, 2), nil).Encode()
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
