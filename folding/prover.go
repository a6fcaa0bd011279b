package folding

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

// proving is one step while it is proven.
type proving struct {
	*Params
	state  *State
	step   *StepWitness
	blinds Blinds
	now    protocol.IVCIO[fr.Element]
	here   fr.Element // the hash of now

	cross       bn254.G1Affine // T on BN254
	r           fr.Element
	next        *State
	cycleFresh  Fresh[fq.Element, grumpkin.G1Affine]
	cycleFolded *Folded[fq.Element, grumpkin.G1Affine]
}

// Prove proves one more step: it folds the last instance, has all point operations
// proven in a CycleFold instance and folds that, and makes the instance of the new
// step. The state is not changed. A step that is not one fails with an error that
// wraps r1cs.ErrUnsatisfied; one of a wrong form wraps ErrState.
func (p *Params) Prove(s *State, w *StepWitness, blinds Blinds) (*State, error) {
	if err := p.checkStep(w); err != nil {
		return nil, err
	}
	now, err := p.io(&s.Instances)
	if err != nil {
		return nil, err
	}
	v := &proving{Params: p, state: s, step: w, blinds: blinds, now: now, here: now.Public(protocol.Native()),
		next: &State{}}
	v.next.I, v.next.First, v.next.Z = s.I+1, s.First, slices.Clone(w.Z)
	if err := v.foldMain(); err != nil {
		return nil, fmt.Errorf("folding the last step: %w", err)
	}
	if err := v.foldCycle(); err != nil {
		return nil, fmt.Errorf("point operations: %w", err)
	}
	if err := v.solve(); err != nil {
		return nil, fmt.Errorf("augmented circuit: %w", err)
	}
	return v.next, nil
}

func (p *Params) checkStep(w *StepWitness) error {
	if len(w.Advice) != p.step.Advice() {
		return fmt.Errorf("%w: %d elements of advice, want %d", ErrState, len(w.Advice), p.step.Advice())
	}
	if err := p.checkWidth("the next z", w.Z); err != nil {
		return err
	}
	if integer(w.Rho).BitLen() > transcript.ChallengeBits {
		return fmt.Errorf("%w: rho has more than %d bits", ErrState, transcript.ChallengeBits)
	}
	operations := p.step.Operations()
	if len(w.Points) != len(operations) {
		return fmt.Errorf("%w: points of %d operations, want %d", ErrState, len(w.Points), len(operations))
	}
	for i, o := range operations {
		if n := len(w.Points[i]); n != o.Inputs()+1 {
			return fmt.Errorf("%w: %d points in operation %d, want %d", ErrState, n, i, o.Inputs()+1)
		}
	}
	return nil
}

// foldMain folds u_i into U_i; at step 0 there is nothing to fold, and r is drawn alone.
func (v *proving) foldMain() error {
	s := v.state
	if s.I == 0 {
		return v.startMain()
	}
	blind := v.main.drawing(v.blinds, "main cross term", v.main.group.encodePoint(s.Fresh.W[0]), s.Fresh.X)
	f, err := v.main.prove(v.pp, s.Main, s.main, s.Fresh, s.fresh, blind)
	if err != nil {
		return err
	}
	v.cross, v.r, v.next.Main, v.next.main = f.Cross, f.Challenge, f.Instance, f.Witness
	return nil
}

// startMain draws r as the circuit does at step 0, where U_1 is the default instance again.
func (v *proving) startMain() error {
	s := v.state
	running, err := v.main.form(s.Main, s.Fresh)
	if err != nil {
		return err
	}
	v.r, err = v.main.challenge(v.pp, running, s.Fresh.X, protocol.Messages[fr.Element]{
		Phases: v.main.committed(s.Fresh.W), Cross: v.main.sent(v.cross),
	})
	v.next.Main, v.next.main = v.main.Default()
	return err
}

// points returns the points of all operations, Nova's first.
func (v *proving) points() [][]bn254.G1Affine {
	before, after := &v.state.Main, &v.next.Main
	return append([][]bn254.G1Affine{
		{before.W[0], v.state.Fresh.W[0], after.W[0]}, {before.E, v.cross, after.E},
	}, v.step.Points...)
}

// statement is pointsDigest of the step.
func (v *proving) statement() (fr.Element, error) {
	after, err := v.main.digest(v.next.Main)
	if err != nil {
		return fr.Element{}, err
	}
	packed := [][3]fr.Element{r1cs.PackPoint(&v.state.Fresh.W[0]), r1cs.PackPoint(&v.cross)}
	for _, points := range v.step.Points {
		for i := range points {
			packed = append(packed, r1cs.PackPoint(&points[i]))
		}
	}
	word := curve.FromInteger[fr.Element](wordOf(v.r, v.step.Rho))
	return protocol.PointsDigest(protocol.Native(), v.now.Main, after, word, packed...), nil
}

