package step

import (
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// A settlement begins at the end of a pass, and no pass follows. Its steps are:
//
//   - sums: rho is drawn for the claim chain K. The first step names the total
//     T = sum_k rho^k v_k. Each step plays ten rounds of the sumcheck, in a transcript of
//     its own that begins with the state. The last step names the chains of the values
//     omega of all segments at the point s.
//   - second reading: one step for each step of the run, in their order, reads that step's
//     claims again. It subtracts their contributions from T and from the sumcheck's last
//     value. The records of a pass must be the model's, in order, and their omegas must be
//     the named ones. At the end, the chain of the claims read must be K, and T and the
//     value must be zero. So each claim is evaluated with the omegas of the record that its
//     step opened.
//   - third reading (weigh): each step reads five segments of a record; all records are
//     read once. Their commitments and omegas must extend to the model's chains and the
//     named chains. Each step folds them into the claim on the weights at s, by a rho of
//     its own that is drawn after they are fixed.
//   - masks: each step folds a polynomial with one random coefficient into a running
//     claim. The last step seals both token chains with salts, the chain of the output
//     together with the token that no pass embedded, and sets to zero everything that a
//     verifier does not compute itself.

// sumsDomain is the domain of the transcripts of the steps of sums. foldTag is the tag of the
// hash from which rho is taken in the steps that fold.
const (
	sumsDomain = "fold settlement sums"
	foldTag    = "fold settlement fold"
)

// settleAdvice is the advice of the steps of a settlement.
type settleAdvice[E any] struct {
	SumsInverse          E     // inverse that shows that a step of sums is not the last
	Total                E     // T, in the first step of sums
	Rounds               [][]E // the rounds of a step of sums
	OmegaBody, OmegaHead E     // chains of the segments' values, in the last step of sums
	Point                []E   // s

	Read           argument.WeightClaims[E] // the claims of a step of the run
	ReadStart      []E                      // bits of the start of its pass
	ReadBelow      []E                      // [b], 1 if b < j
	Omegas         [][]E                    // [record][segment], values of the segments of the opened records
	ToHead, Finish E                        // after a pass in the second reading: its head, or the third reading
	EmbedInverse   E                        // inverse that shows that a record is not the embedding's
	HeadInverse    E                        // inverse that shows that a record is not the head's
	Chunks         []E                      // [part of a record], flag of the part that is read
	Slots          []E                      // [running claim], flag of the claim that is masked
	Values         []E                      // values of the polynomials that a mask folds

	SaltPrompt, SaltOutput E // salts of the token chains, in the last mask
}

func (a *settleAdvice[E]) visit(f func(*E)) {
	for _, e := range []*E{
		&a.SumsInverse, &a.Total, &a.OmegaBody, &a.OmegaHead, &a.ToHead, &a.Finish, &a.EmbedInverse, &a.HeadInverse,
		&a.SaltPrompt, &a.SaltOutput,
	} {
		f(e)
	}
	visitAll(f, a.Rounds...)
	visitAll(f, a.Point, a.Read.Coordinates, a.Read.Values, a.ReadStart, a.ReadBelow)
	visitAll(f, a.Omegas...)
	visitAll(f, a.Chunks, a.Slots, a.Values)
}

func newSettleAdvice[E any](p *Params) settleAdvice[E] {
	list := func(n int) []E { return make([]E, n) }
	q := &p.settle
	a := settleAdvice[E]{
		Point: list(q.columns + q.outer), Chunks: list(q.chunks),
		Read: argument.WeightClaims[E]{Coordinates: list(len(p.frame().Coordinates)),
			Values: list(p.frame().Weighed)},
		ReadStart: list(p.PositionBits), ReadBelow: list(p.passBits()),
		Slots: list(p.slotCount()), Values: list(weights.ChunkPoints),
	}
	for range roundsAStep {
		a.Rounds = append(a.Rounds, list(2))
	}
	for range p.Blocks {
		a.Omegas = append(a.Omegas, list(q.values))
	}
	return a
}

// settling has the variables of a transition for the steps of a settlement.
type settling[E any] struct {
	sums, sumsLast        E
	readEmbed, readBlock  E
	readHead, reading     E
	weigh, mask, maskLast E
	isEmbed, isHead       E // whether the record is the embedding's, the head's
	weighing              [relation.Head + 1]E
	chunkLast, weighEnd   E // last step of a record, of all records, in the third reading
	bodyEnd, again        E // the blocks of a pass end; another pass follows
	slots                 []E

	sumsMix, sumsValue   E
	sumsAt               E // chain of the point after the rounds
	omegaFirst, omegaAll E // chain of the omegas after the first record, and after all records
	total, value, power  E
	chunk                E // chain of a record's commitments after this step
	point                []E
	folded               argument.EvalClaim[E]
	prompt, output       E // the sealed token chains
	rho                  []E
}

// settleKinds derives the flags of the steps of a settlement.
func (t *transition[E]) settleKinds() {
	s, in := &t.settling, &t.in.settleAdvice
	s.sums = t.Add(t.phase[relation.Sums], t.enter)
	s.readEmbed, s.readBlock, s.readHead = t.phase[relation.RereadEmbed], t.phase[relation.RereadBlock],
		t.phase[relation.RereadHead]
	s.reading = t.sum(s.readEmbed, s.readBlock, s.readHead)
	s.weigh, s.mask = t.phase[relation.Weigh], t.phase[relation.Mask]
	last := t.isZero(t.Sub(t.z.Group, t.int(t.p.settle.steps-1)), in.SumsInverse, "whether the sums end")
	s.sumsLast = t.Mul(s.sums, last)

	s.bodyEnd = t.Mul(s.readBlock, t.lastGroup)
	end := t.Add(s.bodyEnd, s.readHead)
	t.bools([]E{in.ToHead, in.Finish}, "what follows a pass")
	t.absent(in.ToHead, t.not(s.bodyEnd), "a head is read after the blocks")
	t.absent(in.Finish, t.not(end), "the reading ends at a pass's end")
	t.absent(in.ToHead, in.Finish, "one thing follows a pass")
	s.again = t.Sub(end, t.Add(in.ToHead, in.Finish))
	t.weighKinds()

	t.bools(in.Slots, "the flags of the claim that is masked")
	t.AssertEqual(t.sum(in.Slots...), s.mask, "one claim is masked")
	t.AssertEqual(t.position(in.Slots), t.Mul(s.mask, t.z.Group), "the claims are masked in order")
	s.maskLast = in.Slots[len(in.Slots)-1]
	s.slots = append([]E{}, in.Slots...)
	weights := len(s.slots) - 1
	s.slots[weights] = t.Add(s.slots[weights], s.weigh)
}

// position returns the index of the flag that is set.
func (t *transition[E]) position(flags []E) E {
	at := t.int(0)
	for i, flag := range flags {
		at = t.Add(at, t.Mul(t.int(i), flag))
	}
	return at
}

// weighKinds derives which record is read and whether this step is its last one.
func (t *transition[E]) weighKinds() {
	s, in := &t.settling, &t.in.settleAdvice
	head := t.int(weights.HeadRecord(t.p.Model.Description.Config))
	s.isEmbed = t.isZero(t.z.Group, in.EmbedInverse, "whether the record is the embedding's")
	s.isHead = t.isZero(t.Sub(t.z.Group, head), in.HeadInverse, "whether the record is the head's")
	s.weighing[relation.Embed] = t.Mul(s.weigh, s.isEmbed)
	s.weighing[relation.Head] = t.Mul(s.weigh, s.isHead)
	s.weighing[relation.Block] = t.Sub(s.weigh, t.Add(s.weighing[relation.Embed], s.weighing[relation.Head]))
	t.bools(in.Chunks, "the flags of the part of a record")
	t.AssertEqual(t.sum(in.Chunks...), s.weigh, "one part of a record is weighed")
	t.AssertEqual(t.position(in.Chunks), t.Mul(s.weigh, t.z.Settle.Chunk), "the parts of a record are weighed in order")
	s.chunkLast = t.int(0)
	for kind, flag := range s.weighing {
		last := t.Mul(flag, in.Chunks[t.p.settle.kinds[kind].chunks-1])
		s.chunkLast, s.weighEnd = t.Add(s.chunkLast, last), last // the head's record is the last one
	}
}

// settle computes the variables of a settlement's step. of is the digest of the state and of
// all constants of the run.
func (t *transition[E]) settle(of E) error {
	s := &t.settling
	t.sealTokens()
	if err := t.playRounds(of); err != nil {
		return err
	}
	t.openPoint()
	t.linkOmegas()
	t.readClaims()
	t.AssertEqual(t.Mul(t.enter, t.not(t.behind)), t.int(0), "a settled run has chosen a token")
	s.chunk = weights.ExtendChunk[E](t, t.z.Settle.Points,
		[weights.ChunkPoints]argument.Limbs[E](t.in.Points[pointW:][:weights.ChunkPoints]))
	t.when(s.chunkLast, t.in.Chains[0], s.chunk, "the record's commitments are those weighed")
	t.foldClaims(of)
	return nil
}

// playRounds verifies the sumcheck rounds of a step of sums.
func (t *transition[E]) playRounds(of E) error {
	s, z := &t.settling, &t.z.Settle
	tr := transcript.Over[E](t, sumsDomain)
	tr.Absorb("context", of)
	s.sumsMix = tr.Challenge()
	sum := t.Select(t.enter, t.in.Total, z.Value)
	point, value, err := poly.Verify[E](t, tr, poly.Shape{Rounds: roundsAStep, Degree: 2}, sum, t.in.Rounds)
	at := t.Select(t.enter, transcript.EmptyChain[E](t, pointAtChain), z.At)
	s.sumsValue, s.sumsAt = value, transcript.ExtendChain[E](t, pointAtChain, at, point...)
	return err
}

// openPoint checks the point s against its chain in the steps that need it.
func (t *transition[E]) openPoint() {
	at := transcript.EmptyChain[E](t, pointAtChain)
	for i := 0; i < len(t.in.Point); i += roundsAStep {
		at = transcript.ExtendChain[E](t, pointAtChain, at, t.in.Point[i:][:roundsAStep]...)
	}
	t.when(t.Add(t.settling.reading, t.settling.weigh), at, t.z.Settle.At, "the point is that of the sumcheck")
	t.settling.point = weightPoint(&t.p.settle, t.in.Point)
}

// linkOmegas extends the chain of the omegas by the omegas of the opened records. The head's
// record has a chain of its own.
func (t *transition[E]) linkOmegas() {
	s, z := &t.settling, &t.z.Settle
	head := s.weighing[relation.Head]
	chain := t.Select(head, transcript.EmptyChain[E](t, omegaChain), z.Omega)
	for i, values := range t.in.Omegas {
		chain = transcript.ExtendChain[E](t, omegaChain, chain, values...)
		if i == 0 {
			s.omegaFirst = chain
		}
	}
	s.omegaAll = chain
	t.when(s.bodyEnd, chain, z.OmegaBody, "the values of the segments are those named")
	t.when(t.Add(s.readHead, head), s.omegaFirst, z.OmegaHead, "the values of the head's segments are those named")
	t.when(head, z.Omega, z.OmegaBody, "the values of all segments are those named")
	t.when(t.Sub(s.weigh, t.in.Chunks[0]), z.Pending, s.omegaFirst, "the values of a record's segments stay")
}

// readClaims subtracts the contributions of the claims of one step of the run from the total
// and from the sumcheck's value.
func (t *transition[E]) readClaims() {
	s, z := &t.settling, &t.z.Settle
	flags := []E{s.readEmbed, s.readBlock, s.readHead}
	powers := []E{z.Power}
	for len(powers) <= t.p.settle.powers() {
		powers = append(powers, t.Mul(powers[len(powers)-1], z.Mix))
	}
	s.total, s.value, s.power = z.Total, z.Value, z.Power
	t.layRead()
	for kind, flag := range flags {
		k := &t.p.settle.kinds[kind]
		list := argument.DeferredClaims[E](t, t.p.frame(), relation.Kind(kind), t.in.ReadBelow, t.in.ReadStart,
			&t.in.Read)
		total, value, next := t.int(0), t.int(0), 0
		for i, c := range k.claims {
			own := powers[next:][:len(c.records)]
			total = t.Add(total, t.Mul(t.sum(own...), list[i].Value))
			value = t.Add(value, t.weighed(k, c, own, list[i].Point))
			next += len(own)
		}
		s.total = t.Sub(s.total, t.Mul(flag, total))
		s.value = t.Sub(s.value, t.Mul(flag, value))
		s.power = t.Add(s.power, t.Mul(flag, t.Sub(powers[k.powers], z.Power)))
	}
	t.absent(t.in.Finish, s.total, "the claims add up to the total")
	t.absent(t.in.Finish, s.value, "the claims add up to the segments' values")
}

// layRead constrains the start and the size of the pass whose claims are read. The digest of
// the claims covers both as numbers, and their bits are unique.
func (t *transition[E]) layRead() {
	in := &t.in.settleAdvice
	t.bools(in.ReadStart, "the bits of the start of the pass that is read")
	t.bools(in.ReadBelow, "the flags of the size of the pass that is read")
	for b := 1; b < len(in.ReadBelow); b++ {
		t.absent(in.ReadBelow[b], t.not(in.ReadBelow[b-1]), "the flags of the size are those below j")
	}
}

// weighed returns the contribution of a claim at (u, z) to the sumcheck's last value: eq(z,
// s_x) eq(u, s_y) 2^-(rounds before its tensor joined) times the sum, over the records of the
// claim, of a power of rho times the tensor's value at s.
func (t *transition[E]) weighed(k *settleRecord, c settleClaim, powers, point []E) E {
	tensor := &k.tensors[c.tensor]
	q := &t.p.settle
	n := tensor.Vars()
	at := append(transcript.Padded[E](t, nil, n-len(point)), point...)
	outer := append(append([]E{}, at[tensor.RowBits:n-q.columns]...), at[:tensor.RowBits]...)
	sy := t.in.Point[q.columns:]
	tail := sy[len(sy)-len(outer):]
	weight := t.Mul(poly.Eq[E](t, at[n-q.columns:], t.in.Point[:q.columns]), poly.Eq[E](t, outer, tail))
	weight = t.Mul(t.Const(poly.Halves(q.outer-len(outer))), weight)
	value := t.int(0)
	for i, record := range c.records {
		omega := t.segmented(tensor, t.in.Omegas[record], tail[:n-tensor.segmentVars])
		value = t.Add(value, t.Mul(powers[i], omega))
	}
	return t.Mul(weight, value)
}

// segmented returns a tensor's value at s from the values of its segments. high are the
// coordinates of s that index the segments.
func (t *transition[E]) segmented(tensor *settleTensor, omegas, high []E) E {
	v := t.int(0)
	for i := range tensor.segments {
		v = t.Add(v, t.Mul(poly.EqBits[E](t, uint64(i), high), omegas[tensor.first+i]))
	}
	return v
}

// foldClaims folds the segments of the third reading, or a mask, into a running claim, and
// draws rho.
func (t *transition[E]) foldClaims(of E) {
	s, in := &t.settling, t.in
	values := t.weights()
	for i := range values {
		values[i] = t.Add(values[i], t.Mul(s.mask, in.Values[i]))
	}
	// The chain s.chunk has absorbed the points, so the challenge depends on them.
	challenge := transcript.Hash[E](t, foldTag, append([]E{of, s.chunk}, values...)...)
	bits := t.Bits(challenge)[:transcript.ChallengeBits]
	rho := transcript.Endoscalar[E](t, bits)
	sum := t.int(0)
	for i := len(values) - 1; i >= 0; i-- {
		sum = t.Mul(rho, t.Add(values[i], sum))
	}
	s.rho = bits
	s.folded.Value = t.Add(in.Cells.Value, sum)
	point := argument.ExtendedClaim[E](t, argument.EvalClaim[E]{Point: s.point}).Point
	for i, x := range in.Cells.Point { // before the third reading the claim is the zero claim
		s.folded.Point = append(s.folded.Point, t.Select(s.weigh, point[i], x))
	}
}

// weights returns the values at s of the segments that are read, each lifted to the size of
// the largest segment: times eq(0, the coordinates that the segment lacks).
func (t *transition[E]) weights() []E {
	q, s := &t.p.settle, &t.settling
	values := transcript.Padded[E](t, nil, weights.ChunkPoints)
	for kind := range q.kinds {
		k := &q.kinds[kind]
		for i := range k.tensors {
			tensor := &k.tensors[i]
			lift := poly.EqBits[E](t, 0, s.point[:len(s.point)-tensor.segmentVars])
			for j := range tensor.segments {
				at := tensor.first + j
				here := t.Mul(s.weighing[kind], t.in.Chunks[at/weights.ChunkPoints])
				v := t.Mul(t.Mul(here, lift), t.in.Omegas[0][at])
				values[at%weights.ChunkPoints] = t.Add(values[at%weights.ChunkPoints], v)
			}
		}
	}
	return values
}

// settleNext sets the fields of the next state that a settlement's step changes. next is the
// next state without these changes.
func (t *transition[E]) settleNext(next *stateVector[E]) {
	s, in, z := &t.settling, &t.in.settleAdvice, &t.z.Settle
	times := func(k relation.Kind, flags ...E) E { return t.Mul(t.int(int(k)), t.sum(flags...)) }
	next.Phase = t.sum(next.Phase,
		times(relation.Sums, t.Sub(s.sums, s.sumsLast)),
		times(relation.RereadEmbed, s.sumsLast, s.again),
		times(relation.RereadBlock, s.readEmbed, t.Sub(s.readBlock, s.bodyEnd)),
		times(relation.RereadHead, in.ToHead),
		times(relation.Weigh, in.Finish, t.Sub(s.weigh, s.weighEnd)),
		times(relation.Mask, s.weighEnd, t.Sub(s.mask, s.maskLast)),
		times(relation.Settled, s.maskLast))
	count := t.sum(t.Sub(s.sums, s.sumsLast), t.Sub(s.readBlock, s.bodyEnd), in.ToHead, s.chunkLast,
		t.Sub(s.mask, s.maskLast))
	stay := t.Sub(s.weigh, s.chunkLast)
	group := t.Add(t.Mul(t.Sub(count, s.weighEnd), t.Add(t.z.Group, t.int(1))), t.Mul(stay, t.z.Group))
	next.Group = t.Add(next.Group, group)

	v := &next.Settle
	v.Mix = t.Select(t.enter, s.sumsMix, z.Mix)
	v.Power = t.Add(s.power, s.sumsLast) // Power is zero before the sums end
	v.Total = t.Select(t.enter, in.Total, s.total)
	v.Value = t.Select(s.sums, s.sumsValue, s.value)
	v.At = t.Select(s.sums, s.sumsAt, z.At)
	v.OmegaBody = t.Select(s.sumsLast, in.OmegaBody, z.OmegaBody)
	v.OmegaHead = t.Select(s.sumsLast, in.OmegaHead, z.OmegaHead)
	t.nextReading(next)
	t.nextWeighing(next)
	t.nextMasked(next)
}

// nextReading extends the chains of the second reading.
func (t *transition[E]) nextReading(next *stateVector[E]) {
	s, in, z := &t.settling, &t.in.settleAdvice, &t.z.Settle
	v := &next.Settle
	empty := transcript.EmptyChain[E](t, omegaChain)
	v.Omega = t.Select(t.Add(s.readEmbed, s.chunkLast), s.omegaFirst, z.Omega)
	v.Omega = t.Select(s.readBlock, s.omegaAll, v.Omega)
	v.Omega = t.Select(t.Add(s.bodyEnd, s.sumsLast), empty, v.Omega)
	v.Reread = t.Select(s.reading, t.claimLink, z.Reread)
	v.Reread = t.Select(s.sumsLast, transcript.EmptyChain[E](t, claimChain), v.Reread)
	t.when(in.Finish, v.Reread, t.z.Claims, "the claims read are those of the run")
	t.when(s.bodyEnd, t.afterAll, t.z.Body, "the reading opened the model's records")
	next.Model = t.Select(s.readEmbed, t.afterOne, t.Select(s.readBlock, t.afterAll, next.Model))
	next.Model = t.Select(s.bodyEnd, transcript.EmptyChain[E](t, weights.ModelChain), next.Model)
}

// nextWeighing extends the chains of the third reading.
func (t *transition[E]) nextWeighing(next *stateVector[E]) {
	s, in, z := &t.settling, &t.in.settleAdvice, &t.z.Settle
	v := &next.Settle
	t.when(s.weighing[relation.Head], t.z.Model, t.z.Body, "the records weighed are the model's")
	next.Model = t.Select(s.chunkLast, t.afterOne, next.Model)
	v.Pending = t.Select(in.Chunks[0], s.omegaFirst, z.Pending)
	v.Points = t.Select(s.weigh, s.chunk, z.Points)
	v.Points = t.Select(t.Add(in.Finish, s.chunkLast), transcript.EmptyChain[E](t, weights.PointChain), v.Points)
	v.Chunk = t.Mul(t.Sub(s.weigh, s.chunkLast), t.Add(z.Chunk, t.int(1)))
}

// nextMasked sets to zero, after the last mask, the fields that a verifier does not compute
// itself.
func (t *transition[E]) nextMasked(next *stateVector[E]) {
	keep := t.not(t.settling.maskLast)
	list := []*E{&next.Next, &next.CachePrev, &next.CacheRead, &next.CacheWrite, &next.Model, &next.Claims}
	next.Settle.visit(func(e *E) { list = append(list, e) })
	for _, e := range list {
		*e = t.Mul(keep, *e)
	}
}
