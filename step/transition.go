package step

import (
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// transition advances a run's state over one step. It is written once: a StateTracker runs it
// over field elements, the augmented circuit over variables. Its control flow does not depend
// on data, so that all kinds of steps are one circuit.
//
// It has three parts. begin derives the kind of the step from the state and the advice,
// constrains both, and gives the statement that the step's argument must prove. settle
// computes the steps of a settlement. finish computes the next state from the results of the
// argument or of the settlement.
type transition[E any] struct {
	logic[E]
	p  *Params
	z  *stateVector[E]
	in *transitionAdvice[E]

	phase   []E // [phase], 1 for the state's phase
	enter   E   // the settlement begins with this step
	embed   E
	block   E
	head    E
	inPass  E   // embed, block or head
	classes []E // [class], 1 for the pass's size class

	pass      argument.Pass[E]
	size      E // 2^j
	j         E
	chooses   E // the pass ends at or after the prompt's last position, so it has a head
	window    E
	next      E // the token that a head chooses, zero in other steps
	lastGroup E
	records   []E   // digests of the records that the step opens: one, or one for each block
	lifts     [][]E // [block of the step][rescale], constants of a step of blocks
	afterOne  E     // the model's chain after the first record
	afterAll  E
	slots     []E // [running claim], 1 for the claim that the step folds into
	cellsSlot E   // digest of that claim
	behind    E   // the pass begins after the prompt's last position
	claimLink E   // the chain of claims, as made or as read again, after this step

	settling settling[E]
}

// Indices of the points of a step. stepPoints assigns them.
const (
	pointCells = iota // the class's running claim
	pointW            // commitments of the step: w, S, h, X_in, X_out
	pointS
	pointH
	pointInput
	pointOutput
	pointCellsAfter  // the running claim after the step
	pointCacheBefore // commitments to the group's cache: before the step, added, after the step
	pointAdded
	pointCacheAfter
	pointCache // the running claim on the cache
	pointCacheClaimAfter
	numPoints
)

// verified is the result of a step's argument: the running claims and the claims on weights.
type verified[E any] struct {
	Cells, Cache argument.EvalClaim[E]
	Weights      argument.WeightClaims[E]
}

// newTransition returns the transition of the step from state z.
func newTransition[E any](p *Params, m RangeBackend[E], z *stateVector[E], in *transitionAdvice[E]) *transition[E] {
	return &transition[E]{logic: logic[E]{m}, p: p, z: z, in: in}
}

// begin constrains everything before the argument.
func (t *transition[E]) begin() {
	t.kinds()
	t.layPass()
	t.layTokens()
	t.openRecords()
	t.openConstants()
	t.openSlots()
	t.linkPoints()
}

// kinds derives the kind of the step from the phase. The only choice is whether a settlement
// begins at the end of a pass.
func (t *transition[E]) kinds() {
	t.phase = t.in.Phase
	t.bools(t.phase, "the flags of the phase are bits")
	t.AssertEqual(t.sum(t.phase...), t.int(1), "one phase has a flag")
	at := t.int(0)
	for k, flag := range t.phase {
		at = t.Add(at, t.Mul(t.int(k), flag))
	}
	t.AssertEqual(at, t.z.Phase, "the flag is that of the state's phase")
	t.enter = t.in.Settle
	t.AssertBool(t.enter, "whether a settlement begins")
	t.absent(t.enter, t.not(t.phase[relation.Embed]), "a settlement begins at a pass's end")
	t.embed, t.block, t.head = t.Sub(t.phase[relation.Embed], t.enter), t.phase[relation.Block], t.phase[relation.Head]
	t.inPass = t.sum(t.embed, t.block, t.head)
	group := t.Sub(t.z.Group, t.int(t.p.groups()-1))
	t.lastGroup = t.isZero(group, t.in.GroupInverse, "whether the group is the last")
	t.settleKinds()
}

// context returns the elements of the step's statement. of is the digest of the state and of
// all constants of the run.
func (t *transition[E]) context(of E) argument.StatementElements[E] {
	return argument.ElementsOf[E](t, of, t.window, t.z.Prompt, t.next, t.cellsSlot, t.z.Slots[t.p.cacheSlot()])
}

// openRecords opens the records of the step and extends the model's chain. The embedding's
// record has number 0, the records of a group of B blocks begin at 1 + group B, and the head's
// record follows the last group.
func (t *transition[E]) openRecords() {
	s := &t.settling
	first := t.Sub(t.Add(t.int(1), t.Mul(t.int(t.p.Blocks), t.z.Group)), t.Add(t.embed, s.readEmbed))
	first = t.Select(s.weigh, t.z.Group, first)
	chain := t.z.Model
	for i := range t.p.Blocks {
		d := weights.RecordDigest[E](t, t.Add(first, t.int(i)), t.in.Chains[i])
		chain = transcript.ExtendChain[E](t, weights.ModelChain, chain, d)
		t.records = append(t.records, d)
		if i == 0 {
			t.afterOne = chain
		}
	}
	t.afterAll = chain
	t.when(t.sum(t.head, s.readHead, s.weighEnd), t.records[0], t.z.Head, "the head's record is the model's")
}

// openSlots opens the running claims that a step changes: in a pass the claim of the pass's
// class and the cache's, in a settlement the claim that the step folds into.
func (t *transition[E]) openSlots() {
	t.slots = append([]E{}, t.settling.slots...)
	for i, class := range t.classes {
		t.slots[i] = t.Add(t.slots[i], t.Mul(t.inPass, class))
	}
	t.cellsSlot = t.choose(t.slots, t.z.Slots)
	cells := argument.ClaimDigest[E](t, t.in.Points[pointCells], t.in.Cells)
	cache := argument.ClaimDigest[E](t, t.in.Points[pointCache], t.in.Cache)
	t.when(t.sum(t.slots...), cells, t.cellsSlot, "the running claim is that of the pass's class")
	t.when(t.inPass, cache, t.z.Slots[t.p.cacheSlot()], "the running claim on the cache is the state's")
}

// linkPoints constrains the points of the step that are in the state.
func (t *transition[E]) linkPoints() {
	for k := range t.z.Stream {
		t.when(t.inPass, t.in.Points[pointInput][k], t.z.Stream[k],
			"the residual stream is the one that the last step left")
		t.absent(t.not(t.block), t.in.Points[pointCacheBefore][k], "no cache but a block's")
	}
}

// finish returns the next state.
func (t *transition[E]) finish(v *verified[E]) *stateVector[E] {
	blockLast := t.Mul(t.block, t.lastGroup)
	toHead := t.Mul(blockLast, t.chooses)
	done := t.Add(t.Sub(blockLast, toHead), t.head)
	within := t.Sub(t.inPass, done) // the pass continues
	more := t.Add(t.Sub(t.block, blockLast), toHead)

	z := *t.z
	z.Phase = t.sum(t.embed, t.Sub(t.block, blockLast), t.Mul(t.int(int(relation.Head)), toHead))
	z.Group = t.Mul(more, t.Add(t.z.Group, t.int(1)))
	z.Start = t.Add(t.z.Start, t.Mul(done, t.size))
	z.Bits = t.Mul(within, t.j)
	z.Window = t.Mul(within, t.window)
	z.Next = t.Select(t.head, t.next, t.z.Next)
	t.nextTokens(&z)
	for k, x := range t.in.Points[pointOutput] {
		z.Stream[k] = t.Mul(within, x)
	}
	claims := t.Select(t.inPass, t.z.Claims, t.z.Settle.Reread)
	t.claimLink = transcript.ExtendChain[E](t, claimChain, claims, t.linkOf(t.claimed(&v.Weights))...)
	z.Claims = t.Select(t.inPass, t.claimLink, t.z.Claims)
	t.nextChains(&z, done)
	t.nextSlots(&z, v)
	t.settleNext(&z)
	return &z
}

// claimed returns the digest of the claims that the step leaves or, in a settlement, reads
// again. Both use one hash.
func (t *transition[E]) claimed(left *argument.WeightClaims[E]) E {
	s, in := &t.settling, &t.in.settleAdvice
	kind := t.position([]E{t.Add(t.embed, s.readEmbed), t.Add(t.block, s.readBlock), t.Add(t.head, s.readHead)})
	start := t.Select(t.inPass, t.number(t.in.Start), t.number(in.ReadStart))
	size := t.Select(t.inPass, t.j, t.sum(in.ReadBelow...))
	claims := argument.WeightClaims[E]{
		Coordinates: t.selectAll(t.inPass, left.Coordinates, in.Read.Coordinates),
		Values:      t.selectAll(t.inPass, transcript.Padded[E](t, left.Values, t.p.frame().Weighed), in.Read.Values),
	}
	return argument.ClaimsDigest[E](t, t.p.frame(), kind, start, size, &claims)
}

// linkOf returns the link of the claim chain for the claims that the step leaves or reads
// again: the digests of the opened records, padded with zeros to the number of a step of
// blocks, and the digest of the claims, which covers their kind.
func (t *transition[E]) linkOf(claims E) []E {
	link := []E{t.records[0]}
	for _, d := range t.records[1:] {
		link = append(link, t.Mul(t.Add(t.block, t.settling.readBlock), d))
	}
	return append(link, claims)
}

// nextChains extends the chains of a pass. At the end of a pass, it constrains that the pass
// has read the cache that the last pass left and has opened the model's records.
func (t *transition[E]) nextChains(z *stateVector[E], done E) {
	read := transcript.ExtendLimbs[E](t, cacheChain, t.z.CacheRead, t.in.Points[pointCacheBefore])
	write := transcript.ExtendLimbs[E](t, cacheChain, t.z.CacheWrite, t.in.Points[pointCacheAfter])
	read = t.Select(t.block, read, t.z.CacheRead)
	write = t.Select(t.block, write, t.z.CacheWrite)
	model := t.Select(t.embed, t.afterOne, t.Select(t.block, t.afterAll, t.z.Model))
	t.when(done, read, t.z.CachePrev, "the pass reads the cache that the one before it left")
	t.when(done, model, t.z.Body, "the pass opened the model's records")
	empty := transcript.EmptyChain[E](t, cacheChain)
	z.CachePrev = t.Select(done, write, t.z.CachePrev)
	z.CacheRead = t.Select(done, empty, read)
	z.CacheWrite = t.Select(done, empty, write)
	z.Model = t.Select(done, transcript.EmptyChain[E](t, weights.ModelChain), model)
}

// nextSlots replaces the running claims that the step changed.
func (t *transition[E]) nextSlots(z *stateVector[E], v *verified[E]) {
	z.Slots = append([]E{}, t.z.Slots...)
	claim := argument.EvalClaim[E]{Value: t.Select(t.inPass, v.Cells.Value, t.settling.folded.Value)}
	for i, x := range t.settling.folded.Point {
		claim.Point = append(claim.Point, t.Select(t.inPass, v.Cells.Point[i], x))
	}
	cells := argument.ClaimDigest[E](t, t.in.Points[pointCellsAfter], claim)
	for i, flag := range t.slots {
		z.Slots[i] = t.Select(flag, cells, t.z.Slots[i])
	}
	at := t.p.cacheSlot()
	after := argument.EvalClaim[E]{Point: t.cachePoint(v.Cache.Point, claim.Point), Value: v.Cache.Value}
	cache := argument.ClaimDigest[E](t, t.in.Points[pointCacheClaimAfter], after)
	z.Slots[at] = t.Select(t.block, cache, z.Slots[at])
}

// cachePoint returns the point of the claim on the cache after a step of blocks; only such
// steps change the claim. The new claims on the cells and on the cache are at suffixes of one
// point. cachePoint takes their common coordinates, as many as the smallest class has, from
// the claim on the cells, so that the two digests share blocks of the hash.
func (t *transition[E]) cachePoint(cache, cells []E) []E {
	n := t.p.classes[0].slots.Cache
	for i := range t.p.classes {
		n = min(n, t.p.classes[i].slots.Cells)
	}
	return append(append([]E{}, cache[:len(cache)-n]...), argument.Last(cells, n)...)
}
