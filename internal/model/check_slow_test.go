//go:build slow

package model

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
)

// A model of 134 million parameters, in every scheme.
func TestSmolLM2IsEqualToItsSource(t *testing.T) {
	src := testfiles.Model(t, "smollm2-135m", "SmolLM2-135M-Instruct.Q4_1.gguf")
	for _, opts := range []ImportOptions{{Weights: "w16"}, {Weights: "w8"}, {Weights: "w8", NoGPTQ: true}} {
		dir := importFor(t, src, opts)
		require.Empty(t, checkFolder(t, dir, src, CheckOptions{}).Differences, "%v", opts)
	}
}
