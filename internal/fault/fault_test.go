package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// An error that wraps a package's sentinel belongs to the sentinel's class and to no other,
// and keeps the sentinel's text.
func TestSentinelBelongsToItsClass(t *testing.T) {
	own := New(ErrCorrupt, "damaged model")
	err := fmt.Errorf("at work: %w", own)
	require.ErrorIs(t, err, own)
	require.ErrorIs(t, err, ErrCorrupt)
	require.NotErrorIs(t, err, ErrFormat)
	require.EqualError(t, err, "at work: damaged model")
	require.NotErrorIs(t, New(ErrCorrupt, "damaged model"), own, "two sentinels are two errors")
}

// A detail adds a need to an error and does not change its text or its class.
func TestDetail(t *testing.T) {
	err := fmt.Errorf("outside: %w", WithNumber(ErrFormat, NeedKeyPoints, "key", 16))
	require.ErrorIs(t, err, ErrFormat)
	require.EqualError(t, err, "outside: wrong format")
	require.Equal(t, &Detail{ErrFormat, NeedKeyPoints, "key", 16}, DetailOf(err))
	require.Equal(t, NeedRepeat, DetailOf(With(context.Canceled, NeedRepeat, "store")).Need)
	require.Nil(t, DetailOf(errors.New("other")))
	require.Nil(t, DetailOf(nil))
}
