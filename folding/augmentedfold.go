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
	fresh, cross := a.c.ForeignPoint(m.Fresh), a.c.ForeignPoint(m.Cross)
	nextW, nextE := a.c.ForeignPoint(m.NextW), a.c.ForeignPoint(m.NextE)

	t := beginFold[frontend.Variable](a.c, mainGroup{}.name(), now.pp, now.main, x)
	absorbPhase(t, a.pack(fresh)...)
	r, bits := endFold(t, a.pack(cross)...)
	u := a.c.Add(m.U, a.c.Mul(a.c.Sub(1, a.base), r))
	next := append(a.pack(nextW, nextE), u, a.c.Add(m.X, a.c.Mul(r, x)))
	return foldedMain{
		digest: runningDigest[frontend.Variable](a.c, mainGroup{}.name(), next), bits: bits,
		points: [][]r1cs.ForeignPoint{{a.w, fresh, nextW}, {a.e, cross, nextE}},
	}
}

// foldCycle makes the CycleFold instance of all point operations and folds it into
// cfU_i, of which the hash of where the run stands is the digest. It returns cfU_{i+1},
// encoded.
func (a *augmenter) foldCycle(now place[frontend.Variable], hash frontend.Variable, main foldedMain, out *StepOutput) []frontend.Variable {
	rho := out.Rho
	if len(rho) == 0 {
		rho = slices.Repeat([]frontend.Variable{0}, transcript.ChallengeBits)
	}
	word := a.c.Small(slices.Concat(main.bits, rho))
	points := append(main.points, out.Points...)

	t := beginFold[frontend.Variable](a.c, cycleGroup{}.name(), now.pp, hash, a.statement(now, main, word, out))
	absorbPhase(t, a.Cycle.FreshFirst[:]...)
	var words [fingerprintWords][]frontend.Variable
	for i := range words {
		words[i] = drawWord[frontend.Variable](a.c, t)
	}
	absorbPhase(t, a.Cycle.FreshSecond[:]...)
	r, bits := endFold(t, a.Cycle.Cross[:]...)
	a.part("challenges of the CycleFold instance")
	phi := a.fingerprint(words, word, points)
	a.part("fingerprint")
	x := a.foldPublic(bits, a.c.Small(words[0]), a.c.Small(words[1]), phi)
	a.part("public inputs on Grumpkin")
	next := append(a.foldPoints(bits), a.c.Add(a.Cycle.U, r))
	a.part("points on Grumpkin")
	return append(next, x...)
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
func (a *augmenter) fingerprint(words [fingerprintWords][]frontend.Variable, scalars r1cs.Long, operations [][]r1cs.ForeignPoint) (sum r1cs.Long) {
	var challenges [fingerprintChallenges]r1cs.Short
	for i := range challenges {
		challenges[i] = a.c.Short(words[i/2][i%2*transcript.ChallengeBits:][:transcript.ChallengeBits])
	}
	weight := weights(challenges, func(s r1cs.Short) r1cs.Long { return s.Long(a.c) }, a.c.ShortProduct)
	list := []r1cs.Long{scalars}
	for _, points := range operations {
		for _, p := range points {
			list = append(list, p.X, p.Y)
		}
	}
	cut := blocks(list)
	for i, block := range slices.Backward(cut) {
		var products []r1cs.Product
		for k := 1; k < len(block); k++ {
			products = append(products, r1cs.Product{A: weight[k-1], B: block[k]})
		}
		if i+1 < len(cut) {
			products = append(products, r1cs.Product{A: weight[fingerprintBlock-1], B: sum})
		}
		sum = a.c.MulAdd(block[0], products...)
	}
	return
}

// foldPublic returns x + r x', modulo q, in limbs.
func (a *augmenter) foldPublic(bits []frontend.Variable, fresh ...r1cs.Long) (next []frontend.Variable) {
	r := a.c.Small(bits)
	for i, x := range a.x {
		l := a.c.MulAdd(x, r1cs.Product{A: r, B: fresh[i]}).Limbs()
		next = append(next, l[:]...)
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
