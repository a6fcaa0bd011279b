package ipa

import (
	"bytes"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/commit/evaltest"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
)

func TestOpenVerify(t *testing.T) {
	key := testKey()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, testVars).Draw(rt, "n")
		vars := rapid.SliceOfN(rapid.IntRange(0, n), 1, 4).Draw(rt, "vars")
		key := key.truncated(rapid.IntRange(1<<n/2+1, 1<<n).Draw(rt, "points"))
		s := newStatement(key, seeded(rapid.Byte().Draw(rt, "seed")), n, vars...)
		if rapid.Bool().Draw(rt, "boolean point") {
			fresh := statement{z: make([]fq.Element, n)}
			for i := range fresh.z {
				fresh.z[i].SetUint64(uint64(rapid.IntRange(0, 1).Draw(rt, "bit")))
			}
			for i, w := range s.witnesses {
				fresh.add(key, s.claims[i].NumVars, w.Polynomial, w.Blind)
			}
			s = fresh
		}
		prover, verifier := newTestTranscript(), newTestTranscript()
		p, err := Open(key, prover, s.z, s.claims, s.witnesses, nil)
		require.NoError(rt, err)
		decoded, err := Decode(p.Encode(), n)
		require.NoError(rt, err)
		require.Equal(rt, p.Encode(), decoded.Encode())
		require.NoError(rt, Verify(key, verifier, s.z, s.claims, decoded))
		require.Equal(rt, prover.Challenge(), verifier.Challenge(), "the transcripts part")
	})
}

// The formulas against their definitions.
func TestScalars(t *testing.T) {
	one := fq.One()
	for n := range 6 {
		z, x := randomVector(seeded(1), n), randomVector(seeded(2), n)
		s, eq := tensor(x, &one), fq.Vector(curve.Fq.EqTable(z))
		for i := range s {
			want, weight := one, one
			for j := range n {
				if i>>(n-1-j)&1 == 1 {
					want.Mul(&want, &x[j])
					weight.Mul(&weight, &z[j])
				} else {
					var t fq.Element
					weight.Mul(&weight, t.Sub(&one, &z[j]))
				}
			}
			require.Equal(t, want, s[i])
			require.Equal(t, weight, eq[i])
		}
		want := s.InnerProduct(eq)
		for j := range n {
			eq = fold(eq, &x[j])
		}
		require.Equal(t, want, eq[0])
	}
}

// argument is the evaluation argument for the tests that all of them pass.
func argument(key *Key) *evaltest.Argument[fq.Element, grumpkin.G1Affine, fq.Vector] {
	return &evaltest.Argument[fq.Element, grumpkin.G1Affine, fq.Vector]{
		Curve: curve.Grumpkin, Prover: key, Verifier: key, Rejected: ErrRejected,
		Commit:     func(w []fq.Element, blind fq.Element) grumpkin.G1Affine { return commitTo(key, w, blind) },
		Polynomial: func(w []fq.Element) fq.Vector { return w },
	}
}

func TestVanishingPolynomials(t *testing.T) { argument(testKey()).VanishingPolynomials(t, 0, 1, 5) }

func TestForeignProofs(t *testing.T) { argument(testKey()).ForeignProofs(t) }

// The randomness decides the proof: the same bytes again for a run that is
// repeated, and not one element in common otherwise.
func TestRandomness(t *testing.T) {
	key := testKey()
	s := newStatement(key, seeded(5), 5, 5)
	first := s.open(t, key).Encode()
	require.Equal(t, first, s.open(t, key).Encode())
	p, err := Open(key, newTestTranscript(), s.z, s.claims, s.witnesses, seeded(2))
	require.NoError(t, err)
	second := p.Encode()
	for i := 0; i < len(first); i += curve.ElementSize {
		require.NotEqual(t, first[i:i+curve.ElementSize], second[i:i+curve.ElementSize], "element %d",
			i/curve.ElementSize)
	}
	for _, length := range []int{0, 100, 500} {
		_, err = Open(key, newTestTranscript(), s.z, s.claims, s.witnesses, bytes.NewReader(make([]byte, length)))
		require.ErrorContains(t, err, "drawing a blind")
	}
}

func TestOpenRefuses(t *testing.T) {
	key := testKey()
	s := newStatement(key, seeded(5), 6, 6, 3)
	open := func(change func(s *statement)) error {
		c := statement{s.z, append([]Claim{}, s.claims...), append([]Witness{}, s.witnesses...)}
		change(&c)
		_, err := Open(key, newTestTranscript(), c.z, c.claims, c.witnesses, nil)
		return err
	}
	require.NoError(t, open(func(*statement) {}))
	for name, change := range map[string]func(s *statement){
		"wrong value":      func(s *statement) { s.claims[1].Value.SetOne() },
		"no claim":         func(s *statement) { s.claims, s.witnesses = nil, nil },
		"missing witness":  func(s *statement) { s.witnesses = s.witnesses[:1] },
		"witness too long": func(s *statement) { s.witnesses[1] = s.witnesses[0] },
		"witness short":    func(s *statement) { s.witnesses[1].Polynomial = s.witnesses[1].Polynomial[:7] },
		"too many vars":    func(s *statement) { s.z = s.z[1:] },
		"negative vars":    func(s *statement) { s.claims[1].NumVars = -1 },
		"point beyond key": func(s *statement) { s.z = make([]fq.Element, testVars+2) },
		"huge point":       func(s *statement) { s.z = make([]fq.Element, 64) },
		"off the curve":    func(s *statement) { s.claims[0].Commitment.X.SetOne() },
	} {
		require.ErrorIs(t, open(change), ErrStatement, name)
	}
}

// Elements of Fq go into the transcript as two limbs each, the lower first; q is
// larger than r, so that a reduction mod r would merge two values.
func TestAbsorbScalars(t *testing.T) {
	var got []fr.Element
	record := func(x ...fq.Element) []fr.Element {
		tr := transcript.Over(transcripttest.NewEditor(func(_ int, m transcripttest.Message) []transcripttest.Message {
			got = m.Values
			return nil
		}), "test")
		channel(tr).Absorb("x", x...)
		return got
	}
	var big fq.Element
	big.SetBigInt(fr.Modulus())
	require.NotEqual(t, record(fq.Element{}), record(big), "0 and r")
	require.Equal(t, []fr.Element{fr.NewElement(7), {}, {}, fr.One()}, record(fq.NewElement(7), power2(128)))
}

func power2(k int) fq.Element {
	x := fq.One()
	for range k {
		x.Double(&x)
	}
	return x
}

func TestNewKeyRefuses(t *testing.T) {
	_, err := NewKey(nil, testKey().h, fr.Element{})
	require.ErrorIs(t, err, ErrKey)
}

func TestInventory(t *testing.T) {
	argument(testKey()).Inventory(t, 4, "rho, xi", "x of the round", "c")
}