// wordOf returns a + 2^126 b.
func wordOf(a, b fr.Element) *big.Int {
	w := integer(b)
	return w.Lsh(w, transcript.ChallengeBits).Add(w, integer(a))
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

// foldCycle solves the CycleFold instance phase by phase, as protocol.Fold asks for them,
// and folds it.
func (v *proving) foldCycle() error {
	statement, err := v.statement()
	if err != nil {
		return err
	}
	c := &cyclePhases{proving: v, in: cycleFoldInputs(v.r, v.step.Rho, v.points(), v.Circuits.step.Operations())}
	c.Phases, c.Words = []func() ([]fr.Element, error){c.firstPhase, c.secondPhase}, c.words
	v.cycleFolded, err = v.cycle.fold(v.pp, v.here, []fr.Element{statement}, v.state.Cycle, v.state.cycle, &c.sender)
	if err != nil {
		return err
	}
	v.cycleFresh = c.fresh
	v.next.Cycle, v.next.cycle = v.cycleFolded.Instance, v.cycleFolded.Witness
	return nil
}

// cyclePhases makes the CycleFold instance of a step while it is folded.
type cyclePhases struct {
	sender[fq.Element, grumpkin.G1Affine]
	*proving
	in     *CycleFoldInputs[fq.Element]
	first  []fq.Element // the variables of the first phase
	blinds []fq.Element
}

// firstPhase solves the first phase, all points and their arithmetic, and commits to it.
func (c *cyclePhases) firstPhase() ([]fr.Element, error) {
	solved, err := c.proving.first.Solve(c.in.public(), c.in.private())
	if err != nil {
		return nil, err
	}
	c.first = solved.W
	return c.commit(0, "cycle first phase", solved.W)
}

// words takes the challenges of the fingerprint, which are public inputs with phi.
func (c *cyclePhases) words(bits [protocol.FingerprintWords][]fr.Element) {
	w := wordsOf(bits)
	for i := range w {
		c.in.Words[i] = curve.FromInteger[fq.Element](w[i])
	}
	c.in.Phi = fingerprint(w, wordOf(c.r, c.step.Rho), c.points())
}

// secondPhase solves the whole circuit and commits to what the first phase has left.
func (c *cyclePhases) secondPhase() ([]fr.Element, error) {
	whole, err := c.cycleFold.Solve(c.in.public(), c.in.private())
	if err != nil {
		return nil, err
	}
	if !slices.Equal(whole.W[:len(c.first)], c.first) {
		return nil, fmt.Errorf("%w: the first phase depends on the second", ErrState)
	}
	sent, err := c.commit(1, "cycle second phase", whole.W)
	c.fresh.X = whole.X
	c.second = &FreshWitness[fq.Element]{W: whole.W, Blind: c.blinds, products: &whole.Products}
	c.draws = c.drawing("cycle cross term", whole.W)
	return sent, err
}

// commit commits to a phase with a blind that is drawn under a label.
func (c *cyclePhases) commit(phase int, label string, w []fq.Element) ([]fr.Element, error) {
	p, blind, err := c.cycle.commitPhase(phase, w, c.drawing(label, w))
	c.fresh.W, c.blinds = append(c.fresh.W, p), append(c.blinds, blind)
	return c.cycle.group.encodePoint(p), err
}

// drawing draws the blind of a vector of the CycleFold instance of this step.
func (v *proving) drawing(label string, vector []fq.Element) drawer[fq.Element, grumpkin.G1Affine] {
	return v.cycle.drawing(v.blinds, label, []fr.Element{v.here}, vector)
}

// wordsOf returns the challenges of a fingerprint as integers.
func wordsOf(bits [protocol.FingerprintWords][]fr.Element) (w words) {
	for i := range w {
		w[i] = wordOfBits(bits[i])
	}
	return
}

// solve makes the instance of the step that is proven.
func (v *proving) solve() error {
	next, err := v.io(&v.next.Instances)
	if err != nil {
		return err
	}
	in := v.augmentedInputs(next.Public(protocol.Native()))
	solved, err := v.augmented.Solve([]fr.Element{in.Public}, in.private())
	if err != nil {
		return err
	}
	v.next.Fresh, v.next.fresh, err = v.main.commit(solved,
		v.main.drawing(v.blinds, "main witness", solved.X, solved.W))
	return err
}
