package folding

import (
	"crypto/sha256"
	"math/big"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
	"fold.example/fold/r1cs"
)

// Pitfalls 1, 5 and 7: the last instance's hash is of everything that is public of a
// run; each field changed by itself is seen, without any witness.
func TestPitfall01EverythingIsHashed(t *testing.T) {
	p, s, z0, _ := pointsRun(t, 2, 1)
	_, other, _, _ := pointsRun(t, 2, 100)
	one := fr.One()
	for name, alter := range map[string]func(in *Instances){
		"i": func(in *Instances) { in.I++ }, "z": func(in *Instances) { in.Z[3] = one },
		"W": func(in *Instances) { in.Main.W[0] = in.Main.E }, "E": func(in *Instances) { in.Main.E = in.Main.W[0] },
		"u": func(in *Instances) { in.Main.U = one }, "x": func(in *Instances) { in.Main.X[0] = one },
		"W1":                      func(in *Instances) { in.Cycle.W[0] = in.Cycle.E },
		"W2":                      func(in *Instances) { in.Cycle.W[1] = in.Cycle.E },
		"cycle E":                 func(in *Instances) { in.Cycle.E = in.Cycle.W[0] },
		"cycle u":                 func(in *Instances) { in.Cycle.U.SetOne() },
		"word":                    func(in *Instances) { in.Cycle.X[0].SetOne() },
		"word 2":                  func(in *Instances) { in.Cycle.X[1].SetOne() },
		"phi":                     func(in *Instances) { in.Cycle.X[2].SetOne() },
		"W1 and W2 swapped":       func(in *Instances) { slices.Reverse(in.Cycle.W) },
		"U of another run":        func(in *Instances) { in.Main = other.Main },
		"cfU of another run":      func(in *Instances) { in.Cycle = other.Cycle },
		"u_i of another run":      func(in *Instances) { in.Fresh = other.Fresh },
		"public input":            func(in *Instances) { in.Fresh.X[0] = one },
		"no public input":         func(in *Instances) { in.Fresh.X = nil },
		"an element moves to z_i": func(in *Instances) { in.Z = append(in.Z, in.First[11]); in.First = in.First[:11] },
		"z_i is longer":           func(in *Instances) { in.Z = append(in.Z, fr.Element{}) },
		"no phase":                func(in *Instances) { in.Cycle.W = nil },
		"no step":                 func(in *Instances) { in.I = 0 },
	} {
		in := cloneInstances(&s.Instances)
		alter(in)
		err := p.VerifyInstances(in, z0)
		require.Error(t, err, name)
		altered := *s
		altered.Instances = *in
		require.Equal(t, err, p.Verify(&altered, z0), name)
	}
	require.NoError(t, p.VerifyInstances(cloneInstances(&s.Instances), z0))
}

func cloneInstances(in *Instances) *Instances {
	out := *in
	out.First, out.Z = slices.Clone(in.First), slices.Clone(in.Z)
	out.Main.W, out.Main.X = slices.Clone(in.Main.W), slices.Clone(in.Main.X)
	out.Fresh.W, out.Fresh.X = slices.Clone(in.Fresh.W), slices.Clone(in.Fresh.X)
	out.Cycle.W, out.Cycle.X = slices.Clone(in.Cycle.W), slices.Clone(in.Cycle.X)
	return &out
}

// Pitfalls 1 and 4: the instances of a run with a witness of another, or with a part
// of one missing. The error names the instance.
func TestPitfall04WitnessesAreChecked(t *testing.T) {
	p, s, z0, _ := pointsRun(t, 2, 1)
	_, other, _, _ := pointsRun(t, 2, 100)
	for name, c := range map[string]struct {
		alter func(s *State)
		want  string
	}{
		"running":  {func(s *State) { s.main = other.main }, "running instance"},
		"last":     {func(s *State) { s.fresh = other.fresh }, "last instance"},
		"cycle":    {func(s *State) { s.cycle = other.cycle }, "CycleFold instance"},
		"no E":     {func(s *State) { s.main.E = nil }, "running instance"},
		"no W":     {func(s *State) { s.cycle.W = nil }, "CycleFold instance"},
		"cycle E":  {func(s *State) { s.cycle.E = s.cycle.E[1:] }, "CycleFold instance"},
		"no fresh": {func(s *State) { s.fresh.W = nil }, "last instance"},
		"blinds":   {func(s *State) { s.cycle.BlindW = s.cycle.BlindW[:1] }, "CycleFold instance"},
	} {
		bad := *s
		main, fresh, cycle := *s.main, *s.fresh, *s.cycle
		bad.main, bad.fresh, bad.cycle = &main, &fresh, &cycle
		c.alter(&bad)
		require.ErrorContains(t, p.Verify(&bad, z0), c.want, name)
	}
	require.ErrorIs(t, p.Verify(&State{Instances: s.Instances}, z0), ErrState)
}

