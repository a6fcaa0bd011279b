package quality

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/llama"
)

// FileName is the card's name in a model folder.
const FileName = "quality.json"

// ErrCard is wrapped by errors about a file that is no card, or a card with values out of
// range.
var ErrCard = fault.New(fault.ErrCorrupt, "not a quality card")

// ClearMargin is the distance in nats between the float model's best and second
// logit above which its choice counts as clear.
const ClearMargin = 0.1

// Card is the result of an evaluation.
type Card struct {
	Reference string       `json:"reference,omitempty"` // name of the float model
	Text      string       `json:"text,omitempty"`      // name of the text
	Scheme    llama.Scheme `json:"scheme"`              // of the integer model
	Tokens    int          `json:"tokens"`              // positions compared
	Windows   int          `json:"windows"`             // each from position 0

	Top1      float64 `json:"top1"`       // share of positions with the same choice
	ClearTop1 float64 `json:"clear_top1"` // Top1 over the positions with a float margin above ClearMargin
	Clear     int     `json:"clear"`      // number of these positions
	KL        float64 `json:"kl"`         // mean, nats

	PerplexityFloat float64 `json:"ppl_float"` // perplexity of the float model
	PerplexityInt   float64 `json:"ppl_int"`   // perplexity of the integer model
	PerplexityRatio float64 `json:"ppl_ratio"` // integer over float

	Saturations []llama.Saturation `json:"saturations"`
	// LayerError is the relative error of the residual after each block.
	LayerError []float64 `json:"layer_error"`
}

// maxCard bounds the size of a card's file in bytes.
const maxCard = 1 << 20

// Save writes the card into a model folder, durably.
func (c *Card) Save(dir string) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("quality card: %w", err)
	}
	return files.Write(filepath.Join(dir, FileName), append(data, '\n'), 0o644)
}

// Load reads the card of a model folder. The error wraps fs.ErrNotExist if there is none,
// and ErrCard if the file is no card.
func Load(dir string) (*Card, error) {
	data, err := files.Read(filepath.Join(dir, FileName), maxCard)
	if errors.Is(err, files.ErrTooLarge) {
		return nil, fmt.Errorf("%w: %w", ErrCard, err)
	}
	if err != nil {
		return nil, err
	}
	return Parse(data)
}

// Parse decodes a card. The error wraps ErrCard.
func Parse(data []byte) (*Card, error) {
	if len(data) > maxCard {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrCard, maxCard)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	c := new(Card)
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCard, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: data after the object, expected its end", ErrCard)
	}
	return c, c.check()
}

// check checks that all values are in their ranges.
func (c *Card) check() error {
	for _, f := range []struct {
		name          string
		value, lo, hi float64
	}{
		{"tokens", float64(c.Tokens), 1, 1e15},
		{"windows", float64(c.Windows), 1, float64(c.Tokens)},
		{"top1", c.Top1, 0, 1},
		{"clear_top1", c.ClearTop1, 0, 1},
		{"clear", float64(c.Clear), 0, float64(c.Tokens)},
		{"kl", c.KL, -1e-6, math.MaxFloat64},
		{"ppl_float", c.PerplexityFloat, 0, math.MaxFloat64},
		{"ppl_int", c.PerplexityInt, 0, math.MaxFloat64},
		{"ppl_ratio", c.PerplexityRatio, 0, math.MaxFloat64},
		{"number of layers", float64(len(c.LayerError)), 1, llama.MaxLayers},
	} {
		if !(f.value >= f.lo && f.value <= f.hi) {
			return fmt.Errorf("%w: %s is %g, expected %g to %g", ErrCard, f.name, f.value, f.lo, f.hi)
		}
	}
	for l, e := range c.LayerError {
		if !(e >= 0) {
			return fmt.Errorf("%w: error of layer %d is %g, expected no negative number", ErrCard, l, e)
		}
	}
	return nil
}
