package mercury

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
)

// Deferred is what Reduce leaves of an opening: the equation
//
//	e(one, [1]) e(tau, [τ]) e(quotient, [τ^(2^split)]) = 1.
type Deferred struct {
	one, tau, quotient bn254.G1Affine
	split              int
}

// Check verifies all equations with one product of at most 2 + (number of
// different splits) pairings, by a random combination whose weights depend on
// all of them. It returns an error that wraps ErrRejected if one is false.
func Check(vk *VerifierKey, all ...Deferred) error {
	if len(all) == 0 {
		return nil
	}
	tr := transcript.New("mercury pairings")
	for _, d := range all {
		if d.split >= len(vk.powers) {
			return fmt.Errorf("%w: an opening that needs [τ^(2^%d)], the key ends before it", ErrRejected, d.split)
		}
		var k fr.Element
		k.SetUint64(uint64(d.split))
		tr.Absorb("split", k)
		transcript.AbsorbPoints(tr, "equation", d.one, d.tau, d.quotient)
	}
	var one, tau bn254.G1Jac
	quotients := make([]bn254.G1Jac, len(vk.powers))
	for i, d := range all {
		w := new(fr.Element).SetOne()
		if i > 0 {
			c := tr.Challenge()
			w = &c
		}
		addMul(&one, &d.one, w)
		addMul(&tau, &d.tau, w)
		addMul(&quotients[d.split], &d.quotient, w)
	}
	return vk.product(&one, &tau, quotients)
}

// addMul adds w·p to acc.
func addMul(acc *bn254.G1Jac, p *bn254.G1Affine, w *fr.Element) {
	var t bn254.G1Jac
	t.FromAffine(p)
	if !w.IsOne() {
		t.ScalarMultiplication(&t, w.BigInt(new(big.Int)))
	}
	acc.AddAssign(&t)
}

// product checks e(one, [1]) e(tau, [τ]) Π_k e(quotients[k], [τ^(2^k)]) = 1.
func (vk *VerifierKey) product(one, tau *bn254.G1Jac, quotients []bn254.G1Jac) error {
	quotients[0].AddAssign(tau)
	var points []bn254.G1Affine
	var lines []g2Lines
	var p bn254.G1Affine
	points, lines = append(points, *p.FromJacobian(one)), append(lines, vk.one())
	for k := range quotients {
		if quotients[k].Z.IsZero() {
			continue
		}
		points, lines = append(points, *p.FromJacobian(&quotients[k])), append(lines, vk.powers[k]())
	}
	ok, err := bn254.PairingCheckFixedQ(points, lines)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRejected, err)
	}
	if !ok {
		return fmt.Errorf("%w: the pairing product is not one", ErrRejected)
	}
	return nil
}
