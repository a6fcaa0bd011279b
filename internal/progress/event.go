package progress

import "time"

// Event is a report of progress from a long call: Report, Token, Started, StepDone or Entered.
type Event interface{ event() }

// Report says how much of a stage of the work is done.
type Report struct {
	Stage     string        `json:"stage"`                  // name of the stage
	Done      int           `json:"done"`                   // units of work done, of Total
	Total     int           `json:"total,omitempty"`        // 0: unknown
	Rate      float64       `json:"rate,omitempty"`         // units of Done per second, so far
	Remaining time.Duration `json:"remaining_ns,omitempty"` // estimated; 0: unknown
}

// Token is an output token and the text that it completes. The text is empty if the token
// ends within a character.
type Token struct {
	ID   int    `json:"id"` // token id
	Text string `json:"text"`
}

// Started describes the run that a call to Prove or Resume works on, and its state.
type Started struct {
	Store     string `json:"store"`      // path of the store
	Model     string `json:"model"`      // name of the model
	ModelID   string `json:"model_id"`   // 64 hexadecimal digits
	SRS       string `json:"srs"`        // id of the commitment key
	Prompt    string `json:"prompt"`     // as tokenized
	PromptIDs []int  `json:"prompt_ids"` // tokens of Prompt
	Output    string `json:"output"`     // proven so far; Token events continue it
	OutputIDs []int  `json:"output_ids"` // tokens of Output
	N         int    `json:"n"`          // tokens to generate, including those of Output
	Step      int    `json:"step"`       // number of steps already proven
	Of        int    `json:"of"`         // number of steps of the run

	// KeyBits and CompressBits are log2 of the number of points of the key and of the number
	// that Compress needs, if the key is too short; Compress accepts a longer key of the same
	// ceremony. Otherwise both are 0.
	KeyBits      int `json:"key_bits,omitempty"`
	CompressBits int `json:"compress_key_bits,omitempty"`
}

// StepDone reports that a step of a run is proven and durable.
type StepDone struct {
	Step      int           `json:"step"`       // number of steps proven, including this one
	Of        int           `json:"of"`         // number of steps of the run
	Kind      string        `json:"kind"`       // "embed", "block" or "head"
	Position  int           `json:"position"`   // first position of the pass
	Tokens    int           `json:"tokens"`     // tokens in the pass
	Group     int           `json:"group"`      // index of the group of blocks
	Groups    int           `json:"groups"`     // number of groups of blocks
	Seconds   float64       `json:"seconds"`    // time for proving it
	Durable   float64       `json:"durable"`    // additional time for making it durable
	Rate      float64       `json:"rate"`       // tokens per second, over this call
	Remaining time.Duration `json:"eta_ns"`     // time left for the whole run
	Memory    int64         `json:"peak_rss"`   // of the process, in bytes; 0: unknown
	Bytes     int64         `json:"step_bytes"` // bytes of this step in the store
}

// Stage is a part of the work of a run. The stages of a call follow one another: none overlaps the next. Core
// time between two Entered events so belongs to the stage of the first. Work in the background, such as the
// collection of garbage, belongs to the stage during which it happens.
type Stage string

// The stages of proving and compressing. Between Trace and Recursion come the phases of a step's argument under
// their own names (step/argument, Phase).
const (
	Generation          Stage = "generation"           // of the output in advance, if passes are proven in batch
	Trace               Stage = "trace"                // the model's pass over the step, its witness and its state
	Recursion           Stage = "recursion"            // the step's fold
	Durable             Stage = "durable"              // the step is stored
	Settlement          Stage = "settlement"           // the sumchecks over the weights
	SettlementRecursion Stage = "settlement recursion" // the folds of the settlement's steps
	LastArgument        Stage = "last argument"
)

// Entered says that a stage begins. It is for measurement: nothing is shown of it.
type Entered struct {
	Stage Stage `json:"stage"`
}

func (Report) event()   {}
func (Entered) event()  {}
func (Token) event()    {}
func (Started) event()  {}
func (StepDone) event() {}
