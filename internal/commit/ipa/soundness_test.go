package ipa

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
)

func TestAlteredStatement(t *testing.T) {
	key := testKey()
	s := newStatement(key, seeded(7), 6, 6, 4)
	p := s.open(t, key)
	require.NoError(t, s.verify(key, p))
	one := fq.One()
	for name, change := range map[string]func(s *statement){
		"value":              func(s *statement) { s.claims[0].Value.Add(&s.claims[0].Value, &one) },
		"value of the short": func(s *statement) { s.claims[1].Value.Add(&s.claims[1].Value, &one) },
		"first coordinate":   func(s *statement) { s.z[0].Add(&s.z[0], &one) },
		"last coordinate":    func(s *statement) { s.z[5].Add(&s.z[5], &one) },
		"commitment": func(s *statement) {
			s.claims[1].Commitment.Add(&s.claims[1].Commitment, &key.points[3])
		},
		"blind":             func(s *statement) { s.claims[1].Commitment.Add(&s.claims[1].Commitment, &key.h) },
		"value base":        func(s *statement) { s.claims[1].Commitment.Add(&s.claims[1].Commitment, &key.u) },
		"commitment at inf": func(s *statement) { s.claims[1].Commitment = grumpkin.G1Affine{} },
		"order":             func(s *statement) { s.claims[0], s.claims[1] = s.claims[1], s.claims[0] },
		"smaller claim":     func(s *statement) { s.claims[1].NumVars-- },
		"larger claim":      func(s *statement) { s.claims[1].NumVars++ },
		"shorter point":     func(s *statement) { s.z, s.claims = s.z[1:], s.claims[1:] },
		"longer point":      func(s *statement) { s.z = append([]fq.Element{{}}, s.z...) },
		"claim left out":    func(s *statement) { s.claims = s.claims[:1] },
		"claim twice":       func(s *statement) { s.claims = append(s.claims, s.claims[1]) },
	} {
		c := statement{append([]fq.Element{}, s.z...), append([]Claim{}, s.claims...), nil}
		change(&c)
		require.ErrorIs(t, c.verify(key, p), ErrRejected, name)
	}
	require.ErrorIs(t, s.verify(otherKey(), p), ErrRejected, "other key")
}

func TestEveryByte(t *testing.T) {
	key := testKey()
	s := newStatement(key, seeded(7), 4, 4)
	good := s.open(t, key).Encode()
	for i := range good {
		bad := append([]byte{}, good...)
		bad[i] ^= 1 << (i % 8)
		p, err := Decode(bad, 4)
		if err != nil {
			require.ErrorIs(t, err, ErrEncoding)
			continue
		}
		require.ErrorIs(t, s.verify(key, p), ErrRejected, "byte %d", i)
	}
}

// Every point replaced by infinity, a point of the key, or another point of the
// proof, and every answer by zero or one, is rejected.
func TestReplacedElements(t *testing.T) {
	key := testKey()
	s := newStatement(key, seeded(7), 5, 5)
	p := s.open(t, key)
	points := p.points()
	for i, x := range points {
		old := *x
		for _, y := range []grumpkin.G1Affine{{}, key.points[0], *points[(i+1)%len(points)]} {
			*x = y
			require.ErrorIs(t, s.verify(key, p), ErrRejected, "point %d", i)
		}
		*x = old
	}
	for i, x := range []*fq.Element{&p.a, &p.b} {
		old := *x
		for _, y := range []fq.Element{{}, fq.One()} {
			*x = y
			require.ErrorIs(t, s.verify(key, p), ErrRejected, "answer %d", i)
		}
		*x = old
	}
	zeros := &Proof{left: make([]grumpkin.G1Affine, 5), right: make([]grumpkin.G1Affine, 5)}
	require.ErrorIs(t, s.verify(key, zeros), ErrRejected, "all zeros")
	p.left = p.left[:4]
	require.ErrorIs(t, s.verify(key, p), ErrRejected, "a round short")
	require.ErrorIs(t, s.verify(key, new(Proof)), ErrRejected, "no rounds")
}

