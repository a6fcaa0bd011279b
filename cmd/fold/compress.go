package main

import (
	"strings"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

func newCompress(ui *ui) *cobra.Command {
	var opts fold.CompressOptions
	var store string
	mode := fold.ShowAll.String()
	cmd := &cobra.Command{
		Use:   "compress [-s STORE] -o PROOF",
		Short: "Make one short proof, in zero knowledge, of a finished run",
		Long: `Settles the claims on the weights by steps of the run's own proof, hides what a verifier must not
see, and writes some ten kilobytes that anybody checks with fold verify in milliseconds, and a
verification key beside them. The store is left as it was: the run can be extended and compressed
again. After Ctrl-C the same command goes on where it was.

Modes: open shows prompt and output; hidden-prompt, hidden-output and hidden put a commitment in
their place, which the printed opening opens later. The verification key is the same for all runs of
models of one shape in steps of one size. Who has the commitment key computes it anew with
fold verify PROOF -k KEY; others compare its digest.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := requireFlags(cmd, "output"); err != nil {
				return err
			}
			if opts.Mode, err = fold.ParseMode(mode); err != nil {
				return usage(err)
			}
			limitHeap()
			s, err := fold.Compress(cmd.Context(), storeOr(store), opts, ui.event)
			if err != nil {
				return againWith(storeOr(store), &opts, err)
			}
			ui.text(compressText(s))
			ui.summary(s)
			return nil
		},
	}
	storeFlag(cmd, &store)
	f := cmd.Flags()
	f.StringVarP(&opts.Out, "output", "o", "", "file of the proof")
	f.Var(choice{&mode, fold.Modes()}, "mode", "what the proof shows")
	f.StringVar(&opts.Label, "label", "", "a text that the proof is bound to")
	f.StringVarP(&opts.Key, "key", "k", "", "commitment key (default: where it was when the run was proven)")
	f.StringVarP(&opts.Model, "model", "m", "", "the model (default: where it was)")
	onlyGiven(f, "mode", "label")
	return cmd
}

// againWith adds to an interruption the advice to repeat the command.
func againWith(store string, opts *fold.CompressOptions, err error) error {
	if d := fold.DetailOf(err); d != nil && d.Need == fold.NeedRepeat {
		return advised{err, "go on with: " + compressCommand(store, opts)}
	}
	return err
}

func compressText(s *fold.CompressSummary) string {
	t := newTable()
	t.row("proof", "%s, %d bytes: %d whatever was proven, %d of the label and the tokens shown", s.Proof, s.Bytes,
		s.ProofBytes, s.StatementBytes)
	t.row("shows", "%s", s.Mode)
	t.row("model id", "%s", s.ModelID)
	t.row("verification key", "%s, %s", s.VerificationKey, size(int64(s.KeyBytes)))
	t.row("its digest", "%s", s.KeyDigest)
	for _, o := range []struct{ of, value string }{{"prompt", s.PromptOpening}, {"output", s.OutputOpening}} {
		if o.value != "" {
			t.row(o.of+"'s opening", "%s: keep it secret", o.value)
		}
	}
	t.row("took", "%s, %d steps of settlement in %s, peak memory %s",
		duration(s.Seconds), s.Settled, duration(s.SettleSeconds), size(s.PeakRSS))
	return strings.TrimPrefix(t.String(), "\n")
}
