package tokenizer

import (
	"fmt"
	"math"
	"slices"
)

// Tokenizer encodes and decodes. Make one with a From function.
type Tokenizer struct {
	def         definition
	vocab       vocabulary
	special     *matcher // control and user-defined tokens
	userDefined *matcher
	trims       map[int]trim
	pretokenize []splitter
}

// build checks a definition and makes the tables.
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

// Encode returns the ids of a text in which the names of control tokens, such
// as <|im_start|>, stand for those tokens. No begin token is added.
func (t *Tokenizer) Encode(text string) []int { return t.encode(text, t.special) }

// EncodeOrdinary returns the ids of a text in which names of control tokens
// are text like any other: no input becomes a control token. User-defined
// tokens, which are part of the vocabulary of ordinary text, are still found.
func (t *Tokenizer) EncodeOrdinary(text string) []int { return t.encode(text, t.userDefined) }

func (t *Tokenizer) encode(text string, m *matcher) []int {
	ids, _ := t.encodeWithin(text, m, math.MaxInt)
	return ids
}

// encodeWithin is encode of a text whose words, normalized and pre-tokenized, have at most
// limit bytes together; of a longer one ok is false.
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

// words normalizes and cuts a text without special tokens, and takes the bytes of its words
// off the limit, unless there are more; first says that it begins the whole text.
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

// total is the length of words in bytes.
func total(words []string) (n int) {
	for _, w := range words {
		n += len(w)
	}
	return n
}

// BOS returns the begin token and whether a prompt starts with it. The id is
// -1 if the tokenizer has none.
func (t *Tokenizer) BOS() (id int, add bool) { return t.def.BOS, t.def.AddBOS }

// EOS returns the tokens that end a text or a turn, ascending.
func (t *Tokenizer) EOS() []int { return slices.Clone(t.def.EOS) }

// IsEOS tells whether a token ends a text or a turn.
func (t *Tokenizer) IsEOS(id int) bool { return slices.Contains(t.def.EOS, id) }

// IsControl tells whether a token is outside the text, as begin and end are.
func (t *Tokenizer) IsControl(id int) bool {
	return t.def.has(id) && (t.def.Kinds[id] == control || t.def.Kinds[id] == unknown)
}

// VocabSize returns the number of tokens; ids are below it. A model's
// vocabulary may be larger, padded with rows that no text reaches.
func (t *Tokenizer) VocabSize() int { return len(t.def.Pieces) }

// ID returns the token that is spelled exactly so, control tokens included.
func (t *Tokenizer) ID(piece string) (id int, ok bool) {
	if id, ok := t.vocab.ids[piece]; ok {
		return int(id), true
	}
	id = t.special.find(piece)
	return id, id != none
}

// ChatTemplate returns the Jinja template that the model's files carry, or "".
func (t *Tokenizer) ChatTemplate() string { return t.def.ChatTemplate }

// Specials are what a tokenizer file may leave to a configuration beside it.
type Specials struct {
	BOS          int // -1: none
	AddBOS       bool
	EOS          []int // those of the file's own end tokens that are missing here are kept
	ChatTemplate string
}

// With returns a copy of the tokenizer with other special tokens and template;
// an empty ChatTemplate keeps the present one.
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
