package gadget

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/constraint"
	bn254 "github.com/consensys/gnark/constraint/bn254"
	"github.com/consensys/gnark/constraint/solver"
	"github.com/consensys/gnark/frontend"
	gnark "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// gadget is a circuit given by a function of secret inputs, whose results must equal Want.
type gadget struct {
	In, Want []frontend.Variable
	f        func(c *Circuit, in []frontend.Variable) []frontend.Variable
}

func (g *gadget) Define(api frontend.API) error {
	c, err := NewCircuit(api)
	if err != nil {
		return err
	}
	for i, v := range g.f(c, g.In) {
		c.AssertEqual(v, g.Want[i], "output")
	}
	return nil
}

func compile(t require.TestingT, in, out int, f func(*Circuit, []frontend.Variable) []frontend.Variable) *bn254.R1CS {
	g := &gadget{make([]frontend.Variable, in), make([]frontend.Variable, out), f}
	ccs, err := frontend.Compile(ecc.BN254.ScalarField(), gnark.NewBuilder, g, frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	return ccs.(*bn254.R1CS)
}

// solve runs gnark's solver, which checks every row.
func solve(ccs constraint.ConstraintSystem, in, want []fr.Element, opts ...solver.Option) error {
	g := &gadget{In: variables(in), Want: variables(want)}
	w, err := frontend.NewWitness(g, ecc.BN254.ScalarField())
	if err != nil {
		return err
	}
	_, err = ccs.Solve(w, opts...)
	return err
}

func variables(v []fr.Element) []frontend.Variable {
	z := make([]frontend.Variable, len(v))
	for i := range v {
		z[i] = v[i]
	}
	return z
}

func randoms(rng *rand.Rand, n int) []fr.Element {
	v := make([]fr.Element, n)
	for i := range v {
		var b [32]byte
		for j := range b {
			b[j] = byte(rng.Uint32())
		}
		v[i].SetBytes(b[:])
	}
	return v
}

func entries(ccs *bn254.R1CS) (n int) {
	it := ccs.GetR1CIterator()
	for r := it.Next(); r != nil; r = it.Next() {
		n += len(r.L) + len(r.R) + len(r.O)
	}
	return
}

// The permutation agrees with the library's, and its rows and nonzero entries are those of the
// package documentation.
func TestPermutation(t *testing.T) {
	for _, want := range []struct{ width, rows int }{{4, 264 + 9}, {12, 459 + 11}} {
		f := func(c *Circuit, in []frontend.Variable) []frontend.Variable {
			s := append([]frontend.Variable{}, in...)
			c.Permute(s)
			return s
		}
		ccs := compile(t, want.width, want.width, f)
		rows := ccs.GetNbConstraints() - want.width // without the equations of the outputs
		t.Logf("width %d: %d rows, %d nonzero entries", want.width, rows, entries(ccs))
		require.Equal(t, want.rows, rows)

		in := randoms(rand.New(rand.NewPCG(1, 1)), want.width)
		out := append([]fr.Element{}, in...)
		transcript.Field{}.Permute(out)
		require.NoError(t, solve(ccs, in, out))
		for i := range out {
			wrong := append([]fr.Element{}, out...)
			wrong[i].Double(&wrong[i])
			require.Error(t, solve(ccs, in, wrong))
		}
	}
}

// operation is a step of a schedule: absorb n elements, or draw a challenge if n < 0.
type operation int

const (
	drawFull operation = -1
	draw126  operation = -2
	hashAll  operation = -3
)

// play runs a schedule over any backend and returns the challenges.
func play[E any](b transcript.Backend[E], schedule []operation, in []E) (out []E) {
	tr, at := transcript.Over(b, "test"), 0
	for _, op := range schedule {
		switch op {
		case drawFull:
			out = append(out, tr.Challenge())
		case draw126:
			c, bits := tr.Challenge126()
			out = append(out, c, bits[0], bits[125])
		case hashAll:
			out = append(out, transcript.Hash(b, "hash", in[:at]...))
		default:
			tr.Absorb([]string{"a", "b"}[op%2], in[at:at+int(op)]...)
			at += int(op)
		}
	}
	return append(out, tr.Challenge())
}

func TestSchedulesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.SliceOfN(rapid.SampledFrom([]operation{0, 1, 2, 3, 4, 6, 7, 12, drawFull, drawFull, draw126,
			hashAll}), 0, 6)
		schedule, n := drawn.Draw(t, "schedule"), 0
		for _, op := range schedule {
			n += max(0, int(op))
		}
		in := randoms(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)), n)
		want := play(transcript.Field{Native: new(arith.Native)}, schedule, in)
		ccs := compile(t, n, len(want), func(c *Circuit, in []frontend.Variable) []frontend.Variable {
			return play(c, schedule, in)
		})
		require.NoError(t, solve(ccs, in, want))
		want[len(want)-1].Double(&want[len(want)-1])
		require.Error(t, solve(ccs, in, want))
	})
}

