package tokenizer

import "encoding/json"

// hfPart is a normalizer, pre-tokenizer, post-processor or decoder. It has the fields of
// all supported types.
type hfPart struct {
	Type          string       `json:"type"`
	Normalizers   []hfPart     `json:"normalizers"`
	Pretokenizers []hfPart     `json:"pretokenizers"`
	Processors    []hfPart     `json:"processors"`
	Decoders      []hfPart     `json:"decoders"`
	Prepend       string       `json:"prepend"`
	Pattern       hfPattern    `json:"pattern"`
	Content       string       `json:"content"`
	Behavior      string       `json:"behavior"`
	Invert        bool         `json:"invert"`
	PrefixSpace   bool         `json:"add_prefix_space"`
	UseRegex      *bool        `json:"use_regex"`         // ByteLevel; true if absent
	Individual    bool         `json:"individual_digits"` // Digits
	Replacement   string       `json:"replacement"`       // Metaspace
	PrependScheme string       `json:"prepend_scheme"`    // Metaspace
	Split         *bool        `json:"split"`             // Metaspace; true if absent
	Start         int          `json:"start"`             // Strip
	Single        []hfTemplate `json:"single"`            // TemplateProcessing
}

// hfSection is the value of a field of tokenizer.json: a part, or nil for null.
type hfSection struct{ part *hfPart }

// UnmarshalJSON decodes the part. It refuses a text of more than maxSectionBytes before it
// allocates memory.
func (s *hfSection) UnmarshalJSON(data []byte) error {
	if len(data) > maxSectionBytes {
		return malformed("a section of %d bytes, expected at most %d", len(data), maxSectionBytes)
	}
	return json.Unmarshal(data, &s.part)
}

// hfPattern is {"String": s}, {"Regex": s} or, in parts without a pattern, an object that
// is ignored.
type hfPattern struct {
	String *string
	Regex  *string
}

// hfTemplate is {"SpecialToken": {"id": name}} or {"Sequence": ...}.
type hfTemplate struct {
	SpecialToken *struct {
		ID string `json:"id"`
	}
}

// UnmarshalJSON decodes an object and ignores other values: some post-processors have
// another form of "single", which is not used.
func (t *hfTemplate) UnmarshalJSON(data []byte) error {
	type plain hfTemplate
	if len(data) == 0 || data[0] != '{' {
		return nil
	}
	return json.Unmarshal(data, (*plain)(t))
}

// maxNesting bounds the depth of sequences inside sequences.
const maxNesting = 4

// normalizers appends the steps of a normalizer.
func (p *hfPart) normalizers(steps []step) ([]step, error) {
	return p.appendNormalizers(steps, 0)
}

// appendNormalizers appends the steps of a normalizer at a depth of nesting.
func (p *hfPart) appendNormalizers(steps []step, depth int) ([]step, error) {
	if p == nil {
		return steps, nil
	}
	if depth > maxNesting || len(steps) > maxSteps {
		return nil, unsupported("normalizers of another depth or number, expected at most %d deep and %d in number",
			maxNesting, maxSteps)
	}
	switch p.Type {
	case "Sequence":
		var err error
		for i := range p.Normalizers {
			if steps, err = p.Normalizers[i].appendNormalizers(steps, depth+1); err != nil {
				return nil, err
			}
		}
		return steps, nil
	case "Prepend":
		return append(steps, step{Type: stepPrepend, Content: p.Prepend}), nil
	case "Replace":
		if p.Pattern.String == nil {
			return nil, unsupported("normalizer Replace of a regular expression, expected a plain text")
		}
		return append(steps, step{Type: stepReplace, Pattern: *p.Pattern.String, Content: p.Content}), nil
	}
	if s, ok := unicodeForms[p.Type]; ok {
		return append(steps, step{Type: s}), nil
	}
	return nil, unsupported("normalizer %q, expected Sequence, Prepend, Replace or a Unicode form", p.Type)
}

var unicodeForms = map[string]string{"NFC": stepNFC, "NFD": stepNFD, "NFKC": stepNFKC, "NFKD": stepNFKD}

