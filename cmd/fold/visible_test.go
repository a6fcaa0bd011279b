package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold"
)

// bad contains an escape sequence, a carriage return, a C1 control, an override and an
// invalid byte.
const bad = "a\x1b[2J\rb\u009bc\u202ed\xff\n"

// TestNothingRawReachesTheTerminal: no output contains a character that controls a
// terminal, whatever the text from a model, a file or the user.
func TestNothingRawReachesTheTerminal(t *testing.T) {
	require.Equal(t, "a\\x1b[2J\\x0db\\u009bc\\u202ed\\xff\n", visible(bad))
	require.Equal(t, `a\x1b[2J\x0db\u009bc\u202ed\xff\n`, oneLine(bad))
	require.Equal(t, "\té🦙\u200d\n", visible("\té🦙\u200d\n"))
	for _, asJSON := range []bool{false, true} {
		var out, err bytes.Buffer
		u := &ui{out: &out, err: &err, json: asJSON, terminal: true, color: false}
		u.event(fold.Token{ID: 1, Text: bad})
		u.event(fold.Started{Prompt: bad, Output: bad})
		u.text(bad)
		u.note("%s", bad)
		u.warn("%s", bad)
		u.verdict("accepted:", "%s\n", bad)
		u.summary(map[string]string{"label": bad})
		table := newTable()
		table.row("label", "%s", bad)
		u.text(table.String())
		require.Error(t, u.finish(fmt.Errorf("%s: %w", bad, errors.New(bad))))
		for _, text := range []string{out.String(), err.String()} {
			for _, r := range text {
				require.False(t, hostile(r) && r != '\r', "%U in %q", r, text) // \r erases a progress line
			}
		}
		require.NotContains(t, out.String(), "\r")
	}
}

// TestListsHaveALineForEachRow: a value with a newline does not start a new row.
func TestListsHaveALineForEachRow(t *testing.T) {
	table := newTable()
	table.row("label", "%s", "x\nmodel id  00")
	require.Equal(t, "label  x\\nmodel id  00\n", table.String())
}

// TestVisibleJSONIsTheSameValue: escaping changes the encoding of a string, not its value.
func TestVisibleJSONIsTheSameValue(t *testing.T) {
	text, err := json.Marshal(map[string]string{"a": "\u202e\u009b\x1bé\"\\"})
	require.NoError(t, err)
	var before, after map[string]string
	require.NoError(t, json.Unmarshal(text, &before))
	require.NoError(t, json.Unmarshal(visibleJSON(text), &after))
	require.Equal(t, before, after)
	require.NotContains(t, string(visibleJSON(text)), "\u202e")
}
