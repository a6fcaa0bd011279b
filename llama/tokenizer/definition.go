package tokenizer

import (
	"math"
	"sort"
	"unicode/utf8"
)

// Limits of the readers. The largest vocabularies in use have about 262,144 tokens, the
// longest pieces a few hundred bytes.
const (
	maxTokens     = 1 << 20
	maxMerges     = 1 << 22
	maxPieceBytes = 1 << 12
	maxSteps      = 64
)

// MaxFileBytes bounds the length of a file that a reader accepts.
const MaxFileBytes = 1 << 27

// kind is the type of a token, with the numbers of SentencePiece and GGUF.
type kind int32

const (
	normal      kind = 1 // result of merging
	unknown     kind = 2 // the encoding of a character without a token
	control     kind = 3 // never the encoding of ordinary text
	userDefined kind = 4 // the encoding of its text wherever it occurs
	unused      kind = 5 // never in an encoding
	byteToken   kind = 6 // one byte, written <0xXX>
)

func (k kind) valid() bool { return k >= normal && k <= byteToken }

// mergeable reports whether the token can be the result of merging symbols.
func (k kind) mergeable() bool { return k == normal || k == userDefined }

// alphabet is the set of symbols before merging: bytes or Unicode characters.
type alphabet string

const (
	alphabetBytes alphabet = "bytes"
	alphabetChars alphabet = "chars"
)

// spaceMark is the form of a space in the alphabet of characters.
const spaceMark = "\u2581"

// none is the id of an absent token.
const none = -1

// definition is the parsed form of a tokenizer, independent of the file's format. Ids index
// Pieces and Kinds. Exactly one of Ranks and Merges is not nil and determines the merges.
type definition struct {
	Alphabet alphabet
	Pieces   []string // raw bytes; in the alphabet of characters with U+2581 for a space
	Kinds    []kind
	Ranks    []int32    // by id; the pair whose token has the lowest rank merges first
	Merges   [][2]int32 // pairs of ids in the order of priority

	WholeWords   bool // a word that is a token is not split (ignore_merges, tiktoken)
	ByteFallback bool // characters without a token become <0xXX> tokens
	FuseUnknown  bool // neighbouring unknown characters become one unknown token
	DropSpace    bool // decoding drops the space that encoding prepends

	Normalize   []step
	Pretokenize []step
	Trims       []trim

	BOS          int // the begin token, or none
	AddBOS       bool
	EOS          []int // ascending
	Unknown      int   // the unknown token, or none
	ChatTemplate string
}

// trim marks a special token that removes the white space beside it.
type trim struct {
	ID    int  `json:"id"`
	Left  bool `json:"left,omitempty"`
	Right bool `json:"right,omitempty"`
}

// check checks the rules that hold for the files of all formats.
func (d *definition) check() error {
	switch {
	case d.Alphabet != alphabetBytes && d.Alphabet != alphabetChars:
		return malformed("alphabet %q, expected %q or %q", d.Alphabet, alphabetBytes, alphabetChars)
	case len(d.Pieces) == 0 || len(d.Pieces) > maxTokens:
		return malformed("%d tokens, expected 1 to %d", len(d.Pieces), maxTokens)
	case len(d.Kinds) != len(d.Pieces):
		return malformed("%d token types, expected %d, one for each token", len(d.Kinds), len(d.Pieces))
	case (d.Ranks == nil) == (d.Merges == nil):
		return malformed("both or none of ranks and merges, expected one of them")
	case d.Ranks != nil && len(d.Ranks) != len(d.Pieces):
		return malformed("%d ranks, expected %d, one for each token", len(d.Ranks), len(d.Pieces))
	case len(d.Merges) > maxMerges:
		return malformed("%d merges, expected at most %d", len(d.Merges), maxMerges)
	case len(d.Normalize)+len(d.Pretokenize) > maxSteps:
		return unsupported("%d normalizer and pre-tokenizer steps, at most %d", len(d.Normalize)+len(d.Pretokenize),
			maxSteps)
	}
	if err := d.checkPieces(); err != nil {
		return err
	}
	return d.checkIDs()
}

