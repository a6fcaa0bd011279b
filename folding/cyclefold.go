package folding

import (
	"fmt"
	"math/big"
	"slices"

	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/math/bits"

	"fold/internal/transcript"
	"fold/r1cs"
)

// cycleCircuit is the CycleFold circuit over Fq: Nova's two operations and those of a
// step, of points that are each checked to be on BN254's G1 or infinity.
//
// Its public inputs are the challenges of a fingerprint, two in a word, and that
// fingerprint, of the scalars r + 2^126 rho and all coordinates. The second phase alone
// reads them; every secret input and all arithmetic on points belongs to the first.
type cycleCircuit struct {
	Words [fingerprintWords]frontend.Variable `gnark:",public"`
	Phi   frontend.Variable                   `gnark:",public"`

	R, Rho frontend.Variable
	Points [][][2]frontend.Variable

	operations []Operation
	firstOnly  bool // leaves the second phase out
}

// shift126 separates the two scalars, or challenges, of a word.
var shift126 = new(big.Int).Lsh(big.NewInt(1), transcript.ChallengeBits)

// novaOperations are W' = W + r W2 and E' = E + r T.
var novaOperations = []Operation{Horner(1), Horner(1)}

func newCycleCircuit(step []Operation, firstOnly bool) *cycleCircuit {
	c := &cycleCircuit{operations: append(slices.Clone(novaOperations), step...), firstOnly: firstOnly}
	for _, o := range c.operations {
		c.Points = append(c.Points, make([][2]frontend.Variable, o.Inputs()+1))
	}
	return c
}

// Define computes the first phase and then the second, so that gnark numbers the
// variables of the first before those of the second.
func (c *cycleCircuit) Define(api frontend.API) error {
	curve, err := r1cs.NewCurve(api)
	if err != nil {
		return err
	}
	scalars := [2][]frontend.Variable{
		bits.ToBinary(api, c.R, bits.WithNbDigits(transcript.ChallengeBits)),
		bits.ToBinary(api, c.Rho, bits.WithNbDigits(transcript.ChallengeBits)),
	}
	for i, o := range c.operations {
		c.operation(curve, o, scalars[min(i/len(novaOperations), 1)], c.Points[i])
	}
	if c.firstOnly {
		return nil
	}
	api.AssertIsEqual(c.fingerprint(api), c.Phi)
	return nil
}

// operation constrains the last of the points to be the result of the others.
func (c *cycleCircuit) operation(curve *r1cs.Curve, o Operation, scalar []frontend.Variable, coordinates [][2]frontend.Variable) {
	points := make([]r1cs.Point, len(coordinates))
	for i, p := range coordinates {
		points[i] = curve.Point(p[0], p[1])
	}
	n := o.Inputs()
	sum := points[n-1]
	for i := n - 2; i >= 0; i-- {
		if o.degree > 0 {
			sum = curve.Multiply(sum, scalar)
		}
		sum = curve.Add(points[i], sum)
	}
	curve.AssertEqual(sum, points[n])
}

// fingerprint is the second phase.
func (c *cycleCircuit) fingerprint(api frontend.API) frontend.Variable {
	var challenges [fingerprintChallenges]frontend.Variable
	for i, w := range c.Words {
		word := bits.ToBinary(api, w, bits.WithNbDigits(wordBits))
		for j := range 2 {
			half := word[j*transcript.ChallengeBits : (j+1)*transcript.ChallengeBits]
			challenges[2*i+j] = bits.FromBinary(api, half, bits.WithUnconstrainedInputs())
		}
	}
	plain := func(c frontend.Variable) frontend.Variable { return c }
	weight := weights(challenges, plain, func(a, b frontend.Variable) frontend.Variable { return api.Mul(a, b) })

	list := []frontend.Variable{api.Add(c.R, api.Mul(c.Rho, shift126))}
	for _, points := range c.Points {
		for _, p := range points {
			list = append(list, p[0], p[1])
		}
	}
	var sum frontend.Variable = 0
	for _, block := range slices.Backward(blocks(list)) {
		sum = api.Add(block[0], api.Mul(sum, weight[fingerprintBlock-1]))
		for k := 1; k < len(block); k++ {
			sum = api.Add(sum, api.Mul(weight[k-1], block[k]))
		}
	}
	return sum
}

// compileCycle returns the CycleFold circuit's system and that of its first phase.
func compileCycle(step []Operation) (whole, first *r1cs.System[fq.Element], err error) {
	if first, err = r1cs.Compile[fq.Element](newCycleCircuit(step, true), frontend.IgnoreUnconstrainedInputs()); err != nil {
		return nil, nil, fmt.Errorf("CycleFold, first phase: %w", err)
	}
	if whole, err = r1cs.Compile[fq.Element](newCycleCircuit(step, false)); err != nil {
		return nil, nil, fmt.Errorf("CycleFold: %w", err)
	}
	return whole, first, nil
}
