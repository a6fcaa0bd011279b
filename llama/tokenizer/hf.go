package tokenizer

import (
	"encoding/json"
	"strings"
)

// hfFile has the fields of a Hugging Face tokenizer.json that matter here.
type hfFile struct {
	Format        string          `json:"format"` // of the canonical form of format.go
	AddedTokens   json.RawMessage `json:"added_tokens"`
	Normalizer    hfSection       `json:"normalizer"`
	PreTokenizer  hfSection       `json:"pre_tokenizer"`
	PostProcessor hfSection       `json:"post_processor"`
	Decoder       hfSection       `json:"decoder"`
	Model         hfModel         `json:"model"`
	tokensAdded   []hfAdded       // AddedTokens
}

// hfAdded is an added token.
type hfAdded struct {
	ID         int    `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Special    bool   `json:"special"`
}

// hfModel is the model of a tokenizer.json, a byte-pair encoding.
type hfModel struct {
	Type         string           `json:"type"`
	Dropout      *float64         `json:"dropout"`
	UnkToken     *string          `json:"unk_token"`
	Prefix       *string          `json:"continuing_subword_prefix"`
	Suffix       *string          `json:"end_of_word_suffix"`
	FuseUnk      bool             `json:"fuse_unk"`
	ByteFallback bool             `json:"byte_fallback"`
	IgnoreMerges bool             `json:"ignore_merges"`
	Vocab        json.RawMessage  `json:"vocab"`
	Merges       json.RawMessage  `json:"merges"`
	vocab        map[string]int32 // Vocab, decoded by check
	merges       []hfMerge        // Merges, decoded by check
}

// hfMerge is a pair, written ["a","b"] or, in older files, "a b".
type hfMerge [2]string

// UnmarshalJSON decodes both forms.
func (m *hfMerge) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[2]string)(m))
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	left, right, ok := strings.Cut(s, " ")
	if !ok {
		return malformed("merge %q, expected two tokens and a space between them", s)
	}
	m[0], m[1] = left, right
	return nil
}

// FromJSON reads a tokenizer.json of Hugging Face, or the canonical form. The error wraps
// ErrCorrupt or ErrUnsupported.
//
// A Hugging Face file must have a model of type BPE, byte-level or with characters, and
// steps that hfsteps.go knows. The begin and end tokens are partly in the
// tokenizer_config.json beside it: see [Tokenizer.Configure].
//
// Special tokens are found in the text before normalization; the field "normalized" of an
// added token is ignored.
func FromJSON(data []byte) (*Tokenizer, error) {
	if len(data) > MaxFileBytes {
		return nil, malformed("file of %d bytes, expected at most %d", len(data), MaxFileBytes)
	}
	var f hfFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, malformed("tokenizer.json: %v", err)
	}
	if f.Format != "" {
		return Unmarshal(data)
	}
	d, err := f.definition()
	if err != nil {
		return nil, err
	}
	return build(d)
}

// definition returns the parsed form of the file.
func (f *hfFile) definition() (d definition, err error) {
	if err := f.Model.check(); err != nil {
		return d, err
	}
	if err := decodeList("added tokens", f.AddedTokens, maxTokens, false, &f.tokensAdded); err != nil {
		return d, err
	}
	d = definition{
		Alphabet: alphabetChars, BOS: none, Unknown: none,
		WholeWords: f.Model.IgnoreMerges, ByteFallback: f.Model.ByteFallback, FuseUnknown: f.Model.FuseUnk,
	}
	if d.Normalize, err = f.Normalizer.part.normalizers(nil); err != nil {
		return d, err
	}
	if err := f.PreTokenizer.part.pretokenizers(&d, 0); err != nil {
		return d, err
	}
	if err := f.Decoder.part.decoders(&d); err != nil {
		return d, err
	}
	if err := f.tokens(&d); err != nil {
		return d, err
	}
	if err := f.merges(&d); err != nil {
		return d, err
	}
	f.PostProcessor.part.beginToken(&d)
	if d.BOS == none {
		d.BOS = d.find("<s>", "<|begin_of_text|>")
	}
	d.setEnds()
	return d, nil
}

// check refuses models that are not a plain BPE, and decodes the vocabulary and the merges.
func (m *hfModel) check() error {
	switch {
	case m.Type != "BPE" && m.Type != "": // old files leave the type out
		return unsupported("tokenizer.json has a model of type %q, expected BPE", m.Type)
	case m.Dropout != nil && *m.Dropout != 0:
		return unsupported("BPE with dropout %v, expected none", *m.Dropout)
	case m.Prefix != nil && *m.Prefix != "":
		return unsupported("BPE with continuing_subword_prefix %q, expected none", *m.Prefix)
	case m.Suffix != nil && *m.Suffix != "":
		return unsupported("BPE with end_of_word_suffix %q, expected none", *m.Suffix)
	}
	if err := decodeList("tokens of the vocabulary", m.Vocab, maxTokens, false, &m.vocab); err != nil {
		return err
	}
	return decodeList("merges", m.Merges, maxMerges, false, &m.merges)
}

// tokens sets the tokens of the vocabulary and the added tokens. Ids without a token become
// unused; at most half of the ids may be without one.
func (f *hfFile) tokens(d *definition) error {
	size := 0
	for piece, id := range f.Model.vocab {
		if id < 0 || id >= maxTokens {
			return malformed("token %q has id %d, expected 0 to %d", piece, id, maxTokens-1)
		}
		size = max(size, int(id)+1)
	}
	for _, a := range f.tokensAdded {
		if a.ID < 0 || a.ID >= maxTokens {
			return malformed("added token %q has id %d, expected 0 to %d", a.Content, a.ID, maxTokens-1)
		}
		size = max(size, a.ID+1)
	}
	if count := len(f.Model.vocab) + len(f.tokensAdded); size > 2*count {
		return malformed("ids up to %d for %d tokens, expected ids below %d", size-1, count, 2*count)
	}
	d.Pieces, d.Kinds = make([]string, size), make([]kind, size)
	for piece, id := range f.Model.vocab {
		if d.Kinds[id] != 0 {
			return malformed("tokens %q and %q with id %d, expected one token for each id", d.Pieces[id], piece, id)
		}
		f.setPiece(d, piece, int(id))
	}
	for id := range d.Kinds {
		if d.Kinds[id] == 0 {
			d.Kinds[id] = unused
		}
	}
	if u := f.Model.UnkToken; u != nil {
		for _, a := range f.tokensAdded {
			if a.Content == *u {
				d.Unknown = a.ID
			}
		}
	}
	return f.added(d)
}

// setPiece sets a token of the vocabulary.
func (f *hfFile) setPiece(d *definition, piece string, id int) {
	k := normal
	if _, ok := parseByteToken(piece); ok && d.ByteFallback {
		k = byteToken
	}
	if u := f.Model.UnkToken; u != nil && *u == piece {
		k, d.Unknown = unknown, id
	}
	if d.Alphabet == alphabetBytes {
		d.setBytePiece(id, piece, k)
		return
	}
	d.Pieces[id], d.Kinds[id] = piece, k
}

// added sets the added tokens.
func (f *hfFile) added(d *definition) error {
	for _, a := range f.tokensAdded {
		if a.SingleWord {
			return unsupported("added token %q has single_word, expected false", a.Content)
		}
		if a.Content == "" {
			return malformed("added token %d has no content, expected a text", a.ID)
		}
		k := userDefined
		switch {
		case a.ID == d.Unknown:
			k = unknown
		case a.Special:
			k = control
		}
		d.Pieces[a.ID], d.Kinds[a.ID] = a.Content, k
		if a.LStrip || a.RStrip {
			d.Trims = append(d.Trims, trim{a.ID, a.LStrip, a.RStrip})
		}
	}
	return nil
}

// merges resolves the pairs to ids. It leaves out pairs with a control token, since text
// must never become one.
func (f *hfFile) merges(d *definition) error {
	d.Merges = make([][2]int32, 0, len(f.Model.merges))
	for i, m := range f.Model.merges {
		left, ok1 := f.Model.vocab[m[0]]
		right, ok2 := f.Model.vocab[m[1]]
		both, ok3 := f.Model.vocab[m[0]+m[1]]
		if !ok1 || !ok2 || !ok3 {
			return malformed("merge %d of %q and %q, expected both and their concatenation in the vocabulary", i, m[0],
				m[1])
		}
		if d.Kinds[left].mergeable() && d.Kinds[right].mergeable() && d.Kinds[both].mergeable() {
			d.Merges = append(d.Merges, [2]int32{left, right})
		}
	}
	return nil
}
