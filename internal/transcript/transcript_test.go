package transcript

import (
	"math/big"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/arith"
)

// The permutation of (0, 1, 2, 3) is the vector of HorizenLabs' reference.
func TestPublishedWidth4(t *testing.T) {
	s := numbers(4)
	Field{}.Permute(s)
	require.Equal(t, "01bd538c2ee014ed5141b29e9ae240bf8db3fe5b9a38629a9647cf8d76c01737", hex(s[0]))
}

func TestWidthsDiffer(t *testing.T) {
	s, b := numbers(4), numbers(12)
	Field{}.Permute(s)
	Field{}.Permute(b)
	require.NotEqual(t, s[0], b[0])
	require.Panics(t, func() { Field{}.Permute(numbers(5)) })
}

// The transcript follows the state machine of the package documentation, computed here step by
// step.
func TestStateMachine(t *testing.T) {
	p := poseidon2.NewPermutation(4, 8, 56)
	x := numbers(20)[10:]
	s := make([]fr.Element, 4)
	permute := func() { require.NoError(t, p.Permutation(s)) }
	add := func(i int, v fr.Element) { s[i].Add(&s[i], &v) }
	head := func(text string, mode, drawn, length int64) (h fr.Element) {
		v := new(big.Int).SetBytes([]byte(text))
		v.Mul(v, new(big.Int).Lsh(big.NewInt(1), 64))
		v.Add(v, big.NewInt(mode<<56+drawn<<32+length))
		h.SetBigInt(v)
		return
	}
	tr := New("domain")
	s[3] = head("domain", 0, 0, 0)
	permute()

	tr.Absorb("a", x[:4]...) // two blocks
	add(3, head("a", 1, 0, 4))
	for i := range 3 {
		add(i, x[i])
	}
	permute()
	add(0, x[3])
	permute()
	for i := range 3 {
		require.Equal(t, s[i], tr.Challenge())
	}
	add(3, head("", 3, 3, 0)) // a fourth challenge
	permute()
	require.Equal(t, s[0], tr.Challenge())

	tr.Absorb("empty")
	add(3, head("empty", 1, 4, 0))
	permute()
	tr.Absorb("long", x[:8]...)
	add(3, head("long", 1, 0, 8))
	add(0, HashNative("long", x[:8]...))
	permute()
	require.Equal(t, s[0], tr.Challenge())
}

func TestHash(t *testing.T) {
	x := numbers(12)
	s := make([]fr.Element, 12)
	s[11] = header("h", modeHash, 0, 12)
	copy(s, x[:11])
	p := poseidon2.NewPermutation(12, 8, 57)
	require.NoError(t, p.Permutation(s))
	s[0].Add(&s[0], &x[11])
	require.NoError(t, p.Permutation(s))
	require.Equal(t, s[0], HashNative("h", x...))

	seen := map[fr.Element]bool{}
	for n := range 13 {
		seen[HashNative("h", make([]fr.Element, n)...)] = true
		seen[HashNative("g", make([]fr.Element, n)...)] = true
	}
	require.Len(t, seen, 26)
}

func TestHeaderIsInjective(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type in struct {
			text                string
			mode, drawn, length int
		}
		draw := func(name string) in {
			return in{
				rapid.StringMatching(`[a-c]{1,23}`).Draw(t, name),
				rapid.IntRange(0, 3).Draw(t, name), rapid.IntRange(0, 1<<24-1).Draw(t, name),
				rapid.IntRange(0, 1<<32-1).Draw(t, name),
			}
		}
		a, b := draw("a"), draw("b")
		ha, hb := header(a.text, a.mode, a.drawn, a.length), header(b.text, b.mode, b.drawn, b.length)
		require.Equal(t, a == b, ha == hb)
	})
	for _, bad := range []string{"", "a\x00b", strings.Repeat("x", 24)} {
		require.Panics(t, func() { header(bad, modeMessage, 0, 0) })
	}
}

