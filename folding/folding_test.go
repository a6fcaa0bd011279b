package folding

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// both runs a test over both curves.
func both(
	t *testing.T, onMain func(*testing.T, *world[fr.Element, bn254.G1Affine]),
	onCycle func(*testing.T, *world[fq.Element, grumpkin.G1Affine]),
) {
	t.Run("bn254", func(t *testing.T) { onMain(t, mainWorld(t, 40, smallKey)) })
	t.Run("grumpkin", func(t *testing.T) { onCycle(t, cycleWorld(t, 40, tinyKey)) })
}

func TestChainStaysSatisfied(t *testing.T) {
	both(t, testChain[fr.Element, bn254.G1Affine], testChain[fq.Element, grumpkin.G1Affine])
}

func testChain[E curve.Element, C comparable](t *testing.T, w *world[E, C]) {
	u, wit := w.scheme.Default()
	require.NoError(t, w.scheme.Check(u, wit), "the default instance")
	var sum E
	for range 5 {
		fresh, second := w.fresh(t)
		require.NoError(t, w.scheme.CheckFresh(fresh, second))
		f, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
		require.NoError(t, err)
		verified, err := w.scheme.Verify(w.pp, u, fresh, f.Cross)
		require.NoError(t, err)
		require.Equal(t, f.Instance, verified)
		u, wit = f.Instance, f.Witness
		require.NoError(t, w.scheme.Check(u, wit))

		require.LessOrEqual(t, integer(f.Challenge).BitLen(), 126)
		sum = curve.FieldOf[E]().Add(sum, w.scheme.group.scalar(f.Challenge))
		require.Equal(t, sum, u.U, "u is the sum of the challenges' scalars")
	}
	// Without what the prover remembers: the same fold from the vectors alone.
	fresh, second := w.fresh(t)
	blind := w.random()
	want, err := w.scheme.Prove(w.pp, u, wit, fresh, second, blind)
	require.NoError(t, err)
	wit.products, second.products = nil, nil
	got, err := w.scheme.Prove(w.pp, u, wit, fresh, second, blind)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// Vectors of zeros are folded like any others: the witness of 0 = 0^2 + 0 is zero in every
// place, and so are T and E, whatever it is folded into. Their blinds are not.
func TestVectorsOfZeros(t *testing.T) {
	both(t, testZeros[fr.Element, bn254.G1Affine], testZeros[fq.Element, grumpkin.G1Affine])
}

func testZeros[E curve.Element, C comparable](t *testing.T, w *world[E, C]) {
	u, wit := w.scheme.Default()
	for i := range 5 {
		fresh, second := w.fresh(t)
		if i < 3 {
			sol, err := w.system.SolveCircuit(&quadratic{X: 0, Y: 0, C: 0})
			require.NoError(t, err)
			require.Equal(t, make([]E, len(sol.W)), sol.W)
			fresh, second, err = w.scheme.Commit(sol, w.random())
			require.NoError(t, err)
		}
		f, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
		require.NoError(t, err)
		verified, err := w.scheme.Verify(w.pp, u, fresh, f.Cross)
		require.NoError(t, err)
		require.Equal(t, f.Instance, verified)
		u, wit = f.Instance, f.Witness
		require.NoError(t, w.scheme.Check(u, wit))
		if i < 3 {
			require.Equal(t, make([]E, len(wit.W)), wit.W)
			require.Equal(t, make([]E, len(wit.E)), wit.E)
		}
	}
}

// Any change of the instance or of its witness is seen.
func TestTamperingIsCaught(t *testing.T) {
	both(t, testTampering[fr.Element, bn254.G1Affine], testTampering[fq.Element, grumpkin.G1Affine])
}

func testTampering[E curve.Element, C comparable](t *testing.T, w *world[E, C]) {
	u, wit := w.chain(t, 3)
	other, _ := w.fresh(t)
	one := curve.One[E]()
	bump := func(v *E) { *v = addMultiple(*v, one, one) }
	for name, c := range map[string]struct {
		alter func(u *Instance[E, C], w *Witness[E])
		want  error
	}{
		"commitment to W": {func(u *Instance[E, C], _ *Witness[E]) { u.W = other.W }, ErrOpening},
		"commitment to E": {func(u *Instance[E, C], _ *Witness[E]) { u.E = other.W[0] }, ErrOpening},
		"E left out":      {func(u *Instance[E, C], _ *Witness[E]) { u.E = *new(C) }, ErrOpening},
		"blind of W":      {func(_ *Instance[E, C], w *Witness[E]) { bump(&w.BlindW[0]) }, ErrOpening},
		"blind of E":      {func(_ *Instance[E, C], w *Witness[E]) { bump(&w.BlindE) }, ErrOpening},
		"u":               {func(u *Instance[E, C], _ *Witness[E]) { bump(&u.U) }, r1cs.ErrUnsatisfied},
		"x":               {func(u *Instance[E, C], _ *Witness[E]) { bump(&u.X[1]) }, r1cs.ErrUnsatisfied},
		"W":               {func(_ *Instance[E, C], w *Witness[E]) { bump(&w.W[7]) }, r1cs.ErrUnsatisfied},
		"E":               {func(_ *Instance[E, C], w *Witness[E]) { bump(&w.E[0]) }, r1cs.ErrUnsatisfied},
		"no E":            {func(_ *Instance[E, C], w *Witness[E]) { w.E = nil }, r1cs.ErrLength},
		"E cut":           {func(_ *Instance[E, C], w *Witness[E]) { w.E = w.E[1:] }, r1cs.ErrLength},
		"E longer":        {func(_ *Instance[E, C], w *Witness[E]) { w.E = append(w.E, *new(E)) }, r1cs.ErrLength},
		"no W":            {func(_ *Instance[E, C], w *Witness[E]) { w.W = nil }, r1cs.ErrLength},
		"W cut":           {func(_ *Instance[E, C], w *Witness[E]) { w.W = w.W[:len(w.W)-1] }, r1cs.ErrLength},
		"no commitment":   {func(u *Instance[E, C], _ *Witness[E]) { u.W = nil }, ErrInstance},
		"two commitments": {func(u *Instance[E, C], _ *Witness[E]) { u.W = append(u.W, u.W[0]) }, ErrInstance},
		"no blind":        {func(_ *Instance[E, C], w *Witness[E]) { w.BlindW = nil }, ErrInstance},
		"no x":            {func(u *Instance[E, C], _ *Witness[E]) { u.X = nil }, ErrInstance},
		"x longer":        {func(u *Instance[E, C], _ *Witness[E]) { u.X = append(u.X, *new(E)) }, ErrInstance},
	} {
		badU, badW := u, *wit
		badU.X = append([]E{}, u.X...)
		badW.W, badW.E, badW.BlindW = slices.Clone(wit.W), slices.Clone(wit.E), slices.Clone(wit.BlindW)
		c.alter(&badU, &badW)
		require.ErrorIs(t, w.scheme.Check(badU, &badW), c.want, name)
	}
	require.NoError(t, w.scheme.Check(u, wit))
}

// Another T, another fresh instance, another running one or other parameters lead
// to a state that the prover's witness does not open; so does a fold of an
// instance that is not satisfied.
func TestLyingFoldsAreCaught(t *testing.T) {
	both(t, testLies[fr.Element, bn254.G1Affine], testLies[fq.Element, grumpkin.G1Affine])
}

func testLies[E curve.Element, C comparable](t *testing.T, w *world[E, C]) {
	u, wit := w.chain(t, 2)
	otherU, _ := w.chain(t, 2)
	fresh, second := w.fresh(t)
	otherFresh, otherSecond := w.fresh(t)
	f, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
	require.NoError(t, err)
	for name, verify := range map[string]func() (Instance[E, C], error){
		"T":          func() (Instance[E, C], error) { return w.scheme.Verify(w.pp, u, fresh, fresh.W[0]) },
		"no T":       func() (Instance[E, C], error) { return w.scheme.Verify(w.pp, u, fresh, *new(C)) },
		"fresh":      func() (Instance[E, C], error) { return w.scheme.Verify(w.pp, u, otherFresh, f.Cross) },
		"running":    func() (Instance[E, C], error) { return w.scheme.Verify(w.pp, otherU, fresh, f.Cross) },
		"parameters": func() (Instance[E, C], error) { return w.scheme.Verify(fr.NewElement(98), u, fresh, f.Cross) },
	} {
		got, err := verify()
		require.NoError(t, err)
		require.NotEqual(t, f.Instance, got, name)
		require.Error(t, w.scheme.Check(got, f.Witness), name)
	}
	lied := *second
	lied.W = append([]E{}, second.W...)
	lied.W[5] = w.random()
	lied.products = nil
	liedFresh := fresh
	c, err := w.scheme.group.key.CommitAt(0, lied.W, lied.Blind[0])
	require.NoError(t, err)
	liedFresh.W = []C{c}
	require.ErrorIs(t, w.scheme.CheckFresh(liedFresh, &lied), r1cs.ErrUnsatisfied)
	g, err := w.scheme.Prove(w.pp, u, wit, liedFresh, &lied, w.random())
	require.NoError(t, err)
	require.ErrorIs(t, w.scheme.Check(g.Instance, g.Witness), r1cs.ErrUnsatisfied)

	swapped, err := w.scheme.Prove(w.pp, u, wit, fresh, otherSecond, w.random())
	require.NoError(t, err)
	require.Error(t, w.scheme.Check(swapped.Instance, swapped.Witness))
}

// Pitfalls 4 and 10 in the prover: nothing is cut, nothing empty counts as zero.
func TestPitfall10LengthsAreChecked(t *testing.T) {
	both(t, testFoldLengths[fr.Element, bn254.G1Affine], testFoldLengths[fq.Element, grumpkin.G1Affine])
}

func testFoldLengths[E curve.Element, C comparable](t *testing.T, w *world[E, C]) {
	u, wit := w.chain(t, 1)
	fresh, second := w.fresh(t)
	for _, cut := range []func([]E) []E{
		func([]E) []E { return nil },
		func(v []E) []E { return v[1:] },
		func(v []E) []E { return append(append([]E{}, v...), v[0]) },
	} {
		bad := *wit
		bad.W = cut(wit.W)
		_, err := w.scheme.Prove(w.pp, u, &bad, fresh, second, w.random())
		require.ErrorIs(t, err, r1cs.ErrLength)
		bad = *wit
		bad.E = cut(wit.E)
		_, err = w.scheme.Prove(w.pp, u, &bad, fresh, second, w.random())
		require.ErrorIs(t, err, r1cs.ErrLength)
		worse := *second
		worse.W = cut(second.W)
		_, err = w.scheme.Prove(w.pp, u, wit, fresh, &worse, w.random())
		require.ErrorIs(t, err, r1cs.ErrLength)
		badU := u
		badU.X = cut(u.X)
		_, err = w.scheme.Verify(w.pp, badU, fresh, fresh.W[0])
		require.ErrorIs(t, err, ErrInstance)
		badFresh := fresh
		badFresh.X = cut(fresh.X)
		_, err = w.scheme.Verify(w.pp, u, badFresh, fresh.W[0])
		require.ErrorIs(t, err, ErrInstance)
		sol := w.solve(t)
		sol.W = cut(sol.W)
		_, _, err = w.scheme.Commit(sol, w.random())
		require.ErrorIs(t, err, r1cs.ErrLength)
	}
}

// Pitfall 33: neither a witness nor a cross term is committed to without a blind,
// and the folded blinds are those of the folded commitments.
func TestPitfall33BlindsAreNotZero(t *testing.T) {
	both(t, testBlinds[fr.Element, bn254.G1Affine], testBlinds[fq.Element, grumpkin.G1Affine])
}

func testBlinds[E curve.Element, C comparable](t *testing.T, w *world[E, C]) {
	var zero E
	sol := w.solve(t)
	_, _, err := w.scheme.Commit(sol, zero)
	require.ErrorIs(t, err, ErrBlind)
	u, wit := w.chain(t, 1)
	require.NotEqual(t, zero, wit.BlindW[0])
	require.NotEqual(t, zero, wit.BlindE)
	fresh, second := w.fresh(t)
	_, err = w.scheme.Prove(w.pp, u, wit, fresh, second, zero)
	require.ErrorIs(t, err, ErrBlind)

	a, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
	require.NoError(t, err)
	b, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
	require.NoError(t, err)
	require.NotEqual(t, a.Cross, b.Cross, "the commitment to T depends on its blind")
}

// Pitfall 15: points that are not on the curve are refused wherever they enter.
func TestPitfall15PointsOffTheCurve(t *testing.T) {
	w := mainWorld(t, 40, smallKey)
	c := cycleWorld(t, 40, tinyKey)
	var p bn254.G1Affine
	p.X.SetUint64(1)
	p.Y.SetUint64(3)
	var q grumpkin.G1Affine
	q.X.SetUint64(1)
	q.Y.SetUint64(3)
	offCurve(t, w, p)
	offCurve(t, c, q)
}

func offCurve[E curve.Element, C comparable](t *testing.T, w *world[E, C], bad C) {
	u, wit := w.chain(t, 1)
	fresh, second := w.fresh(t)
	for _, alter := range []func(u *Instance[E, C], fresh *Fresh[E, C], cross *C){
		func(u *Instance[E, C], _ *Fresh[E, C], _ *C) { u.W = []C{bad} },
		func(u *Instance[E, C], _ *Fresh[E, C], _ *C) { u.E = bad },
		func(_ *Instance[E, C], f *Fresh[E, C], _ *C) { f.W = []C{bad} },
		func(_ *Instance[E, C], _ *Fresh[E, C], cross *C) { *cross = bad },
	} {
		badU, badFresh, cross := u, fresh, fresh.W[0]
		alter(&badU, &badFresh, &cross)
		_, err := w.scheme.Verify(w.pp, badU, badFresh, cross)
		require.ErrorIs(t, err, ErrInstance)
	}
	broken := u
	broken.W = []C{bad}
	require.ErrorIs(t, w.scheme.Check(broken, wit), ErrInstance)
	fresh.W = []C{bad}
	require.ErrorIs(t, w.scheme.CheckFresh(fresh, second), ErrInstance)
}

// Pitfall 8: a Grumpkin factor that does not have its one encoding is refused.
func TestPitfall08FactorIsAnInteger(t *testing.T) {
	w := cycleWorld(t, 40, tinyKey)
	u, wit := w.chain(t, 1)
	u.U.SetInt64(-1)
	require.ErrorIs(t, w.scheme.Check(u, wit), ErrInstance)
	_, err := w.scheme.encodeRunning(u)
	require.ErrorIs(t, err, ErrInstance)
}

func TestShortKeysAreRefused(t *testing.T) {
	sys := compiled[fr.Element](t, 500)
	key, err := smallKey()
	require.NoError(t, err)
	_, err = NewMain(sys.Shape(), key)
	require.ErrorIs(t, err, commit.ErrTooShort)
	tiny, err := tinyKey()
	require.NoError(t, err)
	_, err = NewCycle(compiled[fq.Element](t, 500).Shape(), nil, tiny)
	require.ErrorIs(t, err, commit.ErrTooShort)
}
