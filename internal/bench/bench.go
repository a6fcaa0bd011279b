package bench

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// Shapes returns the names of the shapes that Options accept.
func Shapes() []string { return synthetic.Names() }

// Options describe the measured step: Blocks blocks of a model of the named shape with
// random weights, in a pass of Tokens tokens.
type Options struct {
	Shape  string // name of the shape
	Tokens int    // a power of two up to 128
	Blocks int    // blocks in the step
	// Key is the path of a commitment key. Empty: a development key is generated, which takes
	// a while.
	Key string
}

// Summary is the measured cost of proving a step. Times are core time per committed cell,
// in nanoseconds. Committed cells are the cells of the witness polynomial without padding
// and without columns that are all zero (no value saturated), which the prover skips.
type Summary struct {
	Shape     string  `json:"shape"`           // name of the shape
	Tokens    int     `json:"tokens"`          // tokens of the pass
	Blocks    int     `json:"blocks"`          // blocks in the step
	Positions int     `json:"positions"`       // number of positions attended to
	Cells     int     `json:"cells"`           // committed cells of the step
	PerToken  float64 `json:"cells_per_token"` // cells per token and block

	PerCell   float64 `json:"cpu_ns_per_cell"`     // proving in all, per cell
	Reference float64 `json:"reference_commit_ns"` // gnark-crypto's MultiExp on 2^20 of the cells
	Ratio     float64 `json:"ratio"`               // PerCell / Reference

	Commit      float64 `json:"commit"`      // commitments, per cell
	Lookup      float64 `json:"lookup"`      // LogUp, per cell
	Elementwise float64 `json:"elementwise"` // elementwise sumchecks, per cell
	Products    float64 `json:"products"`    // product sumchecks, per cell
	Reduce      float64 `json:"reduce"`      // reduction to one point, per cell
	Fold        float64 `json:"fold"`        // folding the running polynomials, per cell

	SecondsPerToken float64 `json:"cpu_seconds_per_token"` // core time for all blocks of the model
	WallShare       float64 `json:"wall_share"`            // wall time / core time
	VerifySeconds   float64 `json:"verify_seconds"`        // of one verification
	RSS             int64   `json:"rss"`                   // peak of the process
}

// Run proves a step of synthetic blocks twice, verifies both proofs, and reports the
// second, whose buffers are already allocated.
//
// The error wraps ErrFormat if the shape, the sizes or the key do not fit.
func Run(ctx context.Context, opts Options, on func(progress.Event)) (*Summary, error) {
	b, err := newBench(ctx, opts, on)
	if err != nil {
		return nil, err
	}
	s := &Summary{Shape: opts.Shape, Tokens: opts.Tokens, Blocks: opts.Blocks,
		Positions: b.witness.Geometry.Start + opts.Tokens, Cells: b.witness.CommittedCells()}
	s.PerToken = float64(s.Cells) / float64(opts.Tokens*opts.Blocks)
	var before, after float64
	for run := range 2 {
		progress.Emit(on, progress.Report{Stage: "prove", Done: run, Total: 2})
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if before, err = b.reference(); err != nil {
			return nil, err
		}
		if err := b.prove(s); err != nil {
			return nil, err
		}
	}
	if after, err = b.reference(); err != nil {
		return nil, err
	}
	s.Reference = (before + after) / 2
	s.Ratio = s.PerCell / s.Reference
	perToken := s.PerCell * float64(s.Cells) / float64(opts.Tokens) // for the measured blocks, in nanoseconds
	s.SecondsPerToken = perToken * float64(b.layers) / float64(opts.Blocks) / 1e9
	s.RSS = host.PeakRSS()
	return s, nil
}

// bench holds the witness of a synthetic step and its prover.
type bench struct {
	key     *commit.Key
	layers  int // of the model of this shape
	shape   relation.Shape
	model   *llama.Model
	witness *relation.Witness
	prover  *argument.Prover
	slots   argument.AccumulatorSizes

	statement *argument.Statement // statement of the next proof, and the prover's data for it
	secrets   *argument.Secrets
}

// benchContext is the minimum number of positions that a pass attends to, because streaming
// does not start with an empty cache.
const benchContext = 64

