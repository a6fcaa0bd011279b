package folding

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold/internal/arith"
	"fold/internal/transcript"
	"fold/r1cs"
)

// drawn is the challenge as a circuit.
type drawn struct {
	PP, R                 frontend.Variable
	Running, Fresh, Cross []frontend.Variable
	curve                 string
}

func (d *drawn) Define(api frontend.API) error {
	c, err := r1cs.NewCircuit(api)
	if err != nil {
		return err
	}
	digest := Digest[frontend.Variable](c, d.curve, d.Running)
	r, _ := Challenge[frontend.Variable](c, d.curve, d.PP, digest, d.Fresh, d.Cross)
	c.AssertEqual(r, d.R, "challenge")
	return nil
}

func variables(v []fr.Element) []frontend.Variable {
	out := make([]frontend.Variable, len(v))
	for i := range v {
		out[i] = v[i]
	}
	return out
}

// Pitfalls 13 and 16: a circuit draws the prover's challenge, and another one if
// any number that it absorbs is another: each coordinate, u and x of the running
// instance and the fresh one, T, and the parameters, on both curves.
func TestPitfall16EverythingIsAbsorbed(t *testing.T) {
	both(t, testAbsorbed[fr.Element, bn254.G1Affine], testAbsorbed[fq.Element, grumpkin.G1Affine])
}

func testAbsorbed[E r1cs.Element, C comparable](t *testing.T, w *world[E, C]) {
	u, wit := w.chain(t, 2)
	fresh, second := w.fresh(t)
	f, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
	require.NoError(t, err)
	running, err := w.scheme.EncodeRunning(u)
	require.NoError(t, err)
	added, err := w.scheme.EncodeFresh(fresh)
	require.NoError(t, err)
	cross := w.scheme.group.encodePoint(f.Cross)
	curve := w.scheme.group.name()

	// Compiling overwrites the variables of what it compiles.
	circuit := func() *drawn {
		return &drawn{Running: variables(running), Fresh: variables(added), Cross: variables(cross), curve: curve}
	}
	sys, err := r1cs.Compile[fr.Element](circuit())
	require.NoError(t, err)
	rows := map[string]int{"bn254": 2191, "grumpkin": 1918}
	require.Equal(t, rows[curve], sys.Shape.Rows(), "digest and challenge in rows")
	given := circuit()
	given.PP, given.R = w.pp, f.Challenge
	_, err = sys.Solve(given)
	require.NoError(t, err)
	given.R = 1
	_, err = sys.Solve(given)
	require.ErrorIs(t, err, r1cs.ErrUnsatisfied)

	native := func() fr.Element {
		b := transcript.Field{Native: new(arith.Native)}
		r, _ := Challenge(b, curve, w.pp, Digest(b, curve, running), added, cross)
		return r
	}
	require.Equal(t, f.Challenge, native())
	one := fr.One()
	for _, part := range [][]fr.Element{running, added, cross} {
		for i := range part {
			part[i].Add(&part[i], &one)
			require.NotEqual(t, f.Challenge, native())
			part[i].Sub(&part[i], &one)
		}
	}
	w.pp.Add(&w.pp, &one)
	require.NotEqual(t, f.Challenge, native())
}
