package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"fold"
)

func newModel(ui *ui) *cobra.Command {
	cmd := &cobra.Command{Use: "model", Short: "Import models and look at them", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return usagef("which of import, info, tokenize?") }}
	cmd.AddCommand(newImport(ui), newInfo(ui), newTokenize(ui))
	return cmd
}

func newImport(ui *ui) *cobra.Command {
	var opts fold.ImportOptions
	var out, calibrate string
	cmd := &cobra.Command{
		Use:   "import SRC -o DIR",
		Short: "Turn a model as people have it on disk into the integer model",
		Long: `SRC is a Hugging Face folder, a .gguf file or a llama2.c .bin file. Writes a model folder:
model.json, weights.bin, tokenizer.json and, if the model has one, its chat template.`,
		Args: exactArgs("SRC"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := require(cmd, "out"); err != nil {
				return err
			}
			if calibrate != "" {
				text, err := os.ReadFile(calibrate)
				if err != nil {
					return fmt.Errorf("calibration text: %w", err)
				}
				opts.Calibration = string(text)
			}
			s, err := fold.ImportModel(cmd.Context(), args[0], out, opts, ui.event)
			if err != nil {
				return err
			}
			ui.textf("%s: %d parameters in %d layers, weights %s, from %s\n", s.Model, s.Params, s.Layers, s.Scheme, s.Format)
			ui.summary(s)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "out", "o", "", "the model folder to write")
	f.StringVar(&opts.Weights, "weights", "auto", "auto, w16, w8 or ternary")
	f.StringVar(&calibrate, "calibrate", "", "text file that chooses the scales (default: a text of our own)")
	f.StringVar(&opts.Tokenizer, "tokenizer", "", "tokenizer file, where SRC has none")
	f.IntVar(&opts.Context, "context", 0, "lower the number of positions (default: the model's own)")
	f.BoolVar(&opts.NoGPTQ, "no-gptq", false, "round w8 weights plainly: quicker, a little worse")
	return cmd
}

func newInfo(ui *ui) *cobra.Command {
	return &cobra.Command{
		Use:   "info DIR",
		Short: "Configuration, scales and measured quality of a model",
		Args:  exactArgs("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := fold.OpenModel(args[0])
			if err != nil {
				return err
			}
			defer m.Close()
			info := m.Info()
			ui.text(info.String())
			ui.summary(info)
			return nil
		},
	}
}

func newTokenize(ui *ui) *cobra.Command {
	var model, text string
	cmd := &cobra.Command{
		Use:   "tokenize -m DIR -p TEXT",
		Short: "Token ids of a text; special tokens are parsed, no begin token is added",
		Args:  noArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			m, err := fold.OpenModel(model)
			if err != nil {
				return err
			}
			defer m.Close()
			t := m.Tokenize(text)
			ui.text(strings.Trim(fmt.Sprint(t.IDs), "[]") + "\n")
			ui.summary(t)
			return nil
		},
	}
	modelFlag(cmd, &model)
	cmd.Flags().StringVarP(&text, "prompt", "p", "", "the text")
	return cmd
}

// modelFlag adds -m, whose default is the embedded demo model.
func modelFlag(cmd *cobra.Command, model *string) {
	cmd.Flags().StringVarP(model, "model", "m", fold.DemoModel,
		"model folder, or the name of an embedded model: "+strings.Join(fold.EmbeddedModels(), ", "))
}
