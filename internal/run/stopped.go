package run

import "fmt"

// Stopped is the error of a run that stopped before its end and can be resumed:
// nothing that it had proven is lost. It wraps the reason, context.Canceled after
// an interrupt.
type Stopped struct {
	Store    string
	Step, Of int // so many steps are done, of all
	Reason   error
}

func (s *Stopped) Error() string {
	return fmt.Sprintf("stopped after step %d of %d: %v", s.Step, s.Of, s.Reason)
}

func (s *Stopped) Unwrap() error { return s.Reason }
