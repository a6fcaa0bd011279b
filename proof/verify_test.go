package proof

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

// accepted returns an expectation that the vectors satisfy.
func accepted(t testing.TB) Expected {
	return Expected{KeyDigest: readKey(t, "demo.proof.vk").Digest(), AllowDevelopmentKey: true}
}

// TestVerify: the vectors are accepted, and Verify returns their statement.
func TestVerify(t *testing.T) {
	label, mode := "golden", ShowAll
	want := accepted(t)
	want.Label, want.Mode, want.PromptIDs = &label, &mode, []int{0, 34}
	v, err := Verify(vector(t, "demo.proof"), vector(t, "demo.proof.vk"), want)
	require.NoError(t, err)
	require.Equal(t, want.PromptIDs, v.PromptIDs)
	require.Len(t, v.OutputIDs, 2)
	require.Equal(t, "golden", v.Statement.Label)
	require.NotZero(t, v.Steps)
	id, err := hex.DecodeString(v.ModelID)
	require.NoError(t, err)
	require.Len(t, id, 32)

	want.ModelID, want.OutputIDs = strings.ToUpper(v.ModelID), v.OutputIDs
	_, err = Verify(vector(t, "demo.proof"), vector(t, "demo.proof.vk"), want)
	require.NoError(t, err)
}

// TestExpectationsAreCompared: a wrong expectation is refused by its name.
func TestExpectationsAreCompared(t *testing.T) {
	other, hidden := "another", HideAll
	for name, c := range map[string]struct {
		alter func(want *Expected)
		is    error
		need  fault.Need
		says  string
	}{
		"development key": {func(w *Expected) { w.AllowDevelopmentKey = false }, fault.ErrRejected,
			fault.NeedDevelopmentKey, "development"},
		"no digest": {func(w *Expected) { w.KeyDigest = "" }, fault.ErrRejected, fault.NeedVoucher,
			"key: nothing says"},
		"digest": {func(w *Expected) { w.KeyDigest = strings.Repeat("0", 64) }, fault.ErrRejected, "",
			"key: the verification key is"},
		"model id": {func(w *Expected) { w.ModelID = strings.Repeat("0", 64) }, fault.ErrRejected, "",
			"model id:"},
		"label": {func(w *Expected) { w.Label = &other }, fault.ErrRejected, "", "label:"},
		"mode":  {func(w *Expected) { w.Mode = &hidden }, fault.ErrRejected, "", "mode:"},
		"prompt": {func(w *Expected) { w.PromptIDs = []int{0, 33} }, fault.ErrRejected, "",
			"prompt: its 2 tokens"},
		"output":  {func(w *Expected) { w.OutputIDs = []int{} }, fault.ErrRejected, "", "output: its 2 tokens"},
		"opening": {func(w *Expected) { w.PromptOpening = "x" }, fault.ErrFormat, "", "prompt: it is shown"},
	} {
		want := accepted(t)
		c.alter(&want)
		_, err := Verify(vector(t, "demo.proof"), vector(t, "demo.proof.vk"), want)
		require.ErrorIs(t, err, c.is, name)
		require.ErrorContains(t, err, c.says, name)
		if c.need != "" {
			require.Equal(t, c.need, fault.DetailOf(err).Need, name)
		}
	}
}

// TestVerifyRefusesOtherBytes: Verify refuses other files in place of the proof or of the key.
func TestVerifyRefusesOtherBytes(t *testing.T) {
	demo, key := vector(t, "demo.proof"), vector(t, "demo.proof.vk")
	_, err := Verify(key, key, accepted(t))
	require.ErrorIs(t, err, fault.ErrRejected)
	_, err = Verify(demo, demo, accepted(t))
	require.ErrorIs(t, err, fault.ErrCorrupt)
	want := accepted(t)
	want.KeyDigest = readKey(t, "other.vk").Digest()
	_, err = Verify(demo, vector(t, "other.vk"), want)
	require.ErrorIs(t, err, fault.ErrRejected)
	require.ErrorContains(t, err, "another verification key")
}
