package main

import (
	"github.com/spf13/cobra"

	"fold.example/fold"
)

func newCommit(ui *ui) *cobra.Command {
	var model string
	var opts fold.CommitOptions
	var segment string
	cmd := &cobra.Command{
		Use:   "commit -m MODEL -k KEY",
		Short: "Commit to a model's weights: the model id that proofs are about",
		Long: `Checks the weights, commits to them and prints the model id: a digest of configuration, scales,
tables, key and commitments. Writes commitment.bin, which is public, and weights.seed into the model
folder. weights.seed is a secret: it hides the weights in the commitment and opens them when a run is
proven. Without it nothing can be proven any more; with it the same commitment comes out again.

For published weights say --public: then nothing is hidden, and whoever has the model and the key
can compute the same model id. Embedded models are public and need no commit.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := requireFlags(cmd, "key"); err != nil {
				return err
			}
			if segment != "" {
				if opts.SegmentBits, err = parseBits("--segment", segment, 28); err != nil {
					return err
				}
			}
			m, err := fold.OpenModel(cmd.Context(), model, ui.event)
			if err != nil {
				return err
			}
			defer m.Close()
			s, err := m.Commit(cmd.Context(), opts, ui.event)
			if err != nil {
				return err
			}
			ui.text(commitText(s))
			ui.summary(s)
			return nil
		},
	}
	modelFlag(cmd, &model)
	f := cmd.Flags()
	f.StringVarP(&opts.Key, "key", "k", "", "commitment key")
	f.BoolVar(&opts.Public, "public", false, "published weights: hide nothing")
	onlyGiven(f, "public")
	f.StringVar(&segment, "segment", "",
		"cells of a segment, as 2^20 or 20; it is part of the model id (default: as large as pays)")
	return cmd
}

func commitText(s *fold.CommitSummary) string {
	t := newTable()
	t.row("model id", "%s", s.ModelID)
	t.row("weights", "%s, %d segments of up to 2^%d cells", hiddenOr(s.Hiding), s.Segments, s.SegmentBits)
	t.row("key", "%s%s", s.SRS, developmentMark(s.Development))
	if !s.Development {
		t.row("of", "%s", s.Ceremony)
	}
	if s.Bytes > 0 {
		t.row("written", "commitment.bin, %s%s", size(s.Bytes), keepSeed(s.Hiding))
	}
	t.row("took", "%.1f s, peak memory %s", s.Seconds, size(s.PeakRSS))
	return t.String()
}

func hiddenOr(hiding bool) string {
	if hiding {
		return "hidden"
	}
	return "public"
}

func keepSeed(hiding bool) string {
	if hiding {
		return "; weights.seed: keep it, and keep it secret"
	}
	return ""
}

// developmentMark returns the warning for a development key.
func developmentMark(development bool) string {
	if development {
		return " (DEVELOPMENT KEY: convinces nobody else)"
	}
	return ""
}
