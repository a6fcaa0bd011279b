package fold

import "fold.example/fold/internal/progress"

// Event is something that happened during a long call: Progress, Token, Started or
// Step. It is shown as it comes; nothing depends on it.
type Event = progress.Event

// Progress says how far a stage of the work is.
type Progress = progress.Report

// Token is a token of the output and the text that it completed.
type Token = progress.Token

// Started says what a call to Prove or Resume works on, and what is already there.
type Started = progress.Started

// Step says that a step of a run is proven and durable.
type Step = progress.StepDone
