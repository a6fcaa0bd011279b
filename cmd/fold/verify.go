package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

// verifyText is the long help of verify.
const verifyText = `Checks a proof that fold compress wrote, which takes milliseconds and needs its verification key, or
the finished run in a store, which takes seconds, the commitment key and the model; and says in plain
words what is proven. Exit code 3: something does not hold, and the message says which check.
Development keys are refused: whoever made one can forge proofs.

Of a store this is the owner's check: it reads the weights and the store. It verifies the incremental
proof of the steps, all claims on weights against the weights of MODEL, and the polynomials of the
running claims. For others, compress. --recommit also computes MODEL's commitment anew.

A verification key says what a proof is about, and a made-up one proves anything. With -k KEY it is
computed anew from the commitment key, all of whose points that are used are checked, and compared;
--vk-digest compares it with a digest that you trust: one of them is needed, of a store -k. What
remains to be trusted is the ceremony: the statement names it, known by its tau, or says that the
program does not know it. Whoever made up a ceremony can forge proofs under its key. Neither key nor
model is taken from where a store says that they are, nor any flag from the environment.

Tokens are shown by their ids, and with -m as text: its tokenizer is part of the model id. A folder
with another id than the proof's is refused (its weights are not needed, commitment.bin is); an
embedded model's id is computed with -k, and without it the statement says what was not compared.
--prompt is compared by tokens, the begin token included, --output as the tokens read, special
tokens such as <|eot_id|> in their places; --prompt-ids and --output-ids compare the tokens themselves.`

func newVerify(ui *ui) *cobra.Command {
	var opts fold.VerifyOptions
	var prompt, output, label string
	cmd := &cobra.Command{
		Use:   "verify PROOF|STORE -k KEY [-m MODEL]",
		Short: "Check a compressed proof or a finished run, and say what was proven",
		Long:  verifyText,
		Args:  atMostOneArg("PROOF or STORE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := refuseEmpty(cmd, "model-id", "key", "model", "vk", "vk-digest", "prompt-opening", "output-opening")
			if err != nil {
				return err
			}
			f := cmd.Flags()
			if f.Changed("prompt") {
				opts.Prompt = &prompt
			}
			if f.Changed("output") {
				opts.Output = &output
			}
			if f.Changed("label") {
				opts.Label = &label
			}
			store := storeOr(strings.Join(args, ""))
			if _, err := os.Stat(filepath.Join(store, storeMark)); err == nil && opts.Key == "" {
				return usagef("%s of a store needs --key: the commitment key is yours to name, not the store's",
					cmd.CommandPath())
			}
			s, err := fold.Verify(cmd.Context(), store, opts, ui.event)
			if err != nil {
				return err
			}
			ui.verdict("accepted:", "%s\n", s.Statement)
			ui.note("%d steps verified in %.3f s%s\n", s.Steps, s.Seconds, parts(s))
			ui.summary(s)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.ModelID, "model-id", "", "the model id expected")
	f.StringVar(&prompt, "prompt", "", "the prompt expected, compared by its tokens")
	f.StringVar(&output, "output", "", "the output expected, with the names of special tokens")
	f.StringVarP(&opts.Key, "key", "k", "", "commitment key")
	f.StringVarP(&opts.Model, "model", "m", "", "the proven model, a folder or embedded: its tokenizer reads the texts")
	f.IntSliceVar(&opts.PromptIDs, "prompt-ids", nil, "the prompt's tokens expected, as 0,34")
	f.IntSliceVar(&opts.OutputIDs, "output-ids", nil, "the output's tokens expected")
	f.BoolVar(&opts.Recommit, "recommit", false, "of a store: commit to the model's weights again and compare")
	f.StringVar(&opts.VerificationKey, "vk", "", "verification key of a proof (default: PROOF.vk)")
	f.StringVar(&opts.KeyDigest, "vk-digest", "", "the digest that the verification key must have")
	f.StringVar(&label, "label", "", "the label expected of a proof")
	f.StringVar(&opts.PromptOpening, "prompt-opening", "", "what fold compress printed: opens a hidden prompt")
	f.StringVar(&opts.OutputOpening, "output-opening", "", "what fold compress printed: opens a hidden output")
	f.BoolVar(&opts.AllowDevelopmentKey, "allow-dev-key", false,
		"accept a development key, under which its maker could forge")
	onlyGiven(f)
	return cmd
}

// parts returns a description of the checks that the verification made.
func parts(s *fold.VerifySummary) string {
	if s.ClaimsCPU == 0 {
		return fmt.Sprintf(", %.3f core-seconds", s.CheckCPU)
	}
	return fmt.Sprintf(": %.2f core-seconds for the proof of the steps, %.2f for the running polynomials, "+
		"%.2f for the claims on weights", s.CheckCPU, s.RunningCPU, s.ClaimsCPU)
}

func newStatus(ui *ui) *cobra.Command {
	var store string
	cmd := &cobra.Command{
		Use:   "status [-s STORE]",
		Short: "Where a run stands, while it is being proven or not",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			s, err := fold.ReadStatus(storeOr(store))
			if err != nil {
				return err
			}
			ui.text(statusText(s))
			ui.summary(s)
			return nil
		},
	}
	storeFlag(cmd, &store)
	return cmd
}

func statusText(s *fold.Status) string {
	t := newTable()
	t.row("store", "%s, %s", s.Store, size(s.Bytes))
	t.row("state", "%s%s", s.State, byProcess(s.PID))
	t.row("steps", "%d of %d", s.Step, s.Of)
	t.row("tokens", "%d of %d, after a prompt of %d", s.Tokens, s.N, len(s.PromptIDs))
	if s.ETA > 0 {
		t.row("to go", "%s of proving, %.2g s a step", duration(s.ETA), s.StepSeconds)
	}
	t.row("model", "%s, id %s", s.Model, s.ModelID)
	t.row("key", "%s, id %s%s", s.Key, s.SRS, developmentMark(s.Development))
	t.row("steps of", "%d blocks, passes of up to %d tokens, room for %d positions", s.Blocks, s.Pass, s.Room)
	t.row("updated", "%s", s.Updated.Local().Format(time.DateTime))
	if s.Parent != "" {
		t.row("forked from", "%s", s.Parent)
	}
	return t.String()
}

func byProcess(pid int) string {
	if pid == 0 {
		return ""
	}
	return fmt.Sprintf(" by process %d", pid)
}

// duration formats seconds for people.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
