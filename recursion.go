package fold

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/folding"
	"fold/internal/commit"
	"fold/internal/fault"
	"fold/internal/prf"
	"fold/internal/progress"
	"fold/step"
	"fold/step/circuit"
)

// recursion is the incremental proof of a run: every step, when it has been proven, is
// folded into one state whose size does not depend on their number.
type recursion struct {
	*folding.Params
	function circuit.Function
	protocol *step.Protocol
	first    []fr.Element // z_0
	state    *folding.State
	follower *step.Follower // stands where the state does
}

// newRecursion compiles the recursion of a run of a protocol, which takes a second or
// two of core time, and begins with no step. The error wraps ErrFormat if the key is too
// short.
func newRecursion(ctx context.Context, p *step.Protocol, key *commit.Key, prompt int) (*recursion, error) {
	r := &recursion{protocol: p, follower: p.Follow(prompt)}
	r.follower.Context = r.context
	err := progress.Cancellable(ctx, func() error { return r.prepare(ctx, key) })
	if err != nil {
		return nil, err
	}
	r.first = p.Elements(&r.follower.State)
	r.state, err = r.Start(r.first)
	return r, err
}

func (r *recursion) prepare(ctx context.Context, key *commit.Key) error {
	c, err := compile(ctx, r.protocol)
	if err != nil {
		return err
	}
	if need := c.circuits.MainPoints(); key.Len() < need {
		return fmt.Errorf("%w: the recursion needs a key of %d points, %d are there", fault.ErrFormat, need, key.Len())
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.function = c.function
	r.Params, err = folding.NewParams(c.circuits, key, c.key)
	return err
}

// compiled is what a recursion needs of a protocol alone.
type compiled struct {
	of       [sha256.Size]byte // what the protocol is made of
	function circuit.Function
	circuits *folding.Circuits
	key      *commit.GrumpkinKey
}

// lastCompiled spares a process that looks at several stores of one model and layout
// the second or two that compiling takes.
var lastCompiled struct {
	sync.Mutex
	*compiled
}

// compile compiles the recursion of a protocol, if it is not that of the last call. It
// looks at the context between the parts, of which the longest takes a second or two.
func compile(ctx context.Context, p *step.Protocol) (*compiled, error) {
	model, err := p.Model.Encode()
	if err != nil {
		return nil, err
	}
	of := sha256.Sum256(fmt.Appendf(model, "%d %d %d", p.PositionBits, p.Blocks, p.Classes))
	lastCompiled.Lock()
	defer lastCompiled.Unlock()
	if c := lastCompiled.compiled; c != nil && c.of == of {
		return c, nil
	}
	c := &compiled{of: of}
	for _, part := range []func() error{
		func() (err error) { c.function, err = circuit.New(p); return },
		func() (err error) { c.circuits, err = circuit.Compile(c.function); return },
		func() (err error) { c.key, err = commit.NewGrumpkinKey(c.circuits.CyclePoints()); return },
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := part(); err != nil {
			return nil, err
		}
	}
	lastCompiled.compiled = c
	return c, nil
}

// context is what the transcript of the next step begins with, z being the state that
// it starts from.
func (r *recursion) context(z []fr.Element) fr.Element {
	return folding.Context(r.Digest(), r.state.I, z)
}

// resume goes on from an encoded state after so many steps, with a run that stands at z.
// What the state proves is not checked again. The error wraps ErrCorrupt.
func (r *recursion) resume(encoded []byte, steps int, z *step.State) error {
	state, err := r.Decode(encoded)
	if err == nil {
		err = r.stands(state, steps, z)
	}
	if err != nil {
		return fmt.Errorf("%w: the proof of %d steps: %w", fault.ErrCorrupt, steps, err)
	}
	// A copy: a follower changes its state's lists in place.
	own, err := r.protocol.DecodeState(r.protocol.EncodeState(z))
	if err != nil {
		return err
	}
	r.state, r.follower.State = state, *own
	return nil
}

var errElsewhere = errors.New("it ends in another state than the one in the store")

// stands reports whether a state proves what the store says: so many steps, from
// the run's first state to z.
func (r *recursion) stands(state *folding.State, steps int, z *step.State) error {
	switch {
	case state.I != uint64(steps):
		return fmt.Errorf("it is of %d steps", state.I)
	case !slices.Equal(state.First, r.first):
		return errors.New("it begins in another state than the run")
	case !slices.Equal(state.Z, r.protocol.Elements(z)):
		return errElsewhere
	}
	return nil
}

// add folds the next step of a pass.
func (r *recursion) add(s *step.Step, seed prf.Seed) error {
	w, err := r.function.Witness(r.follower, s)
	if err != nil {
		return err
	}
	return r.fold(w, seed)
}

// fold folds the step that the follower has been taken over.
func (r *recursion) fold(w *step.FunctionWitness, seed prf.Seed) error {
	next, err := r.Prove(r.state, w.Folding(), step.RecursionBlinds(seed))
	if err != nil {
		return err
	}
	r.state = next
	r.follower.Log = step.ClaimLog{} // the prover's has the claims
	return nil
}

// read decodes a state that is to prove what the store says, and compares what it is of
// with that. That it proves it is Verify's to check.
func (r *recursion) read(encoded []byte, steps int, z *step.State) error {
	state, err := r.Decode(encoded)
	if err != nil {
		return err
	}
	r.state = state
	return r.stands(state, steps, z)
}

// verify checks that the state that has been read holds.
func (r *recursion) verify() error { return r.Verify(r.state, r.first) }

// goOn takes the recursion to a state that was kept, where z must stand.
func (r *recursion) goOn(kept *folding.State, z []fr.Element) error {
	if err := sameState(kept, r.first, z); err != nil {
		return fmt.Errorf("%w: a settlement's state: %w", fault.ErrCorrupt, err)
	}
	r.state = kept
	return nil
}

var errOtherEnds = errors.New("it is of another settlement")

func sameState(s *folding.State, first, z []fr.Element) error {
	if !slices.Equal(s.First, first) || !slices.Equal(s.Z, z) {
		return errOtherEnds
	}
	return nil
}
