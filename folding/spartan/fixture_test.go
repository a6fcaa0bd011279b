package spartan

import (
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

var (
	smallKey   = sync.OnceValues(func() (*commit.Key, error) { return commit.SetupDevelopment(1 << 12) })
	smallCycle = sync.OnceValues(func() (*commit.GrumpkinKey, error) { return commit.NewGrumpkinKey(1 << 9) })
)

// seeded is a generator of bytes for masks, for reproducible tests.
func seeded(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

// size is what a random relation is drawn by.
type size struct{ rows, public, private, perRow int }

// randomShape has entries in random columns, mostly ones and minus ones, as circuits
// have.
func randomShape[E curve.Element](t testing.TB, f *curve.Field[E], rng *rand.Rand, s size) *r1cs.Shape[E] {
	columns := 1 + s.public + s.private
	expression := func() (terms []r1cs.Term[E]) {
		seen := map[int]bool{}
		for range 1 + rng.IntN(s.perRow) {
			column, value := rng.IntN(columns), f.Int(1-2*int64(rng.IntN(2)))
			if rng.IntN(4) == 0 {
				value = f.Int(2 + int64(rng.IntN(1000)))
			}
			if !seen[column] {
				terms = append(terms, r1cs.Term[E]{Column: column, Value: value})
			}
			seen[column] = true
		}
		return
	}
	rows := make([]r1cs.Constraint[E], s.rows)
	for i := range rows {
		rows[i] = r1cs.Constraint[E]{A: expression(), B: expression(), C: expression()}
	}
	shape, err := r1cs.NewShape(s.public, s.private, rows)
	require.NoError(t, err)
	return shape
}

// world is a key with a statement that is true, and its secret.
type world struct {
	key    *ProverKey
	s      Statement
	secret Secret
	rng    *rand.Rand
}

// newWorld draws a statement about two relations, with claims on polynomials of the
// given numbers of variables. The cycle's witness has two parts.
func newWorld(t testing.TB, seed uint64, main, cycle size, claims ...int) *world {
	key, err := smallKey()
	require.NoError(t, err)
	cycleKey, err := smallCycle()
	require.NoError(t, err)
	return newWorldOver(t, seed, key, cycleKey, main, cycle, claims...)
}

func newWorldOver(
	t testing.TB, seed uint64, key *commit.Key, cycleKey *commit.GrumpkinKey, main, cycle size, claims ...int,
) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 1))}
	cut := cycle.private / 3
	var err error
	w.key, err = NewKey(context.Background(),
		Relation[fr.Element]{randomShape(t, curve.Fr, w.rng, main), []int{main.private}},
		Relation[fq.Element]{randomShape(t, curve.Fq, w.rng, cycle), []int{cut, cycle.private - cut}},
		key, cycleKey)
	require.NoError(t, err)
	w.s.Context = fr.NewElement(seed)
	w.fill(t, seeded(byte(seed)), claims)
	return w
}

// fill draws instances and claims.
func (w *world) fill(t testing.TB, random io.Reader, claims []int) {
	m, err := randomInstance(curve.Fr, w.key.main, w.key.relation, w.key.key, random)
	require.NoError(t, err)
	w.s.Main, w.secret.Main = m.public, m.secret
	c, err := randomInstance(curve.Fq, w.key.cycle, w.key.shape, w.key.cycleKey, random)
	require.NoError(t, err)
	w.s.Cycle, w.secret.Cycle = c.public, c.secret
	for _, vars := range claims {
		w.addClaim(t, random, vars)
	}
}

func (w *world) addClaim(t testing.TB, random io.Reader, vars int) {
	values, err := curve.Fr.DrawVector(random, 1<<vars)
	require.NoError(t, err)
	point, err := curve.Fr.DrawVector(random, vars+1)
	require.NoError(t, err)
	blind := point[vars]
	point = point[:vars]
	c, err := w.key.key.CommitAt(0, values, blind)
	require.NoError(t, err)
	w.s.Claims = append(w.s.Claims, Claim{c, point, curve.Fr.Dot(curve.Fr.EqTable(point), values)})
	w.secret.Claims = append(w.secret.Claims, ClaimWitness{values, blind})
}

func (w *world) prove(t testing.TB, seed byte) *Proof {
	p, err := Prove(context.Background(), w.key, &w.s, &w.secret, seeded(seed))
	require.NoError(t, err)
	return p
}

// small is a world that is proven in some ten milliseconds.
func small(t testing.TB) *world {
	return newWorld(t, 1, size{50, 2, 40, 3}, size{30, 3, 27, 3}, 4, 7)
}

// begun returns the transcript of a statement that has been absorbed.
func begun(s *Statement, k *VerifierKey) *transcript.Native {
	tr := transcript.New(domain)
	s.absorb(tr, k.digest)
	return tr
}
