package relation

import (
	flags "flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/llamatest"
)

var writeRelation = flags.Bool("relation", false, "write testdata/relation.txt")

// TestRelation: the text of the relation (every tensor, constraint, contraction, lookup and
// window of the three kinds of steps) equals testdata/relation.txt, so that no change goes
// unnoticed. `go test ./step -run Relation -relation` writes the file.
func TestRelation(t *testing.T) {
	var text strings.Builder
	small := Shape{Config: llamatest.SmallConfig, Softmax: 32, DownLimbs: 2, Norm: 7, Eps: 3, TokenBits: 2,
		PositionBits: 3, Blocks: 1}
	other := small
	other.Gains, other.Softmax, other.DownLimbs = true, 48, 3
	for _, c := range []struct {
		kind  Kind
		shape Shape
	}{{Embed, small}, {Block, small}, {Block, other}, {Head, small}} {
		p, err := NewProgram(c.kind, c.shape)
		require.NoError(t, err)
		fmt.Fprintf(&text, "# %s, %d cells of the softmax's inverse, "+
			"%d of the down projection's remainder, gains %t\n\n%s\n",
			c.kind, c.shape.Softmax/16, c.shape.DownLimbs, c.shape.Gains, p.text())
	}
	const file = "testdata/relation.txt"
	if *writeRelation {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), text.String())
}

var homeNames = [...]string{"virtual", "cells", "outputs", "inverses", "input", "output", "cache", "weights", "public"}

// text returns a text with all parts of a program.
func (p *Program) text() string {
	var b strings.Builder
	for i := range p.Tensors {
		t := &p.Tensors[i]
		fmt.Fprintf(&b, "tensor %s %v %s", t.Name, t.Space, homeNames[t.Oracle])
		switch {
		case t.Table != NoTable:
			fmt.Fprintf(&b, ", row of %s", p.Tables[t.Table].Name)
		case t.Of != NoTable:
			fmt.Fprintf(&b, ", rows of %s", p.Tables[t.Of].Name)
		case t.Oracle == Public:
			fmt.Fprintf(&b, ", formula %d", t.Public)
		case t.Oracle == Outputs || t.Oracle == Inverses:
			fmt.Fprintf(&b, ", of %s", p.Tensors[t.Key].Name)
		}
		fmt.Fprintln(&b)
	}
	for _, c := range p.Contractions {
		fmt.Fprintf(&b, "contraction %s =%s\n", p.Tensors[c.Out].Name, p.factorsText(c.Factors))
	}
	for _, c := range p.Constraints {
		fmt.Fprintf(&b, "constraint %s %v: 0 =%s\n", c.Name, c.Space, p.termsText(c.Terms))
	}
	for _, c := range p.Lookups {
		fmt.Fprintf(&b, "lookup, %s %v: 0 =%s\n", c.Name, c.Space, p.termsText(c.Terms))
	}
	for _, c := range p.Balance {
		fmt.Fprintf(&b, "balance %v:%s\n", c.Space, p.termsText([]Term{c.Term}))
	}
	for _, w := range p.CacheWrites {
		fmt.Fprintf(&b, "window of %s: %s\n", p.Tensors[w.Cache].Name, p.Tensors[w.Local].Name)
	}
	return b.String()
}

func (p *Program) termsText(terms []Term) (s string) {
	for _, t := range terms {
		s += " + " + p.coefText(t.Coef) + p.factorsText(t.Factors)
	}
	return s
}

func (p *Program) factorsText(factors []Form) (s string) {
	for _, f := range factors {
		s += " ("
		for i, r := range f {
			if i > 0 {
				s += " + "
			}
			if s += p.coefText(r.Coef) + " "; r.Rotated {
				s += "turned "
			}
			s += p.Tensors[r.Tensor].Name
		}
		s += ")"
	}
	return s
}

func (p *Program) coefText(c Coef) string {
	if c.Slot < 0 {
		return c.Int.String()
	}
	return c.Int.String() + " " + p.Slots[c.Slot]
}
