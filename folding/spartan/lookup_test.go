package spartan

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// newProver returns a prover of w's main side that has played the outer sumcheck.
func (w *world) newProver(t testing.TB) (*mainProver, *transcript.Native) {
	tr := begun(&w.s, w.key.VerifierKey)
	ch := curve.BN254.Channel(tr)
	p, err := conceal(curve.BN254, w.key.main, w.key.relation, w.key.key, ch, w.s.Main, w.secret.Main, seeded(1))
	require.NoError(t, err)
	p.outer(ch)
	return p, tr
}

// The sum over the entries is that of the matrices at rx with z.
func TestSumOverTheEntries(t *testing.T) {
	w := small(t)
	p, tr := w.newProver(t)
	l, err := w.key.list.proveLookups(p, tr, new(matrixProof[fr.Element, bn254.G1Affine]), w.key.key.Commit)
	require.NoError(t, err)
	require.Equal(t, p.inner(), valueOf(l))
	require.Equal(t, p.inner(), curve.Fr.Dot(p.columns(), p.z()))
}

// A vector over the entries that is a function of an index is committed to by way of the
// sums of the key's points.
func TestSumsOfPoints(t *testing.T) {
	w := newWorld(t, 4, size{300, 2, 200, 5}, size{3, 1, 3, 2})
	for _, a := range w.key.list.axes {
		table, err := curve.Fr.DrawVector(seeded(2), len(a.counts))
		require.NoError(t, err)
		values := make(fr.Vector, len(a.index))
		for j, i := range a.index {
			values[j] = table[i]
		}
		want, err := w.key.key.Commit(values)
		require.NoError(t, err)
		require.Equal(t, want, a.look(table))
	}
}

// lookupWorld is the argument about the matrices by itself: a forger may replace any of
// its vectors, and has the replaced ones opened.
type lookupWorld struct {
	w      *world
	m      matrixProof[fr.Element, bn254.G1Affine]
	forged func(l *lookupProver)
}

// holds plays prover and verifier, and compares the last value with what the
// polynomials, which the test knows, make at the point.
func (x *lookupWorld) holds(t testing.TB) bool {
	p, tr := x.w.newProver(t)
	f := curve.Fr
	l, err := x.w.key.list.proveLookups(p, tr, &x.m, x.w.key.key.Commit)
	require.NoError(t, err)
	if x.forged != nil {
		x.forged(l)
	}
	require.NoError(t, l.prepare())

	n := max(l.entryVars(), l.axisVars(byRow), l.axisVars(byColumn)) + 1
	claims := l.claims(&x.m)
	zeros := make([]fr.Element, n)
	weights, sum := weigh(p.ar, tr.Challenge(), zeros, claims)
	messages, s := proveBatch(f, tr, n, matrixDegree, l.summands(n), weights)
	x.m.values = l.values()
	value := batchValue(p.ar, sum, messages, s)
	tr.Absorb("lookup values", x.m.values[:]...)
	left := openMain(p.side, l.lookups, &x.m, tr.Challenge(), zeros, s, claims, weights, value)

	b := &blend{vars: n}
	l.open(b, left.factors)
	witness, _ := p.opened(left.factors)
	b.add(poly.Dense(witness), len(witness), f.One)
	v, one := make(fr.Vector, 1<<n), fr.One()
	b.AddScaled(v, 0, &one)
	return f.Dot(f.EqTable(s), v) == left.value
}

func TestLookupsHold(t *testing.T) {
	require.True(t, (&lookupWorld{w: small(t)}).holds(t))
}

// Each of the three relations, and the sum, refuses what the others accept.
func TestForgedLookups(t *testing.T) {
	f := curve.Fr
	for name, forge := range map[string]func(l *lookupProver){
		// another table is looked up, with inverses of its own: h w = 1 holds, and the
		// value follows; the sums differ
		"a table's value": func(l *lookupProver) {
			table := &l.tables[byRow]
			i := table.used[5]
			table.x = append(fr.Vector{}, table.x...)
			table.x[i] = f.Add(table.x[i], f.One)
			w := f.Sub(table.pole[i], l.beta)
			table.inv = append(fr.Vector{}, table.inv...)
			table.inv[i] = f.Inverse(w)
			setTotal(l, valueOf(l))
		},
		// and g is bent until the sums agree: then g w is not the count
		"a table's value and g": func(l *lookupProver) {
			table := &l.tables[byColumn]
			i := table.used[5]
			table.x = append(fr.Vector{}, table.x...)
			table.x[i] = f.Add(table.x[i], f.One)
			w := f.Sub(table.pole[i], l.beta)
			table.inv = append(fr.Vector{}, table.inv...)
			table.inv[i] = f.Inverse(w)
			table.g = append(fr.Vector{}, table.g...)
			table.g[i] = f.Mul(table.inv[i], f.Int(int64(table.counts[i])))
			setTotal(l, valueOf(l))
		},
		// or h is left as it was: then h w is not 1
		"a table's value alone": func(l *lookupProver) {
			table := &l.tables[byRow]
			table.x = append(fr.Vector{}, table.x...)
			table.x[table.used[0]] = f.Add(table.x[table.used[0]], f.One)
			setTotal(l, valueOf(l))
		},
		"the value": func(l *lookupProver) { setTotal(l, f.Add(l.inner(), f.One)) },
		"h": func(l *lookupProver) {
			table := &l.tables[byRow]
			table.inv = append(fr.Vector{}, table.inv...)
			table.inv[table.used[1]] = f.Zero
		},
		"g where no entry is": func(l *lookupProver) {
			table := &l.tables[byRow]
			table.g = append(fr.Vector{}, table.g...)
			table.g[len(table.g)-1] = f.One
		},
	} {
		x := &lookupWorld{w: small(t), forged: forge}
		require.False(t, x.holds(t), name)
	}
}

// setTotal has the verifier expect another sum over the entries.
func setTotal(l *lookupProver, total fr.Element) { l.side.values = [3]fr.Element{total} }

// valueOf is the sum over the entries with the tables as they are.
func valueOf(l *lookupProver) (sum fr.Element) {
	for j, n := range l.list.values {
		x, y := &l.tables[byRow], &l.tables[byColumn]
		v := curve.Fr.Mul(x.x[x.index[j]], y.x[y.index[j]])
		sum = curve.Fr.Add(sum, curve.Fr.Mul(v, l.list.coefficients[n]))
	}
	return
}

// A verifier that is given other commitments to the matrices refuses.
func TestMatricesOfAnotherRelation(t *testing.T) {
	w := small(t)
	p := w.prove(t, 1)
	for i := range w.key.matrices.fixed {
		other := *w.key.VerifierKey
		other.matrices.fixed[i] = bn254.G1Affine{}
		require.ErrorIs(t, Verify(&other, &w.s, p), ErrRejected, "commitment %d", i)
	}
	other := *w.key.VerifierKey
	other.matrices.entries--
	require.Equal(t, w.key.matrices.entryVars(), other.matrices.entryVars())
	require.ErrorIs(t, Verify(&other, &w.s, p), ErrRejected)
}
