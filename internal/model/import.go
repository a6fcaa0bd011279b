package model

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/tokenizer"
)

// ImportOptions are the choices of an import; the zero value is the usual one.
type ImportOptions struct {
	// Weights is "w16" (16-bit integers), "w8" (bytes in groups of 32), "ternary",
	// or "auto" or empty: ternary if the model is, else w16 below a billion
	// parameters and w8 from there on.
	Weights string
	// Calibration is the text that chooses the scales, at least 4096 tokens of it;
	// nil: a text of our own. One that is given and too short, or empty, is refused.
	Calibration *string
	// Tokenizer is a tokenizer's file, for a model that comes without.
	Tokenizer string
	// Context lowers the number of positions; 0 leaves the model's own.
	Context int
	// NoGPTQ rounds w8 weights to the nearest: quicker and a little less exact.
	NoGPTQ bool
}

// ImportSummary says what an import made.
type ImportSummary struct {
	Model       string  `json:"model"`  // the folder
	Params      int     `json:"params"` // a tied head counted once
	Layers      int     `json:"layers"`
	Scheme      string  `json:"scheme"` // of the weights
	GPTQ        bool    `json:"gptq"`
	Format      string  `json:"format"` // what it was made of, in words
	Fingerprint string  `json:"fingerprint"`
	Seconds     float64 `json:"seconds"`
	PeakRSS     int64   `json:"peak_rss"` // of the process so far, bytes; 0: not known
}

// Import makes the integer model of src, a Hugging Face folder, a .gguf or a
// llama2.c .bin, and writes it into the folder dst, which is new, empty, or
// another model that it replaces. The folder appears whole or not at all.
//
// The error wraps ErrFormat if src is of a kind that is not supported or dst is
// something else than a model, and ErrCorrupt if src is damaged.
func Import(ctx context.Context, src, dst string, opts ImportOptions, on func(progress.Event)) (*ImportSummary, error) {
	start := time.Now()
	folder, err := newFolder(dst)
	if err != nil {
		return nil, err
	}
	defer folder.discard()
	s, err := openSource(src)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	w, err := llama.Create(folder.temp)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	t, report, err := convert(ctx, s, opts, on, w)
	if err != nil {
		return nil, fmt.Errorf("importing %s: %w", src, err)
	}
	if err := w.Commit(); err != nil {
		return nil, err
	}
	if err := WriteTokenizer(folder.temp, t); err != nil {
		return nil, err
	}
	if err := folder.publish(); err != nil {
		return nil, err
	}
	fingerprint := w.Fingerprint()
	return &ImportSummary{
		Model: dst, Params: report.Parameters, Layers: report.Layers, Scheme: string(report.Scheme), GPTQ: report.GPTQ,
		Format: s.Format(), Fingerprint: hex.EncodeToString(fingerprint[:]),
		Seconds: time.Since(start).Seconds(), PeakRSS: host.PeakRSS(),
	}, nil
}

// convert reads the tokenizer, which also cuts the calibration text, and imports
// the weights into a sink.
func convert(
	ctx context.Context, src source.Source, opts ImportOptions, on func(progress.Event), sink quantize.Sink,
) (*tokenizer.Tokenizer, *quantize.Report, error) {
	q, t, err := quantizeOptions(src, opts, on)
	if err != nil {
		return nil, nil, err
	}
	report, err := quantize.Import(ctx, src, q, sink)
	return t, report, err
}

func quantizeOptions(
	src source.Source, opts ImportOptions, on func(progress.Event),
) (quantize.Options, *tokenizer.Tokenizer, error) {
	q, t, err := plainOptions(src, opts, on)
	if err != nil {
		return q, nil, err
	}
	text := quantize.DefaultText()
	if opts.Calibration != nil {
		text = *opts.Calibration
	}
	positions := src.Config().Context
	if opts.Context > 0 {
		positions = min(positions, opts.Context)
	}
	q.Windows, err = quantize.NewWindows(t, text, positions)
	return q, t, err
}

// plainOptions are those of an import that does not calibrate.
func plainOptions(
	src source.Source, opts ImportOptions, on func(progress.Event),
) (q quantize.Options, t *tokenizer.Tokenizer, err error) {
	if opts.Weights != "" {
		if q.Weights, err = quantize.ParseWeights(opts.Weights); err != nil {
			return q, nil, fmt.Errorf("%w: %w", fault.ErrFormat, err)
		}
	}
	if opts.Context < 0 {
		return q, nil, fmt.Errorf("%w: a context of %d positions", fault.ErrFormat, opts.Context)
	}
	if t, err = newTokenizer(src, opts.Tokenizer); err != nil {
		return q, nil, err
	}
	m := progress.NewMeter(on)
	q.Context, q.NoGPTQ = opts.Context, opts.NoGPTQ
	q.Progress = func(p quantize.Progress) { m.Report(p.Stage, p.Done, p.Total) }
	return q, t, nil
}

// WriteTokenizer writes a tokenizer into a model folder, in its canonical form.
func WriteTokenizer(dir string, t *tokenizer.Tokenizer) error {
	data, err := t.Marshal()
	if err != nil {
		return err
	}
	return files.Write(tokenizerPath(dir), data, 0o644)
}
