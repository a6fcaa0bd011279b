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

// CheckOptions are the choices of the import that a model is said to be, and how
// it is compared with it; the zero value is the usual one.
type CheckOptions struct {
	// Tokenizer and Context are those of the import: see [ImportOptions].
	Tokenizer string
	Context   int
	// Exact imports the source anew, calibration and GPTQ included, and compares to
	// the bit, scales too. The result holds for one platform: see package quantize.
	Exact bool
	// Calibration and NoGPTQ are those of the import; an exact check alone has a use
	// for them.
	Calibration *string
	NoGPTQ      bool
}

// Difference is a value, or a tensor with some values, that is not what the source
// gives.
type Difference = quantize.Difference

// MaxDifferences bounds the list of a CheckSummary.
const MaxDifferences = 100

// CheckSummary says how a model compares with what it is said to be made of.
type CheckSummary struct {
	Model  string `json:"model"`
	Source string `json:"source"`
	Format string `json:"format"` // of the source, in words
	// Equal says that the model is the import of the source: under its own scales,
	// or, if Exact, in every bit.
	Equal bool `json:"equal"`
	Exact bool `json:"exact"`
	// Rounding is "nearest", or "gptq" for w8 weights that are near those of the
	// source but not the nearest: up to Steps steps away, with the mean of the squares
	// MeanSquare in the matrix where that is largest.
	Rounding   string  `json:"rounding"`
	Steps      int     `json:"steps"`
	MeanSquare float64 `json:"mean_square"`

	Scheme      string       `json:"scheme"`
	Values      int64        `json:"values"`      // compared
	Differing   int          `json:"differing"`   // settings and tensors that differ
	Differences []Difference `json:"differences"` // the first MaxDifferences of them
	Fingerprint string       `json:"fingerprint"` // of the model
	Seconds     float64      `json:"seconds"`
	PeakRSS     int64        `json:"peak_rss"` // of the process so far, bytes; 0: not known
}

// Check compares a model folder with what it is said to be the import of: a
// Hugging Face folder, a .gguf, a llama2.c .bin or the name of an embedded model.
// That they differ is no error but says the summary. It reads both once or twice
// and keeps about one block of the source in memory.
//
// The error wraps ErrFormat or ErrCorrupt if either cannot be read, besides those
// of OpenModel.
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
