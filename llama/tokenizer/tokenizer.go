package tokenizer

import (
	"fmt"
	"math"
	"slices"
)

// Tokenizer encodes and decodes text. The From functions return tokenizers. A Tokenizer is
// immutable and may be used concurrently.
type Tokenizer struct {
	def         definition
	vocab       vocabulary
	special     *matcher // of control and user-defined tokens
	userDefined *matcher // of user-defined tokens
	trims       map[int]trim
	pretokenize []splitter
}

// build checks a definition and returns its tokenizer.
func build(d definition) (*Tokenizer, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := d.checkGrowth(); err != nil {
		return nil, err
	}
	t := &Tokenizer{def: d, special: &matcher{}, userDefined: &matcher{}, trims: map[int]trim{}}
	for _, s := range d.Normalize {
		if err := s.checkNormalizer(); err != nil {
			return nil, err
		}
	}
	for _, s := range d.Pretokenize {
		sp, err := s.splitter()
		if err != nil {
			return nil, err
		}
		t.pretokenize = append(t.pretokenize, sp)
	}
	if err := t.vocab.init(&t.def); err != nil {
		return nil, err
	}
	for id, k := range d.Kinds {
		if k == control || k == userDefined {
			t.special.add(d.Pieces[id], id)
		}
		if k == userDefined {
			t.userDefined.add(d.Pieces[id], id)
		}
	}
	for _, tr := range d.Trims {
		t.trims[tr.ID] = tr
	}
	return t, nil
}

// Encode returns the ids of a text in which the names of control tokens, such as
// <|im_start|>, denote those tokens. It does not add the begin token.
func (t *Tokenizer) Encode(text string) []int { return t.encode(text, t.special) }

// EncodeOrdinary returns the ids of a text in which the names of control tokens are
// ordinary text: no input becomes a control token. User-defined tokens belong to the
// vocabulary of ordinary text and are found.
func (t *Tokenizer) EncodeOrdinary(text string) []int { return t.encode(text, t.userDefined) }

// encode returns the ids of a text with the special tokens that m finds.
func (t *Tokenizer) encode(text string, m *matcher) []int {
	ids, _ := t.encodeWithin(text, m, math.MaxInt)
	return ids
}

// encodeWithin is like encode. ok is false if the words of the text, normalized and
// pre-tokenized, have more than limit bytes together.
func (t *Tokenizer) encodeWithin(text string, m *matcher, limit int) (ids []int, ok bool) {
	first, ok := true, true
	m.split(text, t.trims, func(part string, id int) {
		switch {
		case !ok:
		case id != none:
			ids = append(ids, id)
		case part != "":
			var words []string
			if words, ok = t.words(part, first, &limit); ok {
				for _, w := range words {
					ids = t.vocab.encodeWord(ids, w)
				}
			}
		}
		first = false
	})
	return ids, ok
}

// words normalizes a text without special tokens and splits it into words. It subtracts
// the length of the words from the limit; ok is false if they are longer. first says that
// the text begins the whole text.
func (t *Tokenizer) words(part string, first bool, limit *int) (words []string, ok bool) {
	for _, s := range t.def.Normalize {
		if part = s.normalize(part); len(part) > *limit {
			return nil, false
		}
	}
	words = []string{part}
	for _, sp := range t.pretokenize {
		var next []string
		for i, w := range words {
			next = sp(next, w, first && i == 0)
		}
		if words = next; total(words) > *limit {
			return nil, false
		}
	}
	*limit -= total(words)
	return words, *limit >= 0
}

// total returns the length of words in bytes.
func total(words []string) (n int) {
	for _, w := range words {
		n += len(w)
	}
	return n
}

// BOS returns the begin token and whether prompts begin with it. The id is -1 if the
// tokenizer has no begin token.
func (t *Tokenizer) BOS() (id int, add bool) { return t.def.BOS, t.def.AddBOS }

// EOS returns the tokens that end a text or a turn, ascending.
func (t *Tokenizer) EOS() []int { return slices.Clone(t.def.EOS) }

// IsEOS reports whether a token ends a text or a turn.
func (t *Tokenizer) IsEOS(id int) bool { return slices.Contains(t.def.EOS, id) }

// IsControl reports whether a token is a control token or the unknown token, which decode
// to no text.
func (t *Tokenizer) IsControl(id int) bool {
	return t.def.has(id) && (t.def.Kinds[id] == control || t.def.Kinds[id] == unknown)
}

// VocabSize returns the number of tokens; ids are below it. A model's vocabulary may be
// larger, padded with rows that no encoding uses.
func (t *Tokenizer) VocabSize() int { return len(t.def.Pieces) }

// ID returns the token with exactly this text, or with this name if it is a control token.
func (t *Tokenizer) ID(piece string) (id int, ok bool) {
	if id, ok := t.vocab.ids[piece]; ok {
		return int(id), true
	}
	id = t.special.find(piece)
	return id, id != none
}

// ChatTemplate returns the Jinja template that the model's files carry, or "".
func (t *Tokenizer) ChatTemplate() string { return t.def.ChatTemplate }

// Specials are the settings that a tokenizer's file may leave to a configuration.
type Specials struct {
	BOS          int    // the begin token, -1 for none
	AddBOS       bool   // prompts begin with the begin token
	EOS          []int  // end tokens in addition to those of the tokenizer
	ChatTemplate string // a Jinja template; empty keeps the tokenizer's
}

// With returns a copy of the tokenizer with other special tokens and another template. The
// error wraps ErrCorrupt if an id is not in the vocabulary.
func (t *Tokenizer) With(s Specials) (*Tokenizer, error) {
	d := t.def
	d.BOS, d.AddBOS = s.BOS, s.AddBOS
	if s.ChatTemplate != "" {
		d.ChatTemplate = s.ChatTemplate
	}
	d.setEnds(slices.Concat(s.EOS, t.def.EOS)...)
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("special tokens: %w", err)
	}
	c := *t
	c.def = d
	c.vocab.def = &c.def
	return &c, nil
}
