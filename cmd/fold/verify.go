package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fold"
)

func newVerify(ui *ui) *cobra.Command {
	var opts fold.VerifyOptions
	var prompt, output string
	cmd := &cobra.Command{
		Use:   "verify [STORE]",
		Short: "Check a finished run and say what was proven",
		Long: `Checks every step, the claims on the weights and the openings, and says in plain words what they
prove. The model is not needed, only the key. Exit code 3: something does not hold, and the message
says which step and which check. Development keys are refused: whoever made one can forge proofs.`,
		Args: atMostOneArg("STORE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f := cmd.Flags()
			if f.Changed("prompt") {
				opts.Prompt = &prompt
			}
			if f.Changed("output") {
				opts.Output = &output
			}
			store := ""
			if len(args) > 0 {
				store = args[0]
			}
			s, err := fold.Verify(cmd.Context(), storeOr(store), opts, ui.event)
			if err != nil {
				return err
			}
			ui.textf("%s %s\n", ui.good("accepted:"), s.Statement)
			ui.note("%d steps verified in %.2f s\n", s.Steps, s.Seconds)
			ui.summary(s)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.ModelID, "model-id", "", "the model id expected")
	f.StringVar(&prompt, "prompt", "", "the prompt expected")
	f.StringVar(&output, "output", "", "the output expected")
	f.StringVarP(&opts.Key, "key", "k", "", "commitment key (default: where it was when the run was proven)")
	f.StringVarP(&opts.Model, "model", "m", "", "the model, for texts (default: where it was)")
	f.BoolVar(&opts.AllowDevelopmentKey, "allow-dev-key", false, "accept a development key, under which its maker could forge")
	return cmd
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

// duration writes seconds as a person reads them.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