// Constants, such as the start of a transcript, cost no row.
func TestConstantsAreFree(t *testing.T) {
	ccs := compile(t, 0, 1, func(c *Circuit, _ []frontend.Variable) []frontend.Variable {
		tr := transcript.Over[frontend.Variable](c, "test")
		tr.Absorb("constant", c.Const(fr.NewElement(5)))
		return []frontend.Variable{tr.Challenge()}
	})
	require.Equal(t, 1, ccs.GetNbConstraints())
	tr := transcript.New("test")
	tr.Absorb("constant", fr.NewElement(5))
	require.NoError(t, solve(ccs, nil, []fr.Element{tr.Challenge()}))
}

// The verifier of a batch of sumchecks as a circuit returns the native verifier's point and
// value, and another value for an altered proof.
func TestSumcheckVerifier(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	shape := poly.Shape{Rounds: 5, Degree: 3}
	vars := []int{5, 2, 0}
	in := randoms(rng, len(vars)+shape.Rounds*shape.Degree)
	want, err := verifyBatch(new(arith.Native), transcript.New("test"), shape, vars, in)
	require.NoError(t, err)
	ccs := compile(t, len(in), len(want), func(c *Circuit, in []frontend.Variable) []frontend.Variable {
		out, err := verifyBatch[frontend.Variable](c, transcript.Over[frontend.Variable](c, "test"), shape, vars, in)
		require.NoError(t, err)
		return out
	})
	t.Logf("%d rounds of degree %d and %d claims: %d rows", shape.Rounds, shape.Degree, len(vars),
		ccs.GetNbConstraints())
	require.NoError(t, solve(ccs, in, want))
	for i := range in {
		altered := append([]fr.Element{}, in...)
		altered[i].Double(&altered[i])
		require.Error(t, solve(ccs, altered, want), "input %d", i)
	}
}

// verifyBatch reads the claims and then the rounds from in, and returns point, value and
// weights.
func verifyBatch[E any](
	ar arith.Arithmetic[E], tr *transcript.Transcript[E], s poly.Shape, vars []int, in []E,
) ([]E, error) {
	var claims []poly.Claim[E]
	for k, m := range vars {
		claims = append(claims, poly.Claim[E]{Vars: m, Sum: in[k]})
	}
	in = in[len(vars):]
	var proof poly.Proof[E]
	for i := range s.Rounds {
		proof = append(proof, in[i*s.Degree:(i+1)*s.Degree])
	}
	point, value, weights, err := poly.VerifyBatch(ar, tr, s, claims, proof)
	return append(append(point, value), weights...), err
}

// The verifier of a reduction as a circuit, on an honest proof: the final
// equation holds, and fails if any message is altered.
func TestReductionVerifier(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	shape := poly.ReduceShape{Vars: []int{4, 3}, RowBits: 2, Rounds: 4}
	var sparse []*poly.Sparse
	var claims []poly.PointClaim[fr.Element]
	for p, n := range shape.Vars {
		v := fr.Vector(randoms(rng, 1<<n))
		sparse = append(sparse, &poly.Sparse{Vars: n, RowBits: 2, Segments: []poly.Segment{
			{Start: 0, Rows: 1 << (n - 2), Column: poly.Field(v, 2)}}})
		point := randoms(rng, n)
		point[0] = fr.One() // an offset bit
		claims = append(claims, poly.PointClaim[fr.Element]{Poly: p, Point: point, Value: poly.Eval(v, point)})
	}
	proof, want, err := poly.Reduce(transcript.New("test"), shape.Rounds, sparse, claims, nil)
	require.NoError(t, err)
	var in []fr.Element // points, values, rounds, final values
	for _, c := range claims {
		in = append(append(in, c.Point...), c.Value)
	}
	for _, r := range proof.Rounds {
		in = append(in, r...)
	}
	in = append(in, proof.Values...)
	ccs := compile(t, len(in), len(want), func(c *Circuit, in []frontend.Variable) []frontend.Variable {
		take := func(n int) []frontend.Variable { v := in[:n]; in = in[n:]; return v }
		var claims []poly.PointClaim[frontend.Variable]
		for p, n := range shape.Vars {
			claims = append(claims, poly.PointClaim[frontend.Variable]{Poly: p, Point: take(n), Value: take(1)[0]})
		}
		var proof poly.Reduction[frontend.Variable]
		for range 4 {
			proof.Rounds = append(proof.Rounds, take(2))
		}
		proof.Values = take(2)
		point, err := poly.VerifyReduce[frontend.Variable](c, transcript.Over[frontend.Variable](c, "test"), shape,
			claims, proof)
		require.NoError(t, err)
		return point
	})
	require.NoError(t, solve(ccs, in, want))
	for i := range in {
		altered := append([]fr.Element{}, in...)
		altered[i].Double(&altered[i])
		if altered[i] != in[i] {
			require.Error(t, solve(ccs, altered, want), "input %d", i)
		}
	}
}

