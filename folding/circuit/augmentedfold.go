package circuit

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark/frontend"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs/gadget"
)

// foldedMain is U_{i+1} as far as the rest of the circuit needs it.
type foldedMain struct {
	digest frontend.Variable
	bits   []frontend.Variable // of r
	points [][]gadget.NonNativePoint
}

// foldMain folds u_i, with public input x, into U_i. The new points W' and E' are inputs:
// the CycleFold instance proves that they are W + r W2 and E + r T. At step 0 U_1 is the
// default instance again.
func (a *augmenter) foldMain(now protocol.IVCIO[frontend.Variable], x frontend.Variable) foldedMain {
	m := &a.Main
	fresh, cross := a.c.NonNativePoint(m.Fresh), a.c.NonNativePoint(m.Cross)
	nextW, nextE := a.c.NonNativePoint(m.NextW), a.c.NonNativePoint(m.NextE)

	_, bits := a.challenge(protocol.BN254, now.Main, x, protocol.Messages[frontend.Variable]{
		Phases: []func() ([]frontend.Variable, error){protocol.Sent(a.pack(fresh)...)},
		Cross:  protocol.Sent(a.pack(cross)...),
	})
	scalar := transcript.Endoscalar[frontend.Variable](a.c, bits)
	u := a.c.Add(m.U, a.c.Mul(a.c.Sub(1, a.base), scalar))
	next := append(a.pack(nextW, nextE), u, a.c.Add(m.X, a.c.Mul(scalar, x)))
	return foldedMain{
		digest: protocol.RunningDigest[frontend.Variable](a.c, protocol.BN254, next), bits: bits,
		points: [][]gadget.NonNativePoint{{a.w, fresh, nextW}, {a.e, cross, nextE}},
	}
}

// foldCycle makes the CycleFold instance of all point operations and folds it into cfU_i.
// hash is state(i), which contains cfU_i and is its digest here. It returns cfU_{i+1},
// encoded.
func (a *augmenter) foldCycle(
	now protocol.IVCIO[frontend.Variable], hash frontend.Variable, main foldedMain, out *StepOutput,
) []frontend.Variable {
	rho := out.Rho
	if len(rho) == 0 {
		rho = slices.Repeat([]frontend.Variable{0}, transcript.ChallengeBits)
	}
	word := a.c.Small(slices.Concat(main.bits, rho))
	points := append(main.points, out.Points...)

	y := &a.Cycle
	var words [protocol.FingerprintWords][]frontend.Variable
	statement, first, second := a.statement(now, main, word, out), y.FreshFirst[:], y.FreshSecond[:]
	r, bits := a.challenge(protocol.Grumpkin, hash, statement, protocol.Messages[frontend.Variable]{
		Phases: []func() ([]frontend.Variable, error){protocol.Sent(first...), protocol.Sent(second...)},
		Words:  func(w [protocol.FingerprintWords][]frontend.Variable) { words = w },
		Cross:  protocol.Sent(y.Cross[:]...),
	})
	a.part("challenges of the CycleFold instance")
	phi := a.fingerprint(words, word, points)
	a.part("fingerprint")
	x := a.foldPublic(bits, a.c.Small(words[0]), a.c.Small(words[1]), phi)
	a.part("public inputs on Grumpkin")
	next := append(a.foldPoints(bits), a.c.Add(a.Cycle.U, r))
	a.part("points on Grumpkin")
	return append(next, x...)
}

// challenge is protocol.Fold in the circuit. Its messages are inputs, so that it has no
// error.
func (a *augmenter) challenge(
	curve string, running, statement frontend.Variable, m protocol.Messages[frontend.Variable],
) (r frontend.Variable, bits []frontend.Variable) {
	t := protocol.NewFold[frontend.Variable](a.c, curve)
	r, bits, err := protocol.Fold(a.c, t, a.PP, running, []frontend.Variable{statement}, m)
	if err != nil {
		panic(fmt.Sprintf("circuit: a fold of messages that are known: %v", err))
	}
	return r, bits
}

// statement is the hash of everything that the fingerprint is computed from. It is absorbed
// before the challenges of the fingerprint are drawn.
func (a *augmenter) statement(
	now protocol.IVCIO[frontend.Variable], main foldedMain, word gadget.LimbInt, out *StepOutput,
) frontend.Variable {
	packed := [][3]frontend.Variable{main.points[0][1].Pack(a.c), main.points[1][1].Pack(a.c)}
	for _, points := range out.Points {
		for _, p := range points {
			packed = append(packed, p.Pack(a.c))
		}
	}
	return protocol.PointsDigest[frontend.Variable](a.c, now.Main, main.digest, word.Value(a.c), packed...)
}

// fingerprint is phi, reduced once a block.
func (a *augmenter) fingerprint(
	words [protocol.FingerprintWords][]frontend.Variable, scalars gadget.LimbInt,
	operations [][]gadget.NonNativePoint,
) (sum gadget.LimbInt) {
	var challenges [protocol.FingerprintChallenges]gadget.Short
	for i := range challenges {
		challenges[i] = a.c.Short(words[i/2][i%2*transcript.ChallengeBits:][:transcript.ChallengeBits])
	}
	plain := func(s gadget.Short) gadget.LimbInt { return s.LimbInt(a.c) }
	weight := protocol.Weights(challenges, plain, a.c.ShortProduct)
	list := []gadget.LimbInt{scalars}
	for _, points := range operations {
		for _, p := range points {
			list = append(list, p.X, p.Y)
		}
	}
	cut := protocol.Blocks(list)
	for i, block := range slices.Backward(cut) {
		var products []gadget.Product
		for k := 1; k < len(block); k++ {
			products = append(products, gadget.Product{A: weight[k-1], B: block[k]})
		}
		if i+1 < len(cut) {
			products = append(products, gadget.Product{A: weight[protocol.FingerprintBlock-1], B: sum})
		}
		sum = a.c.MulAdd(block[0], products...)
	}
	return
}

// foldPublic returns x + r x', modulo q, in limbs.
func (a *augmenter) foldPublic(bits []frontend.Variable, fresh ...gadget.LimbInt) (next []frontend.Variable) {
	r := a.c.Small(bits)
	for i, x := range a.x {
		l := a.c.MulAdd(x, gadget.Product{A: r, B: fresh[i]}).Limbs()
		next = append(next, l[:]...)
	}
	return
}

// foldPoints returns W1 + r W1', W2 + r W2', E + r T, each checked to be on Grumpkin.
func (a *augmenter) foldPoints(bits []frontend.Variable) (coordinates []frontend.Variable) {
	y := &a.Cycle
	for _, pair := range [][2][2]frontend.Variable{{y.First, y.FreshFirst}, {y.Second, y.FreshSecond}, {y.E, y.Cross}} {
		running, fresh := a.curve.Point(pair[0][0], pair[0][1]), a.curve.Point(pair[1][0], pair[1][1])
		sum := a.curve.Add(running, a.curve.Multiply(fresh, bits))
		coordinates = append(coordinates, sum.X, sum.Y)
	}
	return
}
