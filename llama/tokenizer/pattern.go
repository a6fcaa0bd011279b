package tokenizer

import (
	"io"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// The word patterns of tokenizers that are known by name.
const (
	patternGPT2   = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	patternLlama3 = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|` +
		` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	patternQwen2 = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|` +
		` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	patternTekken = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|` +
		`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|` +
		`\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	patternNumber = `\p{N}`
)

const (
	maxPatternBytes = 1 << 12

	// lookahead is the end of the patterns above. It matches white space without the
	// last character before a word.
	lookahead = `|\s+(?!\S)|\s+`

	// Unicode's White_Space, the meaning of \s in the engines that tokenizers were
	// trained with. Go's \s has six ASCII characters.
	spaces    = `\t-\r \x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}`
	notSpaces = `\x{0}-\x{8}\x{E}-\x{1F}!-\x{84}\x{86}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}` +
		`\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{10FFFF}`
)

// classes are the shorthands whose meaning differs in Go, as parts of a [class].
var classes = map[byte]string{
	's': spaces, 'S': notSpaces,
	'd': `\p{Nd}`, 'D': `\P{Nd}`,
}

// pattern is a regular expression that runs in linear time. Go's engine has no look-ahead,
// so the usual ending `|\s+(?!\S)|\s+` is compiled as one group `(\s+)`. A match of the
// group that ends before a word is shortened by its last character, unless it has only
// one. The result equals that of an engine with backtracking.
//
// The search for a word begins at the end of the last word. A pattern of a file may look
// far ahead for words of one character, which takes quadratic time. For patterns that are
// not known by name, the engine's reads are therefore counted: after maxLooks characters
// for each byte of the text, and freeLooks more, the pattern matches nothing.
type pattern struct {
	re    *regexp.Regexp
	tail  int  // index of the group of the ending, or none
	known bool // by name
}

// The number of characters that a pattern of a file may read: maxLooks for each byte of a
// text, and freeLooks more, so that the limit does not affect texts of some hundred bytes.
const (
	maxLooks  = 64
	freeLooks = 1 << 16
)

// compilePattern compiles a word pattern in the syntax of tokenizer.json. The error wraps
// ErrUnsupported.
func compilePattern(source string) (*pattern, error) {
	if len(source) > maxPatternBytes {
		return nil, unsupported("pattern of %d bytes, expected at most %d", len(source), maxPatternBytes)
	}
	head, hasTail := strings.CutSuffix("|"+source, lookahead)
	head = strings.TrimPrefix(head, "|")
	translated, err := translateClasses(head)
	if err != nil {
		return nil, err
	}
	goPattern := `(?m:` + translated + `)`
	switch tail := `(?P<tail>[` + spaces + `]+)`; {
	case hasTail && head == "":
		goPattern = tail
	case hasTail:
		goPattern += "|" + tail
	}
	tree, err := syntax.Parse(goPattern, syntax.Perl)
	if err != nil {
		return nil, unsupported("pattern %q: %v", source, err)
	}
	// A search begins at the end of the last word; these operators look behind it.
	if op := findOp(tree, syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary,
		syntax.OpNoWordBoundary); op != 0 {
		return nil, unsupported("pattern %q looks behind (%v), expected one that does not", source, op)
	}
	re, err := regexp.Compile(goPattern)
	if err != nil {
		return nil, unsupported("pattern %q: %v", source, err)
	}
	known := slices.Contains([]string{patternGPT2, patternLlama3, patternQwen2, patternTekken, patternNumber}, source)
	return &pattern{re, re.SubexpIndex("tail"), known}, nil
}

// looks is a reader of a text that ends after a number of characters.
type looks struct {
	text strings.Reader
	left int // characters that may still be read
}

// ReadRune returns io.EOF if no characters are left.
func (l *looks) ReadRune() (r rune, size int, err error) {
	if l.left == 0 {
		return 0, 0, io.EOF
	}
	l.left--
	return l.text.ReadRune()
}

// find returns the first match in a text, nil if there is none or no characters may be
// read any more.
func (p *pattern) find(text string, l *looks) []int {
	if p.known {
		return p.re.FindStringSubmatchIndex(text)
	}
	l.text.Reset(text)
	if m := p.re.FindReaderSubmatchIndex(l); l.left > 0 {
		return m
	}
	return nil
}

// translateClasses replaces the shorthands whose meaning differs in Go. It refuses \w and
// classes inside classes, whose meaning differs between engines.
func translateClasses(source string) (string, error) {
	var out strings.Builder
	inClass := false
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case c == '\\' && i+1 < len(source):
			i++
			if source[i] == 'w' || source[i] == 'W' {
				return "", unsupported("pattern %q: \\%c is not supported", source, source[i])
			}
			out.WriteString(translateEscape(source[i-1:i+1], inClass))
			continue
		case inClass && (c == '[' || strings.HasPrefix(source[i:], "&&")):
			return "", unsupported("pattern %q: %c inside a class is not supported", source, c)
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		}
		out.WriteByte(c)
	}
	return out.String(), nil
}

// translateEscape returns Go's form of a backslash and a character.
func translateEscape(escape string, inClass bool) string {
	class, ok := classes[escape[1]]
	switch {
	case !ok:
		return escape
	case inClass:
		return class
	}
	return "[" + class + "]"
}

// findOp returns one of the operators that the expression contains, or 0.
func findOp(tree *syntax.Regexp, ops ...syntax.Op) syntax.Op {
	for _, op := range ops {
		if tree.Op == op {
			return op
		}
	}
	for _, sub := range tree.Sub {
		if op := findOp(sub, ops...); op != 0 {
			return op
		}
	}
	return 0
}

// each calls yield with the bounds of every non-empty match, in order.
func (p *pattern) each(text string, yield func(from, to int)) {
	l := &looks{left: maxLooks*len(text) + freeLooks}
	for at := 0; at < len(text); {
		m := p.find(text[at:], l)
		if m == nil {
			return
		}
		from, to := at+m[0], at+m[1]
		if from == to { // an empty match: continue after the next character
			_, n := utf8.DecodeRuneInString(text[from:])
			at = from + max(n, 1)
			continue
		}
		if p.tail > 0 && m[2*p.tail] >= 0 && to < len(text) {
			if _, n := utf8.DecodeLastRuneInString(text[from:to]); n < to-from {
				to -= n
			}
		}
		yield(from, to)
		at = to
	}
}
