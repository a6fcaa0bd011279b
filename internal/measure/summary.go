package measure

import (
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama"
	"fold.example/fold/step/argument"
)

// Options describe the measured run. Like imported models, the model has 16-bit weights, or
// 8-bit weights from a billion parameters on; they are random.
type Options struct {
	Shape  string
	Layers int // replaces the shape's number; 0: the shape's
	Prompt int // tokens of the prompt, at least 1
	N      int // number of tokens to choose, at least 1
	// Pass, Blocks and Batch are as in run.ProveOptions.
	Pass, Blocks int
	Batch        bool
	// Key is the path of a key file. Empty: a development key of the required size is drawn.
	Key string
	// Dir is a folder that Run creates for model, key, store and proof and leaves there.
	// Empty: a temporary folder, which is removed.
	Dir string
	// Parts measures models of 1 and of 3 layers instead and extrapolates to the shape's layers.
	Parts bool
}

// Summary is the cost of a run. Times are core time in seconds unless stated otherwise.
type Summary struct {
	Shape     string       `json:"shape"`
	Layers    int          `json:"layers"`
	Params    int          `json:"params"` // of the model; a tied head is counted once
	Scheme    llama.Scheme `json:"scheme"`
	Prompt    int          `json:"prompt_tokens"`
	Tokens    int          `json:"tokens"` // number of tokens chosen
	Positions int          `json:"positions"`
	Pass      int          `json:"pass"`   // tokens of the largest pass
	Blocks    int          `json:"blocks"` // blocks per step
	Steps     int          `json:"steps"`  // of the run, without the settlement
	Settled   int          `json:"settled"`

	Generation         float64                    `json:"generation"`      // without proving
	Argument           float64                    `json:"argument"`        // for all steps
	Phases             map[progress.Stage]float64 `json:"argument_phases"` // of Argument
	Recursion          float64                    `json:"recursion"`
	Durable            float64                    `json:"durable"`
	Opening            float64                    `json:"opening"` // opening files and compiling the recursion
	Settlement         float64                    `json:"settlement"`
	SettledByRecursion float64                    `json:"settlement_recursion"` // part of Settlement
	Last               float64                    `json:"last"`                 // the last argument

	AllIn              float64 `json:"all_in"` // generation, proving and compressing: the sum of the above
	PerTokenAllIn      float64 `json:"cpu_seconds_per_token_all_in"`
	GenerationPerToken float64 `json:"generation_per_token"` // both divided by the number of positions
	Overhead           float64 `json:"overhead"`             // AllIn / Generation

	Stages        []StageCost `json:"stages"`      // all, in order
	CPU           float64     `json:"cpu_seconds"` // core time of the whole call, by getrusage
	RSS           int64       `json:"rss"`         // peak of generation, proving and compressing, without mapped files
	StoreBytes    int64       `json:"store_bytes"`
	ProofBytes    int         `json:"proof_bytes"`
	VerifySeconds float64     `json:"verify_seconds"` // wall time without decoding the key

	// Extrapolated holds the measured summaries if the figures above are extrapolated: each
	// figure is f(1) + (Layers - 1) (f(3) - f(1)) / 2, from the figures f(1) and f(3) of
	// models of 1 and 3 layers.
	Extrapolated []*Summary `json:"extrapolated,omitempty"`
}

// phases lists the stages of Argument, in order.
var phases = []progress.Stage{
	progress.Trace, progress.Stage(argument.PhaseCommit), progress.Stage(argument.PhaseLookup),
	progress.Stage(argument.PhaseElementwise), progress.Stage(argument.PhaseProducts),
	progress.Stage(argument.PhaseReduce), progress.Stage(argument.PhaseFold),
}

// ArgumentPhases returns the phases of Summary.Phases, in order.
func ArgumentPhases() []progress.Stage { return append([]progress.Stage(nil), phases...) }

// take computes the figures that follow from the stages.
func (s *Summary) take(stages []StageCost) {
	cost := map[progress.Stage]float64{}
	s.Stages = stages
	for _, c := range stages {
		cost[c.Stage] += c.Seconds
	}
	s.Phases = map[progress.Stage]float64{}
	for _, p := range phases {
		s.Phases[p] = cost[p]
		s.Argument += cost[p]
	}
	s.Generation, s.Recursion, s.Durable = cost[progress.Generation], cost[progress.Recursion], cost[progress.Durable]
	s.Opening, s.SettledByRecursion = cost[Opening], cost[progress.SettlementRecursion]
	s.Settlement = cost[progress.Settlement] + s.SettledByRecursion
	s.Last = cost[progress.LastArgument]
	s.relate()
}

// relate computes the figures that follow from groups of stages.
func (s *Summary) relate() {
	s.AllIn = s.Generation + s.Argument + s.Recursion + s.Durable + s.Opening + s.Settlement + s.Last
	s.PerTokenAllIn = s.AllIn / float64(s.Positions)
	s.GenerationPerToken = s.Generation / float64(s.Positions)
	if s.Generation > 0 {
		s.Overhead = s.AllIn / s.Generation
	}
}
