package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// step is one step of a normalizer or pre-tokenizer, with the names that
// tokenizer.json uses where it has one.
type step struct {
	Type     string `json:"type"`
	Pattern  string `json:"pattern,omitempty"`  // split: a regular expression; replace: plain text
	Content  string `json:"content,omitempty"`  // prepend, replace
	Behavior string `json:"behavior,omitempty"` // split
	Invert   bool   `json:"invert,omitempty"`   // split: the words are what the pattern leaves
	Prepend  string `json:"prepend,omitempty"`  // metaspace: always, first or never
	Split    bool   `json:"split,omitempty"`    // metaspace: a word starts at every space
}

// Types of normalizer steps.
const (
	stepPrepend  = "prepend"  // Content in front of a text that is not empty
	stepReplace  = "replace"  // every Pattern by Content
	stepCollapse = "collapse" // white space to single spaces, none at the ends (SentencePiece)
	stepNFC      = "nfc"
	stepNFD      = "nfd"
	stepNFKC     = "nfkc"
	stepNFKD     = "nfkd"
)

// Types of pre-tokenizer steps.
const (
	stepSplit     = "split"     // words by Pattern, as Behavior says
	stepDigits    = "digits"    // every digit a word
	stepMetaspace = "metaspace" // spaces become U+2581
	stepSpace     = "space"     // a space in front of the words without one
)

// Behaviors of a split, as tokenizer.json names them.
const (
	isolated           = "Isolated"
	removed            = "Removed"
	mergedWithPrevious = "MergedWithPrevious"
	mergedWithNext     = "MergedWithNext"
	contiguous         = "Contiguous"
)

func (s step) checkNormalizer() error {
	switch s.Type {
	case stepPrepend, stepCollapse, stepNFC, stepNFD, stepNFKC, stepNFKD:
		return nil
	case stepReplace:
		if s.Pattern == "" {
			return malformed("normalizer replaces an empty text")
		}
		return nil
	}
	return unsupported("normalizer %q", s.Type)
}

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

// splitter appends the words of a word; first says that it begins the text.
type splitter func(words []string, word string, first bool) []string

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
	return nil, unsupported("pre-tokenizer %q", s.Type)
}

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

func (s step) patternSplitter() (splitter, error) {
	p, err := compilePattern(s.Pattern)
	if err != nil {
		return nil, err
	}
	switch s.Behavior {
	case isolated, removed, mergedWithPrevious, mergedWithNext, contiguous:
	default:
		return nil, unsupported("behavior %q of Split", s.Behavior)
	}
	return func(words []string, word string, _ bool) []string {
		return s.split(words, word, p)
	}, nil
}

// split walks over the stretches of a word that the pattern matches and those
// that it leaves.
func (s step) split(words []string, word string, p *pattern) []string {
	var last string // what the previous stretch was: "", "gap" or "match"
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
