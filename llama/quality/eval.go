package quality

import (
	"context"
	"errors"
	"fmt"
	"math"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
)

// passTokens is the number of tokens in a pass of the integer model. It bounds the
// workspace.
const passTokens = 64

// Options are the options of an evaluation.
type Options struct {
	// Progress, if not nil, is called after each block and then after each
	// window's logits, on the calling goroutine.
	Progress func(done, total int)
}

// Eval compares an integer model with the float model that it was imported from, on
// windows of at least two tokens, each from position 0. All windows run through a block of
// both models before the next block, so that a float model from float.Open reads each
// block once. The error wraps llama.ErrContext for a window of another length, or comes
// from one of the models or from ctx.
func Eval(ctx context.Context, m *llama.Model, ref *float.Model, windows [][]int, opts Options) (*Card, error) {
	if err := checkComparable(m.Config, ref.Config()); err != nil {
		return nil, err
	}
	pass, err := ref.NewPass(windows)
	if err != nil {
		return nil, err
	}
	e := &evaluation{ctx: ctx, m: m, ref: ref, pass: pass, windows: windows, opts: opts}
	for _, step := range []func() error{e.embed, e.blocks, e.logits} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return e.card(), nil
}

// checkComparable checks that two models have the same width, layers and vocabulary.
func checkComparable(m, ref llama.Config) error {
	if m.Dim != ref.Dim || m.Layers != ref.Layers || m.Vocab != ref.Vocab {
		return fmt.Errorf("the reference is %d wide with %d layers and %d tokens, expected %d, %d and %d: "+
			"name the model that the integer model was imported from",
			ref.Dim, ref.Layers, ref.Vocab, m.Dim, m.Layers, m.Vocab)
	}
	return nil
}

// evaluation is the state of one Eval.
type evaluation struct {
	ctx     context.Context
	m       *llama.Model
	ref     *float.Model
	pass    *float.Pass
	windows [][]int
	opts    Options

	sessions   []*llama.Session // [window]
	residuals  [][]int32        // [window][T*Dim]
	layerError []float64
	positions  []position // of all windows
	followed   int        // number of positions with a next token
	done       int        // blocks and windows done
}

// progress reports one more block or window, and returns the error of a cancelled
// evaluation.
func (e *evaluation) progress() error {
	e.done++
	if e.opts.Progress != nil {
		e.opts.Progress(e.done, e.m.Config.Layers+len(e.windows))
	}
	return e.ctx.Err()
}

// embed starts a session for each window.
func (e *evaluation) embed() error {
	if len(e.windows) == 0 {
		return errors.New("no windows, expected at least one")
	}
	for i, w := range e.windows {
		if len(w) < 2 || len(w) > e.m.Config.Context {
			return fmt.Errorf("%w: window %d has %d tokens, expected 2 to %d", llama.ErrContext, i, len(w),
				e.m.Config.Context)
		}
		s, x := e.m.NewSession(), make([]int32, len(w)*e.m.Config.Dim)
		if err := s.Embed(w, x); err != nil {
			return err
		}
		e.sessions, e.residuals = append(e.sessions, s), append(e.residuals, x)
	}
	return nil
}

// blocks runs both models block by block and measures the distance of the residuals.
func (e *evaluation) blocks() error {
	var workspace llama.BlockTrace
	for l := range e.m.Config.Layers {
		for i, x := range e.residuals {
			if err := e.block(l, e.sessions[i], x, &workspace); err != nil {
				return fmt.Errorf("window %d: %w", i, err)
			}
		}
		w, err := e.ref.Layer(l)
		if err != nil {
			return err
		}
		d := distance{scale: math.Ldexp(1, -e.m.Scales.Residual), ints: e.residuals}
		if err := e.pass.Block(e.ctx, w, d.observe); err != nil {
			return err
		}
		e.layerError = append(e.layerError, d.relative())
		if err := e.progress(); err != nil {
			return err
		}
	}
	return nil
}

// block runs a block of the integer model on a window.
func (e *evaluation) block(l int, s *llama.Session, x []int32, workspace *llama.BlockTrace) error {
	d := e.m.Config.Dim
	for start := 0; start*d < len(x); start += passTokens {
		end := min((start+passTokens)*d, len(x))
		if err := s.Block(l, start, x[start*d:end], workspace); err != nil {
			return err
		}
	}
	return nil
}

// distance sums squares over the residuals of all windows, in order.
type distance struct {
	scale         float64
	ints          [][]int32 // residuals of the windows that are not yet compared
	squares, errs float64
}

// observe is the observer of the float model.
func (d *distance) observe(site float.Site, rows []float32, _ int) {
	if site != float.SiteOut {
		return
	}
	for len(rows) > 0 {
		for i, x := range d.ints[0] {
			v := float64(rows[i])
			diff := float64(x)*d.scale - v
			d.squares += float64(v * v)
			d.errs += float64(diff * diff)
		}
		rows, d.ints = rows[len(d.ints[0]):], d.ints[1:]
	}
}

// relative returns the root mean square error relative to the float residual.
func (d *distance) relative() float64 {
	if d.errs == 0 {
		return 0
	}
	return math.Sqrt(d.errs / d.squares)
}

// logits compares the models' logits at every position.
func (e *evaluation) logits() error {
	vocab := e.m.Config.Vocab
	var head llama.HeadTrace
	for i, w := range e.windows {
		ref, err := e.pass.Logits(i)
		if err != nil {
			return err
		}
		found := make([]position, len(w))
		d := e.m.Config.Dim
		for start := 0; start < len(w); start += passTokens {
			end := min(start+passTokens, len(w))
			if err := e.sessions[i].Head(e.residuals[i][start*d:end*d], &head); err != nil {
				return err
			}
			kernel.For(end-start, 1, func(lo, hi int) {
				for t := lo; t < hi; t++ {
					next := -1
					if start+t+1 < len(w) {
						next = w[start+t+1]
					}
					found[start+t] = compare(ref[(start+t)*vocab:][:vocab], head.Logits[t*vocab:][:vocab],
						e.m.LogitExp(), next)
				}
			})
		}
		e.positions = append(e.positions, found...)
		e.followed += len(w) - 1
		if err := e.progress(); err != nil {
			return err
		}
	}
	return nil
}

// card returns the averages over all positions.
func (e *evaluation) card() *Card {
	n := float64(len(e.positions))
	c := &Card{
		Scheme:     e.m.Scheme,
		Tokens:     len(e.positions),
		Windows:    len(e.windows),
		LayerError: e.layerError,
	}
	same, sameClear := 0, 0
	var lossFloat, lossInt float64
	for _, p := range e.positions {
		if p.same {
			same++
		}
		if p.clear {
			c.Clear++
			if p.same {
				sameClear++
			}
		}
		c.KL += p.kl / n
		lossFloat += p.lossFloat / float64(e.followed)
		lossInt += p.lossInt / float64(e.followed)
	}
	c.Top1 = float64(same) / n
	c.ClearTop1 = float64(sameClear) / float64(max(c.Clear, 1))
	c.PerplexityFloat, c.PerplexityInt = math.Exp(lossFloat), math.Exp(lossInt)
	c.PerplexityRatio = math.Exp(lossInt - lossFloat)
	for i, s := range e.sessions {
		for j, sat := range s.Saturations() {
			if i == 0 {
				c.Saturations = append(c.Saturations, sat)
				continue
			}
			c.Saturations[j].Saturated += sat.Saturated
			c.Saturations[j].Cells += sat.Cells
		}
	}
	return c
}
