package step

import (
	"context"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/llama"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/settlement"
	"fold.example/fold/step/weights"
)

// SettlementRun makes the steps of a settlement. Only one goroutine may use it at a time.
//
// The first step reads the weights once (and once more for every 16 claims on a matrix). The
// step that binds the last column variable and the last step of the third reading also read
// them once each. All other steps take milliseconds. The memory is that of a
// settlement.Prover.
type SettlementRun struct {
	tracker *StateTracker
	prover  *settlement.Prover
	key     *commit.Key
	blinds  prf.Seed
	sums    *settlement.Sumcheck
	evals   fr.Vector // values of the segments at s
	read    int       // number of the log's steps that have been read
	factors fr.Vector // factors of the segments in the claim on the weights
	salts   TokenSalts

	// Running are the polynomials of the running claims: by size class, then the cache's and
	// the weights'. The last one is computed when all segments have been folded.
	Running []*argument.Polynomial
}

// NewSettlementRun prepares the settlement of a run at the end of a pass. It advances the
// tracker with each step. weights is the seed of the weights' blinding factors that
// CommitModel returned. running are the polynomials of the run's running claims, by size class
// and then the cache's; the masks change them.
//
// All steps before the masks are functions of the run. The masks and the salts of the tokens
// are drawn from the system's generator when their step is made, and are kept nowhere else, so
// that two settlements never use the same mask or salt.
func NewSettlementRun(
	f *StateTracker, key *commit.Key, m *llama.Model, weights prf.Seed, running []*argument.Polynomial,
) (*SettlementRun, error) {
	if f.State.Phase != relation.Embed {
		return nil, fmt.Errorf("step: a settlement begins at a pass's end, found the phase %s", f.State.Phase)
	}
	if len(running) != f.slotCount()-1 {
		return nil, fmt.Errorf("step: %d running polynomials, expected %d", len(running), f.slotCount()-1)
	}
	p, err := f.claimProver(m, &f.Log, f.State.Claims)
	if err != nil {
		return nil, err
	}
	return &SettlementRun{
		tracker: f, prover: p, key: key, blinds: weights,
		factors: make(fr.Vector, p.SegmentCount()), Running: append(slices.Clone(running), new(argument.Polynomial)),
	}, nil
}

// Next makes the next step and advances the tracker over it. done is true if the run is
// already settled; there is no step then.
func (q *SettlementRun) Next(ctx context.Context) (s *SettleStep, done bool, err error) {
	s, _, done, err = q.next(ctx)
	return s, done, err
}

// next is Next, and also returns the data that the step was checked with.
func (q *SettlementRun) next(ctx context.Context) (s *SettleStep, out *settledStep, done bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, false, err
	}
	fold := func(fr.Element) error { return nil } // folds polynomials with the endoscalar of rho
	switch k := q.tracker.State.settleKind(); k {
	case relation.Settled:
		return nil, nil, true, nil
	case relation.Sums:
		s, err = q.nextSums(ctx)
	case relation.Weigh:
		s, fold = q.nextWeigh(ctx)
	case relation.Mask:
		s, fold, err = q.nextMask()
	default:
		s, err = q.nextRead()
	}
	if err != nil {
		return nil, nil, false, err
	}
	if out, err = q.tracker.settleStep(s); err != nil {
		return nil, nil, false, err
	}
	return s, out, false, fold(transcript.NativeEndoscalar(out.rho))
}

// Steps returns the number of steps of the settlement.
func (q *SettlementRun) Steps() int {
	p := &q.tracker.settle
	n := p.steps + len(q.tracker.Log.Steps) + q.tracker.slotCount()
	for record := range weights.RecordCount(q.tracker.Model.Description.Config) {
		n += p.kinds[weights.RecordKind(q.tracker.Model.Description.Config, record)].chunks
	}
	return n
}

// Masked returns the number of masks, which are the last steps of the settlement. Each call of
// Next for such a step draws new secrets.
func (q *SettlementRun) Masked() int { return q.tracker.slotCount() }

// Salts returns the salts of the token chains. They are zero before the last mask.
func (q *SettlementRun) Salts() TokenSalts { return q.salts }

// Claims returns the running claims of the present state. Running has their polynomials.
func (q *SettlementRun) Claims() []argument.CommittedClaim { return q.tracker.State.slots() }

// nextSums makes a step of sums, ten rounds. The first step draws rho as its verifier does.
func (q *SettlementRun) nextSums(ctx context.Context) (*SettleStep, error) {
	f, s := q.tracker, &SettleStep{}
	tr := transcript.New(sumsDomain)
	tr.Absorb("context", f.context())
	rho := tr.Challenge()
	if f.State.Phase == relation.Embed {
		s.Total = q.prover.Mix(rho)
		sums, have, err := q.prover.Begin(ctx, roundsAStep)
		if err != nil {
			return nil, err
		}
		if !have.Equal(&s.Total) {
			return nil, fmt.Errorf("step: settlement: the model does not have the claimed values")
		}
		q.sums = sums
	}
	s.Rounds, _ = poly.Prove(tr, q.sums.In(ctx))
	if err := q.sums.Err(); err != nil {
		return nil, err
	}
	if q.sums.Done() {
		q.evals = q.sums.Finish()
		s.OmegaBody, s.OmegaHead = q.omegaChains()
	}
	return s, nil
}

