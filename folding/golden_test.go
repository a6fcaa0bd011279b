package folding

import (
	"testing"

	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
)

// The generators of Grumpkin are a function of nothing, so that folds of given witnesses
// and blinds have one transcript. A change of what is absorbed, of its order, of a tag
// or of an encoding changes these numbers, and with them all stores and proofs: it
// takes another version of the protocol.
func TestGoldenCycleFold(t *testing.T) {
	w := cycleWorld(t, 20, tinyKey)
	u, wit := w.chain(t, 1)
	digest, err := w.scheme.digest(u)
	require.NoError(t, err)
	require.Equal(t, "2441120581709398719107418252369575216053273948426362000408455361600090474609", digest.String())

	fresh, second := w.fresh(t)
	f, err := w.scheme.Prove(w.pp, u, wit, fresh, second, fq.NewElement(7))
	require.NoError(t, err)
	require.Equal(t, "29518962695265046685041651899201541606", f.Challenge.String())
	digest, err = w.scheme.digest(f.Instance)
	require.NoError(t, err)
	require.Equal(t, "6371433147419662097829225605927881056830820455381408927242529890286577157643", digest.String())
}
