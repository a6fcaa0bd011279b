package commit

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// developmentName is the ceremony name in the header of development keys.
const developmentName = "DEVELOPMENT KEY, NOT A CEREMONY: whoever made it can forge proofs"

// maxPoints bounds a key's size: 2^28 points, 16 GiB, the largest ceremony.
const maxPoints = 1 << 28

// SetupDevelopment draws τ, returns a key of n points and forgets τ. Proofs under
// such a key convince nobody who does not trust the machine it was made on.
func SetupDevelopment(n int) (*Key, error) {
	var seed [64]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, fmt.Errorf("drawing tau: %w", err)
	}
	var tau fr.Element
	tau.SetBytes(seed[:])
	clear(seed[:])
	defer tau.SetZero()
	return developmentKey(n, &tau)
}

// developmentKey computes the key for τ; tests give one.
func developmentKey(n int, tau *fr.Element) (*Key, error) {
	if n < 2 || n > maxPoints {
		return nil, fmt.Errorf("%w: a key of %d points, it must have 2 to %d", ErrFormat, n, maxPoints)
	}
	powers := make(fr.Vector, n)
	powers[0].SetOne()
	for i := range powers[1:] {
		powers[i+1].Mul(&powers[i], tau)
	}
	defer clear(powers)
	_, _, g, q := bn254.Generators()
	points := bn254.BatchScalarMultiplicationG1(&g, powers)
	g2 := make([]bn254.G2Affine, 1+openingPowers(n))
	g2[0] = q
	t := *tau
	for j := range g2[1:] {
		g2[j+1].ScalarMultiplication(&q, t.BigInt(new(big.Int)))
		t.Square(&t)
	}
	return newKey(Development, developmentName, points, g2)
}