// Every message of the transcript, dropped or altered, changes the outcome. The
// answers come last, no challenge follows: there it is the state that is left.
func TestEveryAbsorbedItem(t *testing.T) {
	key := testKey()
	s := newStatement(key, seeded(7), 3, 3, 2)
	p := s.open(t, key)
	verify := func(edit transcripttest.Edit) (left fr.Element, messages int, err error) {
		b := transcripttest.NewEditor(edit)
		tr := transcript.Over(b, "test")
		err = Verify(key, tr, s.z, s.claims, p)
		return tr.Challenge(), b.Messages, err
	}
	honest, count, err := verify(transcripttest.Keep)
	require.NoError(t, err)
	require.Equal(t, 5+3+2, count)
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

// A commitment to more values than its claim speaks of does not pass for the
// short polynomial, whichever of the two the prover opens.
func TestZeroExtensionBound(t *testing.T) {
	key := testKey()
	r := seeded(11)
	const n, k = 6, 4
	s := statement{z: randomVector(r, n)}
	long := randomVector(r, 1<<n)
	blind := randomVector(r, 1)[0]
	s.add(key, k, long, blind)
	s.witnesses[0].Polynomial = long[:1<<k]
	require.ErrorIs(t, s.verify(key, s.open(t, key)), ErrRejected, "the short polynomial opened")

	full := statement{z: s.z}
	full.add(key, n, long, blind)
	require.ErrorIs(t, s.verify(key, full.open(t, key)), ErrRejected, "the long polynomial opened")
}

// Values above the key's points do not exist: they can neither be committed to nor
// invented in the argument. A proof for a longer key is not one for the shorter,
// even where all the values are the same.
func TestTruncatedKey(t *testing.T) {
	whole := testKey().truncated(64)
	short := whole.truncated(41)
	s := newStatement(short, seeded(23), 6, 6)
	p := s.open(t, short)
	require.NoError(t, s.verify(short, p))
	require.ErrorIs(t, s.verify(whole, p), ErrRejected)
	require.ErrorIs(t, s.verify(short, s.open(t, whole)), ErrRejected)

	long := newStatement(whole, seeded(23), 6, 6)
	require.ErrorIs(t, long.verify(short, long.open(t, whole)), ErrRejected)

	// the prover adds a value at an index without a point, and claims it
	forged := newStatement(short, seeded(23), 6, 6)
	eq, one := fq.Vector(curve.Fq.EqTable(forged.z)), fq.One()
	forged.claims[0].Value.Add(&forged.claims[0].Value, &eq[63])
	tr := newTestTranscript()
	absorbStatement(tr, short, forged.z, forged.claims)
	coeff, _ := combine(tr, forged.z, forged.claims)
	fp := newProver(short, forged.z, coeff, forged.witnesses)
	fp.a[63], fp.b[63] = one, eq[63]
	fp.xi = channel(tr).Challenge()
	for range forged.z {
		require.NoError(t, fp.round(tr, seeded(1)))
	}
	require.NoError(t, fp.finish(tr, seeded(1)))
	require.ErrorIs(t, forged.verify(short, fp.proof), ErrRejected)
}

// A commitment that hides a multiple of U shifts every value by a constant that
// its owner knows, unless U is scaled by a challenge that comes after it. The
// prover here is honest. In the control it knows that ξ is one.
func TestValueBaseIsScaled(t *testing.T) {
	key := testKey()
	forge := func(fixed bool) error {
		s := newStatement(key, seeded(19), 4, 4)
		tr := newTestTranscript()
		s.claims[0].Commitment.Add(&s.claims[0].Commitment, &key.u) // one U more
		one := fq.One()
		s.claims[0].Value.Sub(&s.claims[0].Value, &one) // and a value one less
		absorbStatement(tr, key, s.z, s.claims)
		coeff, value := combine(tr, s.z, s.claims)
		p := newProver(key, s.z, coeff, s.witnesses)
		p.xi = channel(tr).Challenge()
		if fixed {
			p.xi = one
		}
		xi := p.xi
		for range s.z {
			require.NoError(t, p.round(tr, seeded(1)))
		}
		require.NoError(t, p.finish(tr, seeded(1)))
		if !fixed {
			return s.verify(key, p.proof)
		}
		tr = newTestTranscript()
		absorbStatement(tr, key, s.z, s.claims)
		combine(tr, s.z, s.claims)
		channel(tr).Challenge()
		x := make(fq.Vector, len(s.z))
		for i := range x {
			x[i] = absorbRound(tr, &p.proof.left[i], &p.proof.right[i])
		}
		c := absorbFinal(tr, &p.proof.final)
		return p.proof.check(key, s.z, s.claims, coeff, x, &value, &xi, &c)
	}
	require.NoError(t, forge(true), "with ξ = 1 the forgery passes")
	require.ErrorIs(t, forge(false), ErrRejected)
}
