package folding

import (
	"math/big"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
)

// words is the challenges of a fingerprint, two in each.
type words [protocol.FingerprintWords]*big.Int

func (w words) challenges() (c [protocol.FingerprintChallenges]fq.Element) {
	for i := range w {
		high := new(big.Int).Rsh(w[i], transcript.ChallengeBits)
		low := new(big.Int).Sub(w[i], new(big.Int).Lsh(high, transcript.ChallengeBits))
		c[2*i], c[2*i+1] = curve.FromInteger[fq.Element](low), curve.FromInteger[fq.Element](high)
	}
	return
}

// fingerprint is phi (PROTOCOL.md, section 5) of the scalars, packed, and of the points' coordinates.
func fingerprint(w words, scalars *big.Int, points [][]bn254.G1Affine) (sum fq.Element) {
	plain := func(c fq.Element) fq.Element { return c }
	weight := protocol.Weights(w.challenges(), plain, func(a, b fq.Element) fq.Element { return *a.Mul(&a, &b) })
	list := []fq.Element{curve.FromInteger[fq.Element](scalars)}
	for _, p := range slices.Concat(points...) {
		list = append(list, fq.Element(p.X), fq.Element(p.Y)) // one field, two packages
	}
	for _, block := range slices.Backward(protocol.Blocks(list)) {
		sum.Mul(&sum, &weight[protocol.FingerprintBlock-1])
		sum.Add(&sum, &block[0])
		for k := 1; k < len(block); k++ {
			block[k].Mul(&block[k], &weight[k-1])
			sum.Add(&sum, &block[k])
		}
	}
	return
}
