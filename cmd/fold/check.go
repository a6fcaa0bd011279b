package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

func newCheck(ui *ui) *cobra.Command {
	var opts fold.CheckOptions
	var source, calibrate string
	cmd := &cobra.Command{
		Use:   "check MODEL --against SRC",
		Short: "Check that a model folder is the import of a source",
		Long: `Compares a model folder with SRC, the Hugging Face folder, .gguf file, llama2.c .bin file or
embedded model that it is said to come from: configuration, tables, every weight, tokenizer and chat
template. Says what differs. Exit code 3: something does.

The scales of activations come from calibration: a check takes them from the folder, as far as the
rules allow them, and w8 weights that GPTQ rounded may be some steps from the nearest. With --exact
SRC is imported anew and all of it is compared to the bit, which holds on one platform.

It says nothing about a model id: fold commit gives the id of a folder.`,
		Args: exactArgs("MODEL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := requireFlags(cmd, "against"); err != nil {
				return err
			}
			if f := cmd.Flags(); !opts.Exact && (f.Changed("calibrate") || opts.NoGPTQ) {
				return usagef("--calibrate and --no-gptq say how an import was made that --exact repeats")
			}
			text, err := calibrationText(cmd, calibrate)
			if err != nil {
				return err
			}
			opts.Calibration = text
			s, err := fold.CheckModel(cmd.Context(), args[0], source, opts, ui.event)
			if err != nil {
				return err
			}
			ui.text(checkText(s))
			ui.summary(s)
			if !s.Equal {
				return answered{fmt.Errorf("%w: %s is not the import of %s: %d settings or tensors differ",
					fold.ErrRejected, s.Model, s.Source, s.Differing)}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&source, "against", "", "what the model is said to be imported from")
	f.StringVar(&opts.Tokenizer, "tokenizer", "", "tokenizer file that the import was given")
	f.IntVar(&opts.Context, "context", 0, "the number of positions that the import was given")
	f.BoolVar(&opts.Exact, "exact", false, "import anew and compare to the bit")
	f.StringVar(&calibrate, "calibrate", "",
		"with --exact: the calibration text of the import (default: a text of our own)")
	f.BoolVar(&opts.NoGPTQ, "no-gptq", false, "with --exact: the import rounded w8 weights plainly")
	onlyGiven(f)
	return cmd
}

// checkText returns the description of a check's result.
func checkText(s *fold.CheckSummary) string {
	var b strings.Builder
	for _, d := range s.Differences {
		fmt.Fprintf(&b, "%s: found %s, expected %s%s\n", oneLine(place(d)), oneLine(d.Found), oneLine(d.Expected),
			others(d.Count))
	}
	if n := s.Differing - len(s.Differences); n > 0 {
		fmt.Fprintf(&b, "and %d more settings or tensors differ\n", n)
	}
	if !s.Equal {
		return b.String()
	}
	fmt.Fprintf(&b, "equal: %s is the import of %s (%s), weights %s: %d values, tokenizer and chat template compared\n",
		s.Model, s.Source, s.Format, s.Scheme, s.Values)
	if s.Exact {
		return b.String()
	}
	b.WriteString("scales: the model's own, in their ranges, not calibrated anew (--exact does)\n")
	if s.Steps > 0 {
		fmt.Fprintf(&b, "w8 weights: up to %d steps from the nearest, mean square up to %.3f, "+
			"as GPTQ may round; --exact repeats it\n",
			s.Steps, s.MeanSquare)
	}
	return b.String()
}

// place returns the location of a difference.
func place(d fold.Difference) string {
	s := d.Tensor
	if d.Row >= 0 {
		s += fmt.Sprintf(", row %d", d.Row)
	}
	if d.Column >= 0 {
		s += fmt.Sprintf(", column %d", d.Column)
	}
	return s
}

func others(count int) string {
	if count <= 1 {
		return ""
	}
	return fmt.Sprintf("; %d values differ", count)
}