// tagged is a step with another digest and nothing else.
type tagged struct{ counter }

func (tagged) Digest() [32]byte { return sha256.Sum256([]byte("tagged")) }

// Pitfall 6: the parameters cover both circuits, the phases, the keys, the step's
// digest and its width; and a state of other parameters is none of these.
func TestPitfall06Parameters(t *testing.T) {
	p, s := counted(t, 1)
	seen := map[fr.Element]bool{p.Digest(): true}
	fresh := func(pp fr.Element) {
		require.False(t, seen[pp])
		seen[pp] = true
	}
	fresh(paramsOf(t, tagged{}).Digest())
	fresh(paramsOf(t, hashes{}).Digest())
	fresh(paramsOf(t, points{}).Digest())
	key, err := commit.SetupDevelopment(p.MainPoints())
	require.NoError(t, err)
	cycleKey, err := ivcCycleKey()
	require.NoError(t, err)
	another, err := NewParams(p.Circuits, key, cycleKey)
	require.NoError(t, err)
	fresh(another.Digest())

	// A phase that ends elsewhere is another scheme.
	whole := *p.cycle
	whole.ends = []int{p.cycle.ends[0] + 1, p.cycle.ends[1]}
	require.NotEqual(t, p.cycle.ID(), whole.ID())

	require.ErrorIs(t, paramsOf(t, tagged{}).Verify(s, seven), ErrState)
	require.Error(t, another.Verify(s, seven))
}

// Pitfalls 11 and 14: one public input, whatever the step; and the same circuits each
// time that they are compiled.
func TestPitfall14CircuitsAreUniform(t *testing.T) {
	for _, s := range []Step{counter{}, points{}} {
		a, err := CompileSteps(s)
		require.NoError(t, err)
		b, err := CompileSteps(s)
		require.NoError(t, err)
		require.Equal(t, 1, a.augmented.Shape().Public())
		require.Equal(t, protocol.CyclePublic, a.cycleFold.Shape().Public())
		require.Equal(t, a.augmented.Shape().Digest(), b.augmented.Shape().Digest())
		require.Equal(t, a.cycleFold.Shape().Digest(), b.cycleFold.Shape().Digest())
		require.NoError(t, a.cycleFold.Shape().Extends(a.first.Shape()))
	}
}

func TestMisshapenStepsAreRefused(t *testing.T) {
	p, s, _, now := pointsRun(t, 0, 1)
	for _, alter := range []func(w *StepWitness){
		func(w *StepWitness) { w.Z = nil }, func(w *StepWitness) { w.Advice = w.Advice[1:] },
		func(w *StepWitness) { w.Points = nil }, func(w *StepWitness) { w.Points[1] = w.Points[0] },
		func(w *StepWitness) { w.Rho.SetBigInt(shift126) },
	} {
		_, w := now.next(p.Context(s), 1, 2)
		alter(w)
		_, err := p.Prove(s, w, prf("seed"))
		require.ErrorIs(t, err, ErrState)
	}
}

// A prover that hands over a wrong step learns it at once: pitfall 17 among others,
// points that are not those of the state.
func TestWrongStepsAreRefused(t *testing.T) {
	p, s, _, now := pointsRun(t, 1, 1)
	_, _, g, _ := bn254.Generators()
	g.ScalarMultiplication(&g, big.NewInt(99))
	for name, alter := range map[string]func(w *StepWitness){
		"another next state": func(w *StepWitness) { w.Z[0].SetOne() },
		"another rho":        func(w *StepWitness) { w.Rho.SetOne() },
		"another result":     func(w *StepWitness) { w.Points[0][3] = g },
		"pitfall 17: a point not the state's": func(w *StepWitness) {
			w.Points[1][0], w.Points[1][2] = g, *new(bn254.G1Affine).Add(&g, &w.Points[1][1])
		},
		"pitfall 39: a point that is off BN254":  func(w *StepWitness) { w.Points[0][1].Y.SetOne() },
		"pitfall 12: another point for infinity": func(w *StepWitness) { w.Points[0][1] = bn254.G1Affine{} },
	} {
		_, w := now.next(p.Context(s), 1, 2)
		alter(w)
		_, err := p.Prove(s, w, prf("seed"))
		require.ErrorIs(t, err, r1cs.ErrUnsatisfied, name)
	}
}

