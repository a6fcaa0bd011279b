package folding

import (
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// forger is a prover of the points step that may lie. It says what it likes where a
// prover has a choice, computes everything else as the augmented circuit does, so
// that its instances are those that the circuit hashes, and then attaches witnesses.
type forger struct {
	*proving
	t   *testing.T
	now twoPoints
}

// pointsRun proves n steps and returns the state, which tests may not change, z_0 and
// the running points.
func pointsRun(t testing.TB, n int, from int64) (*Params, *State, []fr.Element, twoPoints) {
	p := paramsOf(t, points{})
	var now twoPoints
	z0 := now.state()
	runsMutex.Lock()
	defer runsMutex.Unlock()
	key := [2]int64{int64(n), from}
	r, ok := runs[key]
	if !ok {
		r.state = run(t, p, z0, n, func(s *State) (w *StepWitness) {
			now, w = now.next(p.Context(s), from+int64(s.I), from+5)
			return
		})
		r.now = now
		runs[key] = r
	}
	return p, r.state, z0, r.now
}

type pointsState struct {
	state *State
	now   twoPoints
}

var (
	runsMutex sync.Mutex
	runs      = map[[2]int64]pointsState{}
)

// forge begins a step that is honest so far.
func forge(t *testing.T, p *Params, s *State, now twoPoints) *forger {
	_, w := now.next(p.Context(s), 11, 13)
	at, err := p.io(&s.Instances)
	require.NoError(t, err)
	v := &proving{Params: p, state: s, step: w, blinds: prf("forger"), now: at, here: at.Public(protocol.Native()),
		next: &State{}}
	v.next.I, v.next.First, v.next.Z = s.I+1, s.First, slices.Clone(w.Z)
	return &forger{v, t, now}
}

func (f *forger) main() *forger  { require.NoError(f.t, f.foldMain()); return f }
func (f *forger) cycle() *forger { require.NoError(f.t, f.foldCycle()); return f }

// recompute sets cfU_{i+1} to what the augmented circuit makes of the commitments that
// the forger gives: with its own challenges, and phi of its own points.
func (f *forger) recompute() *forger {
	statement, err := f.statement()
	require.NoError(f.t, err)
	var w words
	c := f.Params.cycle
	r, err := c.challenge(f.pp, f.here, []fr.Element{statement}, protocol.Messages[fr.Element]{
		Phases: c.committed(f.cycleFresh.W), Cross: c.sent(f.cycleFolded.Cross),
		Words: func(bits [protocol.FingerprintWords][]fr.Element) { w = wordsOf(bits) },
	})
	require.NoError(f.t, err)
	x := []fq.Element{curve.FromInteger[fq.Element](w[0]), curve.FromInteger[fq.Element](w[1]),
		fingerprint(w, wordOf(f.r, f.step.Rho), f.points())}
	fresh := Fresh[fq.Element, grumpkin.G1Affine]{W: f.cycleFresh.W, X: x}
	f.next.Cycle = f.Params.cycle.combine(r, f.state.Cycle, fresh, f.cycleFolded.Cross)
	return f
}

// finish solves the augmented circuit, which must accept, and returns the state.
func (f *forger) finish() *State {
	require.NoError(f.t, f.solve(), "the forger's circuit")
	return f.next
}

// An honest forger is a prover.
func TestForgerIsAProver(t *testing.T) {
	p, s, z0, now := pointsRun(t, 2, 1)
	f := forge(t, p, s, now).main().cycle()
	want := f.next.Cycle
	require.Equal(t, want, f.recompute().next.Cycle)
	require.NoError(t, p.Verify(f.finish(), z0))
}

// Every lie of a prover that the augmented circuit cannot see ends in a state that
// does not verify.
func TestForgeries(t *testing.T) {
	p, s, z0, now := pointsRun(t, 2, 1)
	_, other, _, _ := pointsRun(t, 2, 100)
	_, _, g, _ := bn254.Generators()
	for name, lie := range map[string]func() *State{
		// Pitfall 2: the CycleFold instance is not of this fold's points and scalars.
		"CycleFold instance: pitfall 2: a running instance of the prover's choice": func() *State {
			f := forge(t, p, s, now).main().cycle()
			f.chooseRunning()
			return f.recompute().finish()
		},
		"running instance: pitfall 2: another W'": func() *State {
			f := forge(t, p, s, now).main().cycle()
			f.next.Main.W = []bn254.G1Affine{g}
			return f.recompute().finish()
		},
		"running instance: pitfall 2: another E'": func() *State {
			f := forge(t, p, s, now).main().cycle()
			f.next.Main.E = g
			return f.recompute().finish()
		},
		"CycleFold instance: pitfall 2: another result of the step": func() *State {
			f := forge(t, p, s, now).main().cycle()
			f.claim(twoPoints{a: g, b: now.b})
			return f.recompute().finish()
		},
		"running instance: pitfall 2: another T": func() *State {
			f := forge(t, p, s, now)
			f.cross = g
			f.withoutT(s)
			return f.cycle().finish()
		},
		"CycleFold instance: one of another step": func() *State {
			f := forge(t, p, s, now).main().cycle()
			old := forge(t, p, other, now).main().cycle()
			f.cycleFresh, f.cycleFolded = old.cycleFresh, old.cycleFolded
			return f.recompute().finish()
		},
		// Pitfall 35: the witness is chosen after the challenges of the fingerprint.
		"CycleFold instance: pitfall 35: W1 replaced after the words": func() *State {
			f := forge(t, p, s, now).main().cycle()
			f.next.cycle.W = slices.Clone(f.next.cycle.W)
			for i := range 40 {
				f.next.cycle.W[i].SetUint64(uint64(i))
			}
			return f.finish()
		},
		"the state is not one of a run: pitfall 16: another running CycleFold instance": func() *State {
			f := forge(t, p, s, now).main().cycle()
			f.next.Cycle, f.next.cycle = other.Cycle, other.cycle
			return f.withPublic(s)
		},
	} {
		part, _, _ := strings.Cut(name, ":")
		require.ErrorContains(t, p.Verify(lie(), z0), part, name)
	}
}

// chooseRunning puts an instance in the place of U_{i+1} that has the same u and x and a
// witness of the forger's choice, error vector and commitments included: nothing is
// wrong with it but that it is not the fold.
func (f *forger) chooseRunning() {
	m, u := f.Params.main, &f.next.Main
	w := &Witness[fr.Element]{W: make([]fr.Element, m.shape.Private()), BlindW: []fr.Element{fr.One()},
		BlindE: fr.One()}
	for i := range w.W {
		w.W[i].SetUint64(uint64(i))
	}
	p, err := m.shape.Multiply(u.U, u.X, w.W)
	require.NoError(f.t, err)
	w.E = p.A
	for i := range w.E {
		w.E[i].Mul(&w.E[i], &p.B[i])
		p.C[i].Mul(&p.C[i], &u.U)
		w.E[i].Sub(&w.E[i], &p.C[i])
	}
	c, _, err := m.commitPhase(0, w.W, known[fr.Element, bn254.G1Affine](w.BlindW[0]))
	require.NoError(f.t, err)
	u.W = []bn254.G1Affine{c}
	u.E, err = m.group.key.CommitAt(0, w.E, w.BlindE)
	require.NoError(f.t, err)
	f.next.main = w
	require.NoError(f.t, m.Check(*u, w))
}

// claim says that a step ended in other points.
func (f *forger) claim(end twoPoints) {
	_, honest := f.now.next(f.Params.Context(f.state), 11, 13)
	w := *honest
	w.Z, w.Advice = end.state(), slices.Clone(honest.Advice)
	copy(w.Advice[12:], w.Z)
	w.Points = [][]bn254.G1Affine{slices.Clone(honest.Points[0]), slices.Clone(honest.Points[1])}
	w.Points[0][3], w.Points[1][2] = end.a, end.b
	f.step, f.next.Z = &w, w.Z
}

// withoutT folds with a commitment to T that is to something else.
func (f *forger) withoutT(s *State) {
	f.drawMain()
	f.next.Main = f.Params.main.combine(f.r, s.Main, s.Fresh, f.cross)
	honest, err := f.Params.main.Prove(f.pp, s.Main, s.main, s.Fresh, s.fresh, fr.One())
	require.NoError(f.t, err)
	f.next.main = honest.Witness
}

// drawMain draws r of the fold on BN254 for the forger's commitment to T.
func (f *forger) drawMain() {
	m, s := f.Params.main, f.state
	running, err := m.form(s.Main, s.Fresh)
	require.NoError(f.t, err)
	f.r, err = m.challenge(f.pp, running, s.Fresh.X, protocol.Messages[fr.Element]{
		Phases: m.committed(s.Fresh.W), Cross: m.sent(f.cross),
	})
	require.NoError(f.t, err)
}

// withPublic takes the last instance of an honest step, whose hash is of other things.
func (f *forger) withPublic(s *State) *State {
	honest, err := f.Prove(s, f.step, prf("forger"))
	require.NoError(f.t, err)
	f.next.Fresh, f.next.fresh = honest.Fresh, honest.fresh
	return f.next
}

// The augmented circuit itself refuses these.
func TestCircuitRefuses(t *testing.T) {
	p, s, _, now := pointsRun(t, 2, 1)
	honest := forge(t, p, s, now).main().cycle()
	public, err := p.io(&honest.next.Instances)
	require.NoError(t, err)
	q, five := fq.Modulus(), fr.NewElement(5)
	for name, alter := range map[string]func(in *AugmentedInputs[fr.Element]){
		"pitfall 1: another U":     func(in *AugmentedInputs[fr.Element]) { in.Main.W = r1cs.PointLimbs(&s.Main.E) },
		"pitfall 1: another u":     func(in *AugmentedInputs[fr.Element]) { in.Main.U = five },
		"pitfall 1: another x":     func(in *AugmentedInputs[fr.Element]) { in.Main.X = five },
		"pitfall 1: another cfU":   func(in *AugmentedInputs[fr.Element]) { in.Cycle.First = in.Cycle.Second },
		"pitfall 1: another cfU.u": func(in *AugmentedInputs[fr.Element]) { in.Cycle.U = five },
		"pitfall 1: another cfU.x": func(in *AugmentedInputs[fr.Element]) { in.Cycle.X[1] = in.Cycle.X[0] },
		"pitfall 3: another z_0":   func(in *AugmentedInputs[fr.Element]) { in.First = five },
		"pitfall 6: another pp":    func(in *AugmentedInputs[fr.Element]) { in.PP = five },
		"another i":                func(in *AugmentedInputs[fr.Element]) { in.I = five },
		"i = 0 again":              func(in *AugmentedInputs[fr.Element]) { in.I = fr.Element{} },
		"another state":            func(in *AugmentedInputs[fr.Element]) { in.Z[0] = five },
		"another advice":           func(in *AugmentedInputs[fr.Element]) { in.Advice[0] = five },
		"another fresh W":          func(in *AugmentedInputs[fr.Element]) { in.Main.Fresh = in.Main.W },
		"another T":                func(in *AugmentedInputs[fr.Element]) { in.Main.Cross = in.Main.W },
		"another W'":               func(in *AugmentedInputs[fr.Element]) { in.Main.NextW = in.Main.W },
		"another fresh W1": func(in *AugmentedInputs[fr.Element]) {
			in.Cycle.FreshFirst = in.Cycle.FreshSecond
		},
		"another fresh W2": func(in *AugmentedInputs[fr.Element]) {
			in.Cycle.FreshSecond = in.Cycle.FreshFirst
		},
		"another T on Grumpkin": func(in *AugmentedInputs[fr.Element]) { in.Cycle.Cross = in.Cycle.FreshFirst },
		"pitfall 15: W1 off Grumpkin": func(in *AugmentedInputs[fr.Element]) {
			in.Cycle.FreshFirst = [2]fr.Element{fr.One(), fr.NewElement(3)}
		},
		"pitfall 8: x + q": func(in *AugmentedInputs[fr.Element]) {
			x := honest.state.Fresh.W[0].X.BigInt(new(big.Int))
			x.Add(x, q)
			for i := range 3 {
				mask := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 86), big.NewInt(1))
				in.Main.Fresh[i] = curve.FromInteger[fr.Element](mask.And(mask, new(big.Int).Rsh(x, uint(86*i))))
			}
		},
		"pitfall 8: limbs that carry": func(in *AugmentedInputs[fr.Element]) {
			in.Main.Fresh = carried(honest.state.Fresh.W[0])
		},
		"pitfall 8: limbs of U that carry": func(in *AugmentedInputs[fr.Element]) {
			in.Main.W = carried(honest.state.Main.W[0])
		},
		"pitfall 8: limbs of cfU that carry": func(in *AugmentedInputs[fr.Element]) {
			x := honest.state.Cycle.X[2]
			p := carried(bn254.G1Affine{X: fp.Element(x)})
			in.Cycle.X[2] = [3]fr.Element(p[:3])
		},
	} {
		in := honest.augmentedInputs(public.Public(protocol.Native()))
		in.Z, in.Advice = slices.Clone(in.Z), slices.Clone(in.Advice)
		alter(in)
		require.ErrorIs(t, solveAugmented(p, in), r1cs.ErrUnsatisfied, name)
	}
	require.NoError(t, solveAugmented(p, honest.augmentedInputs(public.Public(protocol.Native()))))
}

