package gadget

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark/frontend"

	"fold.example/fold/internal/transcript"
)

// beta is the cube root of unity in Fq with (beta x, y) = lambda (x, y) on BN254's G1, for the
// lambda of transcript.Endoscalar.
var beta, _ = new(big.Int).SetString("2203960485148121921418603742825762020974279258880205651966", 10)

// MultiplyEndoscalar returns k p for the transcript.Endoscalar k of a short challenge, whose
// transcript.ChallengeBits bits the caller has constrained to be bits. The curve must be BN254's
// G1. The cost is 8 rows a digit.
//
// The ladder doubles and adds one of p, -p, lambda p, -lambda p (Halo, eprint 2019/1021,
// section 6.2). It begins at the offset, and has Multiply's treatment of exceptional cases: for a
// p that somebody chose as a multiple of the offset, the circuit may be unsatisfiable, and nothing
// wrong is accepted. k is not zero (transcript.Endoscalar).
func (c *Curve) MultiplyEndoscalar(p Point, bits []frontend.Variable) Point {
	if len(bits) != transcript.ChallengeBits || c.constants != bn254Constants() {
		panic(fmt.Sprintf("gadget: an endoscalar of %d bits, expected %d on BN254's G1", len(bits),
			transcript.ChallengeBits))
	}
	api, base := c.api, c.finite(p)
	less := new(big.Int).Sub(beta, big.NewInt(1))
	acc := affinePoint{c.offset.x, c.offset.y}
	for i := transcript.EndoDigits - 1; i >= 0; i-- {
		sign := api.Sub(1, api.Mul(2, bits[2*i]))
		root := api.Add(1, api.Mul(less, bits[2*i+1]))
		acc = c.doubleAdd(acc, affinePoint{api.Mul(root, base.x), api.Mul(sign, base.y)})
		if i%settled == 0 {
			acc.y = wire(api, acc.y) // the expression grows by one term a digit
		}
	}
	away := c.multiple(transcript.EndoDigits)
	sum := c.Add(Point{acc.x, acc.y, 0}, Point{away.x, away.y, 0})
	return c.unless(p.Infinity, sum)
}
