package fold

import (
	"errors"
	"time"
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
func ReadStatus(store string) (*Status, error) { return nil, errors.ErrUnsupported }