func newBench(ctx context.Context, opts Options, on func(progress.Event)) (*bench, error) {
	config, err := synthetic.Shape(opts.Shape)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.ErrFormat, err)
	}
	if opts.Tokens < 1 || opts.Tokens > 128 || opts.Tokens&(opts.Tokens-1) != 0 || opts.Blocks < 1 {
		return nil, fmt.Errorf("%w: %d tokens and %d blocks, expected a power of two up to 128, and at least one block",
			fault.ErrFormat, opts.Tokens, opts.Blocks)
	}
	b := &bench{layers: config.Layers}
	progress.Emit(on, progress.Report{Stage: "model"})
	if b.model, err = synthetic.Model(config, opts.Blocks, benchVocab, 1); err != nil {
		return nil, err
	}
	if err := progress.Cancellable(ctx, func() error { return b.run(opts) }); err != nil {
		return nil, err
	}
	progress.Emit(on, progress.Report{Stage: "key"})
	return b, progress.Cancellable(ctx, func() error { return b.open(ctx, opts.Key) })
}

// benchVocab is the vocabulary size of the synthetic models. Their heads are not used.
const benchVocab = 256

// run traces the last pass of a context and lays out the witness.
func (b *bench) run(opts Options) (err error) {
	positions := max(benchContext, opts.Tokens)
	g := relation.Geometry{Start: positions - opts.Tokens, Bits: bits.Len(uint(opts.Tokens)) - 1, Prompt: positions}
	random := rand.New(rand.NewPCG(1, 2))
	tokens := make([]int, positions)
	for i := range tokens {
		tokens[i] = random.IntN(benchVocab)
	}
	g.Tokens = tokens[g.Start:]
	if b.shape, err = relation.NewShape(b.model, g.Bits, bits.Len(uint(positions-1)), opts.Blocks); err != nil {
		return err
	}
	program, err := relation.NewBlock(b.shape)
	if err != nil {
		return err
	}
	b.slots = argument.AccumulatorSizesOf(program)
	session := b.model.NewSession()
	if g.Start > 0 {
		if err := session.Forward(tokens[:g.Start], func(int, []int32) error { return nil }); err != nil {
			return err
		}
	}
	x := make([]int32, opts.Tokens*b.model.Config.Dim)
	if err := session.Embed(g.Tokens, x); err != nil {
		return err
	}
	traces := make([]*llama.BlockTrace, opts.Blocks)
	for i := range traces {
		traces[i] = new(llama.BlockTrace)
		if err := session.Block(i, g.Start, x, traces[i]); err != nil {
			return err
		}
	}
	b.witness, err = relation.BlockWitness(program, b.shape, session, g, traces)
	return err
}

// open opens the key, or generates one.
func (b *bench) open(ctx context.Context, path string) (err error) {
	n := 1 << max(b.slots.Cells, b.slots.Cache, referenceBits)
	if path == "" {
		b.key, err = commit.SetupDevelopment(n)
	} else {
		b.key, err = commit.Open(ctx, path, n, nil)
	}
	if err != nil {
		return err
	}
	b.prover = argument.NewProver(b.key)
	return b.start()
}

// start makes the statement of a first step. The commitments to the step's input and to the
// earlier cache may be any points, because the claims on them are not settled here.
func (b *bench) start() (err error) {
	s := &argument.Statement{Context: fr.NewElement(1), Geometry: b.witness.Geometry}
	b.secrets = &argument.Secrets{Blind: func(string, [32]byte) (e fr.Element) { e.MustSetRandom(); return }}
	for i, n := range []int{b.slots.Cells, b.slots.Cache} {
		s.Running[i].Point = make([]fr.Element, n)
		b.secrets.Running[i].Values = make(fr.Vector, 1<<n)
	}
	b.statement = s
	s.Record, err = relation.NewLayerConstants(b.witness.Program, b.shape, b.model, 0)
	return err
}

// prove proves and verifies the step once. The resulting running claims are the start of
// the next proof.
func (b *bench) prove(s *Summary) error {
	argument, err := argument.NewArgument(b.witness.Program, b.shape, b.slots)
	if err != nil {
		return err
	}
	clock := newClock(s)
	// In a run, the weights are mapped files and the heap is small, so that the memory of one
	// step is reused by the next. Here the weights are most of the heap, and the collector
	// would let it grow; the page faults would cost more than the measured work.
	runtime.GC()
	b.prover.Observe = clock.phase
	model := relation.NewModelView(b.model, b.shape, 0)
	proof, _, _, err := b.prover.Prove(argument, b.statement, b.witness, model, b.secrets)
	if err != nil {
		return err
	}
	clock.finish()
	start := time.Now()
	result, err := argument.Verify(b.statement, proof)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.ErrRejected, err)
	}
	s.VerifySeconds = time.Since(start).Seconds()
	b.statement.Running = result.Running
	return nil
}
