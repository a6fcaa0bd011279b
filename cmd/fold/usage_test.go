package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// command returns a command of a new tree, and the buffer of its standard error.
func command(t *testing.T, name string) (*ui, *cobra.Command, *bytes.Buffer) {
	var out, err bytes.Buffer
	u := &ui{out: &out, err: &err}
	cmd, _, e := newRoot(u).Find(strings.Fields(name))
	require.NoError(t, e)
	require.Equal(t, "fold "+name, cmd.CommandPath())
	return u, cmd, &err
}

// variable returns the name of a flag's environment variable.
func variable(flag string) string {
	return "FOLD_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// TestTrustIsNotTakenFromTheEnvironment: each flag that decides what is trusted, expected
// or revealed keeps its value whatever its variable is set to, and a warning names the
// variable.
func TestTrustIsNotTakenFromTheEnvironment(t *testing.T) {
	flags := map[string][]string{"commit": {"public"}, "compress": {"mode", "label"}}
	for _, name := range []string{"verify", "model check"} {
		_, cmd, _ := command(t, name)
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" {
				flags[name] = append(flags[name], f.Name)
			}
		})
	}
	require.Subset(t, flags["verify"], []string{"allow-dev-key", "vk-digest", "vk", "model-id", "key", "model",
		"prompt", "output", "label"})
	require.Contains(t, flags["model check"], "against")
	for name, all := range flags {
		for _, flag := range all {
			t.Run(name+" "+flag, func(t *testing.T) {
				t.Setenv(variable(flag), "true")
				u, cmd, stderr := command(t, name)
				require.NoError(t, fromEnvironment(u, cmd))
				f := cmd.Flags().Lookup(flag)
				require.False(t, f.Changed)
				require.Equal(t, f.DefValue, f.Value.String())
				require.Contains(t, stderr.String(), "warning: "+variable(flag)+" is ignored")
			})
		}
	}
}

// TestOtherFlagsAreTakenFromTheEnvironment: all other flags can be set by variables.
func TestOtherFlagsAreTakenFromTheEnvironment(t *testing.T) {
	t.Setenv("FOLD_MODEL", "m")
	u, cmd, stderr := command(t, "prove")
	require.NoError(t, fromEnvironment(u, cmd))
	require.Equal(t, "m", cmd.Flags().Lookup("model").Value.String())
	require.Empty(t, stderr.String())
}

// TestStoreNeedsAKey: the verifier must name the commitment key of a store.
func TestStoreNeedsAKey(t *testing.T) {
	store := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(store, storeMark), nil, 0o600))
	var out, err bytes.Buffer
	root := newRoot(&ui{out: &out, err: &err})
	root.SetArgs([]string{"verify", store, "--allow-dev-key"})
	e := root.Execute()
	require.ErrorIs(t, e, errUsage)
	require.ErrorContains(t, e, "needs --key")
}

// TestAnExpectationIsNotEmpty: an empty value of a flag for an expectation or for trust, as
// from an unset variable, is an error and not the same as omitting the flag.
func TestAnExpectationIsNotEmpty(t *testing.T) {
	for _, flag := range []string{"model-id", "key", "model", "vk", "vk-digest", "prompt-opening", "output-opening",
		"prompt-ids", "output-ids"} {
		var out, err bytes.Buffer
		root := newRoot(&ui{out: &out, err: &err})
		root.SetArgs([]string{"verify", "proof", "--" + flag + "="})
		e := root.Execute()
		require.ErrorIs(t, e, errUsage, flag)
		require.ErrorContains(t, e, "--"+flag, flag)
	}
}
