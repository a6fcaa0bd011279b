package step

import (
	"math/big"
	mathbits "math/bits"

	"fold.example/fold/step/argument"
)

// layPass constrains the pass: its size, its positions, and the tokens after which the model
// chooses.
func (t *transition[E]) layPass() {
	in := t.in
	t.laySize()
	t.bools(in.Start, "the bits of the pass's start")
	t.AssertEqual(t.number(in.Start), t.Mul(t.inPass, t.z.Start), "the start is within the positions")
	for b, below := range in.Below { // otherwise the pass would add its keys to cached ones
		t.absent(below, in.Start[b], "the pass starts at a multiple of its size")
	}
	end := t.Add(t.z.Start, t.size)
	room := t.Mul(t.inPass, t.Sub(t.int(t.p.positions()), end))
	t.bools(in.Room, "the room behind the pass")
	t.AssertEqual(t.number(in.Room), room, "the pass ends within the positions")
	t.layChoices()
}

// laySize constrains j, which a step of kind embed chooses and the other steps of a pass keep,
// and derives the smallest class for j and the live tokens.
func (t *transition[E]) laySize() {
	below := t.in.Below
	t.bools(below, "the flags of the pass's size")
	for b := 1; b < len(below); b++ {
		t.absent(below[b], t.not(below[b-1]), "the flags of the pass's size are those below j")
	}
	t.j = t.sum(below...)
	t.when(t.not(t.embed), t.j, t.z.Bits, "the pass keeps its size")
	t.size = t.int(1)
	for b, x := range below {
		t.size = t.Add(t.size, t.Mul(t.int(1<<b), x))
	}
	over := t.int(1) // 1 if j is above all smaller classes
	for _, bits := range t.p.Classes {
		above := t.above(bits)
		t.classes = append(t.classes, t.Sub(over, above))
		over = above
	}
	t.pass.Below, t.pass.Start = below, t.in.Start
	for i := range 1 << len(below) {
		t.pass.Live = append(t.pass.Live, t.above(highBit(i)))
	}
}

// highBit returns the index of the highest set bit of x, -1 for x = 0.
func highBit(x int) int { return mathbits.Len(uint(x)) - 1 }

// above returns 1 if j > b, else 0.
func (t *transition[E]) above(b int) E {
	switch {
	case b < 0:
		return t.int(1)
	case b >= len(t.in.Below):
		return t.int(0)
	}
	return t.in.Below[b]
}

// layChoices finds the tokens that are followed by a choice: with e = P - 1 - start, the
// tokens from e on. Past is the mask [t >= e]. Let m be the number of its zeros: m is e
// clamped to [0, number of tokens].
func (t *transition[E]) layChoices() {
	past, e := t.in.Past, t.Sub(t.Sub(t.z.Prompt, t.int(1)), t.z.Start)
	t.bools(past, "the flags of the positions past the prompt")
	m := t.not(past[0])
	for i := 1; i < len(past); i++ {
		t.absent(past[i-1], t.not(past[i]), "every position behind one that is past the prompt is")
		m = t.Add(m, t.not(past[i]))
	}
	first, last := past[0], past[len(past)-1]
	off := t.Sub(m, e) // >= 0 if all tokens are past, <= 0 if none is, and 0 otherwise
	t.bools(t.in.Excess, "the distance to the prompt")
	t.AssertEqual(t.number(t.in.Excess), t.Mul(t.Sub(t.Add(first, first), t.int(1)), off),
		"the positions past the prompt")
	t.absent(t.Sub(last, first), off, "the first position past the prompt") // past is monotone: last - first is a bit
	for i, live := range t.pass.Live {
		t.pass.Picks = append(t.pass.Picks, t.Mul(live, past[i]))
	}
	t.chooses = t.int(0)
	for j := range len(t.in.Below) + 1 { // the last token is number 2^j - 1
		is := t.Sub(t.above(j-1), t.above(j))
		t.chooses = t.Add(t.chooses, t.Mul(is, past[1<<j-1]))
	}
	at := t.isZero(e, t.in.DistanceInverse, "whether the pass starts at the prompt's last token")
	t.behind = t.Sub(first, t.Mul(first, at))
	t.firstFed()
}

// firstFed constrains that a pass after the prompt begins with the token that the model chose.
func (t *transition[E]) firstFed() {
	t.when(t.Mul(t.embed, t.behind), t.number(t.in.Tokens[0]), t.z.Next,
		"the first token is the one that the model chose")
}

// layTokens constrains the tokens, each below the vocabulary's size, and their digest. A step
// of kind embed fixes the digest; the other steps of the pass must have the same one.
func (t *transition[E]) layTokens() {
	ids := make([]E, len(t.in.Tokens))
	for i, b := range t.in.Tokens {
		t.token(b)
		ids[i] = t.number(b)
		t.absent(t.not(t.pass.Live[i]), ids[i], "no token where the pass has none")
	}
	t.token(t.in.Next)
	t.next = t.number(t.in.Next)
	t.absent(t.not(t.head), t.next, "no token is chosen but by a head")
	t.window = argument.PackedWindowDigest[E](t, t.number(t.in.Start), t.j, ids)
	t.when(t.Add(t.block, t.head), t.window, t.z.Window, "the tokens are those of the pass")
	t.pass.Tokens = t.in.Tokens
	t.layNexts()
}

func (t *transition[E]) token(bits []E) {
	t.AssertAtMost(bits, big.NewInt(int64(t.p.vocab()-1)), "a token is below the vocabulary's size")
}

// layNexts sets the token after each token: the next token of the window, and after the last
// live token the token that a head chooses. Dead tokens are zero, so the sum of both needs no
// selection. Whether token i is live depends only on the highest bit of i.
func (t *transition[E]) layNexts() {
	n := len(t.pass.Live)
	chosen := make([][]E, len(t.in.Below)+1) // [number of bits of the index]
	for b := range chosen {
		for _, x := range t.in.Next {
			chosen[b] = append(chosen[b], t.Mul(t.not(t.above(b)), x))
		}
	}
	for i := range n {
		next := chosen[highBit(i+1)]
		if i+1 < n {
			sum := make([]E, len(next))
			for k := range next {
				sum[k] = t.Add(next[k], t.in.Tokens[i+1][k])
			}
			next = sum
		}
		t.pass.Nexts = append(t.pass.Nexts, next)
	}
}
