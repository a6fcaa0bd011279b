package folding

import (
	"slices"

	"github.com/consensys/gnark/frontend"

	"fold/internal/transcript"
	"fold/r1cs"
)

// foldedMain is U_{i+1} as far as the rest of the circuit needs it.
type foldedMain struct {
	digest frontend.Variable
	bits   []frontend.Variable // of r
	points [][]r1cs.ForeignPoint
}

// foldMain folds u_i into U_i. The new points are the prover's word; the CycleFold
// instance says that they are right. At step 0 everything stays the default.
func (a *augmenter) foldMain(now place[frontend.Variable], x frontend.Variable) foldedMain {
	m := &a.Main
	w, e := known(a.c, m.W), known(a.c, m.E)
	fresh, cross := a.c.ForeignPoint(m.Fresh), a.c.ForeignPoint(m.Cross)
	nextW, nextE := a.c.ForeignPoint(m.NextW), a.c.ForeignPoint(m.NextE)

	t := beginFold[frontend.Variable](a.c, mainGroup{}.name(), now.pp, now.main, x)
	absorbPhase(t, a.pack(fresh)...)
	r, bits := endFold(t, a.pack(cross)...)
	u := a.c.Add(m.U, a.c.Mul(a.c.Sub(1, a.base), r))
	next := append(a.pack(nextW, nextE), u, a.c.Add(m.X, a.c.Mul(r, x)))
	return foldedMain{
		digest: runningDigest[frontend.Variable](a.c, mainGroup{}.name(), next), bits: bits,
		points: [][]r1cs.ForeignPoint{{w, fresh, nextW}, {e, cross, nextE}},
	}
}

// foldCycle makes the CycleFold instance of all point operations and folds it into
// cfU_i. It returns the digest of cfU_{i+1}.
func (a *augmenter) foldCycle(now place[frontend.Variable], main foldedMain, out *StepOutput) frontend.Variable {
	rho := out.Rho
	if len(rho) == 0 {
		rho = slices.Repeat([]frontend.Variable{0}, transcript.ChallengeBits)
	}
	word := a.c.Small(slices.Concat(main.bits, rho))
	points := append(main.points, out.Points...)

	t := beginFold[frontend.Variable](a.c, cycleGroup{}.name(), now.pp, now.cycle, a.statement(now, main, word, out))
	absorbPhase(t, a.Cycle.FreshFirst[:]...)
	challenges := drawWord[frontend.Variable](a.c, t)
	absorbPhase(t, a.Cycle.FreshSecond[:]...)
	r, bits := endFold(t, a.Cycle.Cross[:]...)
	a.part("challenges of the CycleFold instance")
	phi := a.fingerprint(challenges, word, points)
	a.part("fingerprint")
	x := a.foldPublic(bits, a.c.Small(challenges), phi)
	a.part("public inputs on Grumpkin")
	next := append(a.foldPoints(bits), a.c.Add(a.Cycle.U, r))
	a.part("points on Grumpkin")
	return runningDigest[frontend.Variable](a.c, cycleGroup{}.name(), append(next, x...))
}

// statement binds all that the fingerprint is of, before its challenges are drawn.
func (a *augmenter) statement(now place[frontend.Variable], main foldedMain, word r1cs.Long, out *StepOutput) frontend.Variable {
	packed := [][3]frontend.Variable{main.points[0][1].Pack(a.c), main.points[1][1].Pack(a.c)}
	for _, points := range out.Points {
		for _, p := range points {
			packed = append(packed, p.Pack(a.c))
		}
	}
	return pointsDigest[frontend.Variable](a.c, now.main, main.digest, word.Value(a.c), packed...)
}

// fingerprint is phi, reduced once a block.
func (a *augmenter) fingerprint(challenges []frontend.Variable, word r1cs.Long, operations [][]r1cs.ForeignPoint) r1cs.Long {
	alpha, beta := a.c.Small(challenges[:transcript.ChallengeBits]), a.c.Small(challenges[transcript.ChallengeBits:])
	weights := [fingerprintBlock]r1cs.Long{1: alpha, 2: beta, 3: a.c.ShortProduct(alpha, beta), 4: a.c.ShortProduct(alpha, alpha)}
	multiplier := a.c.ShortProduct(beta, beta)

	list := []r1cs.Long{word}
	for _, points := range operations {
		for _, p := range points {
			list = append(list, p.X, p.Y)
		}
	}
	var sum *r1cs.Long
	for _, block := range slices.Backward(blocks(list)) {
		var products []r1cs.Product
		for k := 1; k < len(block); k++ {
			products = append(products, r1cs.Product{A: weights[k], B: block[k]})
		}
		if sum != nil {
			products = append(products, r1cs.Product{A: multiplier, B: *sum})
		}
		reduced := a.c.MulAdd(block[0], products...)
		sum = &reduced
	}
	return *sum
}

// foldPublic returns x + r (word, phi), modulo q, packed.
func (a *augmenter) foldPublic(bits []frontend.Variable, word, phi r1cs.Long) (packed []frontend.Variable) {
	r := a.c.Small(bits)
	for i, fresh := range [cyclePublic]r1cs.Long{word, phi} {
		x := a.c.MulAdd(r1cs.KnownForeign(a.Cycle.X[i]), r1cs.Product{A: r, B: fresh}).Pack(a.c)
		packed = append(packed, x[:]...)
	}
	return
}

// foldPoints returns W1 + r W1', W2 + r W2', E + r T, each checked to be on Grumpkin.
func (a *augmenter) foldPoints(bits []frontend.Variable) (coordinates []frontend.Variable) {
	y := &a.Cycle
	for _, pair := range [][2]nativePoint{{y.First, y.FreshFirst}, {y.Second, y.FreshSecond}, {y.E, y.Cross}} {
		running, fresh := a.curve.Point(pair[0][0], pair[0][1]), a.curve.Point(pair[1][0], pair[1][1])
		sum := a.curve.Add(running, a.curve.Multiply(fresh, bits))
		coordinates = append(coordinates, sum.X, sum.Y)
	}
	return
}
