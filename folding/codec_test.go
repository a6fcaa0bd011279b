package folding

import (
	"bytes"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/wire"
	"fold.example/fold/r1cs"
)

var seven = []fr.Element{fr.NewElement(7)}

func counted(t testing.TB, n int) (*Params, *State) {
	p := paramsOf(t, counter{})
	return p, run(t, p, seven, n, func(s *State) *StepWitness { return counter{}.witness(s.Z) })
}

// A state that was written and read goes on as if it had not been, to the byte.
func TestStatesResume(t *testing.T) {
	for n := range 3 {
		p, s := counted(t, n)
		encoded := p.Encode(s)
		got, err := p.Decode(encoded)
		require.NoError(t, err)
		require.Equal(t, encoded, p.Encode(got))
		require.Equal(t, s.main.E, got.main.E)
		require.Equal(t, s.cycle.E, got.cycle.E)
		if n > 0 {
			require.NoError(t, p.Verify(got, seven))
		}
		a, err := p.Prove(s, counter{}.witness(s.Z), prf("seed"))
		require.NoError(t, err)
		b, err := p.Prove(got, counter{}.witness(s.Z), prf("seed"))
		require.NoError(t, err)
		require.Equal(t, p.Encode(a), p.Encode(b))
	}
}

// The size is bounded by the circuits alone: 32 1/4 bytes a variable of the running
// instances and of the last one's inputs. It is less in the first steps, in which the
// bits of witnesses have not all been one.
func TestSizeIsBounded(t *testing.T) {
	p, s := counted(t, 4)
	main, cycle := p.main.shape, p.cycle.shape
	values := main.Private() + p.augmented.Inputs() + cycle.Private()
	const others = 30*32 + 5 + len(stateMagic)
	require.LessOrEqual(t, len(p.Encode(s)), others+values*32+(values+3)/4)
}

// Pitfall 15 and more: the decoder accepts what the encoder writes and nothing else.
func TestMalformedStatesAreRefused(t *testing.T) {
	p, s := counted(t, 2)
	good := p.Encode(s)
	at := len(stateMagic)
	alter := func(i int, v byte) []byte {
		b := bytes.Clone(good)
		b[i] ^= v
		return b
	}
	other := paramsOf(t, hashes{})
	_, err := other.Decode(good)
	require.ErrorIs(t, err, ErrEncoding)
	require.ErrorContains(t, err, "parameters")
	points := at + 32 + 8 + 64
	for name, b := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-1], "half": good[:len(good)/2], "longer": append(bytes.Clone(good), 0),
		"magic": alter(0, 1), "parameters": alter(at+9, 1), "point": alter(points+31, 1),
		"Grumpkin point":               alter(points+3*64+6*32+31, 1),
		"coordinate above the modulus": alter(points, 0xff), "no step": alter(at+32+7, 2),
		"public input": alter(points+3*64+2*32+20, 1),
	} {
		_, err := p.Decode(b)
		require.ErrorIs(t, err, ErrEncoding, name)
	}
}

// Error vectors are not encoded. One that follows from an altered witness satisfies the
// relation, but is not what is committed to.
func TestAlteredWitnessesDoNotOpen(t *testing.T) {
	p, s := counted(t, 3)
	good := p.Encode(s)
	vectors := vectorBytes(s.main.W) + vectorBytes(s.fresh.W[:p.augmented.Inputs()]) + vectorBytes(s.cycle.W)
	main := len(p.Encode(s)) - vectors + vectorBytes(s.main.W) - 1
	for _, at := range []int{main, len(good) - 1} {
		b := bytes.Clone(good)
		b[at] ^= 2
		got, err := p.Decode(b)
		require.NoError(t, err)
		require.ErrorIs(t, p.Verify(got, seven), ErrOpening)
	}
	got, err := p.Decode(good)
	require.NoError(t, err)
	got.main.E[0].SetOne()
	require.ErrorIs(t, p.Verify(got, seven), r1cs.ErrUnsatisfied)
}

// vectorBytes is the length of an encoded vector.
func vectorBytes[E curve.Element](v []E) int { return len(encodedVector(v)) }

func encodedVector[E curve.Element](v []E) []byte {
	return wire.Encode(func(c *wire.Coder) { codeVector(c, v) })
}

// Vectors of random values of all kinds survive; a value in a kind that is not its
// own does not.
func TestVectors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkVector[fr.Element](t)
		checkVector[fq.Element](t)
	})
}

func checkVector[E curve.Element](t *rapid.T) {
	v := rapid.SliceOf(rapid.Custom(func(t *rapid.T) (e E) {
		b := make([]byte, 32)
		n := rapid.SampledFrom([]int{0, 1, 7, 8, 9, 31}).Draw(t, "bytes")
		copy(b[32-n:], rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "value"))
		e, err := curve.FieldOf[E]().Decode(b)
		require.NoError(t, err)
		return e
	})).Draw(t, "vector")
	b, got := encodedVector(v), make([]E, len(v))
	require.NoError(t, wire.Decode(b, func(c *wire.Coder) { codeVector(c, got) }))
	require.Equal(t, b, encodedVector(got))
	require.Equal(t, append([]E{}, v...), got)
	if len(v) > 0 {
		wrong := bytes.Clone(b)
		wrong[0] ^= 2 // a longer kind for a shorter one, or the other way round
		require.Error(t, wire.Decode(wrong, func(c *wire.Coder) { codeVector(c, got) }))
	}
}

func FuzzDecode(f *testing.F) {
	p, s := counted(f, 2)
	start, err := p.Start(seven)
	require.NoError(f, err)
	for _, s := range []*State{s, start} {
		b := p.Encode(s)
		f.Add(b)
		f.Add(b[:len(b)-1])
		f.Add(b[:200])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := p.Decode(b)
		if err != nil {
			require.ErrorIs(t, err, ErrEncoding)
			return
		}
		require.Equal(t, b, p.Encode(s), "another encoding of a state")
		_ = p.Verify(s, s.First) // whatever it says, it does not panic
	})
}
