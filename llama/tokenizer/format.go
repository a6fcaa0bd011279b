package tokenizer

import (
	"bytes"
	"encoding/json"
)

// The canonical form is one JSON object with the fields of fileV1 in order, without white
// space, and with a unique spelling of every value. Tokens of the alphabet of bytes are
// written in GPT-2's printable characters. Tokens of the alphabet of characters are written as
// they are. A change of the meaning needs a new version.
const (
	// Format is the value of the field "format" of the canonical form.
	Format        = "fold-tokenizer"
	formatVersion = 1
)

// fileV1 is the canonical form of version 1.
type fileV1 struct {
	headV1
	Normalize   []step     `json:"normalize"`
	Pretokenize []step     `json:"pretokenize"`
	Trims       []trim     `json:"trims"`
	Tokens      []string   `json:"tokens"`
	Kinds       []kind     `json:"types"`
	Ranks       []int32    `json:"ranks"`
	Merges      [][2]int32 `json:"merges"`
}

// headV1 has the fields before the lists. EOS is the only list among them.
type headV1 struct {
	Format       string   `json:"format"`
	Version      int      `json:"version"`
	Alphabet     alphabet `json:"alphabet"`
	Rule         string   `json:"rule"` // "ranks" or "merges"
	WholeWords   bool     `json:"whole_words"`
	ByteFallback bool     `json:"byte_fallback"`
	FuseUnknown  bool     `json:"fuse_unknown"`
	DropSpace    bool     `json:"drop_space"`
	BOS          int      `json:"bos"` // -1: none
	AddBOS       bool     `json:"add_bos"`
	EOS          []int    `json:"eos"`
	Unknown      int      `json:"unknown"` // -1: none
	ChatTemplate string   `json:"chat_template"`
}

// listsV1 is fileV1 with lists that are not decoded yet: they are counted first.
type listsV1 struct {
	headV1
	EOS         json.RawMessage `json:"eos"`
	Normalize   json.RawMessage `json:"normalize"`
	Pretokenize json.RawMessage `json:"pretokenize"`
	Trims       json.RawMessage `json:"trims"`
	Tokens      json.RawMessage `json:"tokens"`
	Kinds       json.RawMessage `json:"types"`
	Ranks       json.RawMessage `json:"ranks"`
	Merges      json.RawMessage `json:"merges"`
}

// file decodes the lists. The error wraps ErrCorrupt.
func (l *listsV1) file() (*fileV1, error) {
	f := &fileV1{headV1: l.headV1}
	for _, part := range []struct {
		what  string
		data  json.RawMessage
		limit int
		to    any
	}{
		{"end tokens", l.EOS, maxTokens, &f.EOS}, {"normalizer steps", l.Normalize, maxSteps, &f.Normalize},
		{"pre-tokenizer steps", l.Pretokenize, maxSteps, &f.Pretokenize}, {"trims", l.Trims, maxTokens, &f.Trims},
		{"tokens", l.Tokens, maxTokens, &f.Tokens}, {"token types", l.Kinds, maxTokens, &f.Kinds},
		{"ranks", l.Ranks, maxTokens, &f.Ranks}, {"merges", l.Merges, maxMerges, &f.Merges},
	} {
		if err := decodeList(part.what, part.data, part.limit, true, part.to); err != nil {
			return nil, err
		}
	}
	return f, nil
}

const (
	ruleRanks  = "ranks"
	ruleMerges = "merges"
)

// Marshal returns the canonical form. Equal tokenizers have equal canonical forms, and
// [Unmarshal] returns an equal tokenizer.
func (t *Tokenizer) Marshal() ([]byte, error) {
	d := &t.def
	f := fileV1{
		headV1: headV1{
			Format: Format, Version: formatVersion,
			Alphabet: d.Alphabet, Rule: ruleRanks,
			WholeWords: d.WholeWords, ByteFallback: d.ByteFallback,
			FuseUnknown: d.FuseUnknown, DropSpace: d.DropSpace,
			BOS: d.BOS, AddBOS: d.AddBOS, EOS: some(d.EOS), Unknown: d.Unknown, ChatTemplate: d.ChatTemplate,
		},
		Normalize: some(d.Normalize), Pretokenize: some(d.Pretokenize), Trims: some(d.Trims),
		Tokens: d.Pieces, Kinds: d.Kinds, Ranks: some(d.Ranks), Merges: some(d.Merges),
	}
	if d.Merges != nil {
		f.Rule = ruleMerges
	}
	if d.Alphabet == alphabetBytes {
		f.Tokens = make([]string, len(d.Pieces))
		for id, p := range d.Pieces {
			f.Tokens[id] = printable(p)
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(f)
	return out.Bytes(), err
}

// some returns the slice, or an empty one for nil: JSON writes nil as null.
func some[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// Unmarshal reads the canonical form. The error wraps ErrCorrupt or ErrUnsupported.
func Unmarshal(data []byte) (*Tokenizer, error) {
	if len(data) > MaxFileBytes {
		return nil, malformed("file of %d bytes, expected at most %d", len(data), MaxFileBytes)
	}
	lists, err := decodeLists(data)
	if err != nil {
		return nil, err
	}
	f, err := lists.file()
	if err != nil {
		return nil, err
	}
	d := definition{
		Alphabet: f.Alphabet, Pieces: f.Tokens, Kinds: f.Kinds,
		WholeWords: f.WholeWords, ByteFallback: f.ByteFallback,
		FuseUnknown: f.FuseUnknown, DropSpace: f.DropSpace,
		Normalize: f.Normalize, Pretokenize: f.Pretokenize, Trims: f.Trims,
		BOS: f.BOS, AddBOS: f.AddBOS, EOS: f.EOS, Unknown: f.Unknown, ChatTemplate: f.ChatTemplate,
	}
	switch {
	case f.Rule == ruleRanks && len(f.Merges) == 0:
		d.Ranks = some(f.Ranks)
	case f.Rule == ruleMerges && len(f.Ranks) == 0:
		d.Merges = some(f.Merges)
	default:
		return nil, malformed("rule %q with %d ranks and %d merges, expected ranks alone or merges alone",
			f.Rule, len(f.Ranks), len(f.Merges))
	}
	if d.Alphabet == alphabetBytes {
		for id, p := range d.Pieces {
			raw, ok := fromPrintable(p)
			if !ok {
				return nil, malformed("token %d is %q, expected characters of the printable alphabet", id, p)
			}
			d.Pieces[id] = raw
		}
	}
	return build(d)
}

// decodeLists reads a file without its lists. A file of another version may have other
// fields: it is refused for its version, not for them.
func decodeLists(data []byte) (*listsV1, error) {
	lists := new(listsV1)
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(lists)
	head := struct {
		Format  string
		Version int
	}{lists.Format, lists.Version}
	if err != nil && (json.Unmarshal(data, &head) != nil || head.Format != Format) {
		return nil, malformed("%v", err)
	}
	if head.Format != Format || head.Version != formatVersion {
		return nil, unsupported("format %.40q version %d, expected %q version %d",
			head.Format, head.Version, Format, formatVersion)
	}
	if err != nil {
		return nil, malformed("%v", err)
	}
	return lists, nil
}
