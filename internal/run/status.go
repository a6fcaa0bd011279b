package run

import (
	"encoding/json"
	"time"

	"fold.example/fold/checkpoint"
)

// Status says where a run stands.
type Status struct {
	Store       string    `json:"store"`
	State       string    `json:"state"`  // "running", "stopped", "finished"
	Step        int       `json:"step"`   // so many are done
	Of          int       `json:"of"`     // in all
	Tokens      int       `json:"tokens"` // chosen and proven
	N           int       `json:"n"`      // to be chosen
	PromptIDs   []int     `json:"prompt_ids"`
	Model       string    `json:"model"` // where it was
	ModelID     string    `json:"model_id"`
	Key         string    `json:"key"` // where it was
	SRS         string    `json:"srs"`
	Development bool      `json:"development"`
	Pass        int       `json:"pass"`   // the largest, in tokens
	Blocks      int       `json:"blocks"` // a step
	Batch       bool      `json:"batch"`
	Room        int       `json:"room"` // positions that the run can be extended to
	StepSeconds float64   `json:"step_seconds"`
	ETA         float64   `json:"eta"` // seconds of proving left; 0: none or not known
	Bytes       int64     `json:"bytes"`
	PID         int       `json:"pid,omitempty"` // of the process that proves, if any
	Created     time.Time `json:"created"`
	Updated     time.Time `json:"updated"`
	ID          string    `json:"id"` // of the store
	Parent      string    `json:"parent,omitempty"`
}

// ReadStatus tells where the run in a store stands, without the lock: while another
// process proves, and without holding that up. It believes fold.json and HEAD;
// only Resume, Open and Verify check the steps. The error wraps ErrNoStore,
// ErrFormat or ErrCorrupt.
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

// The states of a run.
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
