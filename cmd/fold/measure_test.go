package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold"
)

// TestMeasureText: the table sums stages that belong together, and lists the stages outside
// AllIn by name.
func TestMeasureText(t *testing.T) {
	s := &fold.MeasureSummary{Shape: "bard", Layers: 4, Positions: 10, AllIn: 8, Generation: 0.5, Overhead: 16}
	s.Stages = []fold.StageCost{
		{Stage: "generation", Seconds: 0.5}, {Stage: "trace", Seconds: 1, Peak: 1 << 30},
		{Stage: "commit", Seconds: 2, Peak: 1 << 20}, {Stage: "settlement", Seconds: 1},
		{Stage: "settlement recursion", Seconds: 3}, {Stage: "key", Seconds: 7, Apart: true},
	}
	s.Extrapolated = []*fold.MeasureSummary{{Layers: 1, AllIn: 3}}
	text := measureText(s)
	for _, row := range []string{
		`(?m)^generation +0\.5 core-seconds +6\.2 %  0 B$`, `(?m)^argument +3 core-seconds +37\.5 %  1\.0 GiB$`,
		`(?m)^  commit +2 core-seconds`, `(?m)^settlement +4 core-seconds +50\.0 %`,
		`(?m)^  its recursion +3 core-seconds`, `(?m)^recursion +0 core-seconds`,
		`(?m)^besides: key +7 core-seconds`, `(?m)^overhead +16 times`, `(?m)^measured +1 layers: 3 core-seconds`,
	} {
		require.Regexp(t, row, text)
	}
}
