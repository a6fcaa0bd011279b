package mercury

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
)

// CommitAffine commits to an affine polynomial with a blind. The commitment is a
// combination of the sums of the key's rows and columns, so that it costs two
// multiplications of 2^(n/2) points. The sums are computed once for a number of variables,
// and Open needs them too.
func (pk *ProverKey) CommitAffine(a poly.Affine, blind *fr.Element) (bn254.G1Affine, error) {
	if n := a.NumVars(); n > pk.vk.maxVars {
		return bn254.G1Affine{}, fmt.Errorf("%w: a polynomial of %d variables, the key has %d", ErrStatement, n,
			pk.vk.maxVars)
	}
	s := newShape(a.NumVars())
	cut := s.n - s.split
	rows, cols := poly.Affine{Slopes: a.Slopes[:cut]}, poly.Affine{Constant: a.Constant, Slopes: a.Slopes[cut:]}
	m := &mask{a: rows.Values(), c: cols.Values(), blind: *blind}
	return m.commit(pk, pk.keySums(s)), nil
}
