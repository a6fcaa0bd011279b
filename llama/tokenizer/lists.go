package tokenizer

import (
	"bytes"
	"encoding/json"
)

// maxSectionBytes bounds the JSON of a normalizer, pre-tokenizer, post-processor or decoder
// in a Hugging Face tokenizer.json.
const maxSectionBytes = 1 << 18

// maxTemplates bounds the named chat templates of a tokenizer_config.json.
const maxTemplates = 64

// decodeList decodes a JSON list or object, which is valid JSON already, of at most limit
// entries: they are counted before anything is allocated for them. Fields that to does not
// have are ignored unless strict is set. The error wraps ErrFormat.
func decodeList(what string, data json.RawMessage, limit int, strict bool, to any) error {
	if len(data) == 0 {
		return nil
	}
	if n := countEntries(data); n > limit {
		return malformed("%d %s, expected at most %d", n, what, limit)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if strict {
		dec.DisallowUnknownFields()
	}
	if err := dec.Decode(to); err != nil {
		return malformed("%s: %v", what, err)
	}
	return nil
}

// countEntries returns the number of entries of a JSON list or object, without those of the
// lists and objects inside it; it may count one of an empty list.
func countEntries(data []byte) int {
	n, depth, inString := 1, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 1:
			n++
		}
	}
	return n
}
