package mercury

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
)

func TestAlteredStatement(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(7), 7, 7, 4)
	p := s.open(t, pk)
	require.NoError(t, s.verify(pk, p))
	one := fr.One()
	for name, change := range map[string]func(s *statement){
		"value":              func(s *statement) { s.claims[0].Value.Add(&s.claims[0].Value, &one) },
		"value of the short": func(s *statement) { s.claims[1].Value.Add(&s.claims[1].Value, &one) },
		"row coordinate":     func(s *statement) { s.z[0].Add(&s.z[0], &one) },
		"column coordinate":  func(s *statement) { s.z[6].Add(&s.z[6], &one) },
		"commitment": func(s *statement) {
			s.claims[1].Commitment.Add(&s.claims[1].Commitment, &pk.points[3])
		},
		"blind":             func(s *statement) { s.claims[1].Commitment.Add(&s.claims[1].Commitment, &pk.vk.h) },
		"commitment at inf": func(s *statement) { s.claims[1].Commitment = bn254.G1Affine{} },
		"order":             func(s *statement) { s.claims[0], s.claims[1] = s.claims[1], s.claims[0] },
		"smaller claim":     func(s *statement) { s.claims[1].NumVars-- },
		"larger claim":      func(s *statement) { s.claims[1].NumVars++ },
		"shorter point":     func(s *statement) { s.z, s.claims = s.z[3:], s.claims[1:] },
		"longer point":      func(s *statement) { s.z = append([]fr.Element{{}}, s.z...) },
		"claim left out":    func(s *statement) { s.claims = s.claims[:1] },
		"claim twice":       func(s *statement) { s.claims = append(s.claims, s.claims[1]) },
	} {
		c := statement{append([]fr.Element{}, s.z...), append([]Claim{}, s.claims...), nil}
		change(&c)
		require.ErrorIs(t, c.verify(pk, p), ErrRejected, name)
	}
	require.ErrorIs(t, s.verify(otherKey(), p), ErrRejected, "other key")
}

func TestEveryByte(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(7), 6, 6)
	good := s.open(t, pk).Encode()
	for i := range good {
		bad := append([]byte{}, good...)
		bad[i] ^= 1 << (i % 8)
		p, err := Decode(bad)
		if err != nil {
			require.ErrorIs(t, err, ErrEncoding)
			continue
		}
		require.ErrorIs(t, s.verify(pk, p), ErrRejected, "byte %d", i)
	}
}

// Every point replaced by infinity, the generator, or another point of the
// proof, and every scalar by zero or one, is rejected.
func TestReplacedElements(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(7), 6, 6)
	p := s.open(t, pk)
	for i, x := range p.points() {
		old := *x
		for _, y := range []bn254.G1Affine{{}, pk.points[0], *p.points()[(i+1)%proofPoints]} {
			*x = y
			require.ErrorIs(t, s.verify(pk, p), ErrRejected, "point %d", i)
		}
		*x = old
	}
	for i, x := range p.scalars() {
		old := *x
		for _, y := range []fr.Element{{}, fr.One()} {
			*x = y
			require.ErrorIs(t, s.verify(pk, p), ErrRejected, "scalar %d", i)
		}
		*x = old
	}
	require.ErrorIs(t, s.verify(pk, new(Proof)), ErrRejected, "all zeros")
}

// Every message of the transcript, dropped or altered, changes the outcome. The
// last one decides only the weight of one of two equations, and both hold: then only the
// transcript's next challenge changes.
func TestEveryAbsorbedItem(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(7), 5, 5, 2)
	p := s.open(t, pk)
	verify := func(edit transcripttest.Edit) (left fr.Element, messages int, err error) {
		b := transcripttest.NewEditor(edit)
		tr := transcript.Over(b, "test")
		err = Verify(pk.Verifier(), tr, s.z, s.claims, p)
		return tr.Challenge(), b.Messages, err
	}
	honest, count, err := verify(transcripttest.Keep)
	require.NoError(t, err)
	require.Equal(t, 14, count)
	for i := range count {
		dropped, _, errDropped := verify(transcripttest.Drop(i))
		altered, _, errAltered := verify(transcripttest.Alter(i))
		require.NotEqual(t, honest, dropped, "message %d", i)
		require.NotEqual(t, honest, altered, "message %d", i)
		if i < count-1 {
			require.ErrorIs(t, errDropped, ErrRejected, "message %d", i)
			require.ErrorIs(t, errAltered, ErrRejected, "message %d", i)
		}
	}
}