// Pitfall 12: infinity in every place of an operation, equal points and opposite ones.
func TestPitfall12PointsOfRuns(t *testing.T) {
	p := paramsOf(t, points{})
	var now twoPoints
	z0 := now.state()
	scalars := [][2]int64{{3, 5}, {0, 0}, {3, 0}, {0, 9}, {7, -7}, {-6, 1}}
	s := run(t, p, z0, len(scalars), func(s *State) (w *StepWitness) {
		now, w = now.next(p.Context(s), scalars[s.I][0], scalars[s.I][1])
		return
	})
	require.NoError(t, p.Verify(s, z0))
}

// cycleOf returns the inputs of an honest CycleFold instance for G + [r] 2 G and 2 G + [rho] 3 G.
func cycleOf() *CycleFoldInputs[fq.Element] {
	_, _, g, _ := bn254.Generators()
	times := func(k int64) (p bn254.G1Affine) { p.ScalarMultiplication(&g, big.NewInt(k)); return }
	r, rho := fr.NewElement(3), fr.One()
	plus := func(a, k fr.Element, b int64) bn254.G1Affine {
		k = transcript.NativeEndoscalar(k)
		return curve.BN254.AddMultiple(times(int64(a.Uint64())), integer(k), times(b))
	}
	list := [][]bn254.G1Affine{
		{{}, {}, {}}, {times(1), times(2), plus(fr.NewElement(1), r, 2)},
		{times(2), times(3), plus(fr.NewElement(2), rho, 3)},
	}
	in := cycleFoldInputs(r, rho, list, []Operation{Horner(1)})
	drawn := words{new(big.Int).Add(shift126, big.NewInt(9)), big.NewInt(77)}
	for i := range drawn {
		in.Words[i] = curve.FromInteger[fq.Element](drawn[i])
	}
	in.Phi = fingerprint(drawn, wordOf(r, rho), list)
	return in
}

// shift126 is one more than what a challenge can be at most.
var shift126 = new(big.Int).Lsh(big.NewInt(1), transcript.ChallengeBits)

// Pitfalls 2, 39 and 43: what the CycleFold circuit refuses: points off the curve that
// its formulas do not notice, scalars and words that are not two challenges packed, a
// wrong result, another phi.
func TestPitfall39CycleFoldCircuit(t *testing.T) {
	whole, _, err := CompileCycleFold([]Operation{Horner(1)})
	require.NoError(t, err)
	honest := cycleOf()
	_, err = whole.Solve(honest.public(), honest.private())
	require.NoError(t, err)
	number := func(k uint64) fq.Element { return fq.NewElement(k) }
	tooLong := curve.FromInteger[fq.Element](shift126)
	for name, alter := range map[string]func(in *CycleFoldInputs[fq.Element]){
		"a point of y^2 = x^3 + 8": func(in *CycleFoldInputs[fq.Element]) {
			in.Points[0][0] = [2]fq.Element{number(1), number(3)}
			in.Points[0][2] = in.Points[0][0]
		},
		"(x, 0)": func(in *CycleFoldInputs[fq.Element]) { in.Points[0][0] = [2]fq.Element{number(5), {}} },
		"(0, y)": func(in *CycleFoldInputs[fq.Element]) { in.Points[0][0] = [2]fq.Element{{}, number(5)} },
		"wrong result": func(in *CycleFoldInputs[fq.Element]) {
			in.Points[2][2] = in.Points[2][1]
		},
		"r of 127 bits":         func(in *CycleFoldInputs[fq.Element]) { in.R = tooLong },
		"rho of 127 bits":       func(in *CycleFoldInputs[fq.Element]) { in.Rho = tooLong },
		"r in the place of rho": func(in *CycleFoldInputs[fq.Element]) { in.R, in.Rho = in.Rho, in.R },
		"word of 253 bits": func(in *CycleFoldInputs[fq.Element]) {
			in.Words[1] = curve.FromInteger[fq.Element](new(big.Int).Lsh(big.NewInt(1), protocol.WordBits))
		},
		"another word": func(in *CycleFoldInputs[fq.Element]) { in.Words[0] = number(9) },
		"another phi":  func(in *CycleFoldInputs[fq.Element]) { in.Phi = number(9) },
	} {
		in := cycleOf()
		alter(in)
		_, err := whole.Solve(in.public(), in.private())
		require.ErrorIs(t, err, r1cs.ErrUnsatisfied, name)
	}
}

