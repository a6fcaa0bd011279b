package folding

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// AugmentedInputs is what the augmented circuit reads (PROTOCOL.md, section 6), in the
// order in which it declares its variables. F is fr.Element for a prover, and a variable
// for the circuit itself, which package circuit compiles.
type AugmentedInputs[F any] struct {
	// Public is the hash for i+1, the only public input.
	Public F `gnark:",public"`

	PP, I F
	// First is the digest of z_0. The circuit does not read it if I is 0.
	First F
	// Z is the state z_i, of Width elements, and Advice the step's, of Advice elements.
	Z, Advice []F

	Main  MainInputs[F]
	Cycle CycleInputs[F]
}

// MainInputs is U_i, the commitments of u_i and to T, and W and E of U_{i+1}, which the
// CycleFold instance shows to be right. A point of BN254 is six limbs, r1cs.PointLimbs.
type MainInputs[F any] struct {
	W, E         [6]F
	U, X         F
	Fresh, Cross [6]F
	NextW, NextE [6]F
}

// CycleInputs is cfU_i, and the commitments of the step's instance and to its T. A point
// of Grumpkin is its coordinates, zeros at infinity; an element of Fq is three limbs,
// r1cs.NonNativeLimbs.
type CycleInputs[F any] struct {
	First, Second, E               [2]F
	U                              F
	X                              [protocol.CyclePublic][3]F
	FreshFirst, FreshSecond, Cross [2]F
}

// NewAugmentedInputs returns inputs of a step, all of them zero values.
func NewAugmentedInputs[F any](step Step) *AugmentedInputs[F] {
	return &AugmentedInputs[F]{Z: make([]F, step.Width()), Advice: make([]F, step.Advice())}
}

// private lists the private inputs in the order of the fields.
func (in *AugmentedInputs[F]) private() []F {
	m, y := &in.Main, &in.Cycle
	list := slices.Concat([]F{in.PP, in.I, in.First}, in.Z, in.Advice,
		m.W[:], m.E[:], []F{m.U, m.X}, m.Fresh[:], m.Cross[:], m.NextW[:], m.NextE[:],
		y.First[:], y.Second[:], y.E[:], []F{y.U})
	for i := range y.X {
		list = append(list, y.X[i][:]...)
	}
	return slices.Concat(list, y.FreshFirst[:], y.FreshSecond[:], y.Cross[:])
}

// CycleFoldInputs is what the CycleFold circuit reads (PROTOCOL.md, section 5), in the
// order in which it declares its variables. F is fq.Element for a prover. The first phase
// reads the private inputs alone, and the second one the public inputs as well.
type CycleFoldInputs[F any] struct {
	// Words are the challenges of the fingerprint, two in each, and Phi is the fingerprint.
	Words [protocol.FingerprintWords]F `gnark:",public"`
	Phi   F                            `gnark:",public"`

	// R and Rho are below 2^126. Points has the coordinates of each operation's inputs and
	// of its result, zeros at infinity.
	R, Rho F
	Points [][][2]F
}

// NewCycleFoldInputs returns inputs for the fold's own operations, W' = W + r W2 and
// E' = E + r T, and those of a step after them, all of them zero values.
func NewCycleFoldInputs[F any](step []Operation) *CycleFoldInputs[F] {
	in := &CycleFoldInputs[F]{}
	for _, o := range AllOperations(step) {
		in.Points = append(in.Points, make([][2]F, o.Inputs()+1))
	}
	return in
}

// AllOperations returns the operations of a CycleFold instance: the two of the fold on
// BN254, W' = W + r W2 and E' = E + r T, and then those of a step.
func AllOperations(step []Operation) []Operation {
	return append([]Operation{Horner(1), Horner(1)}, step...)
}

// public and private list the inputs in the order of the fields.
func (in *CycleFoldInputs[F]) public() []F { return append(slices.Clone(in.Words[:]), in.Phi) }

func (in *CycleFoldInputs[F]) private() []F {
	list := []F{in.R, in.Rho}
	for _, points := range in.Points {
		for _, p := range points {
			list = append(list, p[:]...)
		}
	}
	return list
}

// cycleFoldInputs returns the inputs of the CycleFold circuit's first phase. points are
// those of all operations.
func cycleFoldInputs(r, rho fr.Element, points [][]bn254.G1Affine, step []Operation) *CycleFoldInputs[fq.Element] {
	in := NewCycleFoldInputs[fq.Element](step)
	in.R, in.Rho = curve.FromInteger[fq.Element](integer(r)), curve.FromInteger[fq.Element](integer(rho))
	for i := range points {
		for j, p := range points[i] {
			in.Points[i][j] = [2]fq.Element{fq.Element(p.X), fq.Element(p.Y)} // one field, two packages
		}
	}
	return in
}

// augmentedInputs returns the inputs of the augmented circuit. public is the hash of
// where the run stands after the step.
func (v *proving) augmentedInputs(public fr.Element) *AugmentedInputs[fr.Element] {
	s := v.state
	in := &AugmentedInputs[fr.Element]{
		Public: public, PP: v.pp, I: fr.NewElement(s.I), First: v.now.First, Z: s.Z, Advice: v.step.Advice,
		Main: MainInputs[fr.Element]{
			W: r1cs.PointLimbs(&s.Main.W[0]), E: r1cs.PointLimbs(&s.Main.E), U: s.Main.U, X: s.Main.X[0],
			Fresh: r1cs.PointLimbs(&s.Fresh.W[0]), Cross: r1cs.PointLimbs(&v.cross),
			NextW: r1cs.PointLimbs(&v.next.Main.W[0]), NextE: r1cs.PointLimbs(&v.next.Main.E),
		},
		Cycle: CycleInputs[fr.Element]{
			First: coordinates(s.Cycle.W[0]), Second: coordinates(s.Cycle.W[1]), E: coordinates(s.Cycle.E),
			U:          curve.FromInteger[fr.Element](curve.Integer(s.Cycle.U)),
			FreshFirst: coordinates(v.cycleFresh.W[0]), FreshSecond: coordinates(v.cycleFresh.W[1]),
			Cross: coordinates(v.cycleFolded.Cross),
		},
	}
	for i, x := range s.Cycle.X {
		in.Cycle.X[i] = r1cs.NonNativeLimbs(x)
	}
	return in
}

func coordinates(p grumpkin.G1Affine) [2]fr.Element {
	return [2]fr.Element{fr.Element(p.X), fr.Element(p.Y)} // one field, two packages
}
