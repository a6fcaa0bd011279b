package run

import (
	"encoding/json"
	"time"

	"fold.example/fold/checkpoint"
)

// Status describes the progress of a run.
type Status struct {
	Store       string    `json:"store"`         // path of the store
	State       string    `json:"state"`         // "running", "stopped", "finished"
	Step        int       `json:"step"`          // number of steps proven
	Of          int       `json:"of"`            // number of steps in all
	Tokens      int       `json:"tokens"`        // number of tokens chosen and proven
	N           int       `json:"n"`             // number of tokens to choose
	PromptIDs   []int     `json:"prompt_ids"`    // tokens of the prompt
	Model       string    `json:"model"`         // last known path
	ModelID     string    `json:"model_id"`      // 64 hexadecimal digits
	Key         string    `json:"key"`           // last known path
	SRS         string    `json:"srs"`           // id of the commitment key
	Development bool      `json:"development"`   // the key is a development key
	Pass        int       `json:"pass"`          // tokens of the largest pass
	Blocks      int       `json:"blocks"`        // blocks per step
	Batch       bool      `json:"batch"`         // as in ProveOptions
	Room        int       `json:"room"`          // number of positions to which the run can be extended
	StepSeconds float64   `json:"step_seconds"`  // of the last step
	ETA         float64   `json:"eta"`           // seconds of proving left; 0: none or unknown
	Bytes       int64     `json:"bytes"`         // size of the store
	PID         int       `json:"pid,omitempty"` // the proving process, if any
	Created     time.Time `json:"created"`
	Updated     time.Time `json:"updated"`
	ID          string    `json:"id"`               // id of the store
	Parent      string    `json:"parent,omitempty"` // id of the store from which it was forked
}

// ReadStatus returns the status of the run in a store. It takes no lock, so it works while
// another process proves, and does not delay that process. It trusts fold.json and HEAD;
// only Resume, Open and Verify check the steps. The error wraps ErrNoStore, ErrFormat or
// ErrCorrupt.
func ReadStatus(store string) (*Status, error) {
	c, err := checkpoint.Peek(store)
	if err != nil {
		return nil, err
	}
	r, err := Read(c.Meta)
	if err != nil {
		return nil, err
	}
	return newStatus(store, r, c), nil
}

// Values of Status.State.
const (
	Running  = "running"
	stopped  = "stopped"
	Finished = "finished"
)

func newStatus(dir string, r *Run, c checkpoint.Status) *Status {
	total := r.Steps()
	s := &Status{
		Store: dir, State: stopped, Step: min(int(c.Steps), total), Of: total, Tokens: int(c.Tokens), N: r.tokens(),
		PromptIDs: r.PromptIDs, Model: r.Model, ModelID: r.ModelID, Key: r.Key, SRS: r.SRS,
		Development: r.commitment.Development, Pass: 1 << r.largest(), Blocks: r.Blocks, Batch: r.Batch,
		Room: min(r.commitment.Description.Config.Context, 1<<r.PositionBits), Bytes: c.Bytes, PID: c.Writer,
		Created: c.Meta.Created, Updated: c.Updated, ID: c.Meta.ID.String(),
	}
	switch {
	case int(c.Steps) >= total:
		s.State = Finished
	case c.Writer != 0:
		s.State = Running
	}
	if c.Meta.Parent != (checkpoint.ID{}) {
		s.Parent = c.Meta.Parent.String()
	}
	var n note
	if json.Unmarshal([]byte(c.Note), &n) == nil && s.State != Finished {
		s.StepSeconds, s.ETA = n.Seconds, n.Left
	}
	return s
}
