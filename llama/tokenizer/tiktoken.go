package tokenizer

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
)

// FromTiktoken reads LLaMA-3's tokenizer.model, a rank file: a line "base64 rank" for each
// token, with ranks 0, 1, 2, ... in order. The file lacks the word pattern and the special
// tokens, so those of LLaMA-3 are used: 256 special tokens after the last rank. The error
// wraps ErrCorrupt.
func FromTiktoken(data []byte) (*Tokenizer, error) {
	if len(data) > MaxFileBytes {
		return nil, malformed("file of %d bytes, expected at most %d", len(data), MaxFileBytes)
	}
	d := definition{
		Alphabet: alphabetBytes, WholeWords: true, AddBOS: true, Unknown: none,
		Pretokenize: []step{{Type: stepSplit, Pattern: patternLlama3, Behavior: isolated}},
	}
	for len(data) > 0 {
		var line []byte
		line, data, _ = bytes.Cut(data, []byte{'\n'})
		if line = bytes.TrimSuffix(line, []byte{'\r'}); len(line) == 0 {
			continue
		}
		piece, err := rankLine(line, len(d.Pieces))
		if err != nil {
			return nil, err
		}
		d.Pieces, d.Kinds = append(d.Pieces, piece), append(d.Kinds, normal)
	}
	if len(d.Pieces) == 0 {
		return nil, malformed("rank file without a token, expected at least one")
	}
	for _, name := range llama3Specials() {
		d.Pieces, d.Kinds = append(d.Pieces, name), append(d.Kinds, control)
	}
	d.Ranks = make([]int32, len(d.Pieces))
	for id := range d.Ranks {
		d.Ranks[id] = int32(id)
	}
	d.BOS = d.find("<|begin_of_text|>")
	d.setEnds()
	return build(d)
}

// rankLine decodes the line of the token with the given rank.
func rankLine(line []byte, rank int) (piece string, err error) {
	word, number, ok := bytes.Cut(line, []byte{' '})
	if !ok {
		return "", malformed("line %d of the rank file is %.60q, expected a token and its rank", rank+1, line)
	}
	raw, err := base64.StdEncoding.DecodeString(string(word))
	if err != nil || len(raw) == 0 {
		return "", malformed("line %d of the rank file has token %.60q, expected base64", rank+1, word)
	}
	if n, err := strconv.Atoi(string(number)); err != nil || n != rank || n >= maxTokens {
		return "", malformed("line %d of the rank file has rank %.20q, expected %d", rank+1, number, rank)
	}
	return string(raw), nil
}

// llama3Specials returns the names of the 256 special tokens of LLaMA-3, in order.
func llama3Specials() []string {
	names := []string{
		"<|begin_of_text|>", "<|end_of_text|>",
		"<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
		"<|reserved_special_token_2|>", "<|reserved_special_token_3|>",
		"<|start_header_id|>", "<|end_header_id|>", "<|reserved_special_token_4|>", "<|eot_id|>",
	}
	for i := 5; len(names) < 256; i++ {
		names = append(names, fmt.Sprintf("<|reserved_special_token_%d|>", i))
	}
	return names
}
