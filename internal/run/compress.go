package run

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/progress"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/proof"
	"fold.example/fold/step"
)

// CompressOptions are the choices of Compress.
type CompressOptions struct {
	// Out is the path of the proof, which must not exist. The verification key is written to
	// Out with ".vk" appended.
	Out string
	// Mode selects the tokens that the proof reveals.
	Mode proof.Mode
	// Label is a text of up to 255 bytes to which the proof is bound, for example the request
	// that it answers.
	Label string
	// Model and Key are the current paths of model and key. Empty: the paths in the manifest.
	Model, Key string
}

// CompressSummary describes a new proof.
type CompressSummary struct {
	Proof           string `json:"proof"`            // path of the proof
	Bytes           int    `json:"bytes"`            // length of the proof
	StatementBytes  int    `json:"statement_bytes"`  // bytes of the revealed label, tokens and passes
	ProofBytes      int    `json:"proof_bytes"`      // all other bytes; the key alone determines their number
	SNARKBytes      int    `json:"snark_bytes"`      // bytes of ProofBytes that belong to the last argument
	Mode            string `json:"mode"`             // tokens revealed
	ModelID         string `json:"model_id"`         // 64 hexadecimal digits
	SRS             string `json:"srs"`              // id of the commitment key
	VerificationKey string `json:"verification_key"` // path of the verification key
	KeyDigest       string `json:"key_digest"`       // digest of the verification key
	KeyBytes        int    `json:"key_bytes"`        // length of the verification key
	// The openings of hidden parts (VerifyOptions), for the owner only.
	PromptOpening string  `json:"prompt_opening,omitempty"`
	OutputOpening string  `json:"output_opening,omitempty"`
	Steps         int     `json:"steps"`            // number of steps of the run and its settlement
	Settled       int     `json:"settled"`          // number of settlement steps folded by this call
	SettleSeconds float64 `json:"settle_seconds"`   // time for settling
	Seconds       float64 `json:"seconds"`          // duration of this call
	CPUSeconds    float64 `json:"cpu_seconds"`      // core time of this call
	LastCPU       float64 `json:"last_cpu_seconds"` // core time of the last argument
	PeakRSS       int64   `json:"peak_rss"`         // of the process, in bytes; 0: unknown
}

