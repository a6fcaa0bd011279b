package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// errUsage marks errors in the command line.
var errUsage = errors.New("usage")

type usageError struct{ err error }

func (e usageError) Error() string        { return e.err.Error() }
func (e usageError) Unwrap() error        { return e.err }
func (e usageError) Is(target error) bool { return target == errUsage }

func usage(err error) error { return usageError{err} }

func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

// noArgs and exactArgs are cobra's checks, with errors that wrap errUsage.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("unknown command or argument %q for %q", args[0], cmd.CommandPath())
	}
	return nil
}

func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usagef("%s takes %s; got %d arguments", cmd.CommandPath(), strings.Join(names, " "), len(args))
		}
		return nil
	}
}

// atMostOneArg accepts zero or one argument.
func atMostOneArg(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("%s takes %s; got %d arguments", cmd.CommandPath(), name, len(args))
		}
		return nil
	}
}

// onlyGivenMark is the annotation of flags that no environment variable sets.
const onlyGivenMark = "fold_only_given"

// onlyGiven marks flags that decide what is trusted or revealed: environment variables do
// not set them. Without names all flags are marked.
func onlyGiven(f *pflag.FlagSet, names ...string) {
	f.VisitAll(func(f *pflag.Flag) {
		if len(names) == 0 || slices.Contains(names, f.Name) {
			f.Annotations = map[string][]string{onlyGivenMark: {"true"}}
		}
	})
}

// fromEnvironment sets every flag that the command line does not set to the value of
// FOLD_<FLAG>, if that variable is set. The order is flag, FOLD_<FLAG>, default. A variable
// for a flag marked by onlyGiven is ignored with a warning.
func fromEnvironment(ui *ui, cmd *cobra.Command) (err error) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := "FOLD_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || f.Changed || f.Name == "help" || err != nil {
			return
		}
		if f.Annotations[onlyGivenMark] != nil {
			ui.warn("%s is ignored: %s takes --%s from the command line alone", name, cmd.CommandPath(), f.Name)
			return
		}
		if e := cmd.Flags().Set(f.Name, value); e != nil {
			err = usagef("%s=%q: %w", name, value, e)
		}
	})
	return err
}

// requireFlags returns an error if a flag is not set.
func requireFlags(cmd *cobra.Command, names ...string) error {
	for _, name := range names {
		if f := cmd.Flags().Lookup(name); f.Value.String() == f.DefValue {
			return usagef("%s needs --%s", cmd.CommandPath(), name)
		}
	}
	return nil
}

// refuseEmpty returns an error for flags with an empty value. Otherwise a script with an
// unset variable would check less of a proof than it requests.
func refuseEmpty(cmd *cobra.Command, names ...string) error {
	for _, name := range names {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return usagef("%s: --%s is empty: name a value, or leave the flag out", cmd.CommandPath(), name)
		}
	}
	return nil
}

// choice is the value of a flag with a few allowed values.
type choice struct {
	value   *string
	allowed []string
}

func (c choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

func (c choice) Type() string { return strings.Join(c.allowed, "|") }

func (c choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("expected %s", strings.Join(c.allowed, ", "))
	}
	*c.value = s
	return nil
}
