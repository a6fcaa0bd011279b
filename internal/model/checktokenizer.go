package model

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"fold.example/fold/llama/tokenizer"
)

// maxShown is the maximum length in bytes of an excerpt of a tokenizer in a Difference.
const maxShown = 60

// CompareTokenizers compares the canonical forms, including the chat template, and returns
// a Difference for each field that differs.
func CompareTokenizers(found, expected *tokenizer.Tokenizer) ([]Difference, error) {
	a, b, err := tokenizerFields(found, expected)
	if err != nil {
		return nil, err
	}
	var all []Difference
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if !bytes.Equal(a[name], b[name]) {
			all = append(all, compareFields("tokenizer "+name, a[name], b[name]))
		}
	}
	return all, nil
}

// tokenizerFields returns the fields of the two canonical forms.
func tokenizerFields(found, expected *tokenizer.Tokenizer) (a, b map[string]json.RawMessage, err error) {
	for _, x := range []struct {
		t  *tokenizer.Tokenizer
		to *map[string]json.RawMessage
	}{{found, &a}, {expected, &b}} {
		data, err := x.t.Marshal()
		if err != nil {
			return nil, nil, err
		}
		if err := json.Unmarshal(data, x.to); err != nil {
			return nil, nil, err
		}
	}
	return a, b, nil
}

// compareFields compares a field of two tokenizers, entry by entry if it is a list.
func compareFields(name string, found, expected json.RawMessage) Difference {
	var a, b []json.RawMessage
	if json.Unmarshal(found, &a) != nil || json.Unmarshal(expected, &b) != nil {
		at := firstDifferent(found, expected)
		return Difference{Tensor: name, Row: -1, Column: -1, Found: excerpt(found, at), Expected: excerpt(expected, at),
			Count: 1}
	}
	d := Difference{Tensor: name, Column: -1}
	for i := range max(len(a), len(b)) {
		x, y := entry(a, i), entry(b, i)
		if bytes.Equal(x, y) {
			continue
		}
		if d.Count == 0 {
			d.Row, d.Found, d.Expected = i, excerpt(x, 0), excerpt(y, 0)
		}
		d.Count++
	}
	return d
}

func entry(list []json.RawMessage, i int) []byte {
	if i < len(list) {
		return list[i]
	}
	return []byte("nothing")
}

// firstDifferent returns the length in bytes of the common prefix of two values.
func firstDifferent(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// excerpt returns a part of value around byte at.
func excerpt(value []byte, at int) string {
	from := max(0, at-maxShown/4)
	part := value[min(from, len(value)):min(from+maxShown, len(value))]
	s := string(bytes.ToValidUTF8(part, []byte("?")))
	if from > 0 {
		s = "..." + s
	}
	if from+maxShown < len(value) {
		s += "..."
	}
	return s
}
