package tokenizer

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestListsAreCountedFirst: a list with too many entries is refused before memory is
// allocated for them.
func TestListsAreCountedFirst(t *testing.T) {
	many := func(entry string, n int) string { return "[" + strings.Repeat(entry+",", n) + entry + "]" }
	const ours = `{"format":"fold-tokenizer","version":1,`
	for name, text := range map[string]string{
		"steps":           ours + `"normalize":` + many("{}", 1<<21) + "}",
		"words":           ours + `"pretokenize":` + many("{}", maxSteps) + "}",
		"trims":           ours + `"trims":` + many("{}", 1<<21) + "}",
		"end tokens":      ours + `"eos":` + many("0", 1<<21) + "}",
		"tokens":          ours + `"tokens":` + many(`""`, 1<<21) + "}",
		"types":           ours + `"types":` + many("1", 1<<21) + "}",
		"ranks":           ours + `"ranks":` + many("1", 1<<21) + "}",
		"merges":          ours + `"merges":` + many("[]", maxMerges) + "}",
		"added":           `{"model":{},"added_tokens":` + many("{}", 1<<21) + "}",
		"a section":       `{"normalizer":{"normalizers":` + many("{}", 1<<20) + "}}",
		"pairs":           `{"model":{"merges":` + many(`" "`, maxMerges) + "}}",
		"vocabulary":      `{"model":{"vocab":{` + strings.Repeat(`"":0,`, 1<<21) + `"":0}}}`,
		"with separators": ours + `"normalize":` + many(`{"type":"a,]\",["}`, maxSteps) + "}",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := FromJSON([]byte(text))
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, ErrCorrupt, name)
		require.ErrorContains(t, err, "expected at most", name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(6*len(text)+1<<20), name)
	}
	_, err := defaultTemplate([]byte(many(`{"name":"a","template":"b"}`, maxTemplates)))
	require.ErrorContains(t, err, "65 chat templates, expected at most 64")
}

func TestCountEntries(t *testing.T) {
	for text, n := range map[string]int{
		`[1,2,3]`: 3, `[[1,2],[3,4]]`: 2, `{"a":[1,2],"b,c":3}`: 2, `["\\",","]`: 2, `["\"],["]`: 1,
		`[{"a":1,"b":2}]`: 1,
	} {
		require.Equal(t, n, countEntries([]byte(text)), text)
	}
}
