package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
)

// stateVector is z, a run's state as a list of elements, whose hash a recursion passes from
// step to step. It has running claims as digests, so that a step opens only the claims that it
// changes.
type stateVector[E any] struct {
	// The model id and the hashes that it covers (ModelDigests), set at the start and constant.
	ID, Constants, Body, Head E

	Prompt, Phase, Group, Start, Bits, Next E
	Window                                  E // digest of the pass's tokens, zero outside a pass
	// Chains of the windows that begin in the prompt, and of those that begin after it.
	Tokens, Said                     E
	Stream                           argument.Limbs[E] // zero outside a pass
	CachePrev, CacheRead, CacheWrite E
	Model, Claims                    E
	Settle                           settleVector[E]
	Slots                            []E // digests of the running claims: by class, the cache's, the weights'
}

// settleVector is the part of the state that belongs to a settlement, zero before it.
type settleVector[E any] struct {
	Mix   E // rho, whose powers combine the claims
	Power E // the next power of rho
	Total E // sum of rho^k v_k over the claims that have not been read again
	Value E // the sumcheck's value, minus the contributions of the claims read again
	At    E // chain of the point s

	OmegaBody, OmegaHead E // chains of the segments' values at s, as named by the last step of sums
	Omega                E // chain of the values as read so far
	Pending              E // Omega after the record that the third reading is at
	Reread               E // chain of the claims that have been read again
	Points               E // chain of the commitments of that record, so far
	Chunk                E // number of steps that have read segments of that record
}

func (z *stateVector[E]) visit(f func(*E)) {
	for _, e := range []*E{&z.ID, &z.Constants, &z.Body, &z.Head, &z.Prompt, &z.Phase, &z.Group, &z.Start, &z.Bits,
		&z.Next,
		&z.Window,
		&z.Tokens, &z.Said} {
		f(e)
	}
	visitAll(f, z.Stream[:])
	for _, e := range []*E{&z.CachePrev, &z.CacheRead, &z.CacheWrite, &z.Model, &z.Claims} {
		f(e)
	}
	z.Settle.visit(f)
	visitAll(f, z.Slots)
}

func (z *settleVector[E]) visit(f func(*E)) {
	for _, e := range []*E{
		&z.Mix, &z.Power, &z.Total, &z.Value, &z.At, &z.OmegaBody, &z.OmegaHead,
		&z.Omega, &z.Pending, &z.Reread, &z.Points, &z.Chunk,
	} {
		f(e)
	}
}

// newStateVector returns a zero vector of the parameters' length.
func newStateVector[E any](p *Params) *stateVector[E] {
	return &stateVector[E]{Slots: make([]E, p.slotCount())}
}

// Width returns the number of elements of a state.
func (p *Params) Width() int { return len(flatten(newStateVector[fr.Element](p))) }

// slotCount returns the number of running claims: by size class, then the cache's and the
// weights'.
func (p *Params) slotCount() int { return len(p.classes) + 2 }

func (p *Params) cacheSlot() int { return len(p.classes) }

// Elements returns the elements of a state, Width of them.
func (p *Params) Elements(z *State) []fr.Element { return flatten(p.vector(z)) }

// vector returns a state as elements.
func (p *Params) vector(z *State) *stateVector[fr.Element] {
	n := func(x int) fr.Element { return fr.NewElement(uint64(x)) }
	v := &stateVector[fr.Element]{
		ID: p.ID.ID, Constants: p.ID.Constants, Body: p.ID.Body, Head: p.ID.Head,
		Prompt: n(z.Prompt), Phase: n(int(z.Phase)), Group: n(z.Group), Start: n(z.Start), Bits: n(z.Bits),
		Next:   n(z.Next),
		Tokens: z.Tokens, Said: z.Said, Stream: transcript.PointLimbs(&z.Stream),
		CachePrev: z.CachePrev, CacheRead: z.CacheRead, CacheWrite: z.CacheWrite,
		Model: z.Model, Claims: z.Claims, Settle: z.Settle,
	}
	if len(z.Window) > 0 {
		v.Window = argument.WindowDigest(z.Start, z.Bits, z.Window)
	}
	for _, o := range z.slots() {
		v.Slots = append(v.Slots, o.Digest())
	}
	return v
}

// number returns the integer of an element that holds a number. Such elements are small in
// every state that steps have made.
func number(e fr.Element) int { return int(e.Uint64()) }
