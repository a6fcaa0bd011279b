package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

func newRun(ui *ui) *cobra.Command {
	var model string
	var opts fold.RunOptions
	var ids bool
	cmd := &cobra.Command{
		Use:   "run -m MODEL -p TEXT -n N",
		Short: "Run the integer model: greedy, exact, streamed",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.N < 0 {
				return usagef("--tokens %d: expected 0 or more", opts.N)
			}
			m, err := fold.OpenModel(cmd.Context(), model, ui.event)
			if err != nil {
				return err
			}
			defer m.Close()
			return runModel(cmd, ui, m, opts, ids)
		},
	}
	modelFlag(cmd, &model)
	f := cmd.Flags()
	f.StringVarP(&opts.Prompt, "prompt", "p", "", "the prompt")
	f.IntVarP(&opts.N, "tokens", "n", 64, "how many tokens to generate at most")
	f.BoolVar(&opts.Chat, "chat", false, "put the prompt into the model's chat template")
	f.BoolVar(&ids, "ids", false, "print the ids of the generated tokens instead of text")
	return cmd
}

// runModel shows the prompt, except for a chat message, and the generated text.
func runModel(cmd *cobra.Command, ui *ui, m *fold.Model, opts fold.RunOptions, ids bool) error {
	show := ui.event
	prompt := opts.Prompt
	if ids {
		show = ui.tokenIDs
	}
	if ids || opts.Chat {
		prompt = ""
	}
	first := func(e fold.Event) {
		ui.text(prompt)
		prompt = ""
		show(e)
	}
	s, err := m.Run(cmd.Context(), opts, first)
	if err != nil {
		return err
	}
	ui.text(prompt + "\n")
	ui.note("%d tokens, %.3g a second after the first, which took %.2f s; peak memory %s\n",
		len(s.OutputIDs), s.TokensPerSecond, s.PromptSeconds, size(s.PeakRSS))
	ui.summary(s)
	return nil
}

// tokenIDs shows tokens by their ids.
func (u *ui) tokenIDs(e fold.Event) {
	if t, ok := e.(fold.Token); ok && !u.json {
		u.textf("%d ", t.ID)
		return
	}
	u.event(e)
}

func newEval(ui *ui) *cobra.Command {
	var model string
	var opts fold.EvalOptions
	var textFile, plot string
	cmd := &cobra.Command{
		Use:   "eval -m MODEL --reference SRC --text FILE",
		Short: "Measure the integer model against the float model it came from",
		Long: `Runs both models on a text in windows that start at position 0 and writes quality.json into
the model folder: agreement of the chosen tokens, Kullback-Leibler divergence, perplexities,
saturations, and the error of the residual stream after each layer.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !fold.IsEmbedded(model) {
				if err := requireFlags(cmd, "reference"); err != nil {
					return err
				}
			}
			if cmd.Flags().Changed("text") {
				text, err := fold.ReadText(textFile)
				if err != nil {
					return err
				}
				opts.Text, opts.TextName = text, filepath.Base(textFile)
			}
			card, err := fold.Evaluate(cmd.Context(), model, opts, ui.event)
			if err != nil {
				return err
			}
			ui.text(cardText(card))
			ui.summary(card)
			return writePlot(card, plot)
		},
	}
	modelFlag(cmd, &model)
	f := cmd.Flags()
	f.StringVar(&opts.Reference, "reference", "", "what the model was imported from (default: an embedded model's own)")
	f.StringVar(&textFile, "text", "", "text file to measure on (default: the calibration text)")
	f.IntVar(&opts.Window, "window", 0, "tokens a window (default: 256, or the context if that is less)")
	f.IntVar(&opts.MaxTokens, "max-tokens", 0, "stop after so many tokens (default: the whole text)")
	f.StringVar(&plot, "plot", "", "write the error by layer as an SVG picture")
	return cmd
}

// writePlot writes the plot of the error by layer to a file.
func writePlot(card *fold.QualityCard, path string) error {
	if path == "" {
		return nil
	}
	var picture bytes.Buffer
	if err := card.Plot(&picture); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	return os.WriteFile(path, picture.Bytes(), 0o644)
}
