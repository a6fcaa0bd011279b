package folding

import (
	"crypto/sha256"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

// counter is z' = z + 1, the smallest of steps.
type counter struct{}

func (counter) Width() int              { return 1 }
func (counter) Advice() int             { return 0 }
func (counter) Operations() []Operation { return nil }
func (counter) Digest() [32]byte        { return sha256.Sum256([]byte("counter")) }

func (counter) witness(z []fr.Element) *StepWitness {
	one := fr.One()
	return &StepWitness{Z: []fr.Element{*new(fr.Element).Add(&z[0], &one)}}
}

// hashes is a chain z' = (H(z, context, advice), z_1) with a second element that stays.
type hashes struct{}

func (hashes) Width() int              { return 2 }
func (hashes) Advice() int             { return 1 }
func (hashes) Operations() []Operation { return nil }
func (hashes) Digest() [32]byte        { return sha256.Sum256([]byte("hashes")) }

func (hashes) witness(context fr.Element, z []fr.Element, advice fr.Element) *StepWitness {
	return &StepWitness{
		Advice: []fr.Element{advice},
		Z:      []fr.Element{transcript.HashNative("test", z[0], context, advice), z[1]},
	}
}

// squares is x -> x^2 + 7, n times: the step of Nova's benchmarks.
type squares struct{ n int }

func (squares) Width() int              { return 1 }
func (squares) Advice() int             { return 0 }
func (squares) Operations() []Operation { return nil }
func (s squares) Digest() [32]byte      { return sha256.Sum256(fmt.Append(nil, "squares ", s.n)) }

func (s squares) witness(z []fr.Element) *StepWitness {
	x, seven := z[0], fr.NewElement(7)
	for range s.n {
		x.Square(&x).Add(&x, &seven)
	}
	return &StepWitness{Z: []fr.Element{x}}
}

// points keeps two running points in its state: A' = A + rho (P + rho Q) and
// B' = B + P, for new points P and Q, with rho drawn from all of them.
type points struct{}

func (points) Width() int              { return 12 }
func (points) Advice() int             { return 24 }
func (points) Operations() []Operation { return []Operation{Horner(2), Sum()} }
func (points) Digest() [32]byte        { return sha256.Sum256([]byte("points")) }

// shaped is a step that makes some operations with points that are all advice, and
// nothing else: what the recursion costs a step with these.
type shaped struct{ counter }

// The operations of a verifier that combines five commitments with a running one, adds
// two, and combines another two.
func (shaped) Operations() []Operation { return []Operation{Horner(5), Sum(), Horner(2)} }
func (shaped) Advice() int             { return 6 * (7 + 3 + 4) }

// drawRho draws rho of a points step, natively or in a circuit.
func drawRho[F any](b transcript.Backend[F], context F, p, q [3]F) (F, []F) {
	t := transcript.Over(b, "test points")
	t.Absorb("context", context)
	t.Absorb("points", append(p[:], q[:]...)...)
	return t.Challenge126()
}

// twoPoints is the two running points. The state holds their limbs.
type twoPoints struct{ a, b bn254.G1Affine }

func (s twoPoints) state() []fr.Element { return limbsOf(s.a, s.b) }

func limbsOf(points ...bn254.G1Affine) (out []fr.Element) {
	for i := range points {
		l := r1cs.PointLimbs(&points[i])
		out = append(out, l[:]...)
	}
	return
}

// next makes the step with P = p G and Q = q G, where 0 is infinity.
func (s twoPoints) next(context fr.Element, p, q int64) (twoPoints, *StepWitness) {
	_, _, g, _ := bn254.Generators()
	var pp, qq bn254.G1Affine
	pp.ScalarMultiplication(&g, big.NewInt(p))
	qq.ScalarMultiplication(&g, big.NewInt(q))
	rho, _ := drawRho(protocol.Native(), context, r1cs.PackPoint(&pp), r1cs.PackPoint(&qq))
	n := integer(transcript.NativeEndoscalar(rho))
	sum := curve.BN254.AddMultiple(s.a, n, curve.BN254.AddMultiple(pp, n, qq))
	out := twoPoints{a: sum, b: *new(bn254.G1Affine).Add(&s.b, &pp)}
	return out, &StepWitness{
		Advice: limbsOf(pp, qq, out.a, out.b), Z: out.state(), Rho: rho,
		Points: [][]bn254.G1Affine{{s.a, pp, qq, out.a}, {s.b, pp, out.b}},
	}
}
