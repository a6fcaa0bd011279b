package progress

import "time"

// Meter turns amounts of finished work into Reports with rate and remaining time. The
// callback may be nil.
type Meter struct {
	on    func(Event)
	stage string
	start time.Time
	first int // Done of the stage's first report
}

// NewMeter returns a meter that calls on with each Report.
func NewMeter(on func(Event)) *Meter { return &Meter{on: on} }

// Report reports that done of total units of a stage are done; total is 0 if unknown. A
// stage's clock starts at its first report.
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

// Emit calls on with an event unless on is nil.
func Emit(on func(Event), e Event) {
	if on != nil {
		on(e)
	}
}
