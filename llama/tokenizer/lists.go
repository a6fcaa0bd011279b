package tokenizer

import (
	"bytes"
	"encoding/json"
)

// maxSectionBytes bounds the length of the JSON text of a normalizer, pre-tokenizer,
// post-processor or decoder in a Hugging Face tokenizer.json.
const maxSectionBytes = 1 << 18

// maxTemplates bounds the number of named chat templates in a tokenizer_config.json.
const maxTemplates = 64

// decodeList decodes a list or object of at most limit entries from valid JSON into to. It
// counts the entries before it allocates memory for them. It ignores fields that to does
// not have, unless strict is set. The error wraps ErrCorrupt and names the entries by what.
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

// countEntries returns the number of entries of a JSON list or object, not counting the
// entries of lists and objects inside it. For an empty list it returns 1.
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
