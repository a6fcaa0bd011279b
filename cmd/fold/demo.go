package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fold"
)

// The demo's parameters: small enough for a minute on two cores.
const (
	demoPrompt = "ROMEO:"
	demoSpoken = 64 // tokens that are only generated
	demoProven = 4
	demoKey    = 1 << 20
)

// tempest is Shakespeare, The Tempest, act 4 scene 1 and the epilogue: public
// domain, and not in the model's training text.
//
//go:embed tempest.txt
var tempest string

const demoTruth = `What holds and what does not yet: every step was checked, so the output is that of the committed model.
The proof is the whole store and grows with the run; folding it into one short proof that hides the
weights is being built. The key is a development key: whoever made it could forge, so it convinces
nobody else.
`

func newDemo(ui *ui) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "See the whole path on the embedded model: run, measure, prove, stop, resume, verify, tamper",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := os.MkdirTemp("", "fold-demo-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			sparingly()
			d := &demo{ctx: cmd.Context(), ui: ui, key: filepath.Join(dir, "key"), store: filepath.Join(dir, "store")}
			if err := d.run(); err != nil {
				return err
			}
			ui.text("\n" + demoTruth)
			ui.summary(d.summary)
			return nil
		},
	}
}

// demoSummary says what the demo did.
type demoSummary struct {
	Text     string  `json:"text"` // generated
	Top1     float64 `json:"top1"`
	KL       float64 `json:"kl"`
	SRS      string  `json:"srs"`
	ModelID  string  `json:"model_id"`
	Proven   string  `json:"proven"` // text whose choice is proven
	Steps    int     `json:"steps"`
	Stopped  int     `json:"stopped"` // after so many of them
	Bytes    int64   `json:"bytes"`   // of the store
	Accepted bool    `json:"accepted"`
	Refused  int     `json:"refused"` // attempts to cheat
}

// demo is the path on the way.
type demo struct {
	ctx        context.Context
	ui         *ui
	key, store string
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
		{"Verify: every step, the weights, the openings.", d.verify},
		{"Tamper: other words are claimed, and a byte of the proof is changed.", d.tamper},
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

// prove stops after a third of the steps.
func (d *demo) prove() error {
	ctx, stop := context.WithCancel(d.ctx)
	defer stop()
	opts := fold.ProveOptions{Model: fold.DemoModel, Key: d.key, Store: d.store, Prompt: demoPrompt, N: demoProven}
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
	d.summary.ModelID, d.summary.Proven, d.summary.Steps, d.summary.Bytes = s.ModelID, s.Text, s.Steps, s.Bytes
	d.ui.breakLine()
	d.ui.textf("   %d steps, %d of them now in %.1f s; store %s, peak memory %s\n", s.Steps, s.StepsNow, s.Seconds, size(s.Bytes), size(s.PeakRSS))
	return nil
}

func (d *demo) verify() error {
	s, err := fold.Verify(d.ctx, d.store, fold.VerifyOptions{AllowDevelopmentKey: true}, d.ui.event)
	if err != nil {
		return err
	}
	d.summary.Accepted = s.Accepted
	d.ui.textf("%s %s\n", d.ui.good("accepted:"), s.Statement)
	return nil
}

// tamper claims another output, and flips a byte in the middle of the steps.
func (d *demo) tamper() error {
	lie := strings.ToUpper(d.summary.Proven)
	err := d.refuse(fold.VerifyOptions{AllowDevelopmentKey: true, Output: &lie}, fold.ErrRejected)
	if err != nil {
		return err
	}
	if err := flip(d.store); err != nil {
		return err
	}
	return d.refuse(fold.VerifyOptions{AllowDevelopmentKey: true}, fold.ErrCorrupt)
}

// refuse demands that the store is not accepted.
func (d *demo) refuse(opts fold.VerifyOptions, as error) error {
	_, err := fold.Verify(d.ctx, d.store, opts, d.ui.event)
	if !errors.Is(err, as) {
		return fmt.Errorf("expected to be refused as %w, got: %w", as, err)
	}
	d.summary.Refused++
	d.ui.textf("   refused: %v\n", err)
	return nil
}

// flip changes a bit in the middle of the largest file of a store.
func flip(store string) error {
	largest, bytes := "", int64(0)
	err := filepath.WalkDir(store, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Size() > bytes {
			largest, bytes = path, info.Size()
		}
		return err
	})
	if err != nil {
		return err
	}
	data, err := os.ReadFile(largest)
	if err != nil {
		return err
	}
	data[len(data)/2] ^= 1
	return os.WriteFile(largest, data, 0o600)
}
