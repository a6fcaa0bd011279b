package commit

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
)

// ceremony is one that was held in public, known by its [τ] of G2: x0, x1, y0, y1 in
// hexadecimal, the real part first. A key whose points are powers of this τ is of this
// ceremony, whatever its file calls itself.
type ceremony struct {
	name string
	tau  [4]string
}

// ceremonies are those that this program knows. Each element was found with the same four
// coordinates in the public sources that are named.
var ceremonies = []ceremony{
	{
		// The perpetual powers of tau up to contribution 54 and a beacon, as Hermez has published them for
		// snarkjs. X2x1, X2x2, X2y1, X2y2 in 0xPolygonHermez/zkevm-contracts,
		// contracts/verifiers/FflonkVerifier.sol; in RizeLabs/plonk-verifier-rust, verifier.sol, a PLONK verifier
		// that snarkjs wrote; X_2 in HorizenLabs/fflonk_verifier, resources/proves/fork5.json.
		name: "the Hermez powers of tau ceremony (powersOfTau28_hez_final)",
		tau: [4]string{
			"30441fd1b5d3370482c42152a8899027716989a6996c2535bc9f7fee8aaef79e",
			"26186a2d65ee4d2f9c9a5b91f86597d35f192cd120caf7e935d8443d1938e23d",
			"054793348f12c0cf5622c340573cb277586319de359ab9389778f689786b1e48",
			"1970ea81dd6992adfbc571effb03503adbbb6a857f578403c6c40e22d65b3c02",
		},
	},
	{
		// Aztec's ceremony of 2019 and 2020 with 176 participants. vk.g2_x in AztecProtocol/aztec-packages,
		// barretenberg/sol/src/ultra/keys/Add2UltraVerificationKey.sol; in intech-id/collexi-rollup,
		// contracts/contracts/KeysWithPlonkVerifier.sol, the verifier of a rollup made from zkSync.
		name: "Aztec's Ignition ceremony",
		tau: [4]string{
			"0118c4d5b837bcc2bc89b5b398b5974e9f5944073b32078b7e231fec938883b0",
			"260e01b251f6f1c7e7ff4e580791dee8ea51d87a358e038b4efe30fac09383c1",
			"22febda3c0c0632a56475b4214e5615e11e6dd3f96e6cea2854a87d4dacc5e55",
			"04fc6369f7110fe3d25156c1bb9a72859cf2a04641f99ba4ee413c80da6a5fe4",
		},
	},
}

// element returns [τ] of G2.
func (c *ceremony) element() (q bn254.G2Affine) {
	for i, e := range []*fp.Element{&q.X.A0, &q.X.A1, &q.Y.A0, &q.Y.A1} {
		n, ok := new(big.Int).SetString(c.tau[i], 16)
		if !ok {
			panic("commit: a ceremony's element is no hexadecimal number")
		}
		e.SetBigInt(n)
	}
	return q
}

// origin says in words where the τ of a key comes from, which has been compared with its
// points: its ceremony's name, if this program knows the ceremony.
func origin(kind Kind, tau *bn254.G2Affine, id ID) string {
	if kind == Development {
		return developmentName
	}
	for i := range ceremonies {
		if q := ceremonies[i].element(); q.Equal(tau) {
			return ceremonies[i].name
		}
	}
	return fmt.Sprintf("a ceremony that this program does not know: id %s", id)
}
