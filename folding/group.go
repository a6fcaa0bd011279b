package folding

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

// group is a curve with a commitment key, and how its points and scalars are written as
// elements of Fr (PROTOCOL.md, section 3).
type group[E curve.Element, C comparable] struct {
	*curve.Curve[E, C]
	key commit.Committer[E, C] // nil in a Verifier

	encodePoint   func(p C) []fr.Element
	encodeScalars func(v []E) []fr.Element
	// encodeFactor writes u as one element, or fails with ErrInstance.
	encodeFactor func(u E) (fr.Element, error)
	// scalar returns the scalar of a challenge below 2^126, by which a fold multiplies.
	scalar func(challenge fr.Element) E
}

// mainGroup is BN254's G1 with scalars Fr.
func mainGroup(key commit.Committer[fr.Element, bn254.G1Affine]) *group[fr.Element, bn254.G1Affine] {
	return &group[fr.Element, bn254.G1Affine]{
		Curve: curve.BN254, key: key,
		encodePoint:   func(p bn254.G1Affine) []fr.Element { l := r1cs.PackPoint(&p); return l[:] },
		encodeScalars: func(v []fr.Element) []fr.Element { return v },
		encodeFactor:  func(u fr.Element) (fr.Element, error) { return u, nil },
		scalar:        transcript.NativeEndoscalar,
	}
}

// cycleGroup is Grumpkin with scalars Fq.
func cycleGroup(key commit.Committer[fq.Element, grumpkin.G1Affine]) *group[fq.Element, grumpkin.G1Affine] {
	return &group[fq.Element, grumpkin.G1Affine]{
		Curve: curve.Grumpkin, key: key,
		encodePoint:   func(p grumpkin.G1Affine) []fr.Element { l := coordinates(p); return l[:] },
		encodeScalars: encodeFq,
		encodeFactor:  encodeFactor,
		scalar:        func(r fr.Element) fq.Element { return curve.FromInteger[fq.Element](integer(r)) },
	}
}

// encodeFq writes each element of Fq as its limbs.
func encodeFq(v []fq.Element) (out []fr.Element) {
	for _, x := range v {
		limbs := r1cs.NonNativeLimbs(x)
		out = append(out, limbs[:]...)
	}
	return
}

// encodeFactor writes a factor of Grumpkin, below 2^FactorBits, as the integer that it is.
func encodeFactor(u fq.Element) (fr.Element, error) {
	n := curve.Integer(u)
	if most := protocol.FactorBits; n.BitLen() > most {
		return fr.Element{}, fmt.Errorf("%w: a factor u of %d bits, at most %d are possible",
			ErrInstance, n.BitLen(), most)
	}
	return curve.FromInteger[fr.Element](n), nil
}