func solveAugmented(p *Params, in *AugmentedInputs[fr.Element]) error {
	_, err := p.augmented.Solve([]fr.Element{in.Public}, in.private())
	return err
}

// carried returns limbs of a point with 2^86 added to the first limb and 1 subtracted from the
// second. Packed, or modulo r, the limbs are the same.
func carried(p bn254.G1Affine) (l [6]fr.Element) {
	l = r1cs.PointLimbs(&p)
	one, shift := fr.One(), curve.FromInteger[fr.Element](new(big.Int).Lsh(big.NewInt(1), 86))
	l[0].Add(&l[0], &shift)
	l[1].Sub(&l[1], &one)
	return
}

// Pitfall 3 and the rule on the base case: at step 0 every running input is the
// default, one by one, even if all else is computed from what is there instead.
func TestPitfall03BaseCase(t *testing.T) {
	p, s, _, now := pointsRun(t, 0, 1)
	_, _, g, _ := bn254.Generators()
	_, h := grumpkin.Generators()
	step0 := func(lie func(f *forger, s *State)) error {
		start, err := p.Start(s.First)
		require.NoError(t, err)
		f := forge(t, p, start, now)
		lie(f, start)
		f.proving.now, err = p.io(&start.Instances)
		require.NoError(t, err)
		f.here = f.proving.now.Public(protocol.Native())
		f.foldAtZero()
		f.cycle()
		return f.solve()
	}
	for name, lie := range map[string]func(f *forger, s *State){
		"W": func(_ *forger, s *State) { s.Main.W[0] = g }, "E": func(_ *forger, s *State) { s.Main.E = g },
		"u": func(_ *forger, s *State) { s.Main.U.SetOne() }, "x": func(_ *forger, s *State) { s.Main.X[0].SetOne() },
		"fresh W": func(_ *forger, s *State) { s.Fresh.W[0] = g }, "T": func(f *forger, _ *State) { f.cross = g },
		"W1": func(_ *forger, s *State) { s.Cycle.W[0] = h }, "W2": func(_ *forger, s *State) { s.Cycle.W[1] = h },
		"cycle E":     func(_ *forger, s *State) { s.Cycle.E = h },
		"cycle u":     func(_ *forger, s *State) { s.Cycle.U.SetOne() },
		"word":        func(_ *forger, s *State) { s.Cycle.X[0].SetOne() },
		"phi":         func(_ *forger, s *State) { s.Cycle.X[2].SetOne() },
		"second word": func(_ *forger, s *State) { s.Cycle.X[1].SetOne() },
	} {
		require.ErrorIs(t, step0(lie), r1cs.ErrUnsatisfied, name)
	}
	require.NoError(t, step0(func(*forger, *State) {}))
}

