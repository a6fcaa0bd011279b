package progress

import "time"

// Event is something that happened during a long call: Report, Token, Started or StepDone.
type Event interface{ event() }

// Report says how far a stage of the work is.
type Report struct {
	Stage     string        `json:"stage"`
	Done      int           `json:"done"`
	Total     int           `json:"total,omitempty"` // 0: not known
	Rate      float64       `json:"rate,omitempty"`  // done a second, so far
	Remaining time.Duration `json:"remaining_ns,omitempty"`
}

// Token is a token of the output and the text that it completed, which may be
// empty: half a character is held back.
type Token struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

// Started says what a call to Prove or Resume works on, and what is already there.
type Started struct {
	Store     string `json:"store"`
	Model     string `json:"model"`
	ModelID   string `json:"model_id"`
	SRS       string `json:"srs"`    // of the key
	Prompt    string `json:"prompt"` // as it is tokenized
	PromptIDs []int  `json:"prompt_ids"`
	Output    string `json:"output"` // proven so far; Tokens continue it
	OutputIDs []int  `json:"output_ids"`
	N         int    `json:"n"`    // tokens to choose, those of Output included
	Step      int    `json:"step"` // so many are done
	Of        int    `json:"of"`

	// KeyBits and CompressBits, log2 of the points that the key has and that Compress will
	// take, are told if they are too few: Compress can be given a longer key of the same
	// ceremony. Otherwise both are 0.
	KeyBits      int `json:"key_bits,omitempty"`
	CompressBits int `json:"compress_key_bits,omitempty"`
}

// StepDone says that a step of a run is proven and durable.
type StepDone struct {
	Step      int           `json:"step"` // so many are done, with this one
	Of        int           `json:"of"`
	Kind      string        `json:"kind"`     // "embed", "block" or "head"
	Position  int           `json:"position"` // the first of its pass
	Tokens    int           `json:"tokens"`   // in its pass
	Group     int           `json:"group"`    // of blocks, from 0
	Groups    int           `json:"groups"`
	Seconds   float64       `json:"seconds"`    // to prove it
	Durable   float64       `json:"durable"`    // seconds more to make it durable
	Rate      float64       `json:"rate"`       // tokens a second, by this call so far
	Remaining time.Duration `json:"eta_ns"`     // of the whole run
	Memory    int64         `json:"peak_rss"`   // of the process so far, bytes; 0: not known
	Bytes     int64         `json:"step_bytes"` // of this step in the store
}

func (Report) event()   {}
func (Token) event()    {}
func (Started) event()  {}
func (StepDone) event() {}
