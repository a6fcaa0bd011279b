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
	Rate      float64       `json:"rate,omitempty"`  // done a second, so far
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

// meter turns how much of a stage is done into events with rate and time left.
type meter struct {
	on    func(Event)
	stage string
	start time.Time
	first int // what was done when the stage was first heard of
}

// report tells of a stage; the clock starts when a stage is first heard of.
func (m *meter) report(stage string, done, total int) {
	if m.on == nil {
		return
	}
	if stage != m.stage {
		m.stage, m.start, m.first = stage, time.Now(), done
	}
	p := Progress{Stage: stage, Done: done, Total: total}
	if elapsed := time.Since(m.start).Seconds(); done > m.first && elapsed > 0 {
		p.Rate = float64(done-m.first) / elapsed
		p.Remaining = time.Duration(float64(total-done) / p.Rate * float64(time.Second))
	}
	m.on(p)
}

// emit hands an event to on, which may be nil.
func emit(on func(Event), e Event) {
	if on != nil {
		on(e)
	}
}
