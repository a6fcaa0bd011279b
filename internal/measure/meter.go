package measure

import (
	"slices"
	"sync"
	"time"

	"fold.example/fold/internal/host"
	"fold.example/fold/internal/progress"
)

// The stages of a measurement besides those of package progress.
const (
	Planning        progress.Stage = "planning"
	Model           progress.Stage = "model"            // random weights are drawn and written
	Key             progress.Stage = "key"              // a development key is drawn
	Commitment      progress.Stage = "model commitment" // the commitment key is checked, and the model committed to
	Opening         progress.Stage = "opening"          // files are opened, the recursion is compiled, states restored
	Repetition      progress.Stage = "generation again" // what a run in batch generates: it was measured before
	VerificationKey progress.Stage = "verification key" // it is decoded
	Verification    progress.Stage = "verification"     // of the proof
)

// StageCost is what a stage has cost.
type StageCost struct {
	Stage   progress.Stage `json:"stage"`
	Seconds float64        `json:"cpu_seconds"` // core time
	Peak    int64          `json:"peak"`        // memory without mapped files, bytes; 0: not known
	Apart   bool           `json:"apart"`       // it is no part of Summary.AllIn
}

// apart reports whether a stage is no part of Summary.AllIn.
func apart(s progress.Stage) bool {
	return slices.Contains([]progress.Stage{
		Planning, Model, Key, Commitment, Repetition, VerificationKey, Verification,
	}, s)
}

// sampleEvery is the time between two samples of memory.
const sampleEvery = 50 * time.Millisecond

// meter charges core time and memory to stages. Its methods but sample are called by one goroutine.
type meter struct {
	on      func(progress.Event)
	cpu     func() time.Duration // of the process
	memory  func() int64
	mark    time.Duration // core time when the present stage began, or was last charged
	stop    chan struct{}
	stopped chan struct{}

	mu     sync.Mutex
	stages []StageCost // in the order in which they first began
	now    int
}

// newMeter begins to measure this process, in stage first. finish must be called.
func newMeter(first progress.Stage, on func(progress.Event)) *meter {
	return startMeter(first, on, host.CPUTime, host.Resident)
}

func startMeter(first progress.Stage, on func(progress.Event), cpu func() time.Duration, memory func() int64) *meter {
	m := &meter{on: on, cpu: cpu, memory: memory, stop: make(chan struct{}), stopped: make(chan struct{}),
		stages: []StageCost{{Stage: first, Apart: apart(first)}}}
	m.mark = m.cpu()
	go m.sample()
	return m
}

// event forwards an event, and enters the stage that it tells of.
func (m *meter) event(e progress.Event) {
	if s, ok := e.(progress.Entered); ok {
		if s.Stage == progress.Generation {
			s.Stage = Repetition
		}
		m.enter(s.Stage)
	}
	progress.Emit(m.on, e)
}

// enter charges the present stage and begins another.
func (m *meter) enter(s progress.Stage) {
	cpu, resident := m.cpu(), m.memory()
	m.mu.Lock()
	defer m.mu.Unlock()
	ended := &m.stages[m.now]
	ended.Seconds += (cpu - m.mark).Seconds()
	ended.Peak = max(ended.Peak, resident)
	m.mark = cpu
	for m.now = range m.stages {
		if m.stages[m.now].Stage == s {
			return
		}
	}
	m.stages = append(m.stages, StageCost{Stage: s, Apart: apart(s)})
	m.now = len(m.stages) - 1
}

// finish charges the last stage, ends the sampling and returns all stages.
func (m *meter) finish() []StageCost {
	close(m.stop)
	<-m.stopped
	m.enter(m.stages[m.now].Stage)
	return m.stages
}

// sample charges memory to the present stage until finish is called.
func (m *meter) sample() {
	defer close(m.stopped)
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		resident := m.memory()
		m.mu.Lock()
		m.stages[m.now].Peak = max(m.stages[m.now].Peak, resident)
		m.mu.Unlock()
		select {
		case <-m.stop:
			return
		case <-tick.C:
		}
	}
}
