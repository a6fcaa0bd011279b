package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"fold.example/fold"
)

// table formats rows of a name and a value.
type table struct {
	text strings.Builder
	w    *tabwriter.Writer
}

func newTable() *table {
	t := new(table)
	t.w = tabwriter.NewWriter(&t.text, 0, 0, 2, ' ', 0)
	return t
}

func (t *table) row(name, format string, args ...any) {
	fmt.Fprintf(t.w, "%s\t%s\n", name, oneLine(fmt.Sprintf(format, args...)))
}

func (t *table) String() string {
	t.w.Flush()
	return t.text.String()
}

// size formats a number of bytes for people.
func size(bytes int64) string {
	v, unit := float64(bytes), "B"
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if v < 1024 {
			break
		}
		v, unit = v/1024, next
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %s", v, unit)
}

// infoText returns the description of a model.
func infoText(i *fold.Info) string {
	c, t := i.Config, newTable()
	t.row("model", "%s", i.Model)
	t.row("parameters", "%d", i.Params)
	t.row("layers", "%d of width %d, feed-forward %d", c.Layers, c.Dim, c.Hidden)
	t.row("heads", "%d of width %d, sharing %d key heads", c.Heads, c.HeadDim, c.KVHeads)
	t.row("vocabulary", "%d, %d of them in the tokenizer", c.Vocab, i.Tokens)
	t.row("context", "%d positions, RoPE base %g, scaling %s", c.Context, c.Rope.Theta,
		cmp.Or(c.Rope.Scaling.Kind, "none"))
	t.row("chat template", "%s", yesNo(i.Chat))
	t.row("weights", "%s, %s; cache %s a position", i.Scheme, size(i.WeightBytes), size(i.CacheBytes))
	s := i.Scales
	t.row("exponents", "residual %d, norm %d, gate %d, silu %d, exp %d, softmax %d", s.Residual, s.Norm, s.Gate, s.Silu,
		s.Exp, s.Softmax)
	t.row("  by layer", "q %s, k %s, v %s",
		span(i.Layers, func(l fold.LayerScales) int { return l.Q }),
		span(i.Layers, func(l fold.LayerScales) int { return l.K }),
		span(i.Layers, func(l fold.LayerScales) int { return l.V }))
	t.row("fingerprint", "%s", i.Fingerprint)
	t.row("model id", "%s", cmp.Or(i.ModelID, "not committed: fold commit"))
	for _, s := range i.Steps {
		t.row("step", "%d cells a token and block for a pass of %d up to position %d; a key of 2^%d points", s.PerToken,
			s.Tokens, s.Positions, s.KeyBits)
	}
	if i.Quality == nil {
		t.row("quality", "not measured: fold eval")
		return t.String()
	}
	return t.String() + "quality\n" + cardText(i.Quality)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// span formats the range of a figure over all layers.
func span(layers []fold.LayerScales, of func(fold.LayerScales) int) string {
	lo, hi := math.MaxInt, math.MinInt
	for _, l := range layers {
		lo, hi = min(lo, of(l)), max(hi, of(l))
	}
	if lo == hi {
		return fmt.Sprint(lo)
	}
	return fmt.Sprintf("%d to %d", lo, hi)
}

// cardText returns the description of a model's quality.
func cardText(c *fold.QualityCard) string {
	t := newTable()
	t.row("  against", "%s", c.Reference)
	t.row("  on", "%s: %d tokens in %d windows", c.Text, c.Tokens, c.Windows)
	t.row("  same choice", "%.2f %%; %.2f %% of the %d positions where the float model's is clear",
		100*c.Top1, 100*c.ClearTop1, c.Clear)
	t.row("  divergence", "%.2e nats (mean KL)", c.KL)
	t.row("  perplexity", "%.4f, float %.4f: %+.3f %%", c.PerplexityInt, c.PerplexityFloat, 100*(c.PerplexityRatio-1))
	if len(c.LayerError) > 0 {
		t.row("  residual error", "%.2e after the last layer, %.2e at most",
			c.LayerError[len(c.LayerError)-1], slices.Max(c.LayerError))
	}
	for _, s := range c.Saturations {
		if s.Saturated > 0 {
			t.row("  saturated", "%s: %d of %d cells", s.Tensor, s.Saturated, s.Cells)
		}
	}
	return t.String()
}
