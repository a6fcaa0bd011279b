package tokenizer

import (
	"math"
	"sort"
	"unicode/utf8"
)

// Bounds on what a reader accepts. The largest vocabularies in use have about
// 262,144 tokens, the longest pieces a few hundred bytes.
const (
	maxTokens     = 1 << 20
	maxMerges     = 1 << 22
	maxPieceBytes = 1 << 12
	maxSteps      = 64
)

// MaxFileBytes bounds the length of a file that a reader accepts.
const MaxFileBytes = 1 << 27

// kind says how a token takes part, with the numbers that SentencePiece and
// GGUF give it.
type kind int32

const (
	normal      kind = 1 // made by merging
	unknown     kind = 2 // stands for what has no token
	control     kind = 3 // never comes from ordinary text
	userDefined kind = 4 // taken from the text wherever it is spelled out
	unused      kind = 5 // never made
	byteToken   kind = 6 // one byte, written <0xXX>
)

func (k kind) valid() bool { return k >= normal && k <= byteToken }

// mergeable tells whether merging symbols may make the token.
func (k kind) mergeable() bool { return k == normal || k == userDefined }

// alphabet says what the first symbols of a word are.
type alphabet string

const (
	alphabetBytes alphabet = "bytes"
	alphabetChars alphabet = "chars"
)

// spaceMark is how the alphabet of characters writes a space.
const spaceMark = "\u2581"

// none is the id of a token that there is not.
const none = -1

// definition is all that makes a tokenizer, whatever file it came from. Ids
// index Pieces and Kinds. Exactly one of Ranks and Merges says what to merge.
type definition struct {
	Alphabet alphabet
	Pieces   []string // raw bytes; in the alphabet of characters with U+2581 for a space
	Kinds    []kind
	Ranks    []int32    // of every token; two symbols merge into the token of lowest rank
	Merges   [][2]int32 // pairs of ids, the best first

	WholeWords   bool // a word that is a token is not cut (ignore_merges, tiktoken)
	ByteFallback bool // characters without a token become <0xXX> tokens
	FuseUnknown  bool // neighbouring unknown characters become one unknown token
	DropSpace    bool // decoding drops the space that encoding put in front

	Normalize   []step
	Pretokenize []step
	Trims       []trim

	BOS          int // none if there is no begin token
	AddBOS       bool
	EOS          []int // ascending
	Unknown      int   // none if there is no unknown token
	ChatTemplate string
}

// trim says that a special token swallows the white space beside it.
type trim struct {
	ID    int  `json:"id"`
	Left  bool `json:"left,omitempty"`
	Right bool `json:"right,omitempty"`
}

// check validates what the readers share.
func (d *definition) check() error {
	switch {
	case d.Alphabet != alphabetBytes && d.Alphabet != alphabetChars:
		return malformed("alphabet %q, expected %q or %q", d.Alphabet, alphabetBytes, alphabetChars)
	case len(d.Pieces) == 0 || len(d.Pieces) > maxTokens:
		return malformed("%d tokens, expected 1 to %d", len(d.Pieces), maxTokens)
	case len(d.Kinds) != len(d.Pieces):
		return malformed("%d token types for %d tokens", len(d.Kinds), len(d.Pieces))
	case (d.Ranks == nil) == (d.Merges == nil):
		return malformed("expected either ranks or merges")
	case d.Ranks != nil && len(d.Ranks) != len(d.Pieces):
		return malformed("%d ranks for %d tokens", len(d.Ranks), len(d.Pieces))
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

func (d *definition) checkPieces() error {
	for id, p := range d.Pieces {
		if len(p) > maxPieceBytes {
			return malformed("token %d has %d bytes, expected at most %d", id, len(p), maxPieceBytes)
		}
		if d.Alphabet == alphabetChars && !utf8.ValidString(p) {
			return malformed("token %d, %q, is not valid UTF-8", id, p)
		}
		if !d.Kinds[id].valid() {
			return malformed("token %d has type %d, expected %d to %d", id, d.Kinds[id], normal, byteToken)
		}
	}
	return nil
}

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
		return malformed("a begin token is to be added but there is none")
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

func (d *definition) has(id int) bool { return id >= 0 && id < len(d.Pieces) }

// ranksOfScores turns SentencePiece scores into ranks: the highest score first,
// equal scores (+0 and -0 too) with equal rank. Only the order ever matters,
// and integers can be written down exactly.
func ranksOfScores(scores []float32) ([]int32, error) {
	order := make([]int, len(scores))
	for i, s := range scores {
		if math.IsNaN(float64(s)) {
			return nil, malformed("the score of token %d is not a number", i)
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

// find returns the id of the first control token with one of the names.
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

// endNames are the control tokens that end a text or a turn in the models of
// this architecture. Files usually declare only one of several.
var endNames = []string{
	"</s>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|endoftext|>", "<end_of_turn>",
}

// setEnds makes the end tokens of the declared ids and of the well-known names.
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
