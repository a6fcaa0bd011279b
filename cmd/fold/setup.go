package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

func newSetup(ui *ui) *cobra.Command {
	var opts fold.SetupOptions
	var size, out string
	cmd := &cobra.Command{
		Use:   "setup (--ptau FILE | --dev) --size N -o KEY",
		Short: "Write a commitment key",
		Long: `Writes a commitment key: from the powers of tau of a real ceremony (a snarkjs .ptau file of the curve
bn254), or, with --dev, from a secret drawn here. Whoever ran a --dev setup could forge proofs, so
that such a key has an id of its own kind, and every statement under it says so.

Every point is checked: on the curve, and all of them powers of one tau. A ceremony is known by
that tau, not by what a file calls itself: the program names Hermez' powers of tau and Aztec's Ignition,
and says of any other ceremony that it does not know it. Whoever made up a ceremony can forge proofs
under its key. Every command that uses a key checks the points that it uses again, two to four
core-seconds for 2^20 points, and remembers in your cache folder (fold/keys) what it has checked.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := requireFlags(cmd, "out", "size"); err != nil {
				return err
			}
			if opts.Development == (opts.PTau != "") {
				return usagef("give either --ptau FILE or --dev")
			}
			n, err := parseSize(size)
			if err != nil {
				return err
			}
			opts.Size = n
			s, err := fold.Setup(cmd.Context(), out, opts, ui.event)
			if err != nil {
				return err
			}
			ui.textf("%s: %d points, %s, id %s\n", out, s.Size, s.Ceremony, s.SRS)
			ui.summary(s)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.PTau, "ptau", "", "powers of tau of a ceremony, as snarkjs writes them")
	f.StringVar(&opts.Ceremony, "name", "", "a label for the key, which no statement shows (default: the file's name)")
	f.BoolVar(&opts.Development, "dev", false, "draw a secret here: for development, never for production")
	f.StringVar(&size, "size", "", "number of points: 2^20, or 20")
	f.StringVarP(&out, "out", "o", "", "the key file to write")
	return cmd
}

// parseSize parses a power of two, given as 2^20 or 20, and returns it.
func parseSize(s string) (int, error) {
	k, err := parseBits("--size", s, 28)
	return 1 << k, err
}

// parseBits parses a power of two for a flag, given as 2^20 or 20, and returns its
// logarithm.
func parseBits(flag, s string, most int) (int, error) {
	k, err := strconv.Atoi(strings.TrimPrefix(s, "2^"))
	if err != nil || k < 1 || k > most {
		return 0, usagef("%s %q: expected 2^K or K with K from 1 to %d", flag, s, most)
	}
	return k, nil
}

func newInspect(ui *ui) *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE",
		Short: "Say what a file of fold's is, from its header",
		Args:  exactArgs("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			i, err := fold.Inspect(args[0])
			if err != nil {
				return err
			}
			ui.textf("%s: %s\n", oneLine(args[0]), i.Kind)
			for _, f := range i.Fields {
				ui.textf("  %-12s %s\n", f.Name, oneLine(fmt.Sprint(f.Value)))
			}
			ui.summary(i)
			return nil
		},
	}
}
