package relation

import "fmt"

// Geometry describes a pass: its positions and the tokens at these positions. A geometry is
// public, or hidden behind the token chain.
type Geometry struct {
	Start  int   // first position, a multiple of 2^Bits
	Bits   int   // j: the pass has 2^j tokens
	Prompt int   // P: length of the prompt
	Tokens []int // the tokens at Start, ..., Start + 2^j - 1
	Next   int   // the token after the last one, if the pass chooses it
}

// Validate checks the geometry against a shape: sizes, positions within the context, and
// token ids below the vocabulary's size.
func (g *Geometry) Validate(s Shape) error {
	if g.Bits < 0 || g.Bits > s.TokenBits {
		return fmt.Errorf("relation: a pass of 2^%d tokens in a shape for up to 2^%d", g.Bits, s.TokenBits)
	}
	n, end := 1<<g.Bits, min(1<<s.PositionBits, s.Config.Context)
	switch {
	case g.Start < 0 || g.Start%n != 0:
		return fmt.Errorf("relation: a pass of %d tokens at position %d, expected a multiple", n, g.Start)
	case g.Start > end-n: // past the context the tables of angles are zero
		return fmt.Errorf("relation: a pass of %d tokens at position %d, expected an end within %d", n, g.Start, end)
	case g.Prompt < 1:
		return fmt.Errorf("relation: a prompt of %d tokens, expected at least one", g.Prompt)
	case len(g.Tokens) != n:
		return fmt.Errorf("relation: %d tokens for a pass of %d", len(g.Tokens), n)
	}
	for _, t := range append(g.Tokens[:n:n], g.Next) {
		if t < 0 || t >= s.Config.Vocab {
			return fmt.Errorf("relation: token %d, expected 0 to %d", t, s.Config.Vocab-1)
		}
	}
	return nil
}

// Live returns the number of live indices of an axis in this pass.
func (g *Geometry) Live(e *Extents, a Axis) int {
	switch a {
	case Token:
		return 1 << g.Bits
	case Position:
		return g.Start + 1<<g.Bits
	}
	return e[a].Live
}

// TokenAfter returns the token at the position after token t of the pass.
func (g *Geometry) TokenAfter(t int) int {
	if t+1 < len(g.Tokens) {
		return g.Tokens[t+1]
	}
	return g.Next
}

// Formula evaluates a public tensor of space s at a cell; at holds one index per axis. A cell
// in the padding is zero.
func (g *Geometry) Formula(e *Extents, f Formula, at *[NumAxes]int, s Space) int64 {
	for _, a := range s {
		if at[a] >= g.Live(e, a) {
			return 0
		}
	}
	t := at[Token]
	chooses := g.Start+t >= g.Prompt-1
	switch f {
	case LiveCells:
		return 1
	case Causal:
		return Indicator(at[Position] <= g.Start+t)
	case OneHotIn:
		return Indicator(at[Vocab] == g.Tokens[t])
	case Chooses:
		return Indicator(chooses)
	case BeforeNext:
		return Indicator(chooses && at[Vocab] < g.TokenAfter(t))
	case OneHot:
		return Indicator(chooses && at[Vocab] == g.TokenAfter(t))
	case RowUnsigned:
		return int64(at[Row])
	case RowSigned:
		return int64(int16(at[Row]))
	case RowFirst:
		return Indicator(at[Row] == 0)
	}
	panic(fmt.Sprintf("relation: formula %d", f))
}

// Indicator returns 1 if b is true, else 0.
func Indicator(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
