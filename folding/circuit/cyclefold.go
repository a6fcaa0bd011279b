package circuit

import (
	"math/big"
	"slices"

	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/math/bits"

	"fold.example/fold/folding"
	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs/gadget"
)

// cycleCircuit is the CycleFold circuit over Fq: Nova's two operations and those of a
// step, of points that are each checked to be on BN254's G1 or infinity.
//
// Its public inputs are the challenges of a fingerprint, two in a word, and that
// fingerprint, of the scalars r + 2^126 rho and all coordinates. The second phase alone
// reads them; every secret input and all arithmetic on points belongs to the first.
type cycleCircuit struct {
	Inputs folding.CycleFoldInputs[frontend.Variable]

	operations []folding.Operation
	firstOnly  bool // leaves the second phase out
}

// shift126 separates the two scalars, or challenges, of a word.
var shift126 = new(big.Int).Lsh(big.NewInt(1), transcript.ChallengeBits)

func newCycleCircuit(step []folding.Operation, firstOnly bool) *cycleCircuit {
	return &cycleCircuit{
		Inputs:     *folding.NewCycleFoldInputs[frontend.Variable](step),
		operations: folding.AllOperations(step), firstOnly: firstOnly,
	}
}

// Define computes the first phase and then the second, so that gnark numbers the
// variables of the first before those of the second.
func (c *cycleCircuit) Define(api frontend.API) error {
	curve, err := gadget.NewCurve(api)
	if err != nil {
		return err
	}
	scalars := [2][]frontend.Variable{
		bits.ToBinary(api, c.Inputs.R, bits.WithNbDigits(transcript.ChallengeBits)),
		bits.ToBinary(api, c.Inputs.Rho, bits.WithNbDigits(transcript.ChallengeBits)),
	}
	for i, o := range c.operations { // the fold's two operations multiply by r, the step's by rho
		c.operation(curve, o, scalars[min(i/2, 1)], c.Inputs.Points[i])
	}
	if c.firstOnly {
		return nil
	}
	api.AssertIsEqual(c.fingerprint(api), c.Inputs.Phi)
	return nil
}

// operation constrains the last of the points to be the result of the others.
func (c *cycleCircuit) operation(
	curve *gadget.Curve, o folding.Operation, scalar []frontend.Variable, coordinates [][2]frontend.Variable,
) {
	points := make([]gadget.Point, len(coordinates))
	for i, p := range coordinates {
		points[i] = curve.Point(p[0], p[1])
	}
	n := o.Inputs()
	sum := points[n-1]
	for i := n - 2; i >= 0; i-- {
		if o.Degree() > 0 {
			sum = curve.MultiplyEndoscalar(sum, scalar)
		}
		sum = curve.Add(points[i], sum)
	}
	curve.AssertEqual(sum, points[n])
}

// fingerprint is the second phase.
func (c *cycleCircuit) fingerprint(api frontend.API) frontend.Variable {
	var challenges [protocol.FingerprintChallenges]frontend.Variable
	for i, w := range c.Inputs.Words {
		word := bits.ToBinary(api, w, bits.WithNbDigits(protocol.WordBits))
		for j := range 2 {
			half := word[j*transcript.ChallengeBits : (j+1)*transcript.ChallengeBits]
			challenges[2*i+j] = bits.FromBinary(api, half, bits.WithUnconstrainedInputs())
		}
	}
	plain := func(c frontend.Variable) frontend.Variable { return c }
	weight := protocol.Weights(challenges, plain,
		func(a, b frontend.Variable) frontend.Variable { return api.Mul(a, b) })

	list := []frontend.Variable{api.Add(c.Inputs.R, api.Mul(c.Inputs.Rho, shift126))}
	for _, points := range c.Inputs.Points {
		for _, p := range points {
			list = append(list, p[0], p[1])
		}
	}
	sum := frontend.Variable(0)
	for _, block := range slices.Backward(protocol.Blocks(list)) {
		sum = api.Add(block[0], api.Mul(sum, weight[protocol.FingerprintBlock-1]))
		for k := 1; k < len(block); k++ {
			sum = api.Add(sum, api.Mul(weight[k-1], block[k]))
		}
	}
	return sum
}