// foldAtZero folds what is there without a look at whether it is the default.
func (f *forger) foldAtZero() {
	m, s := f.Params.main, f.state
	f.drawMain()
	f.next.Main = m.combine(f.r, s.Main, s.Fresh, f.cross)
	f.next.Main.U, f.next.Main.X = s.Main.U, s.Main.X
	_, f.next.main = m.Default()
}

// Pitfall 3: z_0 is the state that step 0 reads, and the hash keeps it from then on.
func TestPitfall03FirstStateIsForced(t *testing.T) {
	p, s, _, now := pointsRun(t, 0, 1)
	f := forge(t, p, s, now).main().cycle()
	other := slices.Clone(s.First)
	other[0].SetOne()
	f.next.First = other
	require.ErrorIs(t, f.solve(), r1cs.ErrUnsatisfied)
	f.next.First = s.First
	done := f.finish()
	require.NoError(t, p.Verify(done, s.First))
	require.ErrorIs(t, p.Verify(done, other), ErrState)
	done.First = other
	require.ErrorIs(t, p.Verify(done, other), ErrState)
}

// Step 0's own point operations are proven and folded like all others: a wrong result
// in step 0 does not verify, neither at once nor after further steps.
func TestStepZeroKeepsItsPoints(t *testing.T) {
	p, s, z0, now := pointsRun(t, 0, 1)
	_, _, g, _ := bn254.Generators()
	f := forge(t, p, s, now).main().cycle()
	require.NotZero(t, f.next.Cycle.U)
	wrong := twoPoints{a: g, b: g}
	f.claim(wrong)
	lied := f.recompute().finish()
	require.ErrorContains(t, p.Verify(lied, z0), "CycleFold instance")
	_, w := wrong.next(p.Context(lied), 2, 3)
	further, err := p.Prove(lied, w, prf("seed"))
	require.NoError(t, err)
	require.ErrorContains(t, p.Verify(further, z0), "CycleFold instance")
}
