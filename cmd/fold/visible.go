package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hostile reports whether a character can control a terminal or change the reading order of
// a line: control characters other than newline and tab, line and paragraph separators, and
// the marks, embeddings, overrides and isolates of bidirectional text.
func hostile(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0x2028 || r == 0x2029 ||
		unicode.Is(unicode.Bidi_Control, r)
}

// visible escapes hostile characters, and bytes that are not UTF-8, as in Go strings: \x1b
// or \u202e.
func visible(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, hostile) {
		return s
	}
	var out strings.Builder
	for at := 0; at < len(s); {
		r, n := utf8.DecodeRuneInString(s[at:])
		switch {
		case r == utf8.RuneError && n == 1, hostile(r) && r < 0x80:
			fmt.Fprintf(&out, `\x%02x`, s[at])
		case hostile(r):
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteString(s[at : at+n])
		}
		at += n
	}
	return out.String()
}

// oneLine is visible with newlines and tabs escaped too, so text from a file or a user
// takes one line of a list and cannot imitate another line.
func oneLine(s string) string { return strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(visible(s)) }

// visibleJSON escapes hostile characters of a JSON text. They can only occur in its
// strings.
func visibleJSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, hostile) {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		if hostile(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}
