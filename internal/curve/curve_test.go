package curve

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/wire"
)

func seeded(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// Both fields agree with arithmetic on integers modulo their order, on elements and on
// vectors.
func TestFields(t *testing.T) {
	t.Run("Fr", func(t *testing.T) { testField(t, Fr, fr.Modulus()) })
	t.Run("Fq", func(t *testing.T) { testField(t, Fq, fq.Modulus()) })
}

func testField[E Element](t *testing.T, f *Field[E], p *big.Int) {
	require.Same(t, f, FieldOf[E]())
	require.Equal(t, p, f.Modulus())
	const n = 300 // more than one block of the vector kernels
	a, err := f.DrawVector(seeded(1), n)
	require.NoError(t, err)
	b, err := f.DrawVector(seeded(2), n)
	require.NoError(t, err)
	mod := func(v *big.Int) E { return f.FromInteger(v.Mod(v, p)) }
	sum, difference, product, scaled := make([]E, n), make([]E, n), make([]E, n), make([]E, n)
	f.AddTo(sum, a, b)
	f.SubTo(difference, a, b)
	f.MulTo(product, a, b)
	f.Scale(scaled, a, b[0])
	dot := new(big.Int)
	for i := range a {
		x, y := f.Integer(a[i]), f.Integer(b[i])
		require.Equal(t, mod(new(big.Int).Add(x, y)), sum[i])
		require.Equal(t, mod(new(big.Int).Sub(x, y)), difference[i])
		require.Equal(t, mod(new(big.Int).Mul(x, y)), product[i])
		require.Equal(t, mod(new(big.Int).Mul(x, f.Integer(b[0]))), scaled[i])
		dot.Add(dot, new(big.Int).Mul(x, y))
		require.Equal(t, f.One, f.Mul(a[i], f.Inverse(a[i])))
		require.Equal(t, f.Sub(f.Zero, a[i]), f.Neg(a[i]))
	}
	require.Equal(t, mod(dot), f.Dot(a, b))
	require.Equal(t, f.One, f.Add(f.Half(), f.Half()))
	require.Equal(t, f.Neg(f.One), f.MinusOne())
	require.Equal(t, f.Zero, f.Inverse(f.Zero))

	encoded := f.Encode(a[0])
	got, err := f.Decode(encoded[:])
	require.NoError(t, err)
	require.Equal(t, a[0], got)
	_, err = f.Decode(p.FillBytes(make([]byte, ElementSize)))
	require.Error(t, err, "the modulus is not canonical")
}

// EqTable and Bind agree with their definitions.
func TestMultilinear(t *testing.T) {
	f := Fq
	q, err := f.DrawVector(seeded(3), 4)
	require.NoError(t, err)
	table := f.EqTable(q)
	for i := range table {
		want := f.One
		for j, x := range q {
			want = f.Mul(want, f.Eq1(f.Int(int64(i>>(len(q)-1-j)&1)), x))
		}
		require.Equal(t, want, table[i])
	}
	require.Equal(t, table[0], f.EqZero(q))
	v, err := f.DrawVector(seeded(4), len(table))
	require.NoError(t, err)
	want := f.Dot(table, v)
	for _, x := range q {
		v = f.Bind(v, x)
	}
	require.Equal(t, []fq.Element{want}, v)
}

// Points, including infinity, survive both encodings, and sums agree with the group law.
func TestCurves(t *testing.T) {
	_, _, g, _ := bn254.Generators()
	_, h := grumpkin.Generators()
	t.Run("bn254", func(t *testing.T) { testCurve(t, BN254, g) })
	t.Run("grumpkin", func(t *testing.T) { testCurve(t, Grumpkin, h) })
}

func testCurve[E Element, C comparable](t *testing.T, c *Curve[E, C], g C) {
	five := c.Sum([]C{g, g}, []E{c.Int(2), c.Int(3)})
	require.Equal(t, five, c.AddMultiple(g, big.NewInt(4), g))
	for _, p := range []C{*new(C), g, five} {
		require.True(t, c.OnCurve(p))
		b := c.Compress(p)
		q, err := c.Decompress(b[:])
		require.NoError(t, err)
		require.Equal(t, p, q)
		data := wire.Encode(func(w *wire.Coder) { c.CodePoints(w, "a point", &p) })
		require.Equal(t, b[:], data)
		q = *new(C)
		require.NoError(t, wire.Decode(data, func(w *wire.Coder) { c.CodePoints(w, "a point", &q) }))
		require.Equal(t, p, q)
	}
	require.Panics(t, func() { c.Sum([]C{g}, nil) })
}

// A channel absorbs what the package documentation says. Challenges on Grumpkin are the
// transcript's challenges below 2^126.
func TestChannels(t *testing.T) {
	_, h := grumpkin.Generators()
	x := Fq.FromInteger(new(big.Int).Lsh(big.NewInt(5), 130))
	a, b := transcript.New("test"), transcript.New("test")
	ch := Grumpkin.Channel(a)
	ch.Absorb("x", x)
	ch.AbsorbPoints("h", h)
	b.Absorb("x", fr.Element{}, fr.NewElement(20))
	b.Absorb("h", fr.Element(h.X), fr.Element(h.Y))
	r, _ := b.Challenge126()
	require.Equal(t, Fr.Integer(r), Fq.Integer(ch.Challenge()))
}

// Failed assertions are recorded; Const panics over Fq for a constant that is not a small
// integer.
func TestArithmetic(t *testing.T) {
	for name, fails := range map[string]func(a *Arithmetic[fq.Element]){
		"equal": func(a *Arithmetic[fq.Element]) { a.AssertEqual(a.One, a.Zero, "") },
		"bool":  func(a *Arithmetic[fq.Element]) { a.AssertBool(a.Int(2), "") },
		"zero":  func(a *Arithmetic[fq.Element]) { a.Inverse(a.Zero) },
	} {
		a := Fq.Arithmetic()
		a.AssertEqual(a.Const(fr.NewElement(7)), a.Int(7), "")
		a.AssertBool(a.Select(a.One, a.Zero, a.Int(2)), "")
		require.NoError(t, a.Err())
		fails(a)
		require.Error(t, a.Err(), name)
	}
	half := fr.NewElement(2)
	half.Inverse(&half)
	require.Equal(t, half, Fr.Arithmetic().Const(half))
	require.Panics(t, func() { Fq.Arithmetic().Const(half) })
}
