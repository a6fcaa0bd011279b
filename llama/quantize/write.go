package quantize

import (
	"context"
	"fmt"
	"math"

	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
	"fold.example/fold/llama/source"
)

// begin gives the sink the model's configuration, scales and tables.
func (im *importer) begin() error {
	im.scales = im.exps.scales(im.cfg)
	tables, err := llama.NewTables(im.cfg, im.scales)
	if err != nil {
		return err
	}
	if !im.usesGPTQ() {
		im.model = nil // its block need not stay in memory
	}
	return im.sink.Begin(&llama.Model{Config: im.cfg, Scheme: im.scheme, Scales: im.scales, Tables: tables})
}

// embeddingRows is the number of rows in one call of Sink.Embedding.
const embeddingRows = 1024

// embedding rounds the embedding: E = floor(e 2^er + 1/2) (rule 5).
func (im *importer) embedding() error {
	t := newTensor(im.src, source.Tensor{Kind: source.Embedding}, nil)
	if m := math.Ldexp(im.stats[t.name].largest, im.scales.Residual); m >= 32767.5 {
		return fmt.Errorf("%w: embedding up to %.0f with exponent %d, expected at most 32767", llama.ErrInvalid, m,
			im.scales.Residual)
	}
	done := im.progress("embedding", t.rows)
	scale := math.Ldexp(1, im.scales.Residual)
	for lo := 0; lo < t.rows; lo += embeddingRows {
		hi := min(lo+embeddingRows, t.rows)
		rows := make([]int16, (hi-lo)*t.cols)
		err := t.eachIn(lo, hi, func(y int, row []float64) {
			for k, e := range row {
				rows[(y-lo)*t.cols+k] = int16(llama.RoundHalfUp(e * scale))
			}
		})
		if err != nil {
			return err
		}
		if err := im.sink.Embedding(rows); err != nil {
			return err
		}
		if err := done(hi); err != nil {
			return err
		}
	}
	return nil
}

// blocks rounds all blocks. GPTQ's Hessians come from a second sweep of the float model,
// because the limits of exponents need the maxima of all layers from the first.
func (im *importer) blocks() error {
	if im.usesGPTQ() {
		var err error
		if im.pass, err = im.model.NewPass(im.opts.Windows); err != nil {
			return err
		}
	}
	done := im.progress("layers", im.cfg.Layers)
	for l := range im.cfg.Layers {
		inputs, err := im.inputs(l)
		if err != nil {
			return err
		}
		layer, err := im.block(l, inputs)
		if err != nil {
			return fmt.Errorf("layer %d: %w", l, err)
		}
		if err := layer.Validate(im.cfg, im.scheme, im.scales); err != nil {
			return fmt.Errorf("layer %d: %w", l, err)
		}
		if err := im.sink.Layer(layer); err != nil {
			return err
		}
		if err := done(l + 1); err != nil {
			return err
		}
	}
	return nil
}

// inputs runs the float model's block and returns the inverse Hessian of the inputs of
// each matrix; nil without GPTQ.
func (im *importer) inputs(l int) (map[source.Kind]*inverse, error) {
	if !im.usesGPTQ() {
		return nil, nil
	}
	hessians := map[float.Site]*hessian{}
	for w := range im.cfg.Architecture().Matrices() {
		if site := float.InputSite(w.Kind); hessians[site] == nil {
			hessians[site] = newHessian(w.Cols.Size(im.cfg))
		}
	}
	hessians[float.SiteHidden].clip = im.clips[l]
	weights, err := im.model.Layer(l)
	if err != nil {
		return nil, err
	}
	err = im.pass.Block(im.ctx, weights, func(site float.Site, rows []float32, _ int) {
		if h := hessians[site]; h != nil {
			h.add(rows)
		}
	})
	if err != nil {
		return nil, err
	}
	return im.invert(l, hessians)
}

// invert returns the inverse Hessian of each matrix of a block; matrices with one input
// share it.
func (im *importer) invert(l int, hessians map[float.Site]*hessian) (map[source.Kind]*inverse, error) {
	inverses, bySite := map[source.Kind]*inverse{}, map[float.Site]*inverse{}
	for w := range im.cfg.Architecture().Matrices() {
		site := float.InputSite(w.Kind)
		if bySite[site] == nil {
			inv, err := hessians[site].invert()
			if err != nil {
				return nil, fmt.Errorf("layer %d: %w", l, err)
			}
			bySite[site] = inv
		}
		inverses[w.Kind] = bySite[site]
	}
	return inverses, nil
}

