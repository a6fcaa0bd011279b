package tokenizer

import (
	"strconv"
	"unicode/utf8"
)

// vocabulary encodes words.
type vocabulary struct {
	def     *definition
	ids     map[string]int32    // [text], the tokens that can result from merging
	bytes   [256]int32          // [byte], its token, or none
	pairs   map[[2]int32]merged // [pair of ids]; nil for a tokenizer with ranks
	longest int                 // length of the longest text in ids, in bytes
}

// merged is the result of merging a pair.
type merged struct{ rank, id int32 }

// init builds the tables of a definition.
func (v *vocabulary) init(d *definition) error {
	v.def = d
	v.ids = make(map[string]int32, len(d.Pieces))
	for b := range v.bytes {
		v.bytes[b] = none
	}
	for id, p := range d.Pieces {
		if d.Kinds[id] == byteToken {
			b, ok := parseByteToken(p)
			if !ok {
				return malformed("byte token %d is %q, expected <0x00> to <0xFF>", id, p)
			}
			v.bytes[b] = int32(id)
		}
		if _, found := v.ids[p]; !found && p != "" && d.Kinds[id].mergeable() {
			v.ids[p] = int32(id)
			v.longest = max(v.longest, len(p))
		}
	}
	if d.Alphabet == alphabetBytes {
		for b := range v.bytes {
			if id, ok := v.ids[string([]byte{byte(b)})]; ok {
				v.bytes[b] = id
			}
		}
	}
	return v.initPairs(d)
}

// initPairs builds the table of merges. If a pair occurs twice, the first entry is kept.
func (v *vocabulary) initPairs(d *definition) error {
	if d.Merges == nil {
		return nil
	}
	v.pairs = make(map[[2]int32]merged, len(d.Merges))
	for rank, m := range d.Merges {
		left, right := d.Pieces[m[0]], d.Pieces[m[1]]
		id, ok := v.ids[left+right]
		if !ok {
			return malformed("merge %d of %q and %q, expected their concatenation in the vocabulary", rank, left, right)
		}
		if _, found := v.pairs[m]; !found {
			v.pairs[m] = merged{int32(rank), id}
		}
	}
	return nil
}

// lookup returns the result of merging two neighbouring symbols; text is their
// concatenation. ok is false if they do not merge.
func (v *vocabulary) lookup(left, right int32, text string) (m merged, ok bool) {
	if v.pairs != nil {
		m, ok = v.pairs[[2]int32{left, right}]
		return m, ok
	}
	if len(text) > v.longest {
		return m, false
	}
	id, ok := v.ids[text]
	if !ok {
		return m, false
	}
	return merged{v.def.Ranks[id], id}, true
}

// encodeWord appends the ids of a word.
func (v *vocabulary) encodeWord(ids []int, word string) []int {
	if v.def.WholeWords && len(word) <= v.longest {
		if id, ok := v.ids[word]; ok {
			return append(ids, int(id))
		}
	}
	m := merger{vocab: v, word: word}
	m.run()
	lastUnknown := false
	for i := 0; i < len(m.symbols); i = m.symbols[i].next {
		s := &m.symbols[i]
		if s.id != none {
			ids, lastUnknown = append(ids, int(s.id)), false
			continue
		}
		ids, lastUnknown = v.appendUnknown(ids, word[s.start:s.end], lastUnknown)
	}
	return ids
}

// appendUnknown appends the ids of a symbol without a token: the tokens of its bytes, or
// the unknown token, or nothing, as the reference implementations do. lastUnknown says
// that the last id is the unknown token.
func (v *vocabulary) appendUnknown(ids []int, text string, lastUnknown bool) ([]int, bool) {
	if v.def.ByteFallback {
		if all, ok := v.appendBytes(ids, text); ok {
			return all, false
		}
	}
	if v.def.Unknown == none || v.def.FuseUnknown && lastUnknown {
		return ids, lastUnknown
	}
	return append(ids, v.def.Unknown), true
}

// appendBytes appends the tokens of the bytes of a text; ok is false if one has no token.
func (v *vocabulary) appendBytes(ids []int, text string) ([]int, bool) {
	n := len(ids)
	for i := range len(text) {
		id := v.bytes[text[i]]
		if id == none {
			return ids[:n], false
		}
		ids = append(ids, int(id))
	}
	return ids, true
}

// symbolLen returns the length of the first symbol of a text in bytes. A byte that is not
// valid UTF-8 is a symbol.
func (v *vocabulary) symbolLen(text string) int {
	if v.def.Alphabet == alphabetBytes {
		return 1
	}
	_, n := utf8.DecodeRuneInString(text)
	return n
}

// symbolID returns the token of a symbol, or none.
func (v *vocabulary) symbolID(text string) int32 {
	if v.def.Alphabet == alphabetBytes {
		return v.bytes[text[0]]
	}
	if id, ok := v.ids[text]; ok {
		return id
	}
	return none
}

// parseByteToken returns the byte of a text <0xXX>.
func parseByteToken(piece string) (b byte, ok bool) {
	if len(piece) != 6 || piece[:3] != "<0x" || piece[5] != '>' {
		return 0, false
	}
	n, err := strconv.ParseUint(piece[3:5], 16, 8)
	return byte(n), err == nil
}
