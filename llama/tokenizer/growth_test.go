package tokenizer

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestNormalizersThatMultiplyAreRefused: steps that each lengthen a text a little, and that
// together turn a byte into more than maxGrowth bytes, are refused.
func TestNormalizersThatMultiplyAreRefused(t *testing.T) {
	tok := must(t)(FromJSON(own(t, "bard/tokenizer.json")))
	whole, err := tok.Marshal()
	require.NoError(t, err)
	replace := `{"type":"replace","pattern":"A","content":"AAAA"}`
	mark := `{"type":"metaspace","prepend":"always","split":true}`
	for _, c := range []struct {
		normalize, pretokenize []string
		refused                bool
	}{
		{[]string{replace}, nil, false},
		{[]string{replace, replace, replace, replace}, nil, false}, // 256
		{[]string{replace, replace, replace, replace, replace}, nil, true},
		{strings.Split(strings.Repeat(replace+"|", 9)+replace, "|"), nil, true},
		{[]string{`{"type":"replace","pattern":"A","content":"` + strings.Repeat("A", 300) + `"}`}, nil, true},
		{[]string{`{"type":"prepend","content":"` + strings.Repeat("A", 300) + `"}`}, nil, true},
		{[]string{`{"type":"nfkc"}`, replace}, []string{mark}, false}, // 176
		{[]string{`{"type":"nfkc"}`, `{"type":"nfkd"}`, `{"type":"nfd"}`}, nil, true},
		{[]string{replace, replace, replace}, []string{mark, `{"type":"space"}`}, true},
	} {
		name := strings.Join(append(c.normalize, c.pretokenize...), ",")
		steps := fmt.Sprintf(`"normalize":[%s],"pretokenize":[%s]`, strings.Join(c.normalize, ","),
			strings.Join(c.pretokenize, ","))
		var f map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(whole, &f))
		old := fmt.Sprintf(`"normalize":%s,"pretokenize":%s`, f["normalize"], f["pretokenize"])
		require.Contains(t, string(whole), old)
		grown, err := Unmarshal([]byte(strings.Replace(string(whole), old, steps, 1)))
		if c.refused {
			require.ErrorIs(t, err, ErrUnsupported, name)
			require.ErrorContains(t, err, "at most 256", name)
			continue
		}
		require.NoError(t, err, name)
		require.LessOrEqual(t, len(grown.Encode("A")), maxGrowth, name)
	}
}

// TestNormalFormsGrowAsStated: no character, alone or repeated, grows by more than the
// bounds.
func TestNormalFormsGrowAsStated(t *testing.T) {
	for form, most := range map[string]int{
		stepNFC: canonicalGrowth, stepNFD: canonicalGrowth, stepNFKC: compatibilityGrowth,
		stepNFKD: compatibilityGrowth,
	} {
		s := step{Type: form}
		for r := range utf8.MaxRune + 1 {
			if !utf8.ValidRune(r) {
				continue
			}
			text := string(r)
			if got := len(s.normalize(text)); got > most*len(text) {
				t.Fatalf("%s of %U has %d bytes, it has %d", form, r, got, len(text))
			}
		}
		for _, r := range "\u0300\u0344\ufdfa\U0001d160\u1f82" {
			text := strings.Repeat(string(r), 100)
			require.LessOrEqual(t, len(s.normalize(text)), most*len(text), "%s of %U", form, r)
		}
	}
}
