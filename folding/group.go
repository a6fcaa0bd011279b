package folding

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/folding/internal/protocol"
	"fold/internal/commit"
	"fold/r1cs"
)

// group is a curve with a commitment key, and how its points and scalars are
// written as elements of Fr.
type group[E r1cs.Element, C comparable] interface {
	name() string
	size() int
	keyID() commit.ID
	commit(v []E, blind E) (C, error)
	// base is H, which a blind multiplies.
	base() C
	// addMultiple returns p + r q.
	addMultiple(p C, r *big.Int, q C) C
	// onCurve accepts the point at infinity. Both curves have prime order.
	onCurve(p C) bool
	encodePoint(p C) []fr.Element
	encodeScalars(v []E) []fr.Element
	// encodeFactor writes u as one element.
	encodeFactor(u E) (fr.Element, error)
}

// mainGroup is BN254's G1 with scalars Fr.
type mainGroup struct{ key *commit.Key }

func (mainGroup) name() string       { return protocol.BN254 }
func (g mainGroup) size() int        { return g.key.Len() }
func (g mainGroup) keyID() commit.ID { return g.key.ID() }

func (g mainGroup) commit(v []fr.Element, blind fr.Element) (bn254.G1Affine, error) {
	a := g.key.NewAccumulator()
	if err := a.AddElements(0, v); err != nil {
		return bn254.G1Affine{}, err
	}
	a.AddBlind(&blind)
	return a.Commitment(), nil
}

func (g mainGroup) base() bn254.G1Affine { return g.key.BlindingBase() }

func (mainGroup) addMultiple(p bn254.G1Affine, r *big.Int, q bn254.G1Affine) bn254.G1Affine {
	q.ScalarMultiplication(&q, r)
	return *p.Add(&p, &q)
}

func (mainGroup) onCurve(p bn254.G1Affine) bool { return p.IsOnCurve() }

func (mainGroup) encodePoint(p bn254.G1Affine) []fr.Element {
	packed := r1cs.PackPoint(&p)
	return packed[:]
}

func (mainGroup) encodeScalars(v []fr.Element) []fr.Element { return v }

func (mainGroup) encodeFactor(u fr.Element) (fr.Element, error) { return u, nil }

// cycleGroup is Grumpkin with scalars Fq.
type cycleGroup struct{ key *commit.GrumpkinKey }

func (cycleGroup) name() string       { return protocol.Grumpkin }
func (g cycleGroup) size() int        { return g.key.Len() }
func (g cycleGroup) keyID() commit.ID { return g.key.ID() }

func (g cycleGroup) commit(v []fq.Element, blind fq.Element) (grumpkin.G1Affine, error) {
	return g.key.Commit(v, &blind)
}

func (g cycleGroup) base() grumpkin.G1Affine { return g.key.BlindingBase() }

func (cycleGroup) addMultiple(p grumpkin.G1Affine, r *big.Int, q grumpkin.G1Affine) grumpkin.G1Affine {
	q.ScalarMultiplication(&q, r)
	return *p.Add(&p, &q)
}

func (cycleGroup) onCurve(p grumpkin.G1Affine) bool { return p.IsOnCurve() }

func (cycleGroup) encodePoint(p grumpkin.G1Affine) []fr.Element {
	return []fr.Element{fr.Element(p.X), fr.Element(p.Y)}
}

func (cycleGroup) encodeScalars(v []fq.Element) (out []fr.Element) {
	for _, x := range v {
		limbs := r1cs.NonNativeLimbs(x)
		out = append(out, limbs[:]...)
	}
	return
}

func (cycleGroup) encodeFactor(u fq.Element) (fr.Element, error) {
	n := r1cs.Integer(u)
	if n.BitLen() > protocol.FactorBits {
		return fr.Element{}, fmt.Errorf("%w: a factor u of %d bits, at most %d are possible", ErrInstance, n.BitLen(), protocol.FactorBits)
	}
	return r1cs.FromInteger[fr.Element](n), nil
}
