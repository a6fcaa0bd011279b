package quantize

import (
	"fmt"
	"time"

	"fold.example/fold/internal/fault"
	"fold.example/fold/llama"
)

// ErrNotTernary is wrapped when the options demand ternary weights and a matrix of a block
// has entries other than -s, 0 and s for one s.
var ErrNotTernary = fault.New(fault.ErrFormat, "not a ternary model")

// Weights is the scheme of an import, or Auto.
type Weights string

// The schemes. Auto chooses ternary if every matrix of every block is ternary, otherwise
// W16 below 10^9 parameters and W8 from 10^9 on.
const (
	Auto    Weights = "auto"
	W16             = Weights(llama.W16)
	W8              = Weights(llama.W8)
	Ternary         = Weights(llama.Ternary)
)

// ParseWeights returns the constant of a name: "auto", "w16", "w8" or "ternary".
func ParseWeights(name string) (Weights, error) {
	switch w := Weights(name); w {
	case Auto, W16, W8, Ternary:
		return w, nil
	}
	return "", fmt.Errorf("weights %q, expected auto, w16, w8 or ternary", name)
}

// Options are the choices of an import. The zero value, with Windows set, is the
// default one.
type Options struct {
	Weights Weights // "" is Auto
	// NoGPTQ rounds W8 weights to the nearest instead: quicker and less exact.
	NoGPTQ bool
	// Context lowers the number of positions of the model; 0 keeps the source's.
	Context int
	// Windows are the texts to calibrate on, each from position 0; see
	// [NewWindows]. They may be empty if Exponents are given and GPTQ is not used.
	Windows [][]int
	// Exponents, if not nil, are used instead of calibrated ones.
	Exponents *Exponents
	// Progress, if not nil, is called as work advances, on the calling goroutine.
	Progress func(Progress)
}

// Progress is the state of an import.
type Progress struct {
	Stage       string // "scan", "calibrate", "embedding", "layers" or "head"
	Done, Total int    // in units of the stage: matrices, layers or rows
	// Remaining is the time until the end of the stage, at its speed so far.
	Remaining time.Duration
}

// Report is the result of an import.
type Report struct {
	Scheme     llama.Scheme `json:"scheme"`             // of the integer model
	Parameters int          `json:"params"`             // a tied head counted once
	Layers     int          `json:"layers"`             // transformer blocks
	Tokens     int          `json:"calibration_tokens"` // tokens of all windows
	GPTQ       bool         `json:"gptq"`               // GPTQ rounded the W8 weights
	Exponents  Exponents    `json:"exponents"`          // the calibrated or given exponents
}

// Sink receives the integer model piece by piece, in the order of its methods. An error
// ends the import.
type Sink interface {
	// Begin receives the configuration, the scales and the tables: Embedding, Layers and
	// Head of m are empty.
	Begin(m *llama.Model) error
	// Embedding receives the next rows of the embedding, [.][Dim].
	Embedding(rows []int16) error
	// Layer receives the next block.
	Layer(l *llama.Layer) error
	// Head receives the head.
	Head(h llama.Linear) error
}
