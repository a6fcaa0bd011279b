package recursion

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/folding"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/progress"
	"fold.example/fold/step"
	"fold.example/fold/step/circuit"
)

// Recursion is the incremental proof of a run: every proven step is folded into one state,
// whose size does not depend on the number of steps.
type Recursion struct {
	*folding.Params
	Function *step.Function     // the step function
	Protocol *step.Params       // parameters of the run
	First    []fr.Element       // z_0
	State    *folding.State     // folding state after the last step
	Tracker  *step.StateTracker // is at the same step as State
}

// New compiles the recursion for the parameters of a run, which takes a second or two of
// core time, and starts it before the first step. The error wraps ErrFormat if the key is
// too short.
func New(ctx context.Context, p *step.Params, key *commit.Key, prompt int) (*Recursion, error) {
	r := &Recursion{Protocol: p, Tracker: p.Track(prompt)}
	r.Tracker.Context = r.Context
	err := progress.Cancellable(ctx, func() error { return r.prepare(ctx, key) })
	if err != nil {
		return nil, err
	}
	r.First = p.Elements(&r.Tracker.State)
	r.State, err = r.Start(r.First)
	return r, err
}

func (r *Recursion) prepare(ctx context.Context, key *commit.Key) error {
	c, err := Compile(ctx, r.Protocol)
	if err != nil {
		return err
	}
	if need := c.Circuits.MainPoints(); key.Len() < need {
		return fmt.Errorf("%w: the recursion needs a key of %d points, %d are there", fault.ErrFormat, need, key.Len())
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.Function = c.function.Function
	r.Params, err = folding.NewParams(c.Circuits, key, c.Key)
	return err
}

// Compiled is the part of a recursion that follows from the parameters of its runs: its circuits and
// Grumpkin's commitment key. It is not changed after Compile, so several recursions may share it.
type Compiled struct {
	of       [sha256.Size]byte // of the parameters
	function circuit.Function
	Circuits *folding.Circuits   // compiled augmented and CycleFold circuits
	Key      *commit.GrumpkinKey // Pedersen key of the CycleFold side
}

// lastCompiled is the result of the last Compile. It is a variable of the package because its callers have
// no common owner: a run that is resumed compiles while its model is read, then opens its recursion; a
// verifier of several stores opens one recursion after the other; a key is derived from a file alone.
// Compile is a function of the parameters, the digest tells whether they are the same, and the result is
// never changed. So the variable saves time and decides nothing else. It keeps one result.
var lastCompiled struct {
	sync.Mutex
	*Compiled
}

// Compile compiles the recursion for the parameters, or returns the last call's result if
// the parameters are the same. It checks ctx between its parts; the longest part takes a
// second or two.
func Compile(ctx context.Context, p *step.Params) (*Compiled, error) {
	model, err := p.Model.Encode()
	if err != nil {
		return nil, err
	}
	of := sha256.Sum256(fmt.Appendf(model, "%d %d %d", p.PositionBits, p.Blocks, p.Classes))
	lastCompiled.Lock()
	defer lastCompiled.Unlock()
	if c := lastCompiled.Compiled; c != nil && c.of == of {
		return c, nil
	}
	c := &Compiled{of: of}
	for _, part := range []func() error{
		func() (err error) { c.function, err = circuit.New(p); return },
		func() (err error) { c.Circuits, err = circuit.Compile(c.function); return },
		func() (err error) { c.Key, err = commit.NewGrumpkinKey(c.Circuits.CyclePoints()); return },
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := part(); err != nil {
			return nil, err
		}
	}
	lastCompiled.Compiled = c
	return c, nil
}

// Context returns the context that the next step's transcript absorbs first; z is the state
// before that step.
func (r *Recursion) Context(z []fr.Element) fr.Element {
	return folding.Context(r.Digest(), r.State.I, z)
}

// Resume restores the recursion from an encoded state after the given number of steps, of a
// run whose state is z. It does not verify the state's proof. The error wraps ErrCorrupt.
func (r *Recursion) Resume(encoded []byte, steps int, z *step.State) error {
	state, err := r.Decode(encoded)
	if err == nil {
		err = r.stands(state, steps, z)
	}
	if err != nil {
		return fmt.Errorf("%w: the proof of %d steps: %w", fault.ErrCorrupt, steps, err)
	}
	// Copy z, because a tracker changes the lists of its state in place.
	own, err := r.Protocol.DecodeState(r.Protocol.EncodeState(z))
	if err != nil {
		return err
	}
	r.State, r.Tracker.State = state, *own
	return nil
}

var errElsewhere = errors.New("it ends in another state than the one in the store")

// stands checks the statement of a folding state: the given number of steps, from the run's
// first state to z.
func (r *Recursion) stands(state *folding.State, steps int, z *step.State) error {
	switch {
	case state.I != uint64(steps):
		return fmt.Errorf("it is of %d steps", state.I)
	case !slices.Equal(state.First, r.First):
		return errors.New("it begins in another state than the run")
	case !slices.Equal(state.Z, r.Protocol.Elements(z)):
		return errElsewhere
	}
	return nil
}

// Add folds the next step of a pass.
func (r *Recursion) Add(s *step.Step, seed prf.Seed) error {
	w, err := r.Function.Witness(r.Tracker, s)
	if err != nil {
		return err
	}
	return r.Fold(w, seed)
}

// Fold folds the step over which the tracker has been advanced.
func (r *Recursion) Fold(w *step.FunctionWitness, seed prf.Seed) error {
	next, err := r.Prove(r.State, w.Folding(), step.RecursionBlinds(seed))
	if err != nil {
		return err
	}
	r.State = next
	r.Tracker.Log = step.ClaimLog{} // the prover's log has the claims
	return nil
}

// Read decodes a state and checks its statement: the given number of steps, ending in z.
// VerifyState checks its proof.
func (r *Recursion) Read(encoded []byte, steps int, z *step.State) error {
	state, err := r.Decode(encoded)
	if err != nil {
		return err
	}
	r.State = state
	return r.stands(state, steps, z)
}

// VerifyState verifies the state that Read has decoded.
func (r *Recursion) VerifyState() error { return r.Verify(r.State, r.First) }

// GoOn restores the recursion from a saved state, which must end in z.
func (r *Recursion) GoOn(kept *folding.State, z []fr.Element) error {
	if err := sameState(kept, r.First, z); err != nil {
		return fmt.Errorf("%w: a settlement's state: %w", fault.ErrCorrupt, err)
	}
	r.State = kept
	return nil
}

var errOtherEnds = errors.New("it is of another settlement")

func sameState(s *folding.State, first, z []fr.Element) error {
	if !slices.Equal(s.First, first) || !slices.Equal(s.Z, z) {
		return errOtherEnds
	}
	return nil
}
