package tokenizer

import (
	"io"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// The word patterns of the tokenizers that are known by name.
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

	// lookahead ends the patterns above: white space up to, but without, the
	// last one before a word.
	lookahead = `|\s+(?!\S)|\s+`

	// Unicode's White_Space, which the engines that tokenizers were made with
	// mean by \s; Go's \s is six ASCII characters.
	spaces    = `\t-\r \x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}`
	notSpaces = `\x{0}-\x{8}\x{E}-\x{1F}!-\x{84}\x{86}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}` +
		`\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{10FFFF}`
)

// classes are the shorthands that differ from Go's, as parts of a [class].
var classes = map[byte]string{
	's': spaces, 'S': notSpaces,
	'd': `\p{Nd}`, 'D': `\P{Nd}`,
}

// pattern is a regular expression that runs in linear time. Go's engine has no
// look-ahead, so the usual ending `|\s+(?!\S)|\s+` is compiled as one group
// `(\s+)`, and a match of it that stops before a word gives back its last
// character, unless that is all it has: just what backtracking would do.
//
// Each search of a word begins where the last word ended. A pattern of a file may look far
// ahead for words of one character, which takes a time that is quadratic in the text. So
// the characters that are read are counted, of patterns that are not known by name: after
// maxLooks for each byte of the text the pattern matches nothing more.
type pattern struct {
	re    *regexp.Regexp
	tail  int // index of that group, or none
	known bool
}

// Characters that a pattern of a file may read: maxLooks for each byte of a text, and
// freeLooks more, so that texts of some hundred bytes are never concerned.
const (
	maxLooks  = 64
	freeLooks = 1 << 16
)

func compilePattern(source string) (*pattern, error) {
	if len(source) > maxPatternBytes {
		return nil, unsupported("pattern of %d bytes, at most %d", len(source), maxPatternBytes)
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
	// Words are searched from where the last one ended, which these would see.
	if op := findOp(tree, syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary,
		syntax.OpNoWordBoundary); op != 0 {
		return nil, unsupported("pattern %q looks behind (%v)", source, op)
	}
	re, err := regexp.Compile(goPattern)
	if err != nil {
		return nil, unsupported("pattern %q: %v", source, err)
	}
	known := slices.Contains([]string{patternGPT2, patternLlama3, patternQwen2, patternTekken, patternNumber}, source)
	return &pattern{re, re.SubexpIndex("tail"), known}, nil
}

// looks reads a text and counts the characters that are read; it ends when none are left.
type looks struct {
	text strings.Reader
	left int
}

func (l *looks) ReadRune() (r rune, size int, err error) {
	if l.left == 0 {
		return 0, 0, io.EOF
	}
	l.left--
	return l.text.ReadRune()
}

// find returns the first match in a text, nil if there is none or the looks are used up.
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

// translateClasses replaces the shorthands whose meaning differs from Go's, and
// refuses what engines read in different ways: \w, and classes in classes.
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

// translateEscape writes a backslash and a character as Go means it.
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

// findOp returns the first of the operators that the expression contains, or 0.
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

// each calls yield with the bounds of every match that is not empty, in order.
func (p *pattern) each(text string, yield func(from, to int)) {
	l := &looks{left: maxLooks*len(text) + freeLooks}
	for at := 0; at < len(text); {
		m := p.find(text[at:], l)
		if m == nil {
			return
		}
		from, to := at+m[0], at+m[1]
		if from == to { // an empty match: look on after the next character
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
