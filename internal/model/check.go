package model

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/tokenizer"
)

// CheckOptions are the choices of the import to compare with, and how to compare. The zero
// value gives the defaults.
type CheckOptions struct {
	// Tokenizer and Context are the import's, see [ImportOptions].
	Tokenizer string
	Context   int
	// Exact repeats the import, including calibration and GPTQ, and compares all bits,
	// including the scales. The result holds for one platform: see package quantize.
	Exact bool
	// Calibration and NoGPTQ are the import's. They are used only if Exact is set.
	Calibration *string
	NoGPTQ      bool
}

// Difference is a setting, or a tensor with some of its values, that differs from the
// import of the source.
type Difference = quantize.Difference

// MaxDifferences is the maximum length of CheckSummary.Differences.
const MaxDifferences = 100

// CheckSummary is the result of comparing a model with its source.
type CheckSummary struct {
	Model  string `json:"model"`  // the folder
	Source string `json:"source"` // as named by the caller
	Format string `json:"format"` // of the source, in words
	// Equal reports whether the model is the import of the source: given the model's own
	// scales, or in every bit if Exact is set.
	Equal bool `json:"equal"`
	Exact bool `json:"exact"` // as in CheckOptions
	// Rounding is "nearest", or "gptq" for w8 weights that are close to the source's but not
	// the nearest. Then weights are up to Steps quantisation steps away, and MeanSquare is the
	// mean squared distance in the matrix in which it is largest.
	Rounding   string  `json:"rounding"`
	Steps      int     `json:"steps"`
	MeanSquare float64 `json:"mean_square"`

	Scheme      string       `json:"scheme"`      // of the weights
	Values      int64        `json:"values"`      // number of values compared
	Differing   int          `json:"differing"`   // number of settings and tensors that differ
	Differences []Difference `json:"differences"` // the first MaxDifferences
	Fingerprint string       `json:"fingerprint"` // of the model
	Seconds     float64      `json:"seconds"`     // duration of the call
	PeakRSS     int64        `json:"peak_rss"`    // of the process, in bytes; 0: unknown
}

// Check compares a model folder with its claimed source: a Hugging Face folder, a .gguf
// file, a llama2.c .bin file or the name of an embedded model. Differences are reported in
// the summary, not as an error. Check reads both models once or twice and keeps about one
// block of the source in memory.
//
// The error wraps ErrFormat or ErrCorrupt if one of them cannot be read. It may also be an
// error of Open.
func Check(ctx context.Context, model, src string, opts CheckOptions, on func(progress.Event)) (*CheckSummary, error) {
	start := time.Now()
	s, err := openSource(src)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	defer s.Close()
	m, err := Open(ctx, model, on)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	c, err := m.compareWith(ctx, s, opts, on)
	if err != nil {
		return nil, fmt.Errorf("checking %s: %w", model, err)
	}
	fingerprint := m.integers.Fingerprint()
	return &CheckSummary{
		Model: model, Source: src, Format: s.Format(), Equal: len(c.Differences) == 0, Exact: opts.Exact,
		Rounding: c.Rounding, Steps: c.Steps, MeanSquare: c.MeanSquare, Scheme: string(m.integers.Scheme),
		Values:    c.Values,
		Differing: len(c.Differences), Differences: append([]Difference{},
			c.Differences[:min(len(c.Differences), MaxDifferences)]...),
		Fingerprint: hex.EncodeToString(fingerprint[:]), Seconds: time.Since(start).Seconds(), PeakRSS: host.PeakRSS(),
	}, nil
}

// compareWith compares weights and tokenizer.
func (m *Model) compareWith(
	ctx context.Context, src source.Source, opts CheckOptions, on func(progress.Event),
) (*quantize.Comparison, error) {
	q, t, err := checkOptions(src, opts, on)
	if err != nil {
		return nil, err
	}
	c, err := quantize.Check(ctx, src, m.integers, q)
	if err != nil {
		return nil, err
	}
	differences, err := CompareTokenizers(m.tokenizer, t)
	c.Differences = append(c.Differences, differences...)
	return c, err
}

func checkOptions(
	src source.Source, opts CheckOptions, on func(progress.Event),
) (quantize.Options, *tokenizer.Tokenizer, error) {
	choices := ImportOptions{Tokenizer: opts.Tokenizer, Context: opts.Context, Calibration: opts.Calibration,
		NoGPTQ: opts.NoGPTQ}
	if opts.Exact {
		return quantizeOptions(src, choices, on)
	}
	if opts.Calibration != nil || opts.NoGPTQ {
		return quantize.Options{}, nil,
			fmt.Errorf("%w: a calibration text or plain rounding for a check that is not exact", fault.ErrFormat)
	}
	return plainOptions(src, choices, on)
}
