package poly

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
)

// reduction is a random instance: polynomials of several sizes, made of aligned tensors of
// every kind, with claims on them.
type reduction struct {
	shape  ReduceShape
	sparse []*Sparse
	dense  []fr.Vector
	claims []PointClaim[fr.Element]
	proof  Reduction[fr.Element]
}

func drawReduction(t require.TestingT, rng *rand.Rand, rowBits, polys, claims int) (x reduction) {
	x.shape.RowBits = rowBits
	for range polys {
		high := rng.IntN(7) // up to several bundles of rows
		p, dense := drawSparse(rng, rowBits, high)
		x.sparse, x.dense = append(x.sparse, p), append(x.dense, dense)
		x.shape.Vars = append(x.shape.Vars, rowBits+high)
		x.shape.Rounds = max(x.shape.Rounds, rowBits+high)
	}
	x.shape.Rounds += rng.IntN(3) // rounds in which the polynomials of fewer variables are constant
	shared := randomPoint(rng, rowBits)
	for range claims {
		p := rng.IntN(polys)
		point := randomPoint(rng, x.shape.Vars[p])
		for i := range rng.IntN(len(point) + 1) { // offset bits
			point[i] = indicator(rng.IntN(2) == 1)
		}
		if rng.IntN(2) == 0 {
			copy(point[len(point)-rowBits:], shared)
		}
		x.claims = append(x.claims, PointClaim[fr.Element]{p, point, Eval(x.dense[p], point)})
	}
	var err error
	x.proof, _, err = Reduce(transcript.New("test"), x.shape.Rounds, x.sparse, x.claims, nil)
	require.NoError(t, err)
	return
}

// drawSparse splits 2^high rows into aligned tensors, some of which are absent.
func drawSparse(rng *rand.Rand, rowBits, high int) (*Sparse, fr.Vector) {
	p, dense := &Sparse{Vars: rowBits + high, RowBits: rowBits}, make(fr.Vector, 1<<(rowBits+high))
	for at := 0; at < 1<<high; {
		bits := rng.IntN(high + 1)
		for at&(1<<bits-1) != 0 || at+1<<bits > 1<<high {
			bits--
		}
		n := 1 << bits
		if rng.IntN(4) > 0 {
			lives := make([]int, n)
			for t := range lives {
				lives[t] = rng.IntN(1<<rowBits + 1)
			}
			live := func(t int) int { return lives[t] }
			d := drawColumn(rng, rng.IntN(8), rowBits+bits, rowBits, live)
			copy(dense[at<<rowBits:], d.dense)
			p.Segments = append(p.Segments, Segment{at, n, d.column, live})
		}
		at += n
	}
	return p, dense
}

// verify returns an error if the verifier rejects the proof, or if a value that it returns
// for opening is wrong.
func (x *reduction) verify() error {
	ar := new(arith.Native)
	point, err := VerifyReduce(ar, transcript.New("test"), x.shape, x.claims, x.proof)
	if err != nil {
		return err
	}
	for p, v := range x.proof.Values {
		at := point[len(point)-x.shape.Vars[p]:]
		ar.AssertEqual(v, Eval(x.dense[p], at), "opening")
	}
	return ar.Err()
}

func TestReduce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 9))
		x := drawReduction(t, rng, rapid.IntRange(0, 4).Draw(t, "rowBits"),
			rapid.IntRange(1, 3).Draw(t, "polys"), rapid.IntRange(0, 6).Draw(t, "claims"))
		require.NoError(t, x.verify())
	})
}

// Rows longer than a stripe of the integer loops, extreme cells, and rows passed as known.
func TestReduceLongRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 10))
	const rowBits, high = 10, 3
	all := func(int) int { return 1 << rowBits }
	for kind := range 8 {
		d := drawColumn(rng, kind, rowBits+high, rowBits, all)
		p := &Sparse{Vars: rowBits + high, RowBits: rowBits, Segments: []Segment{{0, 1 << high, d.column, nil}}}
		point := randomPoint(rng, p.Vars)
		x := reduction{
			shape: ReduceShape{[]int{p.Vars}, rowBits, p.Vars}, sparse: []*Sparse{p}, dense: []fr.Vector{d.dense},
			claims: []PointClaim[fr.Element]{{0, point, Eval(d.dense, point)}},
		}
		var err error
		x.proof, _, err = Reduce(transcript.New("test"), x.shape.Rounds, x.sparse, x.claims, nil)
		require.NoError(t, err)
		require.NoError(t, x.verify(), "kind %d", kind)

		row := append(fr.Vector{}, d.dense...)
		for i := range high {
			row = Bind(row, &point[i])
		}
		same, _, err := Reduce(transcript.New("test"), x.shape.Rounds, x.sparse, x.claims, []fr.Vector{row})
		require.NoError(t, err)
		require.Equal(t, x.proof, same)
	}
}

