package fold

import "time"

// Event is something that happened during a long call: Progress or Token. It
// is shown as it comes; nothing depends on it.
type Event interface{ event() }

// Progress says how far a stage of the work is.
type Progress struct {
	Stage     string        `json:"stage"`
	Done      int           `json:"done"`
	Total     int           `json:"total,omitempty"` // 0: not known
	Remaining time.Duration `json:"remaining_ns,omitempty"`
}

// Token is a token of the output and the text that it completed, which may be
// empty: half a character is held back.
type Token struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

func (Progress) event() {}
func (Token) event()    {}
