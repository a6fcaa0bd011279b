package progress

import "time"

// Meter turns how much of a stage is done into reports with rate and time left. The function
// that it reports to may be nil.
type Meter struct {
	on    func(Event)
	stage string
	start time.Time
	first int // what was done when the stage was first heard of
}

// NewMeter returns a meter that reports to on.
func NewMeter(on func(Event)) *Meter { return &Meter{on: on} }

// Report tells that so much of a stage is done, of a total that is 0 if it is not known. The
// clock of a stage starts when the stage is first heard of.
func (m *Meter) Report(stage string, done, total int) {
	if m.on == nil {
		return
	}
	if stage != m.stage {
		m.stage, m.start, m.first = stage, time.Now(), done
	}
	p := Report{Stage: stage, Done: done, Total: total}
	if elapsed := time.Since(m.start).Seconds(); done > m.first && elapsed > 0 {
		p.Rate = float64(done-m.first) / elapsed
		p.Remaining = time.Duration(float64(total-done) / p.Rate * float64(time.Second))
	}
	m.on(p)
}

// Emit hands an event to on, which may be nil.
func Emit(on func(Event), e Event) {
	if on != nil {
		on(e)
	}
}
