package run

import "fmt"

// Stopped is the error of a run that stopped before its end. The run can be resumed; no
// proven step is lost. It wraps the reason, which is context.Canceled after an interrupt.
type Stopped struct {
	Store    string // path of the store
	Step, Of int    // number of steps proven, and of all steps
	Reason   error  // why the run stopped
}

func (s *Stopped) Error() string {
	return fmt.Sprintf("stopped after step %d of %d: %v", s.Step, s.Of, s.Reason)
}

func (s *Stopped) Unwrap() error { return s.Reason }
