package mercury

import (
	"sync"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/msm"
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

// MaxVars returns the largest number of coordinates of a point.
func (vk *VerifierKey) MaxVars() int { return vk.maxVars }

// ProverKey is a commitment key with what the prover derives from it. It may be
// used by several goroutines.
type ProverKey struct {
	vk     *VerifierKey
	points []bn254.G1Affine // τ^i G

	mu   sync.Mutex
	sums map[int]*keySums // by number of variables
}

// NewProverKey takes the points, the blinding base and the G2 elements of a key.
func NewProverKey(key *commit.Key) *ProverKey {
	one, powers := key.Opening()
	return newProverKey(key.Points(), key.BlindingBase(), one, powers, key.ID().Element())
}

func newProverKey(
	points []bn254.G1Affine, h bn254.G1Affine, one bn254.G2Affine, powers []bn254.G2Affine, digest fr.Element,
) *ProverKey {
	vk := &VerifierKey{
		digest:  digest,
		g:       points[0],
		h:       h,
		maxVars: min(log2(len(points)), 2*(len(powers)-1)),
		one:     linesOf(one),
	}
	for _, q := range powers {
		vk.powers = append(vk.powers, linesOf(q))
	}
	return &ProverKey{vk: vk, points: points, sums: map[int]*keySums{}}
}

// linesOf computes the lines of q when they are first asked for: a verifier needs
// those of three elements only.
func linesOf(q bn254.G2Affine) func() g2Lines {
	return sync.OnceValue(func() g2Lines { return bn254.PrecomputeLines(q) })
}

// Verifier returns the verifier's part.
func (pk *ProverKey) Verifier() *VerifierKey { return pk.vk }

// commit returns the unblinded commitment to the coefficients of p.
func (pk *ProverKey) commit(p fr.Vector) bn254.G1Affine { return sum(pk.points[:len(p)], p) }

// few is the number of points below which the library's multiplication, which does
// without shared inversions, is faster.
const few = 512

// sum returns Σ_i scalars_i points_i. It panics if their numbers differ.
func sum(points []bn254.G1Affine, scalars fr.Vector) (r bn254.G1Affine) {
	if len(points) >= few {
		j := msm.Full(points, scalars)
		return *r.FromJacobian(&j)
	}
	if len(points) > 0 {
		if _, err := r.MultiExp(points, scalars, ecc.MultiExpConfig{}); err != nil {
			panic(err)
		}
	}
	return
}
