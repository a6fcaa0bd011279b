package mercury

import (
	"sync"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// g2Lines are the precomputed line functions of the pairing with a fixed point.
type g2Lines = [2][len(bn254.LoopCounter)]bn254.LineEvaluationAff

// VerifierKey is what a verifier needs of a commitment key.
type VerifierKey struct {
	digest  fr.Element
	g, h    bn254.G1Affine
	maxVars int
	one     func() g2Lines   // of [1]
	powers  []func() g2Lines // of [τ^(2^k)]
}

// ProverKey is a commitment key with what the prover derives from it.
type ProverKey struct {
	vk     *VerifierKey
	points []bn254.G1Affine // τ^i G

	mu   sync.Mutex
	sums map[int]*keySums // by number of variables
}

// Verifier returns the verifier's part.
func (pk *ProverKey) Verifier() *VerifierKey { return pk.vk }

func newKey(points []bn254.G1Affine, h bn254.G1Affine, one bn254.G2Affine, powers []bn254.G2Affine, digest fr.Element) *ProverKey {
	lazy := func(q bn254.G2Affine) func() g2Lines {
		return sync.OnceValue(func() g2Lines { return bn254.PrecomputeLines(q) })
	}
	vk := &VerifierKey{digest: digest, g: points[0], h: h, one: lazy(one)}
	for _, q := range powers {
		vk.powers = append(vk.powers, lazy(q))
	}
	vk.maxVars = min(log2(len(points)), 2*len(powers)-2)
	return &ProverKey{vk: vk, points: points, sums: map[int]*keySums{}}
}

func (pk *ProverKey) commit(p fr.Vector) (bn254.G1Affine, error) { return msm(pk.points[:len(p)], p) }

func msm(points []bn254.G1Affine, scalars fr.Vector) (bn254.G1Affine, error) {
	var r bn254.G1Affine
	if len(points) == 0 {
		return r, nil
	}
	_, err := r.MultiExp(points, scalars, ecc.MultiExpConfig{})
	return r, err
}
