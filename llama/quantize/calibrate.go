package quantize

import (
	"context"
	"math"
	"slices"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
)

// maxClip bounds the square norm of an input of the down projection in a Hessian, as a
// multiple of the median over the tokens.
const maxClip = 8

// calibration holds the statistics of one sweep over the windows.
type calibration struct {
	maxima
	clips []float64 // by layer: the bound on the square norm of an input of down
}

// calibrate runs the windows through the model, block by block, and calls done after each
// block.
func calibrate(ctx context.Context, m *float.Model, windows [][]int, done func(layer int)) (*calibration, error) {
	cfg := m.Config()
	c := &calibration{
		maxima: maxima{
			q: make([]float64, cfg.Layers), k: make([]float64, cfg.Layers), v: make([]float64, cfg.Layers),
		},
		clips: make([]float64, cfg.Layers),
	}
	p, err := m.NewPass(windows)
	if err != nil {
		return nil, err
	}
	p.Embedding(c.observer(cfg, 0, nil))
	for l := range cfg.Layers {
		w, err := m.Layer(l)
		if err != nil {
			return nil, err
		}
		var norms []float64
		if err := p.Block(ctx, w, c.observer(cfg, l, &norms)); err != nil {
			return nil, err
		}
		slices.Sort(norms)
		c.clips[l] = maxClip * norms[(len(norms)-1)/2]
		done(l)
	}
	return c, nil
}

// observer returns an observer that updates the maxima of layer l and appends the square
// norms of the inputs of its down projection to norms.
func (c *calibration) observer(cfg llama.Config, l int, norms *[]float64) float.Observer {
	factor := 1 / math.Sqrt(float64(cfg.HeadDim))
	return func(site float.Site, rows []float32, width int) {
		switch site {
		case float.SiteQ:
			c.q[l] = max(c.q[l], largestOf(rows)*factor)
		case float.SiteK:
			c.k[l] = max(c.k[l], largestOf(rows))
		case float.SiteV:
			c.v[l] = max(c.v[l], largestOf(rows))
		case float.SiteGate:
			c.gate = max(c.gate, largestOf(rows))
		case float.SiteEmbed, float.SiteMid, float.SiteOut:
			c.residual = max(c.residual, largestOf(rows))
		case float.SiteHidden:
			for row := range slices.Chunk(rows, width) {
				*norms = append(*norms, squareNorm(row))
			}
		}
	}
}

// largestOf returns the largest absolute value of xs.
func largestOf(xs []float32) float64 {
	const grain = 1 << 16
	parts := make([]float32, (len(xs)+grain-1)/grain)
	kernel.For(len(xs), grain, func(lo, hi int) {
		var m float32
		for _, x := range xs[lo:hi] {
			m = max(m, x, -x)
		}
		parts[lo/grain] = m
	})
	return float64(slices.Max(parts))
}

// clipScale returns the factor that reduces the square norm of a vector to at most clip.
func clipScale(square, clip float64) float32 {
	if square <= clip {
		return 1
	}
	return float32(math.Sqrt(clip / square))
}
