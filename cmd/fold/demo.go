package main

import (
	_ "embed"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"fold"
)

// The demo's parameters: small enough for a few seconds on any machine.
const (
	demoPrompt  = "ROMEO:"
	demoTokens  = 64
	demoKeySize = 1 << 12
)

// tempest is Shakespeare, The Tempest, act 4 scene 1 and the epilogue: public
// domain, and not in the model's training text.
//
//go:embed tempest.txt
var tempest string

const demoTruth = `Proving is not a command yet: the library proves steps, this demo does not, so nothing above is proven.
The key is what commitments are made with; as a development key it would convince nobody else.
`

func newDemo(ui *ui) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "See what works on the embedded model: import, run, measure, make a key",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return demo(cmd, ui) },
	}
}

// demoSummary says what the demo did. Proven is false: there is no prover yet.
type demoSummary struct {
	Text   string  `json:"text"`
	Top1   float64 `json:"top1"`
	KL     float64 `json:"kl"`
	SRS    string  `json:"srs"`
	Proven bool    `json:"proven"`
}

func demo(cmd *cobra.Command, ui *ui) error {
	ctx := cmd.Context()
	ui.textf("1. Import: %q, 0.77 million parameters trained on Shakespeare's plays, becomes a function on integers.\n", fold.DemoModel)
	m, err := fold.OpenModel(ctx, fold.DemoModel, ui.event)
	if err != nil {
		return err
	}
	defer m.Close()
	info, err := m.Info()
	if err != nil {
		return err
	}
	ui.textf("   fingerprint %s\n\n2. Run: exact, greedy, the same on every machine.\n\n%s", info.Fingerprint, demoPrompt)
	run, err := m.Run(ctx, fold.RunOptions{Prompt: demoPrompt, N: demoTokens}, ui.event)
	if err != nil {
		return err
	}
	ui.textf("\n\n3. Measure: against the float model, on a passage of The Tempest that it was not trained on.\n")
	card, err := m.Evaluate(ctx, fold.EvalOptions{Text: tempest, TextName: "The Tempest"}, ui.event)
	if err != nil {
		return err
	}
	ui.text(cardText(card))
	ui.textf("\n4. Key: powers of a secret drawn here, for development.\n")
	key, err := demoKey(cmd, ui)
	if err != nil {
		return err
	}
	ui.text("\n" + demoTruth)
	ui.summary(demoSummary{Text: run.Text, Top1: card.Top1, KL: card.KL, SRS: key.SRS})
	return nil
}

// demoKey makes a development key and forgets it.
func demoKey(cmd *cobra.Command, ui *ui) (*fold.SetupSummary, error) {
	dir, err := os.MkdirTemp("", "fold-demo-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	opts := fold.SetupOptions{Development: true, Size: demoKeySize}
	s, err := fold.Setup(cmd.Context(), filepath.Join(dir, "key"), opts, ui.event)
	if err != nil {
		return nil, err
	}
	ui.textf("   %d points, %s, %s\n   id %s\n", s.Size, size(s.Bytes), s.Ceremony, s.SRS)
	return s, nil
}
