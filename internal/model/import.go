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

// ImportOptions are the choices of Import. The zero value gives the defaults.
type ImportOptions struct {
	// Weights is "w16" (16-bit integers), "w8" (bytes in groups of 32), "ternary", or "auto"
	// or "". Auto chooses ternary for ternary models, otherwise w16 below a billion parameters
	// and w8 from there on.
	Weights string
	// Calibration is the text on which the scales are chosen, at least 4096 tokens; a shorter
	// one is an error. Nil: a built-in text.
	Calibration *string
	// Tokenizer is the path of a tokenizer file, for a model without one.
	Tokenizer string
	// Context reduces the number of positions. 0: the model's own.
	Context int
	// NoGPTQ rounds w8 weights to nearest instead of using GPTQ: faster, and slightly less
	// accurate.
	NoGPTQ bool
}

// ImportSummary describes an imported model.
type ImportSummary struct {
	Model       string  `json:"model"`       // path of the folder
	Params      int     `json:"params"`      // a tied head is counted once
	Layers      int     `json:"layers"`      // number of blocks
	Scheme      string  `json:"scheme"`      // of the weights
	GPTQ        bool    `json:"gptq"`        // whether weights were rounded with GPTQ
	Format      string  `json:"format"`      // of the source, in words
	Fingerprint string  `json:"fingerprint"` // SHA-256, hexadecimal
	Seconds     float64 `json:"seconds"`     // duration of the call
	PeakRSS     int64   `json:"peak_rss"`    // of the process, in bytes; 0: unknown
}

// Import makes the integer model of src, which is a Hugging Face folder, a .gguf file or a
// llama2.c .bin file, and writes it to the folder dst. dst must be new, empty, or a model
// folder, which is replaced. The folder appears complete or not at all.
//
// The error wraps ErrFormat if src is of an unsupported kind or dst is not a model folder,
// and ErrCorrupt if src is damaged.
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

// convert reads the tokenizer, with which the calibration text is tokenized, and imports
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

// plainOptions returns the options of an import without calibration.
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
