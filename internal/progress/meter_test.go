package progress

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A meter measures the rate of a stage from the stage's first report, and starts again with
// the next stage.
func TestMeter(t *testing.T) {
	var got []Report
	m := NewMeter(func(e Event) { got = append(got, e.(Report)) })
	m.Report("read", 5, 9)
	m.Report("read", 7, 9)
	m.Report("write", 7, 0)
	require.Len(t, got, 3)
	require.Zero(t, got[0].Rate)
	require.Positive(t, got[1].Rate)
	require.Equal(t, Report{Stage: "write", Done: 7}, got[2])
	NewMeter(nil).Report("read", 1, 2)
	Emit(nil, Token{})
}
