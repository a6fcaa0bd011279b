package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

// Parameters of the demo, small enough for two minutes on two cores.
const (
	demoPrompt = "ROMEO:"
	demoSpoken = 64 // tokens that are generated without a proof
	demoProven = 32
	demoKey    = 1 << 21
	demoBlocks = 2 // blocks per step
)

// tempest is Shakespeare, The Tempest, act 4 scene 1 and the epilogue: public
// domain, and not in the model's training text.
//
//go:embed tempest.txt
var tempest string

const demoTruth = `The proof shows that the output is what the committed model chooses, and nothing of weights and
cache; it is as short for any number of tokens. The key is a development key: whoever made it could forge, so it
convinces nobody else. With a ceremony's (fold setup --ptau) it convinces everybody.
With a model of your own: fold model import, fold commit, fold prove, fold compress; fold help.
`

func newDemo(ui *ui) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "See the whole path on the embedded model: run, measure, prove, stop, resume, compress, verify, tamper",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := os.MkdirTemp("", "fold-demo-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			limitHeap()
			d := &demo{ctx: cmd.Context(), ui: ui, key: filepath.Join(dir, "key"), store: filepath.Join(dir, "store"),
				proof: filepath.Join(dir, "proof")}
			if err := d.run(); err != nil {
				return err
			}
			ui.text("\n" + demoTruth)
			ui.summary(d.summary)
			return nil
		},
	}
}

// demoSummary is the result of the demo.
type demoSummary struct {
	Text     string  `json:"text"` // generated text
	Top1     float64 `json:"top1"`
	KL       float64 `json:"kl"`
	SRS      string  `json:"srs"`
	ModelID  string  `json:"model_id"`
	Proven   string  `json:"proven"` // text whose choice is proven
	Steps    int     `json:"steps"`
	Stopped  int     `json:"stopped"` // number of steps proven before the stop
	Bytes    int     `json:"bytes"`   // length of the proof
	Store    int64   `json:"store_bytes"`
	Accepted bool    `json:"accepted"`
	Refused  int     `json:"refused"` // number of rejected forgeries
}

// demo is the state of the demo.
type demo struct {
	ctx        context.Context
	ui         *ui
	key, store string
	proof      string
	digest     string // of the verification key
	summary    demoSummary
}

func (d *demo) run() error {
	for i, part := range []struct {
		title string
		do    func() error
	}{
		{"Run: the model as a function on integers, exact, greedy, the same on every machine.", d.speak},
		{"Measure: against the float model, on a passage of The Tempest that it was not trained on.", d.measure},
		{"Key: powers of a secret drawn here, for development.", d.makeKey},
		{"Prove: the same words once more, each step made durable; stopped on the way, as Ctrl-C does.", d.prove},
		{"Resume: from the step where it stopped.", d.resume},
		{"Compress: the claims on the weights are settled by more steps, then one proof is made of all.", d.compress},
		{"Verify: the proof and a small key are all that it takes.", d.verify},
		{"Tamper: other words are claimed, and bytes of the proof are changed.", d.tamper},
	} {
		d.ui.textf("%d. %s\n\n", i+1, part.title)
		if err := part.do(); err != nil {
			return err
		}
		d.ui.text("\n")
	}
	return nil
}

func (d *demo) speak() error {
	m, err := fold.OpenModel(d.ctx, fold.DemoModel, d.ui.event)
	if err != nil {
		return err
	}
	defer m.Close()
	d.ui.text(demoPrompt)
	s, err := m.Run(d.ctx, fold.RunOptions{Prompt: demoPrompt, N: demoSpoken}, d.ui.event)
	if err != nil {
		return err
	}
	d.summary.Text = s.Text
	d.ui.breakLine()
	return nil
}

func (d *demo) measure() error {
	m, err := fold.OpenModel(d.ctx, fold.DemoModel, d.ui.event)
	if err != nil {
		return err
	}
	defer m.Close()
	card, err := m.Evaluate(d.ctx, fold.EvalOptions{Text: tempest, TextName: "The Tempest"}, d.ui.event)
	if err != nil {
		return err
	}
	d.summary.Top1, d.summary.KL = card.Top1, card.KL
	d.ui.text(cardText(card))
	return nil
}