// Compress makes one short zero-knowledge proof of the finished run in a store. It settles
// the claims on the weights by further steps of the same recursion, masks the values that a
// verifier will see, folds the last step, and proves the resulting instance and claims with
// package spartan. The proof is verified before it is written.
//
// The store's run is unchanged: it can be extended and compressed again. Meanwhile the
// store saves the settlement's state before the masks, so a call after an interruption, or
// with another label or mode, continues from there. The masks and the salts of the tokens
// are drawn anew by every call and appear only in the proof and the summary: two proofs of
// one run have no salt in common. The error wraps ErrExists if Out exists, and ErrFormat if
// the run is not finished or does not fit the key or the mode; other errors are those of
// Resume, and context.Canceled after an interrupt.
func Compress(
	ctx context.Context, store string, opts CompressOptions, on func(progress.Event),
) (*CompressSummary, error) {
	if len(opts.Label) > proof.MaxLabel {
		return nil, fmt.Errorf("%w: a label of %d bytes, expected at most %d", fault.ErrFormat, len(opts.Label),
			proof.MaxLabel)
	}
	if _, err := os.Lstat(opts.Out); err == nil {
		return nil, fmt.Errorf("%w: %s", fault.ErrExists, opts.Out)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s, err := checkpoint.Open(store)
	if err != nil {
		return nil, err
	}
	c := &Compression{opts: opts, begun: time.Now(), cpu: host.CPUTime()}
	summary, err := c.all(ctx, store, s, on)
	if err = errors.Join(err, s.Close()); errors.Is(err, context.Canceled) {
		err = fault.With(err, fault.NeedRepeat, store)
	}
	if err != nil {
		return nil, err
	}
	return summary, nil
}

// Compression makes the proof of a run.
type Compression struct {
	*Prover
	opts  CompressOptions
	begun time.Time
	cpu   time.Duration
	head  *proof.Statement
	salts step.TokenSalts
	proof *recursion.ProvingKey
	now   int    // number of settlement steps folded by this call
	masks uint64 // number of steps after which the masks begin
}

func (c *Compression) all(
	ctx context.Context, dir string, s *checkpoint.Store, on func(progress.Event),
) (*CompressSummary, error) {
	r, err := NewResumption(ctx, s, ResumeOptions{Model: c.opts.Model, Key: c.opts.Key}, true, on)
	if err != nil {
		return nil, err
	}
	c.Prover, r.dir = r, dir
	defer r.close()
	if !r.finished() {
		err := fmt.Errorf("%w: the run is not finished: %d of %d steps are proven", fault.ErrFormat, s.Len(), r.Steps())
		return nil, fault.With(err, fault.NeedFinish, dir)
	}
	var sum *CompressSummary
	err = files.Guard(func() (err error) {
		sum, err = c.make(ctx)
		return err
	})
	return sum, err
}

// make makes the proof of an opened store's run.
func (c *Compression) make(ctx context.Context) (*CompressSummary, error) {
	if err := c.Start(ctx); err != nil {
		return nil, err
	}
	if _, err := c.Stated(step.TokenSalts{}); err != nil { // fail early: it takes no time, settling does
		return nil, err
	}
	settling := time.Now()
	q, err := c.settle(ctx)
	if err != nil {
		return nil, err
	}
	if c.head, err = c.Stated(q.Salts()); err != nil {
		return nil, err
	}
	c.salts = q.Salts()
	sum := &CompressSummary{SettleSeconds: time.Since(settling).Seconds(), Settled: c.now}
	return sum, c.finish(ctx, q, sum)
}

// Stated returns the proof's statement without its keys. The token chains are sealed with
// the salts. The error wraps ErrFormat if the mode does not fit the run's passes.
func (c *Compression) Stated(salts step.TokenSalts) (*proof.Statement, error) {
	passes := proof.PassRuns(c.plan.PassBits())
	whole := &proof.Statement{
		Prompt: proof.Part{N: len(c.PromptIDs), Tokens: c.PromptIDs, Value: salts.Prompt},
		Output: proof.Part{N: len(c.output), Tokens: c.output, Value: salts.Output}, Passes: passes,
	}
	chains, err := whole.TokenChains(c.largest())
	if err != nil {
		return nil, err
	}
	h := &proof.Statement{Mode: c.opts.Mode, Label: c.opts.Label, Prompt: whole.Prompt, Output: whole.Output,
		Model: c.Protocol.Digests()}
	if h.Mode.HidesPrompt() {
		h.Prompt = proof.Part{N: h.Prompt.N, Value: chains[0]}
	}
	if h.Mode.HidesOutput() {
		h.Output = proof.Part{N: h.Output.N, Value: chains[1]}
	}
	if h.Mode != proof.HideAll {
		h.Passes = passes
	}
	_, err = h.TokenChains(c.largest())
	return h, err
}

// finish makes the last argument and writes the proof and the verification key.
func (c *Compression) finish(ctx context.Context, q *step.SettlementRun, sum *CompressSummary) error {
	c.entered(progress.LastArgument)
	progress.Emit(c.on, progress.Report{Stage: "last argument"})
	start := host.CPUTime()
	var p *proof.Proof
	err := progress.Cancellable(ctx, func() (err error) {
		p, err = c.prove(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	sum.LastCPU = (host.CPUTime() - start).Seconds()
	data, keyFile := p.Encode(), c.opts.Out+".vk"
	again, err := proof.Decode(c.proof.VerificationKey, data)
	if err != nil {
		return err
	}
	id, err := c.proof.Verify(again)
	if err != nil {
		err = fmt.Errorf("%w: the proof that was made does not hold: %w", fault.ErrCorrupt, err)
		return fault.With(err, fault.NeedSettlementAnew, c.settlementFile())
	}
	if err := errors.Join(ctx.Err(), c.Model.Integers().Unchanged()); err != nil {
		return err
	}
	if err := recursion.WriteKey(c.proof.VerificationKey, keyFile); err != nil {
		return err
	}
	if err := files.Write(c.opts.Out, data, 0o644); err != nil {
		return err
	}
	b := id.Bytes()
	sum.Proof, sum.Bytes, sum.StatementBytes, sum.SNARKBytes = c.opts.Out, len(data), p.ShownBytes(),
		len(p.SNARK.Encode())
	sum.ProofBytes = sum.Bytes - sum.StatementBytes
	sum.Mode, sum.ModelID, sum.SRS = p.Mode.String(), hex.EncodeToString(b[:]), c.SRS
	sum.VerificationKey, sum.KeyDigest, sum.KeyBytes = keyFile, c.proof.Digest(), len(c.proof.Encode())
	sum.PromptOpening, sum.OutputOpening = c.openings()
	sum.Steps, sum.Seconds, sum.CPUSeconds = int(p.Steps), time.Since(c.begun).Seconds(),
		(host.CPUTime() - c.cpu).Seconds()
	sum.PeakRSS = host.PeakRSS()
	return nil
}

// openings returns the openings of the parts that the proof hides.
func (c *Compression) openings() (prompt, output string) {
	var passes []proof.PassRun
	if c.opts.Mode == proof.HideAll {
		passes = proof.PassRuns(c.plan.PassBits())
	}
	if c.opts.Mode.HidesPrompt() {
		prompt = proof.Opening{Salt: c.salts.Prompt, Passes: passes, Tokens: c.PromptIDs}.String()
	}
	if c.opts.Mode.HidesOutput() {
		output = proof.Opening{Salt: c.salts.Output, Passes: passes, Tokens: c.output}.String()
	}
	return prompt, output
}

// prove folds the last step of a settled run and makes the last argument.
func (c *Compression) prove(ctx context.Context, q *step.SettlementRun) (*proof.Proof, error) {
	key, err := recursion.NewProvingKey(ctx, c.Recursion.Params, c.Protocol.VerifierParams(), c.key)
	if err != nil {
		return nil, err
	}
	c.proof = key
	c.head.Bind(key.VerificationKey)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := c.Recursion.Finish(c.Recursion.State, step.RecursionBlinds(c.Secret))
	if err != nil {
		return nil, err
	}
	return key.Prove(ctx, c.head, f, q.Claims(), q.Running, c.Protocol.ID.ID)
}
