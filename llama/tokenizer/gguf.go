package tokenizer

import "strings"

// GGUFVocab holds the keys tokenizer.ggml.* of a GGUF file. Lists are indexed by token id.
// An absent id is -1.
type GGUFVocab struct {
	Model          string    // model: "llama" is SentencePiece, "gpt2" byte-level BPE
	Pre            string    // pre: the name of the word pattern
	Tokens         []string  // tokens
	Scores         []float32 // scores; SentencePiece
	Types          []int32   // token_type; may be absent
	Merges         []string  // merges, "a b"; byte-level BPE
	BOS, EOS, UNK  int       // bos_token_id, eos_token_id, unknown_token_id
	AddBOS         bool      // add_bos_token; if absent true for "llama", false for "gpt2"
	AddSpacePrefix bool      // add_space_prefix; if absent true for "llama", false for "gpt2"
	ChatTemplate   string    // chat_template
}

// ggufPre maps the names of pre-tokenizers in GGUF files to their word patterns, and to
// definition.WholeWords.
var ggufPre = map[string]struct {
	patterns   []string
	wholeWords bool
}{
	"":          {ggufDefault, false},
	"default":   {ggufDefault, false},
	"gpt-2":     {[]string{patternGPT2}, false},
	"phi-2":     {[]string{patternGPT2}, false},
	"mpt":       {[]string{patternGPT2}, false},
	"olmo":      {[]string{patternGPT2}, false},
	"smollm":    {[]string{patternNumber, patternGPT2}, false},
	"starcoder": {[]string{patternNumber, patternGPT2}, false},
	"refact":    {[]string{patternNumber, patternGPT2}, false},
	"command-r": {[]string{patternNumber, patternGPT2}, false},
	"llama-bpe": {[]string{patternLlama3}, true},
	"llama3":    {[]string{patternLlama3}, true},
	"llama-v3":  {[]string{patternLlama3}, true},
	"dbrx":      {[]string{patternLlama3}, false},
	"smaug-bpe": {[]string{patternLlama3}, false},
	"qwen2":     {[]string{patternQwen2}, false},
	"tekken":    {[]string{patternTekken}, true},
}

// ggufDefault are the word patterns of files without a name.
var ggufDefault = []string{`[\p{P}$+<=>^~|]+`, patternGPT2, `\p{N}+`, `[0-9][0-9][0-9]`}

// FromGGUF returns the tokenizer of a GGUF file. The error wraps ErrCorrupt or
// ErrUnsupported.
func FromGGUF(v GGUFVocab) (*Tokenizer, error) {
	d := definition{
		BOS: v.BOS, AddBOS: v.AddBOS && v.BOS != none, Unknown: v.UNK, ChatTemplate: v.ChatTemplate,
		Pieces: append([]string(nil), v.Tokens...), Kinds: make([]kind, len(v.Tokens)),
	}
	if v.Types != nil && len(v.Types) != len(v.Tokens) {
		return nil, malformed("%d token types, expected %d, one for each token", len(v.Types), len(v.Tokens))
	}
	for id := range v.Tokens {
		d.Kinds[id] = normal
		if v.Types != nil {
			d.Kinds[id] = kind(v.Types[id])
		}
	}
	if d.has(d.Unknown) && d.Kinds[d.Unknown] != unknown {
		d.Unknown = none // byte-level files name an arbitrary token; bytes are never unknown
	}
	var err error
	switch v.Model {
	case "llama":
		d.ByteFallback = true
		err = d.setSPM(v.Scores, v.AddSpacePrefix)
	case "gpt2":
		err = d.setGGUFBytes(&v)
	default:
		err = unsupported("GGUF tokenizer %q, expected llama or gpt2", v.Model)
	}
	if err != nil {
		return nil, err
	}
	d.setEnds(v.EOS)
	return build(d)
}

// setGGUFBytes completes the definition of a byte-level vocabulary.
func (d *definition) setGGUFBytes(v *GGUFVocab) error {
	d.Alphabet = alphabetBytes
	pre, ok := ggufPre[v.Pre]
	if !ok {
		return unsupported("GGUF pre-tokenizer %.40q, expected one that is known by name", v.Pre)
	}
	d.WholeWords = pre.wholeWords
	if v.AddSpacePrefix {
		d.Normalize = []step{{Type: stepPrepend, Content: " "}}
	}
	for _, p := range pre.patterns {
		d.Pretokenize = append(d.Pretokenize, step{Type: stepSplit, Pattern: p, Behavior: isolated})
	}
	ids := make(map[string]int32, len(v.Tokens))
	for id, p := range v.Tokens {
		if k := d.Kinds[id]; k == byteToken {
			return unsupported("token %d of type byte, expected none in a byte-level vocabulary", id)
		} else if _, found := ids[p]; !found && k.mergeable() {
			ids[p] = int32(id)
		}
		d.setBytePiece(id, p, d.Kinds[id])
	}
	d.Merges = make([][2]int32, 0, len(v.Merges))
	for i, m := range v.Merges {
		left, right, ok := strings.Cut(m, " ")
		a, ok1 := ids[left]
		b, ok2 := ids[right]
		if !ok || !ok1 || !ok2 {
			return malformed("merge %d is %q, expected two tokens of the vocabulary", i, m)
		}
		d.Merges = append(d.Merges, [2]int32{a, b})
	}
	return nil
}
