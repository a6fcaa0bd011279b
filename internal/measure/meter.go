package measure

import (
	"slices"
	"sync"
	"time"

	"fold.example/fold/internal/host"
	"fold.example/fold/internal/progress"
)

// Stages of a measurement in addition to those of package progress.
const (
	Planning        progress.Stage = "planning"
	Model           progress.Stage = "model"            // drawing and writing random weights
	Key             progress.Stage = "key"              // drawing a development key
	Commitment      progress.Stage = "model commitment" // checking the commitment key and committing to the model
	Opening         progress.Stage = "opening"          // opening files, compiling the recursion, restoring states
	Repetition      progress.Stage = "generation again" // generation by a run in batch, measured before
	VerificationKey progress.Stage = "verification key" // decoding the key
	Verification    progress.Stage = "verification"     // verifying the proof
)

// StageCost is the cost of a stage.
type StageCost struct {
	Stage   progress.Stage `json:"stage"`
	Seconds float64        `json:"cpu_seconds"` // core time
	Peak    int64          `json:"peak"`        // memory without mapped files, in bytes; 0: unknown
	Apart   bool           `json:"apart"`       // not part of Summary.AllIn
}

// apart reports whether a stage is not part of Summary.AllIn.
func apart(s progress.Stage) bool {
	return slices.Contains([]progress.Stage{
		Planning, Model, Key, Commitment, Repetition, VerificationKey, Verification,
	}, s)
}

// sampleEvery is the time between two samples of memory.
const sampleEvery = 50 * time.Millisecond

// meter charges core time and memory to stages. One goroutine calls its methods, except
// sample.
type meter struct {
	on      func(progress.Event)
	cpu     func() time.Duration // of the process
	memory  func() int64
	mark    time.Duration // core time when the current stage began or was last charged
	stop    chan struct{}
	stopped chan struct{}

	mu     sync.Mutex
	stages []StageCost // in order of first beginning
	now    int
}

// newMeter starts measuring this process in stage first. The caller must call finish.
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

// event forwards an event, and enters the stage if the event reports one.
func (m *meter) event(e progress.Event) {
	if s, ok := e.(progress.Entered); ok {
		if s.Stage == progress.Generation {
			s.Stage = Repetition
		}
		m.enter(s.Stage)
	}
	progress.Emit(m.on, e)
}

// enter charges the current stage and begins another.
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

// sample charges memory to the current stage until finish is called.
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
