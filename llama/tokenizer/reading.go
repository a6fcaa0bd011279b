package tokenizer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxReadingBytes bounds the text of the tokens in [Tokenizer.Read]. maxWordBytes bounds the
// same text after normalization and pre-tokenization: merging takes more than a hundred
// bytes of memory for each byte of it.
const (
	MaxReadingBytes = 1 << 22
	maxWordBytes    = 1 << 24
)

// maxNameBytes bounds the name of a special token that a reading shows without quotes.
const maxNameBytes = 64

// Reading is the text of a list of tokens for statements about the tokens. It shows special
// tokens and tokens without a text, and its String has no character that controls a
// terminal.
type Reading struct {
	t     *Tokenizer
	parts []readPart

	// Exact says that the tokens, with the tokens before them, are the tokenizer's own
	// encoding of their text. Of all lists of tokens with one text at most one is exact.
	Exact bool
}

// readPart is a stretch of ordinary text or one special token: a control token, the unknown
// token, or a token without a text.
type readPart struct {
	text    string // raw bytes; of a special token its name
	special bool
	id      int // of a special token, else 0
}

// Read returns the reading of ids that follow the tokens after, such as those of a prompt.
// The error wraps [ErrUnsupported] if the text of all tokens is longer than
// [MaxReadingBytes], or too long after normalization.
func (t *Tokenizer) Read(ids []int, after ...int) (*Reading, error) {
	all := slices.Concat(after, ids)
	var parts partList
	var raw strings.Builder
	start := true
	for i, id := range all {
		p := readPart{t.Piece(id), true, id}
		switch {
		case t.IsControl(id) || p.text == "":
			start = start || id == t.def.BOS
		default:
			p.special, p.id = false, 0
			if start && t.def.DropSpace {
				p.text = strings.TrimPrefix(p.text, " ")
			}
			start = false
		}
		raw.WriteString(p.text)
		if raw.Len() > MaxReadingBytes {
			return nil, unsupported("the text of %d tokens has more than %d bytes: read fewer tokens",
				len(all), MaxReadingBytes)
		}
		if i >= len(after) {
			parts.add(p)
		}
	}
	own, ok := t.encodeWithin(raw.String(), t.special, maxWordBytes)
	if !ok {
		return nil, unsupported("the text of %d tokens has more than %d bytes after normalization: read fewer tokens",
			len(all), maxWordBytes)
	}
	return &Reading{t, parts.all(), slices.Equal(own, all)}, nil
}

// partList collects parts. It joins neighbouring stretches of ordinary text and drops empty
// ones.
type partList struct {
	parts []readPart
	open  strings.Builder // ordinary text after the last part
}

// add appends a part.
func (l *partList) add(p readPart) {
	if !p.special {
		l.open.WriteString(p.text)
		return
	}
	l.parts = append(l.all(), p)
}

// all returns the parts so far.
func (l *partList) all() []readPart {
	if l.open.Len() > 0 {
		l.parts = append(l.parts, readPart{text: l.open.String()})
		l.open.Reset()
	}
	return l.parts
}

// Text returns the text with the names of special tokens. Each byte that is not UTF-8 gives
// U+FFFD. The text may contain control characters; String has none.
func (r *Reading) Text() string {
	var out strings.Builder
	for _, p := range r.parts {
		text := p.text
		if text == "" && p.special {
			text = fmt.Sprintf("<token %d>", p.id)
		}
		for _, c := range text { // range gives U+FFFD for each invalid byte
			out.WriteRune(c)
		}
	}
	return out.String()
}

// String returns the form for statements: ordinary text as quoted Go strings, with escapes
// for characters that are not printable, and the names of special tokens outside the
// quotes: <s>"ROMEO:"<|eot_id|>. A name that would be ambiguous is written
// <token 7, "name">.
func (r *Reading) String() string {
	var out strings.Builder
	for _, p := range r.parts {
		switch {
		case !p.special:
			out.WriteString(strconv.Quote(p.text))
		case plainName(p.text):
			out.WriteString(p.text)
		case p.text == "":
			fmt.Fprintf(&out, "<token %d>", p.id)
		default:
			fmt.Fprintf(&out, "<token %d, %q>", p.id, p.text)
		}
	}
	if len(r.parts) == 0 {
		return `""`
	}
	return out.String()
}

// plainName reports whether a special token's name is in brackets and has only printable
// characters, without spaces, quotes or further brackets. Such a name cannot be read as
// the names of two tokens.
func plainName(name string) bool {
	if len(name) < 3 || len(name) > maxNameBytes || !utf8.ValidString(name) {
		return false
	}
	brackets := name[:1] + name[len(name)-1:]
	odd := func(c rune) bool { return !unicode.IsPrint(c) || strings.ContainsRune(" \"'`\\<>[]", c) }
	return (brackets == "<>" || brackets == "[]") && !strings.ContainsFunc(name[1:len(name)-1], odd)
}

// Is reports whether the tokens read as a text in which the names of control tokens denote
// those tokens: the same special tokens in the same places, and the same bytes between
// them. Ordinary tokens whose text is the name of a control token do not read as it.
func (r *Reading) Is(text string) bool {
	var want partList
	r.t.special.split(text, nil, func(part string, id int) {
		if r.t.IsControl(id) {
			want.add(readPart{part, true, id})
		} else { // a user-defined token is ordinary text
			want.add(readPart{text: part})
		}
	})
	return slices.Equal(want.all(), r.parts)
}
