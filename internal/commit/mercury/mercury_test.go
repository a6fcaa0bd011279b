package mercury

import (
	"bytes"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/evaltest"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

func TestOpenVerify(t *testing.T) {
	pk := testKey()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, testVars).Draw(rt, "n")
		vars := rapid.SliceOfN(rapid.IntRange(0, n), 1, 4).Draw(rt, "vars")
		s := newStatement(pk, seeded(rapid.Byte().Draw(rt, "seed")), n, vars...)
		if rapid.Bool().Draw(rt, "boolean point") {
			for i := range s.z {
				s.z[i].SetUint64(uint64(rapid.IntRange(0, 1).Draw(rt, "bit")))
			}
			fresh := statement{z: s.z}
			for i, w := range s.witnesses {
				fresh.add(pk, s.claims[i].NumVars, fr.Vector(w.Polynomial.(poly.Dense)), w.Blind)
			}
			s = fresh
		}
		prover, verifier := newTestTranscript(), transcript.New("test")
		p, err := Open(pk, prover, s.z, s.claims, s.witnesses, nil)
		require.NoError(rt, err)
		decoded, err := Decode(p.Encode())
		require.NoError(rt, err)
		require.Equal(rt, p, decoded)
		require.NoError(rt, Verify(pk.Verifier(), verifier, s.z, s.claims, decoded))
		require.Equal(rt, prover.Challenge(), verifier.Challenge(), "the transcripts part")
	})
}

// argument is the evaluation argument for the tests that all of them pass.
func argument(pk *ProverKey) *evaltest.Argument[fr.Element, bn254.G1Affine, poly.Polynomial] {
	return &evaltest.Argument[fr.Element, bn254.G1Affine, poly.Polynomial]{
		Curve: curve.BN254, Prover: pk, Verifier: pk.Verifier(), Rejected: ErrRejected,
		Commit:     func(w []fr.Element, blind fr.Element) bn254.G1Affine { return commitTo(pk, w, blind) },
		Polynomial: func(w []fr.Element) poly.Polynomial { return poly.Dense(w) },
	}
}

func TestVanishingPolynomials(t *testing.T) {
	argument(testKey()).VanishingPolynomials(t, 0, 1, 2, testVars)
}

func TestForeignProofs(t *testing.T) { argument(testKey()).ForeignProofs(t) }

// A prover that reads its polynomial in several pieces sends the same bytes.
func TestPieces(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(5), testVars, testVars, 4)
	whole := s.open(t, pk).Encode()
	for _, log := range []int{0, 6, 8} {
		p := newProver(pk, newTestTranscript(), s.z)
		p.pieceLog = log
		got, err := p.run(s.claims, s.witnesses, seeded(1))
		require.NoError(t, err)
		require.Equal(t, whole, got.Encode(), "pieces of 2^%d", log)
	}
}

// The randomness decides the proof: the same bytes again for a run that is
// repeated, and not one element in common otherwise.
func TestRandomness(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(5), 6, 6)
	first := s.open(t, pk).Encode()
	require.Equal(t, first, s.open(t, pk).Encode())
	p, err := Open(pk, newTestTranscript(), s.z, s.claims, s.witnesses, seeded(2))
	require.NoError(t, err)
	second := p.Encode()
	for i := 0; i < ProofSize; i += 32 {
		require.NotEqual(t, first[i:i+32], second[i:i+32], "element %d", i/32)
	}
	_, err = Open(pk, newTestTranscript(), s.z, s.claims, s.witnesses, bytes.NewReader(make([]byte, 100)))
	require.ErrorContains(t, err, "drawing the mask")
}

func TestOpenRefuses(t *testing.T) {
	pk := testKey()
	s := newStatement(pk, seeded(5), 6, 6, 3)
	open := func(change func(s *statement)) error {
		c := statement{s.z, append([]Claim{}, s.claims...), append([]Witness{}, s.witnesses...)}
		change(&c)
		_, err := Open(pk, newTestTranscript(), c.z, c.claims, c.witnesses, nil)
		return err
	}
	require.NoError(t, open(func(*statement) {}))
	for name, change := range map[string]func(s *statement){
		"wrong value":       func(s *statement) { s.claims[1].Value.SetOne() },
		"no claim":          func(s *statement) { s.claims, s.witnesses = nil, nil },
		"missing witness":   func(s *statement) { s.witnesses = s.witnesses[:1] },
		"witness too long":  func(s *statement) { s.witnesses[1] = s.witnesses[0] },
		"length 63":         func(s *statement) { s.witnesses[0].Polynomial = make(poly.Dense, 63) },
		"length 0":          func(s *statement) { s.witnesses[0].Polynomial = poly.Dense{} },
		"too many vars":     func(s *statement) { s.z = s.z[1:] },
		"negative vars":     func(s *statement) { s.claims[1].NumVars = -1 },
		"point beyond key":  func(s *statement) { s.z = make([]fr.Element, testVars+2) },
		"off-curve claimed": func(s *statement) { s.claims[0].Commitment.X.SetOne() },
	} {
		require.ErrorIs(t, open(change), ErrStatement, name)
	}
}

// Several openings, of different sizes, are checked by one pairing product.
func TestCheckMany(t *testing.T) {
	pk := testKey()
	var all []Deferred
	for n := range testVars {
		s := newStatement(pk, seeded(byte(n)), n, n)
		d, err := Reduce(pk.Verifier(), newTestTranscript(), s.z, s.claims, s.open(t, pk))
		require.NoError(t, err)
		all = append(all, d)
	}
	require.NoError(t, Check(pk.Verifier(), all...))
	require.NoError(t, Check(pk.Verifier()))
	for i := range all {
		for _, p := range []*bn254.G1Affine{&all[i].one, &all[i].tau, &all[i].quotient} {
			old := *p
			p.Add(p, &pk.points[1])
			require.ErrorIs(t, Check(pk.Verifier(), all...), ErrRejected)
			*p = old
		}
	}
	small, err := commit.SetupDevelopment(4)
	require.NoError(t, err)
	pk = NewProverKey(small)
	require.ErrorIs(t, Check(pk.Verifier(), all...), ErrRejected, "a key too small")
	pk = testKey()
	// errors of opposite sign in two equations do not cancel
	all[3].one.Add(&all[3].one, &pk.points[1])
	all[5].one.Sub(&all[5].one, &pk.points[1])
	require.ErrorIs(t, Check(pk.Verifier(), all...), ErrRejected)
}

// Keys: what each has G2 elements for can be opened, and nothing else.
func TestKeySizes(t *testing.T) {
	whole, err := commit.SetupDevelopment(1 << 6)
	require.NoError(t, err)
	for n, want := range map[int]int{2: 0, 4: 2, 7: 2, 8: 3, 33: 5, 64: 6} {
		key, err := whole.Truncate(n)
		require.NoError(t, err)
		pk := NewProverKey(key)
		require.Equal(t, want, pk.Verifier().MaxVars(), "%d points", n)
		s := newStatement(pk, seeded(1), want, want)
		require.NoError(t, s.verify(pk, s.open(t, pk)))
		full := NewProverKey(whole)
		require.NoError(t, s.verify(full, s.open(t, pk)), "a truncated key is the same key")
	}
}

func TestInventory(t *testing.T) {
	argument(testKey()).Inventory(t, 4, "rho", "alpha", "gamma", "zeta", "beta", "x", "weight")
}
