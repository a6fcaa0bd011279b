package step

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/commit/mercury"
	"fold/internal/transcript"
)

// Run is a finished run with its proof: Output is the greedy continuation of
// Prompt by the committed model. It is not zero-knowledge: the state of every
// step, the values of the running claims and the tokens are in the open.
type Run struct {
	Prompt, Output []int
	Salt           fr.Element // zero in public runs
	Steps          []Step
	Settlement     *Settlement
	Openings       []*mercury.Proof // of the running claims: by class, then the cache's
}

const openingDomain = "fold running claims v1"

// followRun verifies the steps of a run one after another and returns where they end:
// the state and the claims on weights. The run holds if its settlement and the
// openings of its running claims do; VerifyRun checks everything.
func (p *Protocol) followRun(r *Run) (*Follower, error) {
	if len(r.Prompt) < 1 || len(r.Output) < 1 {
		return nil, fmt.Errorf("%w: a prompt of %d and an output of %d tokens, expected at least one of each", ErrRun, len(r.Prompt), len(r.Output))
	}
	f := p.Follow(len(r.Prompt), r.Salt)
	known := slices.Concat(r.Prompt, r.Output[:len(r.Output)-1]) // all but the last, which no pass embeds
	tokens := f.State.Tokens
	for i := range r.Steps {
		s, z := &r.Steps[i], &f.State
		if z.Phase == Embed && s.Bits >= 0 && s.Bits < 30 && z.Start+1<<s.Bits <= len(known) {
			window := windowDigest(z.Start, known[z.Start:z.Start+1<<s.Bits])
			tokens = extendChain(nativeBackend(), tokenChain, tokens, window)
		}
		if err := f.Verify(s); err != nil {
			return nil, fmt.Errorf("step %d: %w", i, err)
		}
	}
	z := &f.State
	switch last := r.Output[len(r.Output)-1]; {
	case z.Phase != Embed:
		return nil, fmt.Errorf("%w: it ends within a pass, before a step of kind %s", ErrRun, z.Phase)
	case z.Start != len(known):
		return nil, fmt.Errorf("%w: it covers %d positions, expected %d", ErrRun, z.Start, len(known))
	case !z.Tokens.Equal(&tokens):
		return nil, fmt.Errorf("%w: the tokens proven are not those stated", ErrRun)
	case z.Next != last:
		return nil, fmt.Errorf("%w: the last token chosen is %d, stated is %d", ErrRun, z.Next, last)
	}
	return f, nil
}

// VerifyRun checks a run: every step in order, the settlement of all claims on
// weights, and the openings of the running claims. vk must be of the key that the
// model is committed with.
func VerifyRun(vk *mercury.VerifierKey, p *Protocol, r *Run) error {
	f, err := p.followRun(r)
	if err != nil {
		return err
	}
	if r.Settlement == nil {
		return fmt.Errorf("%w: no settlement of the weights", ErrRun)
	}
	if err := VerifySettlement(vk, p.Model, &f.Log, f.State.Claims, r.Settlement); err != nil {
		return err
	}
	open := f.State.open()
	if len(r.Openings) != len(open) {
		return fmt.Errorf("%w: openings of %d running claims, expected %d", ErrRun, len(r.Openings), len(open))
	}
	for i, o := range open {
		if err := o.verify(vk, p.stateDigest(&f.State), r.Openings[i]); err != nil {
			return fmt.Errorf("%w: running claim %d: %w", ErrRun, i, err)
		}
	}
	return nil
}

// open lists the running claims.
func (z *State) open() []Opening { return append(slices.Clone(z.Cells), z.Cache) }

// unused says that a claim is still what a run starts with: that zero is zero.
func (o *Opening) unused() bool {
	for i := range o.Point {
		if !o.Point[i].IsZero() {
			return false
		}
	}
	return o.Value.IsZero() && o.Commitment.IsInfinity()
}

func (o *Opening) transcript(state fr.Element) (*transcript.Native, []mercury.Claim) {
	tr := transcript.New(openingDomain)
	tr.Absorb("state", state)
	return tr, []mercury.Claim{{Commitment: o.Commitment, NumVars: len(o.Point), Value: o.Value}}
}

func (o *Opening) verify(vk *mercury.VerifierKey, state fr.Element, p *mercury.Proof) error {
	if o.unused() {
		if p != nil {
			return fmt.Errorf("an opening of a claim that no step made")
		}
		return nil
	}
	if p == nil {
		return fmt.Errorf("no opening")
	}
	tr, claims := o.transcript(state)
	return mercury.Verify(vk, tr, o.Point, claims, p)
}

// prove opens a running claim.
func (o *Opening) prove(key *mercury.ProverKey, state fr.Element, q *Polynomial, seed Seed) (*mercury.Proof, error) {
	if o.unused() {
		return nil, nil
	}
	tr, claims := o.transcript(state)
	random := seed.stream("running claim mask", bytesOf(state, o.Value), bytesOf(o.Point...))
	return mercury.Open(key, tr, o.Point, claims, []mercury.Witness{{Polynomial: mercury.Dense(q.Values), Blind: q.Blind}}, random)
}
