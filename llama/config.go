package llama

import (
	"fmt"
	"math"

	"fold.example/fold/internal/fault"
)

// ErrInvalid is wrapped by every error that says a model breaks a rule of this
// package: a shape, a shift, a table or a weight outside its range.
var ErrInvalid = fault.New(fault.ErrFormat, "not a valid integer model")

// Config is the shape of a LLaMA-architecture model.
type Config struct {
	Dim     int     `json:"dim"`      // width of the residual stream, d
	Hidden  int     `json:"hidden"`   // width of the feed-forward part
	Layers  int     `json:"layers"`   // transformer blocks, L
	Heads   int     `json:"heads"`    // query heads
	KVHeads int     `json:"kv_heads"` // key/value heads; divides Heads
	HeadDim int     `json:"head_dim"` // width of a head, hd; even
	Vocab   int     `json:"vocab"`    // token ids are 0 .. Vocab-1, V
	Context int     `json:"context"`  // positions are 0 .. Context-1
	RMSEps  float64 `json:"rms_eps"`
	Rope    Rope    `json:"rope"`
	Tied    bool    `json:"tied"` // the head's weights are the embedding's

	architecture *Architecture // nil for a LLaMA
}

// Rope determines the angle by which RoPE rotates a pair of coordinates at a position
// (Su et al. 2021, "RoFormer", section 3.2).
type Rope struct {
	Theta   float64     `json:"theta"` // base of the frequencies theta^(-2i/hd)
	Scaling RopeScaling `json:"scaling,omitzero"`
}

// RopeScaling stretches the angles for contexts longer than the model was
// first trained on. Kind is "" (none), "linear", "llama3" or "factors".
type RopeScaling struct {
	Kind            string  `json:"kind,omitempty"`
	Factor          float64 `json:"factor,omitempty"`           // linear, llama3
	LowFreqFactor   float64 `json:"low_freq_factor,omitempty"`  // llama3
	HighFreqFactor  float64 `json:"high_freq_factor,omitempty"` // llama3
	OriginalContext int     `json:"original_context,omitempty"` // llama3

	// Factors divides the frequency of each of the HeadDim/2 pairs. GGUF files
	// carry the llama3 rule in this form.
	Factors []float64 `json:"factors,omitempty"`
}

// Limits of a Config. With them every sum of the forward pass has a bound that
// follows from the shapes and the types of the weights alone (see doc.go), so
// that no file can make the arithmetic overflow.
const (
	MaxDim     = 1 << 16 // also of Heads*HeadDim
	MaxHidden  = 1 << 17
	MaxLayers  = 1 << 10
	MaxHeadDim = 1 << 10
	MaxVocab   = 1 << 20
	MaxContext = 1 << 17 // S = sum of e stays below 2^32
)

// QDim returns the width of all queries of a token, Heads*HeadDim.
func (c Config) QDim() int { return c.Heads * c.HeadDim }

// KVDim returns the width of all keys (or values) of a token, KVHeads*HeadDim.
func (c Config) KVDim() int { return c.KVHeads * c.HeadDim }

// Group returns the number of query heads that share a key head.
func (c Config) Group() int { return c.Heads / c.KVHeads }

// Validate reports the first field outside its range; the error wraps
// ErrInvalid.
func (c Config) Validate() error {
	for _, f := range []struct {
		name       string
		value, max int
	}{
		{"dim", c.Dim, MaxDim},
		{"hidden", c.Hidden, MaxHidden},
		{"layers", c.Layers, MaxLayers},
		{"heads", c.Heads, MaxDim},
		{"kv_heads", c.KVHeads, MaxDim},
		{"head_dim", c.HeadDim, MaxHeadDim},
		{"vocab", c.Vocab, MaxVocab},
		{"context", c.Context, MaxContext},
	} {
		if f.value < 1 || f.value > f.max {
			return invalidf("%s is %d, expected 1 to %d", f.name, f.value, f.max)
		}
	}
	switch {
	case c.HeadDim%2 != 0:
		return invalidf("head_dim is %d, expected an even number", c.HeadDim)
	case c.Heads%c.KVHeads != 0:
		return invalidf("heads is %d, expected a multiple of kv_heads, %d", c.Heads, c.KVHeads)
	case c.QDim() > MaxDim:
		return invalidf("heads times head_dim is %d, expected at most %d", c.QDim(), MaxDim)
	case !(c.RMSEps >= 0 && c.RMSEps < 1):
		return invalidf("rms_eps is %g, expected 0 <= rms_eps < 1", c.RMSEps)
	}
	if c.architecture != nil {
		if err := c.architecture.Validate(); err != nil {
			return err
		}
	}
	return c.Rope.validate(c.HeadDim)
}

func (r Rope) validate(headDim int) error {
	if !positive(r.Theta) {
		return invalidf("rope theta is %g, expected a positive number", r.Theta)
	}
	switch s := r.Scaling; s.Kind {
	case "":
		return nil
	case "linear":
		if !positive(s.Factor) {
			return invalidf("rope scaling factor is %g, expected a positive number", s.Factor)
		}
	case "llama3":
		ok := positive(s.Factor) && positive(s.LowFreqFactor) && positive(s.HighFreqFactor) &&
			s.LowFreqFactor < s.HighFreqFactor && s.OriginalContext > 0
		if !ok {
			return invalidf("rope scaling llama3 with factor %g, low %g, high %g, original context %d: "+
				"expected positive numbers, low below high",
				s.Factor, s.LowFreqFactor, s.HighFreqFactor, s.OriginalContext)
		}
	case "factors":
		if len(s.Factors) != headDim/2 {
			return invalidf("rope scaling has %d factors, expected %d", len(s.Factors), headDim/2)
		}
		for i, f := range s.Factors {
			if !positive(f) {
				return invalidf("rope scaling factor %d is %g, expected a positive number", i, f)
			}
		}
	default:
		return invalidf("rope scaling %q, expected linear, llama3 or factors", s.Kind)
	}
	return nil
}

func positive(x float64) bool { return x > 0 && !math.IsInf(x, 1) }

// invalidf makes an error that wraps ErrInvalid.
func invalidf(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