// block rounds a block. Ternary matrices keep the norms' gains separate.
func (im *importer) block(l int, inverses map[source.Kind]*inverse) (*llama.Layer, error) {
	gains, err := im.gains(l)
	if err != nil {
		return nil, err
	}
	out := &llama.Layer{ExpQ: im.exps.Q[l], ExpK: im.exps.K[l], ExpV: im.exps.V[l]}
	a := im.cfg.Architecture()
	if im.scheme == llama.Ternary {
		for w := range a.Norms() {
			ints, exp := w.Gain(out)
			*ints, *exp = roundGain(gains[w.Kind])
		}
		gains = nil
	}
	if im.opts.Exponents == nil {
		out.ExpV = min(out.ExpV, im.mostOfValues(l, out))
		im.exps.V[l] = out.ExpV
	}
	for w := range a.Matrices() {
		t := im.matrix(l, w, gains)
		*w.Linear(out), err = im.round(t, im.scheme, im.limit(out, t.name), inverses[w.Kind])
		if err == nil {
			w.Linear(out).Bias, err = im.bias(out, t)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// bias rounds the bias of a matrix: floor(b 2^e + 1/2), where e is the exponent of the
// product. It returns nil if the matrix has no bias. The factor of the queries is merged into
// their bias, too.
func (im *importer) bias(l *llama.Layer, t *tensor) ([]int64, error) {
	a := im.cfg.Architecture()
	w := a.Bias(t.name.Kind)
	if w == nil {
		return nil, nil
	}
	row, err := readRow(im.src, source.Tensor{Layer: t.name.Layer, Kind: w.Kind})
	if err != nil {
		return nil, err
	}
	bias, e := make([]int64, len(row)), a.ProductExp(t.name.Kind, l, im.scales)
	for y, b := range row {
		v := llama.RoundHalfUp(math.Ldexp(float64(b)*t.factor, e))
		if math.Abs(v) > llama.MaxBias {
			return nil, fmt.Errorf("%w: %s of %g with exponent %d, expected at most 2^44",
				llama.ErrInvalid, w.Name, b, e)
		}
		bias[y] = int64(v)
	}
	return bias, nil
}

// minDownBits is log2 of a bound on the largest weight of down: upLimit lowers the exponent of
// up until that weight is at least 2^minDownBits.
const minDownBits = 11

// upLimit returns the limit on the exponent of up. The shift after down is at most 32, so the
// sum of the exponents of up and down is bounded. In models with small activations a maximal
// exponent of up would leave a few bits for down. upLimit therefore lowers up until the
// largest weight of down is at least 2^11, or at least as large as the largest weight of up.
func (im *importer) upLimit(l int, ffn int) int {
	up := im.largest(source.Tensor{Layer: l, Kind: source.Up})
	down := im.largest(source.Tensor{Layer: l, Kind: source.Down})
	budget := 32 + im.scales.Residual - im.scales.Silu - ffn
	exp := exponent(im.scheme, up, unboundedExp)
	for ; ; exp-- {
		upBits := floorLog2(up) + exp
		downBits := floorLog2(down) + exponent(im.scheme, down, budget-exp)
		if downBits >= minDownBits || upBits <= downBits {
			return exp
		}
	}
}

// largest returns the largest absolute value of a matrix before rounding; in a ternary
// model without the gain, which is not merged.
func (im *importer) largest(name source.Tensor) float64 {
	if im.scheme != llama.Ternary || name.Kind == source.Head {
		return im.stats[name].largest
	}
	return float64(im.stats[name].digit) * newTensor(im.src, name, nil).factor
}

// mostOfValues returns the largest exponent of values at which their rescale has a shift
// of at least 1. Values that are zero, or tiny compared with their weights, would get a
// larger exponent from calibration.
func (im *importer) mostOfValues(l int, out *llama.Layer) int {
	attn, _ := out.NormExps(im.scales)
	v := source.Tensor{Layer: l, Kind: source.V}
	return attn + exponent(im.scheme, im.largest(v), unboundedExp) - 1
}

// limit returns the largest exponent of a matrix at which its rescale has a shift that
// the relation can prove (rule 6). The layer must hold the matrices before it.
func (im *importer) limit(l *llama.Layer, name source.Tensor) int {
	a := im.cfg.Architecture()
	if r := a.RescaleOf(name.Kind); r != nil {
		return r.MaxExp(a, l, im.scales)
	}
	if name.Kind == source.Up {
		_, ffn := l.NormExps(im.scales)
		return im.upLimit(name.Layer, ffn)
	}
	return unboundedExp
}

// round rounds a matrix to a scheme, with an exponent of at most limit; with GPTQ if inv
// is not nil.
func (im *importer) round(t *tensor, scheme llama.Scheme, limit int, inv *inverse) (llama.Linear, error) {
	largest := im.largest(t.name)
	exp := exponent(scheme, largest, limit)
	switch {
	case scheme == llama.Ternary:
		return t.ternary(largest, exp)
	case inv != nil:
		return t.gptq(exp, inv)
	case scheme == llama.W8:
		return t.w8(exp)
	}
	return t.w16(exp)
}

// head rounds the head, with the final norm's gain merged in.
func (im *importer) head() error {
	final, err := readRow(im.src, source.Tensor{Kind: source.FinalNorm})
	if err != nil {
		return err
	}
	done := im.progress("head", 1)
	scheme := llama.W16
	var inv *inverse
	if im.scheme == llama.W8 {
		scheme = llama.W8
	}
	if im.usesGPTQ() {
		h := newHessian(im.cfg.Dim)
		im.pass.Head(func(_ float.Site, rows []float32, _ int) { h.add(rows) })
		if inv, err = h.invert(); err != nil {
			return fmt.Errorf("head: %w", err)
		}
		im.pass, im.model = nil, nil
	}
	head, err := im.round(newTensor(im.src, source.Tensor{Kind: source.Head}, final), scheme, unboundedExp, inv)
	if err != nil {
		return fmt.Errorf("head: %w", err)
	}
	if err := im.sink.Head(head); err != nil {
		return err
	}
	return done(1)
}

// collector is a sink that assembles the model in memory.
type collector struct{ model *llama.Model }

func (c *collector) Begin(m *llama.Model) error {
	c.model = m
	return nil
}

func (c *collector) Embedding(rows []int16) error {
	c.model.Embedding = append(c.model.Embedding, rows...)
	return nil
}

func (c *collector) Layer(l *llama.Layer) error {
	c.model.Layers = append(c.model.Layers, *l)
	return nil
}

func (c *collector) Head(h llama.Linear) error {
	c.model.Head = h
	return c.model.Validate()
}

// Build imports a model into memory. Errors are those of [Import].
func Build(ctx context.Context, src float.Source, opts Options) (*llama.Model, *Report, error) {
	var c collector
	report, err := Import(ctx, src, opts, &c)
	if err != nil {
		return nil, nil, err
	}
	return c.model, report, nil
}
