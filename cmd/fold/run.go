package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fold"
)

func newRun(ui *ui) *cobra.Command {
	var model string
	var opts fold.RunOptions
	var ids bool
	cmd := &cobra.Command{
		Use:   "run -m DIR -p TEXT -n N",
		Short: "Run the integer model: greedy, exact, streamed",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := fold.OpenModel(model)
			if err != nil {
				return err
			}
			defer m.Close()
			show := ui.event
			if ids {
				show = ui.tokenIDs
			} else if !opts.Chat {
				ui.text(opts.Prompt)
			}
			s, err := m.Run(cmd.Context(), opts, show)
			if err != nil {
				return err
			}
			ui.text("\n")
			ui.summary(s)
			return nil
		},
	}
	modelFlag(cmd, &model)
	f := cmd.Flags()
	f.StringVarP(&opts.Prompt, "prompt", "p", "", "the prompt")
	f.IntVarP(&opts.N, "tokens", "n", 64, "how many tokens to generate")
	f.BoolVar(&opts.Chat, "chat", false, "put the prompt into the model's chat template")
	f.BoolVar(&ids, "ids", false, "print token ids instead of text")
	return cmd
}

// tokenIDs shows tokens as ids.
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
	cmd := &cobra.Command{
		Use:   "eval -m DIR --reference SRC --text FILE",
		Short: "Measure the integer model against the float model it came from",
		Long: `Runs both models on a text in windows that start at position 0 and writes quality.json into
the model folder: agreement of the chosen tokens, Kullback-Leibler divergence, perplexities,
saturations, and the error of the residual stream after each layer.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := require(cmd, "reference"); err != nil {
				return err
			}
			card, err := fold.Evaluate(cmd.Context(), model, opts, ui.event)
			if err != nil {
				return err
			}
			ui.text(fmt.Sprintln(strings.TrimSpace(card.String())))
			ui.summary(card)
			return nil
		},
	}
	modelFlag(cmd, &model)
	f := cmd.Flags()
	f.StringVar(&opts.Reference, "reference", "", "what the model was imported from")
	f.StringVar(&opts.TextFile, "text", "", "text file to measure on (default: the calibration text)")
	f.IntVar(&opts.Window, "window", 256, "tokens a window")
	f.IntVar(&opts.MaxTokens, "max-tokens", 0, "stop after so many tokens (default: the whole text)")
	f.StringVar(&opts.Plot, "plot", "", "write the error by layer as an SVG picture")
	return cmd
}