// Different schedules of calls have different challenges.
func TestBoundaries(t *testing.T) {
	x := numbers(9)
	schedules := []func(*Native){
		func(tr *Native) { tr.Absorb("a", x[1], x[2]) },
		func(tr *Native) { tr.Absorb("b", x[1], x[2]) },
		func(tr *Native) { tr.Absorb("a", x[1], x[2], x[0]) }, // a zero at the end
		func(tr *Native) { tr.Absorb("a", x[0], x[1], x[2]) },
		func(tr *Native) { tr.Absorb("a", x[1]); tr.Absorb("a", x[2]) },
		func(tr *Native) { tr.Absorb("a", x[1], x[2]); tr.Absorb("a") },
		func(tr *Native) { tr.Absorb("a"); tr.Absorb("a", x[1], x[2]) },
		func(tr *Native) { tr.Challenge(); tr.Absorb("a", x[1], x[2]) },
		func(tr *Native) { tr.Challenge(); tr.Challenge(); tr.Absorb("a", x[1], x[2]) },
		func(tr *Native) { tr.Absorb("a", x[:7]...) },
		func(tr *Native) { tr.Absorb("a", HashNative("a", x[:7]...)) },
		func(*Native) {},
	}
	seen := map[fr.Element]int{}
	for i, f := range schedules {
		tr := New("d")
		f(tr)
		c := tr.Challenge()
		require.NotContains(t, seen, c, "schedule %d", i)
		seen[c] = i
	}
	require.NotContains(t, seen, New("e").Challenge())
}

func TestChallenge126(t *testing.T) {
	a, b := New("d"), New("d")
	for range 20 {
		full := a.Challenge()
		c, bits := b.Challenge126()
		want := full.BigInt(new(big.Int))
		want.And(want, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 126), big.NewInt(1)))
		require.Zero(t, want.Cmp(c.BigInt(new(big.Int))))
		require.Len(t, bits, 126)
		for i := range bits {
			require.Equal(t, uint64(want.Bit(i)), bits[i].Uint64())
		}
	}
}

func TestPoints(t *testing.T) {
	_, _, g1, _ := bn254.Generators()
	var p bn254.G1Affine
	p.ScalarMultiplication(&g1, big.NewInt(123456789))
	l := PointLimbs(&p)
	for i, c := range []*big.Int{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))} {
		lo, hi := l[2*i].BigInt(new(big.Int)), l[2*i+1].BigInt(new(big.Int))
		require.LessOrEqual(t, lo.BitLen(), 128)
		require.LessOrEqual(t, hi.BitLen(), 126)
		require.Zero(t, c.Cmp(lo.Add(lo, hi.Lsh(hi, 128))))
	}
	require.Equal(t, [4]fr.Element{}, PointLimbs(new(bn254.G1Affine)))

	tr, by := New("d"), New("d")
	AbsorbPoints(tr, "p", p, bn254.G1Affine{})
	by.Absorb("p", append(l[:], make([]fr.Element, 4)...)...)
	require.Equal(t, by.Challenge(), tr.Challenge())

	_, g := grumpkin.Generators()
	AbsorbGrumpkin(tr, "g", g)
	by.Absorb("g", fr.Element(g.X), fr.Element(g.Y))
	require.Equal(t, by.Challenge(), tr.Challenge())
	require.Zero(t, ecc.BN254.ScalarField().Cmp(ecc.GRUMPKIN.BaseField()))
}

// The challenge of a fixed transcript does not change: every proof depends on it.
func TestGolden(t *testing.T) {
	tr := New("fold golden")
	tr.Absorb("x", numbers(5)...)
	tr.Absorb("y", numbers(30)...)
	require.Equal(t, "1255ce6c0e563eccc4e28e21bab21ea13aff3a5306986e9a58a66023dcec4192", hex(tr.Challenge()))
}

func numbers(n int) []fr.Element {
	s := make([]fr.Element, n)
	for i := range s {
		s[i].SetUint64(uint64(i))
	}
	return s
}

func hex(x fr.Element) string {
	b := x.Bytes()
	return new(big.Int).SetBytes(append([]byte{1}, b[:]...)).Text(16)[1:]
}

func BenchmarkPermute(b *testing.B) {
	for _, w := range []int{ShortWidth, BulkWidth} {
		b.Run(big.NewInt(int64(w)).String(), func(b *testing.B) {
			s, f := numbers(w), Field{new(arith.Native)}
			for b.Loop() {
				f.Permute(s)
			}
		})
	}
}