// checkPieces checks the length, the encoding and the type of every token.
func (d *definition) checkPieces() error {
	for id, p := range d.Pieces {
		if len(p) > maxPieceBytes {
			return malformed("token %d has %d bytes, expected at most %d", id, len(p), maxPieceBytes)
		}
		if d.Alphabet == alphabetChars && !utf8.ValidString(p) {
			return malformed("token %d is %q, expected valid UTF-8", id, p)
		}
		if !d.Kinds[id].valid() {
			return malformed("token %d has type %d, expected %d to %d", id, d.Kinds[id], normal, byteToken)
		}
	}
	return nil
}

// checkIDs checks that all ids are in the vocabulary and have suitable types.
func (d *definition) checkIDs() error {
	ids := map[string]int{"begin": d.BOS, "unknown": d.Unknown}
	for name, id := range ids {
		if id != none && !d.has(id) {
			return malformed("%s token %d, expected below %d", name, id, len(d.Pieces))
		}
	}
	if d.Unknown != none && d.Kinds[d.Unknown] != unknown {
		// Text may become the unknown token, but never a control token.
		return malformed("unknown token %d has type %d, expected %d", d.Unknown, d.Kinds[d.Unknown], unknown)
	}
	if d.AddBOS && d.BOS == none {
		return malformed("no begin token, expected one since it is added to texts")
	}
	for i, id := range d.EOS {
		if !d.has(id) || i > 0 && d.EOS[i-1] >= id {
			return malformed("end tokens %v, expected ascending ids below %d", d.EOS, len(d.Pieces))
		}
	}
	for _, t := range d.Trims {
		if !d.has(t.ID) {
			return malformed("trimmed token %d, expected below %d", t.ID, len(d.Pieces))
		}
	}
	for i, m := range d.Merges {
		if !d.has(int(m[0])) || !d.has(int(m[1])) {
			return malformed("merge %d of tokens %v, expected ids below %d", i, m, len(d.Pieces))
		}
	}
	return nil
}

// has reports whether id is a token.
func (d *definition) has(id int) bool { return id >= 0 && id < len(d.Pieces) }

// ranksOfScores converts SentencePiece scores to ranks: the highest score has the lowest
// rank, and equal scores (+0 and -0, too) have equal ranks. Encoding depends only on the
// order of scores, and ranks have an exact decimal form.
func ranksOfScores(scores []float32) ([]int32, error) {
	order := make([]int, len(scores))
	for i, s := range scores {
		if math.IsNaN(float64(s)) {
			return nil, malformed("the score of token %d is NaN, expected a number", i)
		}
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return scores[order[i]] > scores[order[j]] })
	ranks := make([]int32, len(scores))
	rank := int32(0)
	for i, id := range order {
		if i > 0 && scores[id] != scores[order[i-1]] {
			rank++
		}
		ranks[id] = rank
	}
	return ranks, nil
}

// find returns the id of the first of the names that is a control token, or none.
func (d *definition) find(names ...string) int {
	for _, name := range names {
		for id, p := range d.Pieces {
			if d.Kinds[id] == control && p == name {
				return id
			}
		}
	}
	return none
}

// endNames are the names of control tokens that end a text or a turn in LLaMA models. Files
// usually declare only one of several.
var endNames = []string{
	"</s>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|endoftext|>", "<end_of_turn>",
}

// setEnds sets the end tokens: the declared ids, and the control tokens with a name of
// endNames.
func (d *definition) setEnds(declared ...int) {
	set := map[int]bool{}
	for _, id := range declared {
		set[id] = id != none
	}
	for _, name := range endNames {
		if id := d.find(name); id != none {
			set[id] = true
		}
	}
	d.EOS = nil
	for id, is := range set {
		if is {
			d.EOS = append(d.EOS, id)
		}
	}
	sort.Ints(d.EOS)
}
