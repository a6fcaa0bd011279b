package step

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// transition takes a run's state over one step. It is written once: a StateTracker
// runs it over field elements, the augmented circuit over variables. Nothing in it
// depends on data, so that all kinds of steps are one circuit.
//
// It has three parts. begin constrains what the step is from the state and the
// advice, and gives the statement that the step's argument must prove; settle does
// what steps of a settlement do; finish makes the next state from what the argument,
// or the settlement, leaves.
type transition[E any] struct {
	logic[E]
	p  *Params
	z  *stateVector[E]
	in *transitionAdvice[E]

	phase   []E // one flag a phase
	enter   E   // the settlement begins here
	embed   E
	block   E
	head    E
	inPass  E   // one of the three
	classes []E // one flag a class

	pass      argument.Pass[E]
	size      E // 2^j
	j         E
	chooses   E // the pass ends at or after the prompt's last position: it has a head
	window    E
	next      E // the token that a head chooses, zero in other steps
	lastGroup E
	records   []E // digests of those that the step opens: one, or one a block
	afterOne  E   // the model's chain after the first of them
	afterAll  E
	slots     []E // one flag a running claim: the step folds into it
	cellsSlot E   // digest of that one
	behind    E   // the state is behind the prompt's last position
	claimLink E   // the chain of claims, as made or as read, one step longer

	settling settling[E]
}

// Points are numbered as in transitionPoints.
const (
	pointCells       = iota // the class's running claim
	pointW                  // what the step commits to
	pointS                  //
	pointH                  //
	pointInput              //
	pointOutput             //
	pointCellsAfter         // the running claim after the step
	pointCacheBefore        // the group's cache
	pointAdded
	pointCacheAfter
	pointCache // the cache's running claim
	pointCacheClaimAfter
	numPoints
)

// verified is what a step's argument leaves: the running claims, and the claims on
// weights.
type verified[E any] struct {
	Cells, Cache argument.EvalClaim[E]
	Weights      argument.WeightClaims[E]
}

// newTransition prepares the step from state z.
func newTransition[E any](p *Params, m RangeBackend[E], z *stateVector[E], in *transitionAdvice[E]) *transition[E] {
	return &transition[E]{logic: logic[E]{m}, p: p, z: z, in: in}
}

// begin constrains everything up to the argument.
func (t *transition[E]) begin() {
	t.kinds()
	t.layPass()
	t.layTokens()
	t.openRecords()
	t.openSlots()
	t.linkPoints()
}

// kinds derives what the step is from the phase: the only choice is whether a
// settlement begins at a pass's end.
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

// context is what the step's transcript begins with; of is the digest of the state
// and of everything that is constant in the run.
func (t *transition[E]) context(of E) argument.StatementElements[E] {
	return argument.ElementsOf[E](t, of, t.window, t.z.Prompt, t.next, t.cellsSlot, t.z.Slots[t.p.cacheSlot()])
}

// openRecords opens the records of the step and extends the model's chain. The
// embedding's is number 0, a group's are from 1 + group B on, and after the last
// group that is the head's.
func (t *transition[E]) openRecords() {
	s := &t.settling
	first := t.Sub(t.Add(t.int(1), t.Mul(t.int(t.p.Blocks), t.z.Group)), t.Add(t.embed, s.readEmbed))
	first = t.Select(s.weigh, t.z.Group, first)
	chain := t.z.Model
	for i := range t.p.Blocks {
		t.boundConstants(i)
		d := weights.RecordDigest[E](t, t.Add(first, t.int(i)), t.in.Constants[i], t.in.Chains[i])
		chain = transcript.ExtendChain[E](t, weights.ModelChain, chain, d)
		t.records = append(t.records, d)
		if i == 0 {
			t.afterOne = chain
		}
	}
	t.afterAll = chain
	t.when(t.sum(t.head, s.readHead, s.weighEnd), t.records[0], t.z.Head, "the head's record is the model's")
}

// constantsOf are the constants of the opened records as a program of the step's
// kind names them.
func (t *transition[E]) constantsOf(p *relation.Program) []E {
	c := make([]E, p.RecordConstants)
	for i, slot := range p.Slots[:p.RecordConstants] {
		record, name := 0, slot
		if block, rest, own := strings.Cut(slot, "."); own && relation.IsLift(slot) {
			record, _ = strconv.Atoi(block)
			name = "0." + rest
		}
		c[i] = t.in.Constants[record][slices.Index(t.p.constants, name)]
	}
	return c
}

// boundConstants states the range of a record's constants, without which a row of zeros
// could lack its inverse root or a product be read as zero: from 1 on. Those that
// are no lifts are common to the blocks of a step.
func (t *transition[E]) boundConstants(i int) {
	for k, x := range t.in.Constants[i] {
		used := t.block
		if !relation.IsLift(t.p.constants[k]) {
			t.when(t.block, x, t.in.Constants[0][k], "blocks of a step share "+t.p.constants[k])
			if i == 0 {
				used = t.Add(used, t.head)
			}
		}
		what := fmt.Sprintf("constant %s of record %d of the step", t.p.constants[k], i)
		b := t.in.Ranges[i][k]
		t.bools(b, what)
		t.AssertEqual(t.Mul(used, t.Sub(x, t.int(1))), t.number(b), what)
	}
}

// openSlots opens the running claims that a step changes: the class's and the
// cache's, or in a settlement the one that something is folded into.
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

// linkPoints states which points of the step are the state's.
func (t *transition[E]) linkPoints() {
	for k := range t.z.Stream {
		t.when(t.inPass, t.in.Points[pointInput][k], t.z.Stream[k],
			"the residual stream is the one that the last step left")
		t.absent(t.not(t.block), t.in.Points[pointCacheBefore][k], "no cache but a block's")
	}
}

// finish makes the next state of a step of a pass.
func (t *transition[E]) finish(v *verified[E]) *stateVector[E] {
	blockLast := t.Mul(t.block, t.lastGroup)
	toHead := t.Mul(blockLast, t.chooses)
	done := t.Add(t.Sub(blockLast, toHead), t.head)
	within := t.Sub(t.inPass, done) // the pass goes on
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

// claimed is the digest of the claims that the step leaves or, in a settlement, reads
// again: one hash for both.
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

// linkOf is what the claims that the step leaves, or reads again, add to their chain:
// the digests of the records that it opens, zero where a step of blocks has more of
// them, and the digest of the claims, which says of what kind they are.
func (t *transition[E]) linkOf(claims E) []E {
	link := []E{t.records[0]}
	for _, d := range t.records[1:] {
		link = append(link, t.Mul(t.Add(t.block, t.settling.readBlock), d))
	}
	return append(link, claims)
}

// nextChains extends the chains of a pass. At its end it has read the cache that
// the last one left, and has opened the model's records.
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

// cachePoint is the point of the claim on the cache after a step of blocks, the only ones
// that change it. Both its claims are then at ends of one point, so that the last
// coordinates are taken from the one on the cells: the digests share their blocks. How
// many, the smallest class says.
func (t *transition[E]) cachePoint(cache, cells []E) []E {
	n := t.p.classes[0].slots.Cache
	for i := range t.p.classes {
		n = min(n, t.p.classes[i].slots.Cells)
	}
	return append(append([]E{}, cache[:len(cache)-n]...), argument.Last(cells, n)...)
}
