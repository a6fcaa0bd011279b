package folding

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

// The hashes of a run are those of PROTOCOL.md, section 6, written out here a second time.
func TestHashesAreThoseOfTheText(t *testing.T) {
	p, s, _, _ := pointsRun(t, 2, 1)
	hash := transcript.HashNative
	pp, i := p.Digest(), fr.NewElement(2)
	z := hash("ivc z", s.Z...)
	require.Equal(t, hash("ivc context", pp, i, z), p.Context(s))

	list := append(packed(s.Main.W[0], s.Main.E), s.Main.U, s.Main.X[0])
	list = []fr.Element{pp, i, fr.NewElement(12), hash("ivc z", s.First...), z, hash("bn254 running", list...)}
	for _, c := range append(s.Cycle.W[:2:2], s.Cycle.E) {
		list = append(list, fr.Element(c.X), fr.Element(c.Y))
	}
	list = append(list, curve.FromInteger[fr.Element](curve.Integer(s.Cycle.U)))
	for _, x := range s.Cycle.X {
		l := r1cs.NonNativeLimbs(x)
		list = append(list, l[:]...)
	}
	require.Len(t, list, 22)
	require.Equal(t, hash("ivc state", list...), s.Fresh.X[0])
}

// pp is that of section 2, of both relations, both keys, the phases, and the step function
// with its width.
func TestParametersAreThoseOfTheText(t *testing.T) {
	p := paramsOf(t, points{})
	key, err := ivcKey()
	require.NoError(t, err)
	cycleKey, err := ivcCycleKey()
	require.NoError(t, err)
	id := func(name string, shape, key [32]byte, ends ...int) []byte {
		b := bytes.Join([][]byte{[]byte("fold/folding/v3/" + name), {0}, shape[:], key[:]}, nil)
		for _, n := range append([]int{len(ends)}, ends...) {
			b = binary.BigEndian.AppendUint64(b, uint64(n))
		}
		sum := sha256.Sum256(b)
		return sum[:]
	}
	main, cycle, phases := p.Relations()
	step := points{}.Digest()
	b := append([]byte("fold/folding/v3/parameters\x00"), id("bn254", main.Digest(), key.ID(), main.Private())...)
	b = append(b, id("grumpkin", cycle.Digest(), cycleKey.ID(), phases[0], phases[0]+phases[1])...)
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(append(b, step[:]...), 12))
	require.Equal(t, *new(fr.Element).SetBytes(sum[:31]), p.Digest())
}

// packed is points as section 3 writes them.
func packed(points ...bn254.G1Affine) (out []fr.Element) {
	mask := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 172), big.NewInt(1))
	for _, p := range points {
		x, y := p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))
		upper := new(big.Int).Rsh(y, 172)
		upper.Lsh(upper, 86).Add(upper, new(big.Int).Rsh(x, 172))
		for _, v := range []*big.Int{x.And(x, mask), y.And(y, mask), upper} {
			out = append(out, curve.FromInteger[fr.Element](v))
		}
	}
	return
}

// The statement of a CycleFold instance is that of section 5, and no point or scalar that
// the fingerprint is of can be chosen after it: a change of any one changes it.
func TestStatementFixesTheFingerprintsList(t *testing.T) {
	p, s, _, now := pointsRun(t, 2, 1)
	f := forge(t, p, s, now).main()
	digest := func(u *Instance[fr.Element, bn254.G1Affine]) fr.Element {
		return transcript.HashNative("bn254 running", append(packed(u.W[0], u.E), u.U, u.X[0])...)
	}
	text := func() fr.Element {
		list := []fr.Element{digest(&s.Main), digest(&f.next.Main),
			curve.FromInteger[fr.Element](wordOf(f.r, f.step.Rho))}
		list = append(list, packed(s.Fresh.W[0], f.cross)...)
		for _, points := range f.step.Points {
			list = append(list, packed(points...)...)
		}
		return transcript.HashNative("ivc points", list...)
	}
	statement := func() fr.Element {
		out, err := f.statement()
		require.NoError(t, err)
		require.Equal(t, text(), out)
		return out
	}
	seen := map[fr.Element]bool{statement(): true}
	differs := func() {
		out := statement()
		require.False(t, seen[out])
		seen[out] = true
	}
	_, _, g, _ := bn254.Generators()
	alter := func(v *bn254.G1Affine) {
		old := *v
		v.Add(v, &g)
		differs()
		*v = old
	}
	for i := range f.step.Points {
		for j := range f.step.Points[i] {
			alter(&f.step.Points[i][j])
		}
	}
	alter(&f.cross)
	alter(&f.next.Main.W[0])
	alter(&f.next.Main.E)
	f.step.Rho.SetOne()
	differs()
	f.r.SetOne()
	differs()
}

// The circuit constrains a factor u of Grumpkin to be below 2^248 when it reads it, also
// if everything is hashed and folded as the circuit does.
func TestFactorsOutOfRangeAreRefused(t *testing.T) {
	p, s, _, now := pointsRun(t, 2, 1)
	const at = 6 // of u in the encoded cfU
	attempt := func(u *big.Int) error {
		forged := *s
		forged.Instances = *cloneInstances(&s.Instances)
		f := forge(t, p, s, now)
		f.state = &forged
		f.proving.now.Cycle[at] = curve.FromInteger[fr.Element](u)
		f.here = f.proving.now.Public(protocol.Native())
		forged.Fresh.X[0], forged.Cycle.U = f.here, curve.FromInteger[fq.Element](u)
		f.main().cycle()
		factor := curve.FromInteger[fr.Element](curve.Integer(f.next.Cycle.U))
		f.next.Cycle.U.SetOne()
		next, err := p.io(&f.next.Instances)
		require.NoError(t, err)
		next.Cycle[at] = factor
		return solveAugmented(p, f.augmentedInputs(next.Public(protocol.Native())))
	}
	limit := new(big.Int).Lsh(big.NewInt(1), protocol.FactorBits)
	require.NoError(t, attempt(new(big.Int).Sub(limit, big.NewInt(1))))
	require.ErrorIs(t, attempt(limit), r1cs.ErrUnsatisfied)
}
