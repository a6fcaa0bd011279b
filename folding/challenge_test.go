package folding

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
	"fold.example/fold/r1cs/gadget"
)

// drawn is the challenge as a circuit.
type drawn struct {
	PP, R                         frontend.Variable
	Running, Public, First, Cross []frontend.Variable
	name                          string
}

func (d *drawn) Define(api frontend.API) error {
	c, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	r := draw[frontend.Variable](c, d.name, d.PP, d.Running, d.Public, d.First, d.Cross)
	c.AssertEqual(r, d.R, "challenge")
	return nil
}

func draw[F any](b transcript.Backend[F], name string, pp F, running, public, first, cross []F) F {
	digest := protocol.RunningDigest(b, name, running)
	r, _, err := protocol.Fold(b, protocol.NewFold(b, name), pp, digest, public, protocol.Messages[F]{
		Phases: []func() ([]F, error){protocol.Sent(first...)}, Cross: protocol.Sent(cross...),
	})
	if err != nil {
		panic(err) // all messages are known
	}
	return r
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

func testAbsorbed[E curve.Element, C comparable](t *testing.T, w *world[E, C]) {
	u, wit := w.chain(t, 2)
	fresh, second := w.fresh(t)
	f, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
	require.NoError(t, err)
	running, err := w.scheme.encodeRunning(u)
	require.NoError(t, err)
	public, first := w.scheme.group.encodeScalars(fresh.X), w.scheme.group.encodePoint(fresh.W[0])
	cross := w.scheme.group.encodePoint(f.Cross)
	name := w.scheme.group.Name

	// Compiling overwrites the variables of what it compiles.
	circuit := func() *drawn {
		return &drawn{Running: variables(running), Public: variables(public), First: variables(first),
			Cross: variables(cross), name: name}
	}
	sys, err := gadget.Compile[fr.Element](circuit())
	require.NoError(t, err)
	rows := map[string]int{"bn254": 1849, "grumpkin": 2046}
	require.Equal(t, rows[name], sys.Shape().Rows(), "digest and challenge in rows")
	given := circuit()
	given.PP, given.R = w.pp, f.Challenge
	_, err = sys.SolveCircuit(given)
	require.NoError(t, err)
	given.R = 1
	_, err = sys.SolveCircuit(given)
	require.ErrorIs(t, err, r1cs.ErrUnsatisfied)

	again := func() fr.Element {
		return draw(protocol.Native(), name, w.pp, running, public, first, cross)
	}
	require.Equal(t, f.Challenge, again())
	one := fr.One()
	for _, part := range [][]fr.Element{running, public, first, cross} {
		for i := range part {
			part[i].Add(&part[i], &one)
			require.NotEqual(t, f.Challenge, again())
			part[i].Sub(&part[i], &one)
		}
	}
	w.pp.Add(&w.pp, &one)
	require.NotEqual(t, f.Challenge, again())
}
