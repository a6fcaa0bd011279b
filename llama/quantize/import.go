package quantize

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
	"fold.example/fold/llama/source"
)

// Import makes an integer model by rules 1 to 7 of the package documentation and gives it
// to the sink. It keeps one block in memory at a time, as float32 or as integers, besides
// the residual of the windows. The error wraps ErrNotTernary, or llama.ErrInvalid if no
// integer model with these exponents exists, or comes from the source, the sink or ctx.
func Import(ctx context.Context, src float.Source, opts Options, sink Sink) (*Report, error) {
	im := newImporter(ctx, src, opts, sink)
	if err := im.cfg.Validate(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{im.scan, im.choose, im.calibrate, im.begin, im.embedding, im.blocks, im.head} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &Report{
		Scheme:     im.scheme,
		Parameters: source.Parameters(im.cfg),
		Layers:     im.cfg.Layers,
		Tokens:     im.tokens,
		GPTQ:       im.usesGPTQ(),
		Exponents:  im.exps,
	}, nil
}

// importer is the state of one import.
type importer struct {
	ctx  context.Context
	src  float.Source
	cfg  llama.Config // of the integer model: the context may be lower than the source's
	opts Options
	sink Sink

	stats  map[source.Tensor]stat
	scheme llama.Scheme
	exps   Exponents
	scales llama.Scales
	clips  []float64   // of calibration
	tokens int         // number of calibration tokens
	pass   *float.Pass // second sweep, for GPTQ's Hessians
	model  *float.Model
}

func newImporter(ctx context.Context, src float.Source, opts Options, sink Sink) *importer {
	im := &importer{ctx: ctx, src: src, opts: opts, cfg: src.Config(), sink: sink, stats: map[source.Tensor]stat{}}
	if opts.Context > 0 {
		im.cfg.Context = min(im.cfg.Context, opts.Context)
	}
	return im
}

func (im *importer) usesGPTQ() bool { return im.scheme == llama.W8 && !im.opts.NoGPTQ }

// progress returns a function that reports that done of total units of a stage are done.
// The function returns the error of a cancelled import.
func (im *importer) progress(stage string, total int) func(done int) error {
	start := time.Now()
	return func(done int) error {
		if im.opts.Progress != nil && done > 0 {
			left := time.Since(start) / time.Duration(done) * time.Duration(total-done)
			im.opts.Progress(Progress{stage, done, total, left})
		}
		return im.ctx.Err()
	}
}

// matrix returns a matrix of a block, or the head. If gains has the gain of the norm in front
// of the matrix, that gain is merged in.
func (im *importer) matrix(l int, w *llama.Weight, gains map[source.Kind][]float32) *tensor {
	return newTensor(im.src, source.Tensor{Layer: l, Kind: w.Kind}, gains[w.Norm])
}

// gains reads the gains of a block's norms.
func (im *importer) gains(l int) (map[source.Kind][]float32, error) {
	gains := map[source.Kind][]float32{}
	for w := range im.cfg.Architecture().Norms() {
		gain, err := readRow(im.src, source.Tensor{Layer: l, Kind: w.Kind})
		if err != nil {
			return nil, err
		}
		gains[w.Kind] = gain
	}
	return gains, nil
}

// scan reads all weights once: exponents depend on their sizes, and the scheme on whether
// they are ternary.
func (im *importer) scan() error {
	done := im.progress("scan", im.cfg.Layers+2)
	for l := range im.cfg.Layers {
		gains, err := im.gains(l)
		if err != nil {
			return err
		}
		for w := range im.cfg.Architecture().Matrices() {
			if err := im.scanOne(im.matrix(l, w, gains)); err != nil {
				return err
			}
		}
		if err := done(l + 1); err != nil {
			return err
		}
	}
	final, err := readRow(im.src, source.Tensor{Kind: source.FinalNorm})
	if err != nil {
		return err
	}
	if err := im.scanOne(newTensor(im.src, source.Tensor{Kind: source.Embedding}, nil)); err != nil {
		return err
	}
	if err := im.scanOne(newTensor(im.src, source.Tensor{Kind: source.Head}, final)); err != nil {
		return err
	}
	return done(im.cfg.Layers + 2)
}

func (im *importer) scanOne(t *tensor) (err error) {
	im.stats[t.name], err = t.scan()
	return err
}

// choose chooses the scheme.
func (im *importer) choose() error {
	odd := im.notTernary()
	switch im.opts.Weights {
	case W16, W8:
		im.scheme = llama.Scheme(im.opts.Weights)
	case Ternary:
		if odd != nil {
			return fmt.Errorf("%w: %v has other entries than -s, 0 and s", ErrNotTernary, *odd)
		}
		im.scheme = llama.Ternary
	case Auto, "":
		switch {
		case odd == nil:
			im.scheme = llama.Ternary
		case source.Parameters(im.cfg) < 1e9:
			im.scheme = llama.W16
		default:
			im.scheme = llama.W8
		}
	default:
		_, err := ParseWeights(string(im.opts.Weights))
		return err
	}
	return nil
}

// notTernary returns the first matrix of a block that is not ternary, or nil.
func (im *importer) notTernary() *source.Tensor {
	for l := range im.cfg.Layers {
		for w := range im.cfg.Architecture().Matrices() {
			if t := (source.Tensor{Layer: l, Kind: w.Kind}); !im.stats[t].ternary {
				return &t
			}
		}
	}
	return nil
}

// calibrate chooses the exponents.
func (im *importer) calibrate() error {
	given := im.opts.Exponents
	if given != nil {
		if err := given.check(im.cfg); err != nil {
			return err
		}
		im.exps = *given
	}
	if given != nil && !im.usesGPTQ() {
		return nil
	}
	if len(im.opts.Windows) == 0 {
		return errors.New("no text to calibrate on, expected windows")
	}
	for _, w := range im.opts.Windows {
		im.tokens += len(w)
	}
	var err error
	if im.model, err = float.Open(im.src); err != nil {
		return err
	}
	done := im.progress("calibrate", im.cfg.Layers)
	seen, err := calibrate(im.ctx, im.model, im.opts.Windows, func(l int) { _ = done(l + 1) })
	if err != nil {
		return err
	}
	im.clips = seen.clips
	seen.embedding = im.largestEmbedding()
	if given == nil {
		im.exps, err = seen.exponents(im.cfg)
	}
	return err
}

// largestEmbedding returns max|e| over the embedding.
func (im *importer) largestEmbedding() float64 {
	return im.stats[source.Tensor{Kind: source.Embedding}].largest
}
