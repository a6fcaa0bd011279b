//go:build unix

package commit

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"
	scalar "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
)

// BenchmarkGrumpkin commits to 2^16 scalars on Grumpkin: full-size ones, and what a
// witness has: two thirds bits, some small values, a quarter full-size.
func BenchmarkGrumpkin(b *testing.B) {
	const n = 1 << 16
	k, err := NewGrumpkinKey(n)
	if err != nil {
		b.Fatal(err)
	}
	full, witness := make(scalar.Vector, n), make(scalar.Vector, n)
	full.MustSetRandom()
	r := rand.New(rand.NewPCG(5, 6))
	for i := range witness {
		switch x := r.IntN(12); {
		case x < 8:
			witness[i].SetInt64(int64(r.IntN(2)))
		case x < 9:
			witness[i].SetInt64(int64(r.IntN(1<<16) - 1<<15))
		default:
			witness[i] = full[i]
		}
	}
	for name, w := range map[string]scalar.Vector{"full": full, "witness": witness} {
		b.Run(name, func(b *testing.B) {
			var blind scalar.Element
			perCell(b, n, func() {
				if _, err := k.Commit(w, &blind); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run("gnark/"+name, func(b *testing.B) {
			perCell(b, n, func() {
				var c curve.G1Affine
				if _, err := c.MultiExp(k.Points(), w, ecc.MultiExpConfig{}); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
