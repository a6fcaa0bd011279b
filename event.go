package fold

import "fold.example/fold/internal/progress"

// Event is a report of progress from a long call: Progress, Token, Started, Step or
// Entered. Events are for display; nothing depends on them.
type Event = progress.Event

// Progress says how much of a stage of the work is done.
type Progress = progress.Report

// Token is an output token and the text that it completes.
type Token = progress.Token

// Started describes the run that a call to Prove or Resume works on, and its state.
type Started = progress.Started

// Stage is a part of the work of a run, by name.
type Stage = progress.Stage

// Entered says that a stage of the work begins: core time up to the next such event is the stage's.
type Entered = progress.Entered

// Step reports that a step of a run is proven and durable.
type Step = progress.StepDone
