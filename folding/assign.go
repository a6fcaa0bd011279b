package folding

import (
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/consensys/gnark/frontend"

	"fold/r1cs"
)

// assignCycle gives the inputs of the CycleFold circuit's first phase.
func assignCycle(w *StepWitness, r fr.Element, points [][]bn254.G1Affine, step []Operation) *cycleCircuit {
	in := newCycleCircuit(step, false)
	in.Words, in.Phi, in.R, in.Rho = [fingerprintWords]frontend.Variable{0, 0}, 0, integer(r), integer(w.Rho)
	for i := range points {
		for j, p := range points[i] {
			in.Points[i][j] = [2]frontend.Variable{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))}
		}
	}
	return in
}

// wordOfBits returns the integer of the bits, lowest first.
func wordOfBits(bits []fr.Element) *big.Int {
	w := new(big.Int)
	for i := range bits {
		if bits[i].IsOne() {
			w.SetBit(w, i, 1)
		}
	}
	return w
}

// assign gives the inputs of the augmented circuit.
func (v *proving) assign(public fr.Element) *augmentedCircuit {
	s, in := v.state, newAugmentedCircuit(v.Circuits.step)
	in.Public, in.PP, in.I, in.First = public, v.pp, s.I, v.now.first
	assignAll(in.Z, s.Z)
	assignAll(in.Advice, v.step.Advice)
	in.Main = mainAdvice{
		W: limbsVariables(s.Main.W[0]), E: limbsVariables(s.Main.E), U: s.Main.U, X: s.Main.X[0],
		Fresh: limbsVariables(s.Fresh.W[0]), Cross: limbsVariables(v.cross),
		NextW: limbsVariables(v.next.Main.W[0]), NextE: limbsVariables(v.next.Main.E),
	}
	in.Cycle = cycleAdvice{
		First: coordinates(s.Cycle.W[0]), Second: coordinates(s.Cycle.W[1]), E: coordinates(s.Cycle.E),
		U:          r1cs.Integer(s.Cycle.U),
		FreshFirst: coordinates(v.cycleFresh.W[0]), FreshSecond: coordinates(v.cycleFresh.W[1]),
		Cross: coordinates(v.cycleFolded.Cross),
	}
	for i, x := range s.Cycle.X {
		for j, l := range r1cs.ForeignLimbs(x) {
			in.Cycle.X[i][j] = l
		}
	}
	return in
}

func assignAll(dst []frontend.Variable, src []fr.Element) {
	for i := range src {
		dst[i] = src[i]
	}
}

func limbsVariables(p bn254.G1Affine) (out foreignPoint) {
	l := r1cs.PointLimbs(&p)
	assignAll(out[:], l[:])
	return
}

func coordinates(p grumpkin.G1Affine) nativePoint {
	return nativePoint{fr.Element(p.X), fr.Element(p.Y)} // one field, two packages
}