// pretokenizers appends the steps of a pre-tokenizer at a depth of nesting. One of type
// ByteLevel also sets the alphabet of bytes.
func (p *hfPart) pretokenizers(d *definition, depth int) error {
	if p == nil {
		return nil
	}
	if depth > maxNesting || len(d.Pretokenize) > maxSteps {
		return unsupported("pre-tokenizers of another depth or number, expected at most %d deep and %d in number",
			maxNesting, maxSteps)
	}
	if d.Alphabet == alphabetBytes {
		return unsupported("pre-tokenizer %q after ByteLevel, expected none", p.Type)
	}
	switch p.Type {
	case "Sequence":
		for i := range p.Pretokenizers {
			if err := p.Pretokenizers[i].pretokenizers(d, depth+1); err != nil {
				return err
			}
		}
		return nil
	case "ByteLevel":
		d.Alphabet = alphabetBytes
		if p.PrefixSpace {
			d.Pretokenize = append(d.Pretokenize, step{Type: stepSpace})
		}
		if p.UseRegex == nil || *p.UseRegex {
			d.Pretokenize = append(d.Pretokenize, step{Type: stepSplit, Pattern: patternGPT2, Behavior: isolated})
		}
		return nil
	}
	s, err := p.pretokenizer()
	d.Pretokenize = append(d.Pretokenize, s)
	return err
}

// pretokenizer returns the step of a pre-tokenizer that is neither a sequence nor
// ByteLevel.
func (p *hfPart) pretokenizer() (s step, err error) {
	switch p.Type {
	case "Digits":
		if p.Individual {
			return step{Type: stepDigits}, nil
		}
		return step{Type: stepSplit, Pattern: patternNumber + "+", Behavior: isolated}, nil
	case "Split":
		s := step{Type: stepSplit, Behavior: p.Behavior, Invert: p.Invert}
		switch {
		case p.Pattern.Regex != nil:
			s.Pattern = *p.Pattern.Regex
		case p.Pattern.String != nil:
			s.Pattern = quote(*p.Pattern.String)
		default:
			return s, malformed("pre-tokenizer Split without a pattern, expected String or Regex")
		}
		return s, nil
	case "Metaspace":
		if p.Replacement != spaceMark {
			return s, unsupported("Metaspace with replacement %q, expected %q", p.Replacement, spaceMark)
		}
		return step{Type: stepMetaspace, Prepend: p.scheme(), Split: p.Split == nil || *p.Split}, nil
	}
	return s, unsupported("pre-tokenizer %q, expected Sequence, ByteLevel, Digits, Split or Metaspace", p.Type)
}

// scheme returns the prepend_scheme of a Metaspace; older files have add_prefix_space
// instead.
func (p *hfPart) scheme() string {
	switch {
	case p.PrependScheme != "":
		return p.PrependScheme
	case p.PrefixSpace:
		return "always"
	}
	return "never"
}

// decoders refuses decoders that do not follow from the alphabet, and sets DropSpace.
func (p *hfPart) decoders(d *definition) error {
	if p == nil {
		return nil
	}
	parts := []hfPart{*p}
	if p.Type == "Sequence" {
		parts = p.Decoders
	}
	for i := range parts {
		switch q := &parts[i]; q.Type {
		case "ByteLevel", "ByteFallback", "Fuse", "Replace":
		case "Strip":
			d.DropSpace = d.DropSpace || q.Content == " " && q.Start > 0
		case "Metaspace":
			d.DropSpace = d.DropSpace || q.scheme() != "never"
		default:
			return unsupported("decoder %q, expected ByteLevel, ByteFallback, Fuse, Replace, Strip or Metaspace",
				q.Type)
		}
	}
	return nil
}

// beginToken sets the begin token: the special token that the template of the
// post-processor prepends to a text.
func (p *hfPart) beginToken(d *definition) {
	if p == nil {
		return
	}
	for i := range p.Processors {
		p.Processors[i].beginToken(d)
	}
	if p.Type != "TemplateProcessing" || len(p.Single) == 0 || p.Single[0].SpecialToken == nil {
		return
	}
	if id := d.find(p.Single[0].SpecialToken.ID); id != none {
		d.BOS, d.AddBOS = id, true
	}
}