// The closed forms of package poly, as circuits, agree with the native ones.
func TestClosedForms(t *testing.T) {
	const n = 5
	in := randoms(rand.New(rand.NewPCG(3, 3)), 2*n)
	want := closedForms[fr.Element](new(arith.Native), in[:n], in[n:])
	ccs := compile(t, 2*n, len(want), func(c *Circuit, in []frontend.Variable) []frontend.Variable {
		return closedForms[frontend.Variable](c, in[:n], in[n:])
	})
	require.NoError(t, solve(ccs, in, want))
}

func closedForms[E any](ar arith.Arithmetic[E], x, y []E) []E {
	return []E{
		poly.Eq(ar, x, y), poly.Less(ar, x, y), poly.LessEqual(ar, x, y),
		poly.Live(ar, 11, x), poly.Live(ar, 32, x), poly.EqBits(ar, 19, x),
	}
}

// Hashes of lists with a common prefix share the blocks within the prefix.
func TestPermutationsAreMadeOnce(t *testing.T) {
	const n = 2*transcript.BulkWidth - 2 // two blocks
	lists := func(last int) (*bn254.R1CS, []fr.Element, []fr.Element) {
		in := randoms(rand.New(rand.NewPCG(6, 6)), n+2)
		second := append(slices.Clone(in[:n]), in[last])
		want := []fr.Element{transcript.HashNative("list", in[:n+1]...), transcript.HashNative("list", second...)}
		ccs := compile(t, n+2, 2, func(c *Circuit, in []frontend.Variable) []frontend.Variable {
			second := append(slices.Clone(in[:n]), in[last])
			return []frontend.Variable{transcript.Hash(c, "list", in[:n+1]...), transcript.Hash(c, "list", second...)}
		})
		return ccs, in, want
	}
	same, in, want := lists(n)
	require.NoError(t, solve(same, in, want))
	other, in, want := lists(n + 1)
	require.NoError(t, solve(other, in, want))
	require.Error(t, solve(other, in, []fr.Element{want[0], want[0]}))
	require.Equal(t, same.GetNbConstraints()/3, other.GetNbConstraints()-same.GetNbConstraints())
}

var modulus = ecc.BN254.ScalarField()

// A value has one decomposition: the bits of x + r are refused, where x + r has 254 bits.
func TestBitsAreCanonical(t *testing.T) {
	ccs := compile(t, 1, 254, func(c *Circuit, in []frontend.Variable) []frontend.Variable { return c.Bits(in[0]) })
	require.Equal(t, 285, ccs.GetNbConstraints()-254)
	upper := new(big.Int).Lsh(new(big.Int).Rsh(modulus, 172), 172)
	var top fr.Element
	top.SetBigInt(new(big.Int).Sub(upper, big.NewInt(1))) // the largest accepted value
	for _, last := range []int64{0, 1} {
		var x fr.Element
		x.SetBigInt(new(big.Int).Add(upper, big.NewInt(last)))
		require.Error(t, solve(ccs, []fr.Element{x}, transcript.Field{}.Bits(x)))
	}
	for _, x := range append(randoms(rand.New(rand.NewPCG(4, 4)), 3), fr.Element{}, fr.One(), top) {
		want := transcript.Field{}.Bits(x)
		require.NoError(t, solve(ccs, []fr.Element{x}, want))
	}
	x := fr.NewElement(5)
	alias := make([]*big.Int, 254)   // 5 + r
	notBits := make([]*big.Int, 254) // 5 = 3 - 2 + 4
	for i := range alias {
		alias[i] = big.NewInt(int64(new(big.Int).Add(modulus, big.NewInt(5)).Bit(i)))
		notBits[i] = big.NewInt(0)
	}
	notBits[0].SetInt64(3)
	notBits[1].Sub(modulus, big.NewInt(1))
	notBits[2].SetInt64(1)
	for _, forgery := range [][]*big.Int{alias, notBits} {
		want := make([]fr.Element, 254)
		for i := range want {
			want[i].SetBigInt(forgery[i])
		}
		require.NotEmpty(t, ccs.MHintsDependencies)
		for id := range ccs.MHintsDependencies {
			forged := solver.OverrideHint(id, func(_ *big.Int, _, out []*big.Int) error {
				for i := range out {
					out[i].Set(forgery[i])
				}
				return nil
			})
			require.Error(t, solve(ccs, []fr.Element{x}, want, forged))
		}
	}
}