func (d *demo) makeKey() error {
	s, err := fold.Setup(d.ctx, d.key, fold.SetupOptions{Development: true, Size: demoKey}, d.ui.event)
	if err != nil {
		return err
	}
	d.summary.SRS = s.SRS
	d.ui.textf("   %d points, %s, %s\n   id %s\n", s.Size, size(s.Bytes), s.Ceremony, s.SRS)
	return nil
}

// prove starts the run and stops it after a third of the steps.
func (d *demo) prove() error {
	ctx, stop := context.WithCancel(d.ctx)
	defer stop()
	opts := fold.ProveOptions{Model: fold.DemoModel, Key: d.key, Store: d.store, Prompt: demoPrompt, N: demoProven,
		Batch: true, Blocks: demoBlocks}
	_, err := fold.Prove(ctx, opts, func(e fold.Event) {
		d.ui.event(e)
		if s, ok := e.(fold.Step); ok && s.Step >= s.Of/3 {
			stop()
		}
	})
	stopped := (*fold.Stopped)(nil)
	switch {
	case err == nil:
		return errors.New("the run was to be stopped, and ended")
	case d.ctx.Err() != nil || !errors.As(err, &stopped):
		return err
	}
	d.summary.Stopped = stopped.Step
	d.ui.breakLine()
	d.ui.textf("   stopped after step %d of %d\n", stopped.Step, stopped.Of)
	return nil
}

func (d *demo) resume() error {
	s, err := fold.Resume(d.ctx, d.store, fold.ResumeOptions{}, d.ui.event)
	if err != nil {
		return err
	}
	d.summary.ModelID, d.summary.Proven, d.summary.Steps, d.summary.Store = s.ModelID, s.Text, s.Steps, s.Bytes
	d.ui.breakLine()
	d.ui.textf("   %d steps, %d of them now in %.1f s; store %s, peak memory %s\n", s.Steps, s.StepsNow, s.Seconds,
		size(s.Bytes), size(s.PeakRSS))
	return nil
}

func (d *demo) compress() error {
	s, err := fold.Compress(d.ctx, d.store, fold.CompressOptions{Out: d.proof, Label: "demo"}, d.ui.event)
	if err != nil {
		return err
	}
	d.summary.Bytes = s.Bytes
	d.ui.breakLine()
	d.ui.textf("   %d bytes, %d of them the label and the tokens shown; "+
		"%d steps of settlement, %.1f s, peak memory %s\n",
		s.Bytes, s.StatementBytes, s.Settled, s.Seconds, size(s.PeakRSS))
	return nil
}

// trial returns the options with which the demo's proof is verified.
func (d *demo) trial() fold.VerifyOptions {
	return fold.VerifyOptions{AllowDevelopmentKey: true, Model: fold.DemoModel, ModelID: d.summary.ModelID, Key: d.key}
}

func (d *demo) verify() error {
	s, err := fold.Verify(d.ctx, d.proof, d.trial(), d.ui.event)
	if err != nil {
		return err
	}
	d.summary.Accepted, d.digest = s.Accepted, s.KeyDigest
	d.ui.verdict("accepted:", "%s\n   in %.0f ms; the verification key was computed anew from the commitment key\n",
		s.Statement, 1000*s.Seconds)
	return nil
}

// tamper claims another output, and flips bits of the proof.
func (d *demo) tamper() error {
	lie, opts := strings.ToUpper(d.summary.Proven), d.trial()
	opts.Key, opts.KeyDigest, opts.Output = "", d.digest, &lie
	if err := d.refuse(opts); err != nil {
		return err
	}
	data, err := os.ReadFile(d.proof)
	if err != nil {
		return err
	}
	opts.Output = nil
	for _, at := range []int{len(data) / 2, len(data) - 1} {
		data[at] ^= 1
		if err := os.WriteFile(d.proof, data, 0o600); err != nil {
			return err
		}
		if err := d.refuse(opts); err != nil {
			return err
		}
		data[at] ^= 1
	}
	return nil
}

// refuse returns an error unless the proof is rejected.
func (d *demo) refuse(opts fold.VerifyOptions) error {
	_, err := fold.Verify(d.ctx, d.proof, opts, d.ui.event)
	if !errors.Is(err, fold.ErrRejected) {
		return fmt.Errorf("expected to be refused, got: %w", err)
	}
	d.summary.Refused++
	d.ui.textf("   refused: %v\n", err)
	return nil
}
