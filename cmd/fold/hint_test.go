package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold"
)

// Every need of the library has a hint, which names the detail's path or number.
func TestEveryNeedHasAHint(t *testing.T) {
	for _, need := range fold.Needs() {
		require.Contains(t, hints, need)
		err := fmt.Errorf("outside: %w", &fold.Detail{Err: fold.ErrFormat, Need: need, Path: "some where", N: 7})
		require.NotEmpty(t, hintOf(err), need)
		require.NotContains(t, hintOf(err), "%!", need)
	}
	require.Len(t, hints, len(fold.Needs()))
	require.Empty(t, hintOf(fold.ErrFormat))
	require.Equal(t, "import it first: fold model import 'some where' -o DIR",
		hintOf(&fold.Detail{Err: fold.ErrFormat, Need: fold.NeedImport, Path: "some where"}))
}

// The hint for an interrupted compression is the command that continues it.
func TestCompressSaysHowToGoOn(t *testing.T) {
	opts := fold.CompressOptions{Out: "p", Label: "a trial"}
	interrupted := &fold.Detail{Err: context.Canceled, Need: fold.NeedRepeat, Path: "s"}
	err := againWith("s", &opts, interrupted)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "go on with: fold compress -s s -o p --label 'a trial'", hintOf(err))
	opts = fold.CompressOptions{Out: "p", Mode: fold.HideAll, Model: "m", Key: "k"}
	require.Equal(t, "go on with: fold compress -s s -o p --mode hidden -m m -k k",
		hintOf(againWith("s", &opts, interrupted)))
	require.Equal(t, fold.ErrFormat, againWith("s", &opts, fold.ErrFormat))
}
