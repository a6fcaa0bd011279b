package poly

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
)

// batch is a batch of random examples of different sizes, with its proof.
type batch struct {
	examples []example
	claims   []Claim[fr.Element]
	shape    Shape
	proof    Proof[fr.Element]
}

func drawBatch(t require.TestingT, rng *rand.Rand, sizes []int) (b batch) {
	var ins []Instance
	for _, vars := range sizes {
		e := drawExample(rng, vars, rng.IntN(vars+1))
		in, err := NewSum(e.spec)
		require.NoError(t, err)
		b.examples, ins = append(b.examples, e), append(ins, in)
		b.claims = append(b.claims, Claim[fr.Element]{Vars: vars, Sum: e.sum()})
		b.shape.Rounds = max(b.shape.Rounds, vars)
		b.shape.Degree = max(b.shape.Degree, in.Degree())
	}
	var err error
	b.proof, _, err = ProveBatch(transcript.New("test"), b.shape, ins)
	require.NoError(t, err)
	return
}

// accepts runs the verifier and the caller's final comparison, with tweak added to the sum
// that is compared.
func (b *batch) accepts(tweak fr.Element) bool {
	point, value, weights, err := VerifyBatch(new(arith.Native), transcript.New("test"), b.shape, b.claims, b.proof)
	if err != nil {
		return false
	}
	sum := tweak
	for k := range b.examples {
		v := b.examples[k].value(point[b.shape.Rounds-b.claims[k].Vars:])
		v.Mul(&v, &weights[k])
		sum.Add(&sum, &v)
	}
	return sum == value
}

func TestBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 5).Draw(t, "sizes")
		b := drawBatch(t, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2)), sizes)
		require.True(t, b.accepts(fr.Element{}))
	})
}

// Every value that a prover can change, one at a time.
func TestForgeries(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	honest := drawBatch(t, rng, []int{6, 4, 0, 6})
	require.True(t, honest.accepts(fr.Element{}))
	require.False(t, honest.accepts(fr.One()), "altered final values")

	copyOf := func() batch {
		b := honest
		b.claims = append([]Claim[fr.Element]{}, b.claims...)
		b.proof = make(Proof[fr.Element], len(b.proof))
		for i, c := range honest.proof {
			b.proof[i] = append([]fr.Element{}, c...)
		}
		return b
	}
	one := fr.One()
	for i := range honest.proof {
		for j := range honest.proof[i] {
			b := copyOf()
			b.proof[i][j].Add(&b.proof[i][j], &one)
			require.False(t, b.accepts(fr.Element{}), "round %d, coefficient %d", i, j)
		}
	}
	for k := range honest.claims {
		b := copyOf()
		b.claims[k].Sum.Add(&b.claims[k].Sum, &one)
		require.False(t, b.accepts(fr.Element{}), "claim %d", k)
	}
	// The same sum, claimed with another number of variables.
	b := copyOf()
	b.claims[1].Vars, b.claims[1].Sum = 5, honest.claims[1].Sum
	_, _, weights, err := VerifyBatch(new(arith.Native), transcript.New("test"), b.shape, b.claims, b.proof)
	require.NoError(t, err)
	_, _, same, err := VerifyBatch(new(arith.Native), transcript.New("test"), honest.shape, honest.claims, honest.proof)
	require.NoError(t, err)
	require.NotEqual(t, same, weights)
}

func TestWrongShapesAreRefused(t *testing.T) {
	b := drawBatch(t, rand.New(rand.NewPCG(4, 4)), []int{5, 3})
	n, d := b.shape.Rounds, b.shape.Degree
	refuse := func(name string, s Shape, claims []Claim[fr.Element], p Proof[fr.Element]) {
		_, _, _, err := VerifyBatch(new(arith.Native), transcript.New("test"), s, claims, p)
		require.ErrorIs(t, err, ErrShape, name)
		_, _, err = Verify(new(arith.Native), transcript.New("test"), s, fr.One(), p)
		if len(claims) == 2 && claims[0].Vars <= n && claims[0].Vars >= 0 {
			require.ErrorIs(t, err, ErrShape, name)
		}
	}
	refuse("a round dropped", b.shape, b.claims, b.proof[:n-1])
	refuse("no rounds", b.shape, b.claims, nil)
	refuse("a round more", b.shape, b.claims, append(b.proof[:n:n], b.proof[0]))
	refuse("rounds where none are due", Shape{0, d}, nil, b.proof)
	refuse("another degree", Shape{n, d + 1}, b.claims, b.proof)
	refuse("degree zero", Shape{n, 0}, b.claims, b.proof)
	extra := append(Proof[fr.Element]{}, b.proof...)
	extra[2] = append(extra[2][:d:d], fr.One())
	refuse("a coefficient more in one round", b.shape, b.claims, extra)
	extra[2] = b.proof[2][:d-1]
	refuse("a coefficient less in one round", b.shape, b.claims, extra)
	refuse("a claim with too many variables", b.shape, []Claim[fr.Element]{{Vars: n + 1}}, b.proof)
	refuse("a claim with negative variables", b.shape, []Claim[fr.Element]{{Vars: -1}}, b.proof)

	in, err := NewSum(b.examples[0].spec)
	require.NoError(t, err)
	_, _, err = ProveBatch(transcript.New("test"), Shape{n - 1, d}, []Instance{in})
	require.ErrorIs(t, err, ErrShape)
}

// A sum without variables equals its only value, the claim.
func TestNoRounds(t *testing.T) {
	sum := fr.NewElement(7)
	point, value, err := Verify(new(arith.Native), transcript.New("test"), Shape{0, 3}, sum, nil)
	require.NoError(t, err)
	require.Empty(t, point)
	require.Equal(t, sum, value)
}

// Every message of a batch affects all later challenges.
func TestEveryMessageIsAbsorbed(t *testing.T) {
	b := drawBatch(t, rand.New(rand.NewPCG(5, 5)), []int{4, 2})
	last := func(drop int) fr.Element {
		tr := transcript.Over(transcripttest.NewEditor(transcripttest.Drop(drop)), "test")
		_, _, _, err := VerifyBatch(new(arith.Native), tr, b.shape, b.claims, b.proof)
		require.NoError(t, err)
		return tr.Challenge()
	}
	seen := map[fr.Element]bool{}
	for drop := -1; drop < len(b.proof); drop++ {
		seen[last(drop)] = true
	}
	require.Len(t, seen, 1+len(b.proof))
}

func TestEvaluateRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		degree := rapid.IntRange(1, maxDegree).Draw(t, "degree")
		var c [maxDegree + 1]fr.Element
		for i := range degree + 1 {
			c[i] = randomElement(rng)
		}
		p := func(x int64) (v fr.Element) {
			var at fr.Element
			at.SetInt64(x)
			for i := degree; i >= 0; i-- {
				v.Mul(&v, &at).Add(&v, &c[i])
			}
			return
		}
		s := samples{p(0), p(1), c[degree], p(-1), p(2)}
		if degree == 1 {
			s[2].SetZero()
		}
		require.Equal(t, c, s.coefficients(degree))

		r := randomElement(rng)
		want := s.at(degree, &r)
		w := weightsAt(degree, &r)
		var got fr.Element
		for i := range degree + 1 {
			var x fr.Element
			x.Mul(&w[i], &s[i])
			got.Add(&got, &x)
		}
		require.Equal(t, want, got)

		var sum fr.Element
		p0, p1 := p(0), p(1)
		sum.Add(&p0, &p1)
		message := append([]fr.Element{c[0]}, c[2:degree+1]...)
		require.Equal(t, want, EvalRound(new(arith.Native), message, sum, r))
	})
}