// omegasOf returns the values of a record's segments, padded with zeros.
func (q *SettlementRun) omegasOf(record int) []fr.Element {
	v := make([]fr.Element, 0, q.tracker.settle.values)
	from, end := q.prover.SegmentsOf(record)
	v = append(v, q.evals[from:end]...)
	return v[:cap(v)]
}

func (q *SettlementRun) omegaChains() (body, head fr.Element) {
	b := transcript.NewField()
	body, head = transcript.EmptyChain(b, omegaChain), transcript.EmptyChain(b, omegaChain)
	last := weights.HeadRecord(q.tracker.Model.Description.Config)
	for record := range last {
		body = transcript.ExtendChain(b, omegaChain, body, q.omegasOf(record)...)
	}
	return body, transcript.ExtendChain(b, omegaChain, head, q.omegasOf(last)...)
}

// nextRead makes a step of the second reading, with the claims of the next step of the run.
func (q *SettlementRun) nextRead() (*SettleStep, error) {
	g := &q.tracker.Log
	if q.read >= len(g.Steps) {
		return nil, fmt.Errorf("step: settlement: all %d steps of the log have been read", q.read)
	}
	o := &g.Steps[q.read]
	s := &SettleStep{Point: q.sums.Point, Claims: o.WeightClaims, Start: o.Start, Bits: o.Bits}
	for i := range q.tracker.records(o.Kind) {
		s.Omegas = append(s.Omegas, q.omegasOf(o.Record+i))
	}
	q.read++
	switch z := &q.tracker.State; {
	case z.Phase == relation.RereadHead || z.Phase == relation.RereadBlock && z.Group == q.tracker.groups()-1:
		s.Finish = q.read == len(g.Steps)
		s.ToHead = !s.Finish && g.Steps[q.read].Kind == relation.Head
	}
	return s, nil
}

// nextWeigh makes a step of the third reading, with the next five segments of a record. It
// records the factors of their polynomials. After the last segment it combines the
// polynomials.
func (q *SettlementRun) nextWeigh(ctx context.Context) (*SettleStep, func(fr.Element) error) {
	z := &q.tracker.State
	record, first := z.Group, weights.ChunkPoints*number(z.Settle.Chunk)
	s := &SettleStep{Point: q.sums.Point, Omegas: [][]fr.Element{q.omegasOf(record)}}
	copy(s.Points[:], q.tracker.Model.Records[record].Points()[first:])
	return s, func(rho fr.Element) error {
		from, end := q.prover.SegmentsOf(record)
		factor := rho
		for at := from + first; at < min(end, from+first+weights.ChunkPoints); at++ {
			q.factors[at] = factor
			factor.Mul(&factor, &rho)
		}
		if z.Phase == relation.Weigh {
			return nil
		}
		sum, blind, err := q.prover.Combine(ctx, q.blinds, q.factors, q.tracker.weightBits())
		*q.Running[len(q.Running)-1] = argument.Polynomial{Values: sum, Blind: blind}
		return err
	}
}

// nextMask adds a polynomial with one nonzero coefficient to a running claim. The coefficient
// and its blinding factor are drawn here and used with one challenge rho only: the same mask
// under two challenges would reveal the claim.
func (q *SettlementRun) nextMask() (*SettleStep, func(fr.Element) error, error) {
	slot := q.tracker.State.Group
	s, err := q.drawSalts(slot)
	if err != nil {
		return nil, nil, err
	}
	var coefficient, blind fr.Element
	for _, e := range []*fr.Element{&coefficient, &blind} {
		if _, err := e.SetRandom(); err != nil {
			return nil, nil, fmt.Errorf("step: drawing a mask: %w", err)
		}
	}
	acc := q.key.NewAccumulator()
	if err := acc.AddElements(0, fr.Vector{coefficient}); err != nil {
		return nil, nil, err
	}
	acc.AddBlind(&blind)
	s.Points[0] = acc.Commitment()
	s.Values[0] = poly.EqBits[fr.Element](transcript.NewField(), 0, q.tracker.State.slots()[slot].Point)
	s.Values[0].Mul(&s.Values[0], &coefficient)
	return s, func(rho fr.Element) error {
		running := q.Running[slot]
		first := &running.Values[0]
		first.Add(first, coefficient.Mul(&coefficient, &rho))
		running.Blind.Add(&running.Blind, blind.Mul(&blind, &rho))
		return nil
	}, nil
}

// drawSalts begins the step of a mask. The last mask also has the salts of the tokens.
func (q *SettlementRun) drawSalts(slot int) (*SettleStep, error) {
	s := &SettleStep{}
	if slot != q.tracker.slotCount()-1 {
		return s, nil
	}
	var err error
	s.Salts, err = NewTokenSalts()
	q.salts = s.Salts
	return s, err
}