// Pitfall 35: the phases have disjoint generators. A first commitment to less than the
// first phase with a second one to the rest, so that the coordinates could still be
// chosen, does not open, though the sum is right.
func TestPitfall35PhasesAreDisjoint(t *testing.T) {
	p, s, _, _ := pointsRun(t, 2, 1)
	require.NoError(t, p.cycle.Check(s.Cycle, s.cycle))
	g := p.cycle.group.key
	zeros := slices.Clone(s.cycle.W)
	clear(zeros[:10]) // coordinates
	first, err := g.CommitAt(0, zeros[:p.cycle.ends[0]], s.cycle.BlindW[0])
	require.NoError(t, err)
	rest := slices.Clone(s.cycle.W)
	clear(rest[10:p.cycle.ends[0]])
	second, err := g.CommitAt(0, rest, s.cycle.BlindW[1])
	require.NoError(t, err)
	var want, got grumpkin.G1Affine
	want.Add(&s.Cycle.W[0], &s.Cycle.W[1])
	got.Add(&first, &second)
	require.Equal(t, want, got, "together they commit to the witness")
	forged := s.Cycle
	forged.W = []grumpkin.G1Affine{first, second}
	require.ErrorIs(t, p.cycle.Check(forged, s.cycle), ErrOpening)
	require.Greater(t, p.cycle.ends[0], p.first.Inputs(), "all secret inputs are of the first phase")
	require.Equal(t, p.first.Inputs(), p.cycleFold.Inputs())
}

// Pitfalls 13, 16, 18 and 35: every message of the CycleFold transcript counts. The
// word depends on W1 and the statement; r on all of it.
func TestPitfall18EveryMessageIsAbsorbed(t *testing.T) {
	draw := func(edit transcripttest.Edit) (word, r fr.Element) {
		b := transcripttest.NewEditor(edit)
		tr := protocol.NewFold(b, protocol.Grumpkin)
		one := fr.One()
		point := protocol.Sent(one, one)
		r, _, err := protocol.Fold(b, tr, one, one, []fr.Element{one}, protocol.Messages[fr.Element]{
			Phases: []func() ([]fr.Element, error){point, point}, Cross: point,
			Words: func(bits [protocol.FingerprintWords][]fr.Element) {
				word = curve.FromInteger[fr.Element](wordsOf(bits)[1])
			},
		})
		require.NoError(t, err)
		return word, r
	}
	word, r := draw(transcripttest.Keep)
	for i := range 4 {
		for _, edit := range []transcripttest.Edit{transcripttest.Drop(i), transcripttest.Alter(i)} {
			otherWord, otherR := draw(edit)
			require.NotEqual(t, r, otherR, "message %d", i)
			require.Equal(t, i >= 2, word == otherWord, "message %d", i)
		}
	}
}

// Two lists of points have two fingerprints, and every position counts.
func TestFingerprintTellsListsApart(t *testing.T) {
	_, _, g, _ := bn254.Generators()
	list := func(n int) (out [][]bn254.G1Affine) {
		for range n {
			out = append(out, []bn254.G1Affine{{}, {}, {}})
		}
		return
	}
	word := words{new(big.Int).Lsh(big.NewInt(0x5eed5eed), 110), new(big.Int).Lsh(big.NewInt(0xf00d), 120)}
	seen := map[fq.Element]bool{fingerprint(word, new(big.Int), list(6)): true}
	for i := range 18 {
		l := list(6)
		l[i/3][i%3] = g
		phi := fingerprint(word, new(big.Int), l)
		require.False(t, seen[phi], "point %d", i)
		seen[phi] = true
	}
	require.NotContains(t, seen, fingerprint(word, big.NewInt(1), list(6)))
}

// Pitfall 34: blinds depend on everything that is hidden and on the place in the run;
// the same step gives the same bytes again.
func TestPitfall34Blinds(t *testing.T) {
	p, s, _, now := pointsRun(t, 1, 1)
	drawn := map[[64]byte]string{}
	labels := map[string]int{}
	recorder := func(label string, digest [32]byte) [64]byte {
		out := prf("seed")(label, digest)
		drawn[out] = label
		labels[label]++
		return out
	}
	prove := func(k int64) *State {
		_, w := now.next(p.Context(s), k, 2)
		next, err := p.Prove(s, w, recorder)
		require.NoError(t, err)
		return next
	}
	a := p.Encode(prove(1))
	require.Len(t, drawn, 5)
	require.Equal(t, a, p.Encode(prove(1)))
	require.Len(t, drawn, 5, "the same step, the same blinds")
	prove(4)
	// T on BN254 alone is of the earlier steps, and the same.
	require.Len(t, drawn, 9)
	require.Equal(t, map[string]int{
		"main cross term": 3, "cycle first phase": 3, "cycle second phase": 3, "cycle cross term": 3, "main witness": 3,
	}, labels)
}
