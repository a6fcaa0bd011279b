package quality

import (
	"fmt"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The size of the plot.
const (
	plotWidth  = 16 * vg.Centimeter
	plotHeight = 9 * vg.Centimeter
)

// Plot writes the relative error of the residual after each block as an SVG picture, with
// a logarithmic scale.
func (c *Card) Plot(w io.Writer) error {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s, %d tokens: top-1 %.2f %%, KL %.1e", c.Scheme, c.Tokens, 100*c.Top1, c.KL)
	p.X.Label.Text = "after block"
	p.Y.Label.Text = "relative error of the residual"
	p.Add(plotter.NewGrid())

	var points plotter.XYs
	for l, e := range c.LayerError {
		if e > 0 && !math.IsInf(e, 0) { // a logarithmic scale has no zero
			points = append(points, plotter.XY{X: float64(l), Y: e})
		}
	}
	if len(points) > 0 {
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return fmt.Errorf("plot: %w", err)
		}
		dots.Shape = draw.CircleGlyph{}
		p.Add(line, dots)
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
		widen(p)
	}
	canvas := vgsvg.New(plotWidth, plotHeight)
	p.Draw(draw.New(canvas))
	_, err := canvas.WriteTo(w)
	return err
}

// widen extends the vertical axis to whole decades, and a horizontal axis with a single
// value by one on each side.
func widen(p *plot.Plot) {
	p.Y.Min = math.Pow(10, math.Floor(math.Log10(p.Y.Min)))
	p.Y.Max = math.Pow(10, math.Ceil(math.Log10(p.Y.Max)+1e-9))
	if p.X.Min == p.X.Max {
		p.X.Min, p.X.Max = p.X.Min-1, p.X.Max+1
	}
}
