package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// step is one step of a normalizer or pre-tokenizer. Its fields have the names of
// tokenizer.json where that format has a name.
type step struct {
	Type     string `json:"type"`
	Pattern  string `json:"pattern,omitempty"`  // split: a regular expression; replace: plain text
	Content  string `json:"content,omitempty"`  // prepend, replace
	Behavior string `json:"behavior,omitempty"` // split
	Invert   bool   `json:"invert,omitempty"`   // split: matches and gaps change roles
	Prepend  string `json:"prepend,omitempty"`  // metaspace: always, first or never
	Split    bool   `json:"split,omitempty"`    // metaspace: a word starts at every space
}

// Types of normalizer steps.
const (
	stepPrepend  = "prepend"  // prepends Content to a text that is not empty
	stepReplace  = "replace"  // replaces every Pattern by Content
	stepCollapse = "collapse" // reduces runs of spaces to one, and to none at the ends (SentencePiece)
	stepNFC      = "nfc"
	stepNFD      = "nfd"
	stepNFKC     = "nfkc"
	stepNFKD     = "nfkd"
)

// Types of pre-tokenizer steps.
const (
	stepSplit     = "split"     // splits at the matches of Pattern; Behavior says how
	stepDigits    = "digits"    // makes each digit a word
	stepMetaspace = "metaspace" // replaces spaces by U+2581
	stepSpace     = "space"     // prepends a space to words without one
)

// Behaviors of a split, as tokenizer.json names them.
const (
	isolated           = "Isolated"
	removed            = "Removed"
	mergedWithPrevious = "MergedWithPrevious"
	mergedWithNext     = "MergedWithNext"
	contiguous         = "Contiguous"
)

// checkNormalizer checks that s is a normalizer step.
func (s step) checkNormalizer() error {
	switch s.Type {
	case stepPrepend, stepCollapse, stepNFC, stepNFD, stepNFKC, stepNFKD:
		return nil
	case stepReplace:
		if s.Pattern == "" {
			return malformed("normalizer that replaces an empty text, expected a text of at least one byte")
		}
		return nil
	}
	return unsupported("normalizer %q, expected one that Unmarshal knows", s.Type)
}

// normalize applies a normalizer step to a text.
func (s step) normalize(text string) string {
	switch s.Type {
	case stepPrepend:
		if text != "" {
			return s.Content + text
		}
	case stepReplace:
		return strings.ReplaceAll(text, s.Pattern, s.Content)
	case stepCollapse:
		return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }), " ")
	case stepNFC:
		return norm.NFC.String(text)
	case stepNFD:
		return norm.NFD.String(text)
	case stepNFKC:
		return norm.NFKC.String(text)
	case stepNFKD:
		return norm.NFKD.String(text)
	}
	return text
}

// splitter splits a word and appends the parts to words. first says that the word begins
// the text.
type splitter func(words []string, word string, first bool) []string

// splitter returns the function of a pre-tokenizer step.
func (s step) splitter() (splitter, error) {
	switch s.Type {
	case stepSplit:
		return s.patternSplitter()
	case stepDigits:
		return splitDigits, nil
	case stepMetaspace:
		return s.metaspace()
	case stepSpace:
		return func(words []string, word string, _ bool) []string {
			if word != "" && word[0] != ' ' {
				word = " " + word
			}
			return append(words, word)
		}, nil
	}
	return nil, unsupported("pre-tokenizer %q, expected split, digits, metaspace or space", s.Type)
}

// splitDigits is the splitter of stepDigits.
func splitDigits(words []string, word string, _ bool) []string {
	start := 0
	for at, r := range word {
		if !unicode.IsNumber(r) {
			continue
		}
		if at > start {
			words = append(words, word[start:at])
		}
		start = at + utf8.RuneLen(r)
		words = append(words, word[at:start])
	}
	if start < len(word) {
		words = append(words, word[start:])
	}
	return words
}

// metaspace returns the splitter of stepMetaspace.
func (s step) metaspace() (splitter, error) {
	if s.Prepend != "always" && s.Prepend != "first" && s.Prepend != "never" {
		return nil, unsupported("prepend_scheme %q of Metaspace, expected always, first or never", s.Prepend)
	}
	return func(words []string, word string, first bool) []string {
		word = strings.ReplaceAll(word, " ", spaceMark)
		prepend := s.Prepend == "always" || s.Prepend == "first" && first
		if prepend && word != "" && !strings.HasPrefix(word, spaceMark) {
			word = spaceMark + word
		}
		if !s.Split {
			return append(words, word)
		}
		for word != "" {
			end := len(word)
			if i := strings.Index(word[1:], spaceMark); i >= 0 {
				end = 1 + i
			}
			words, word = append(words, word[:end]), word[end:]
		}
		return words
	}, nil
}

// patternSplitter returns the splitter of stepSplit.
func (s step) patternSplitter() (splitter, error) {
	p, err := compilePattern(s.Pattern)
	if err != nil {
		return nil, err
	}
	switch s.Behavior {
	case isolated, removed, mergedWithPrevious, mergedWithNext, contiguous:
	default:
		return nil, unsupported("behavior %q of Split, expected one that tokenizer.json names", s.Behavior)
	}
	return func(words []string, word string, _ bool) []string {
		return s.split(words, word, p)
	}, nil
}

// split splits a word at the matches of a pattern and joins or removes matches and gaps as
// Behavior says.
func (s step) split(words []string, word string, p *pattern) []string {
	var last string // the previous stretch: "", "gap" or "match"
	emit := func(from, to int, match bool) {
		if from == to {
			return
		}
		is := "gap"
		if match != s.Invert {
			is = "match"
		}
		join := s.Behavior == mergedWithPrevious && is == "match" && last == "gap" ||
			s.Behavior == mergedWithNext && is == "gap" && last == "match" ||
			s.Behavior == contiguous && is == last
		if join {
			prev := len(words) - 1
			words[prev] = word[from-len(words[prev]) : to]
		} else if s.Behavior != removed || is == "gap" {
			words = append(words, word[from:to])
		}
		last = is
	}
	at := 0
	p.each(word, func(from, to int) {
		emit(at, from, false)
		emit(from, to, true)
		at = to
	})
	emit(at, len(word), false)
	return words
}
