package folding

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// A run that is finished is two running instances that are satisfied; who has no
// circuits computes the same ones from what is public, and others from anything else.
func TestFinish(t *testing.T) {
	p, s := counted(t, 3)
	f, err := p.Finish(s, prf("seed"))
	require.NoError(t, err)
	require.NoError(t, p.main.Check(f.Main, f.MainWitness))
	require.NoError(t, p.cycle.Check(f.Cycle, f.CycleWitness))
	again, err := p.Finish(s, prf("seed"))
	require.NoError(t, err)
	require.Equal(t, f.Main, again.Main)

	v := NewVerifier(p.Digest(), p.width)
	in := f.Instances
	in.Fresh.X = make([]fr.Element, 1)
	in.Fresh.X[0], err = v.Public(&in)
	require.NoError(t, err)
	require.Equal(t, f.Fresh, in.Fresh)
	have, err := v.Finish(&in, s.First, f.Cross)
	require.NoError(t, err)
	require.Equal(t, f.Main, have)

	other := in
	other.Z = []fr.Element{fr.NewElement(5)}
	_, err = v.Finish(&other, s.First, f.Cross)
	require.ErrorIs(t, err, ErrState)
	other.Fresh.X = make([]fr.Element, 1) // the hash of a lie is one that no step has put out
	other.Fresh.X[0], err = v.Public(&other)
	require.NoError(t, err)
	have, err = v.Finish(&other, s.First, f.Cross)
	require.NoError(t, err)
	require.Error(t, p.main.Check(have, f.MainWitness))
	_, err = v.Finish(&in, other.Z, f.Cross)
	require.ErrorIs(t, err, ErrState)
	_, err = NewVerifier(fr.NewElement(1), p.width).Finish(&in, s.First, f.Cross)
	require.ErrorIs(t, err, ErrState)

	start, err := p.Start(s.First)
	require.NoError(t, err)
	_, err = p.Finish(start, prf("seed"))
	require.ErrorIs(t, err, ErrState)
}

func TestRelations(t *testing.T) {
	p, _ := counted(t, 1)
	main, cycle, phases := p.Relations()
	require.Equal(t, p.main.shape, main)
	alone, cut, err := CycleRelation(counter{}.Operations())
	require.NoError(t, err)
	require.Equal(t, cycle.Digest(), alone.Digest())
	require.Equal(t, phases, cut)
	require.Equal(t, cycle.Private(), phases[0]+phases[1])
}