// A commitment to more coefficients than its claim speaks of does not pass for
// the short polynomial, whichever of the two the prover opens.
func TestZeroExtensionBound(t *testing.T) {
	pk := testKey()
	r := seeded(11)
	const n, k = 7, 4
	s := statement{z: randomVector(r, n)}
	long := randomVector(r, 1<<n)
	blind := randomVector(r, 1)[0]
	c := Claim{Commitment: commitTo(pk, long, blind), NumVars: k, Value: poly.Eval(long[:1<<k], s.z[n-k:])}
	s.claims = []Claim{c}
	s.witnesses = []Witness{{Polynomial: poly.Dense(long[:1<<k]), Blind: blind}}
	require.ErrorIs(t, s.verify(pk, s.open(t, pk)), ErrRejected, "the short polynomial opened")

	full := statement{z: s.z}
	full.add(pk, n, long, blind)
	require.ErrorIs(t, s.verify(pk, full.open(t, pk)), ErrRejected, "the long polynomial opened")
}

// cheat runs the prover for n variables on a polynomial with twice the rows: q,
// h and S are honest for all rows, the claimed value is that of the lower half,
// and D leaves the upper rows out, as it must to be a polynomial.
func cheat(t *testing.T, pk *ProverKey, z []fr.Element, w fr.Vector) error {
	t.Helper()
	s := newShape(len(z))
	n := s.rows * s.cols
	claims := []Claim{{Commitment: commitTo(pk, w, fr.One()), NumVars: len(z), Value: poly.Eval(w[:n], z)}}
	p := newProver(pk, newTestTranscript(), z)
	absorbStatement(p.tr, pk.vk, z, claims)
	require.NoError(t, p.combine(claims, []Witness{{Polynomial: poly.Dense(w[:n]), Blind: fr.One()}}, seeded(1)))

	masked := make(fr.Vector, 2*n)
	p.f.read(masked[:n], 0)
	addScaled(masked[n:], w[n:], &p.f.coeff[0])
	p.rows *= 2
	p.f = combination{p.shape, &mask{a: make(fr.Vector, p.rows), c: make(fr.Vector, p.cols)},
		[]poly.Polynomial{poly.Dense(masked)}, []fr.Element{fr.One()}}
	p.eqRows = append(p.eqRows, make(fr.Vector, s.rows)...)
	require.NoError(t, p.fold())
	p.divide()
	p.s = innerProducts(p.g, p.eqCols, p.h, p.eqRows, &p.c.gamma)
	p.d = degreeWitness(p.g, p.h[:s.rows], &p.c.gamma)
	require.NoError(t, p.evaluate())
	p.batch()
	return Verify(pk.Verifier(), newTestTranscript(), z, claims, p.proof)
}

// Coefficients above 2^n are not ignored: D bounds the degree of h, so that all
// rows that the point does not reach are zero. The control shows that nothing
// else is wrong with the forged proof.
func TestDegreeBound(t *testing.T) {
	pk := testKey()
	r := seeded(13)
	const n = 7 // odd, so that twice the rows are as many as the columns
	z := randomVector(r, n)
	w := randomVector(r, 2<<n)
	require.ErrorIs(t, cheat(t, pk, z, w), ErrRejected)
	clear(w[1<<n:])
	require.NoError(t, cheat(t, pk, z, w))
	w[len(w)-1].SetOne()
	require.ErrorIs(t, cheat(t, pk, z, w), ErrRejected, "one coefficient too high")
}
