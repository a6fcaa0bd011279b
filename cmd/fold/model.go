package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

func newModel(ui *ui) *cobra.Command {
	cmd := &cobra.Command{Use: "model", Short: "Import models and look at them", Args: noArgs,
		RunE: func(_ *cobra.Command, _ []string) error { return usagef("which of import, check, info, tokenize?") }}
	cmd.AddCommand(newImport(ui), newCheck(ui), newInfo(ui), newTokenize(ui))
	return cmd
}

func newImport(ui *ui) *cobra.Command {
	var opts fold.ImportOptions
	var out, calibrate string
	cmd := &cobra.Command{
		Use:   "import SRC -o DIR",
		Short: "Turn a model as people have it on disk into the integer model",
		Long: `SRC is a Hugging Face folder, a .gguf file, a llama2.c .bin file or the name of an embedded
model. Writes a model folder: model.json, weights.bin and tokenizer.json, which has the chat template
too. The folder appears whole or not at all; a model that is there already is replaced.`,
		Args: exactArgs("SRC"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := requireFlags(cmd, "out"); err != nil {
				return err
			}
			text, err := calibrationText(cmd, calibrate)
			if err != nil {
				return err
			}
			opts.Calibration = text
			s, err := fold.ImportModel(cmd.Context(), args[0], out, opts, ui.event)
			if err != nil {
				return err
			}
			ui.textf("%s: %d parameters in %d layers, weights %s, from %s\n%.1f s, peak memory %s, fingerprint %s\n",
				s.Model, s.Params, s.Layers, s.Scheme, s.Format, s.Seconds, size(s.PeakRSS), s.Fingerprint)
			ui.summary(s)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "out", "o", "", "the model folder to write")
	opts.Weights = "auto"
	f.Var(choice{&opts.Weights, []string{"auto", "w16", "w8", "ternary"}}, "weights",
		"auto: ternary if the model is, else w16 below a billion parameters, w8 from there on")
	f.StringVar(&calibrate, "calibrate", "", "text file that chooses the scales (default: a text of our own)")
	f.StringVar(&opts.Tokenizer, "tokenizer", "", "tokenizer file, where SRC has none")
	f.IntVar(&opts.Context, "context", 0, "lower the number of positions (default: the model's own)")
	f.BoolVar(&opts.NoGPTQ, "no-gptq", false, "round w8 weights plainly: quicker, a little worse")
	return cmd
}

// calibrationText returns the content of the file of --calibrate, or nil without the flag.
func calibrationText(cmd *cobra.Command, path string) (*string, error) {
	if !cmd.Flags().Changed("calibrate") {
		return nil, nil
	}
	text, err := fold.ReadText(path)
	if err != nil {
		return nil, fmt.Errorf("calibration text: %w", err)
	}
	return &text, nil
}

func newInfo(ui *ui) *cobra.Command {
	return &cobra.Command{
		Use:   "info MODEL",
		Short: "Configuration, scales and measured quality of a model",
		Args:  exactArgs("MODEL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := fold.OpenModel(cmd.Context(), args[0], ui.event)
			if err != nil {
				return err
			}
			defer m.Close()
			info, err := m.Info()
			if err != nil {
				return err
			}
			ui.text(infoText(info))
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
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := fold.OpenModel(cmd.Context(), model, ui.event)
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

// modelFlag adds the flag -m, whose default is the embedded demo model.
func modelFlag(cmd *cobra.Command, model *string) {
	cmd.Flags().StringVarP(model, "model", "m", fold.DemoModel,
		"model folder, or an embedded model: "+strings.Join(fold.EmbeddedModels(), ", "))
}