func TestReduceForgeries(t *testing.T) {
	x := drawReduction(t, rand.New(rand.NewPCG(11, 11)), 2, 3, 6)
	require.NoError(t, x.verify())
	one := fr.One()
	for i := range x.proof.Rounds {
		for j := range x.proof.Rounds[i] {
			old := x.proof.Rounds[i][j]
			x.proof.Rounds[i][j].Add(&old, &one)
			require.Error(t, x.verify(), "round %d, coefficient %d", i, j)
			x.proof.Rounds[i][j] = old
		}
	}
	for p := range x.proof.Values {
		old := x.proof.Values[p]
		x.proof.Values[p].Add(&old, &one)
		require.Error(t, x.verify(), "value %d", p)
		x.proof.Values[p] = old
	}
	for k := range x.claims {
		old := x.claims[k].Value
		x.claims[k].Value.Add(&old, &one)
		require.Error(t, x.verify(), "claim %d", k)
		x.claims[k].Value = old
		for i := range x.claims[k].Point {
			old := x.claims[k].Point[i]
			x.claims[k].Point[i].Add(&old, &one)
			require.Error(t, x.verify(), "claim %d, coordinate %d", k, i)
			x.claims[k].Point[i] = old
		}
	}
	require.NoError(t, x.verify())

	refuse := func(name string, change func(y *reduction)) {
		y := x
		y.claims = append([]PointClaim[fr.Element]{}, x.claims...)
		y.shape.Vars = append([]int{}, x.shape.Vars...)
		change(&y)
		require.ErrorIs(t, y.verify(), ErrShape, name)
	}
	refuse("a round dropped", func(y *reduction) { y.proof.Rounds = y.proof.Rounds[1:] })
	refuse("a value dropped", func(y *reduction) { y.proof.Values = y.proof.Values[1:] })
	refuse("a value more", func(y *reduction) { y.proof.Values = append(y.proof.Values[:3:3], one) })
	refuse("a point too short", func(y *reduction) { y.claims[0].Point = y.claims[0].Point[1:] })
	refuse("no such polynomial", func(y *reduction) { y.claims[0].Poly = 3 })
	refuse("rows too long", func(y *reduction) { y.shape.RowBits = 7 })
	refuse("fewer rounds than variables", func(y *reduction) { y.shape.Rounds = y.shape.Vars[0] - 1 })
	refuse("no polynomials", func(y *reduction) { y.shape.Vars = nil })
}

// Every message of a reduction affects all later challenges.
func TestEveryReductionMessageIsAbsorbed(t *testing.T) {
	x := drawReduction(t, rand.New(rand.NewPCG(15, 15)), 2, 2, 4)
	messages := len(x.proof.Rounds)
	seen := map[fr.Element]bool{}
	for drop := -1; drop < messages; drop++ {
		b := transcripttest.NewEditor(transcripttest.Drop(drop))
		tr := transcript.Over(b, "test")
		_, err := VerifyReduce(new(arith.Native), tr, x.shape, x.claims, x.proof)
		require.NoError(t, err)
		require.Equal(t, messages, b.Messages)
		seen[tr.Challenge()] = true
	}
	require.Len(t, seen, 1+messages)
}

func TestReduceChecksItsInput(t *testing.T) {
	column := Field(make(fr.Vector, 8), 1)
	good := &Sparse{Vars: 3, RowBits: 1, Segments: []Segment{{0, 4, column, nil}}}
	claim := []PointClaim[fr.Element]{{0, make([]fr.Element, 3), fr.Element{}}}
	for name, ps := range map[string][]*Sparse{
		"rows of two lengths": {good, {Vars: 3, RowBits: 2}},
		"more rows than fit":  {{Vars: 3, RowBits: 1, Segments: []Segment{{1, 4, column, nil}}}},
		"fewer than a row":    {{Vars: 0, RowBits: 1}},
		"more than rounds":    {{Vars: 4, RowBits: 1}},
		"none":                nil,
	} {
		_, _, err := Reduce(transcript.New("test"), 3, ps, claim, nil)
		require.ErrorIs(t, err, ErrShape, name)
	}
	_, _, err := Reduce(transcript.New("test"), 3, []*Sparse{good}, claim, []fr.Vector{make(fr.Vector, 3)})
	require.ErrorIs(t, err, ErrShape)
}
