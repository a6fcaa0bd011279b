package source

import "fmt"

// ggufTokenizer collects the tokenizer keys of a GGUF header.
func ggufTokenizer(meta metadata) (TokenizerMaterial, error) {
	f := fields{meta: meta}
	const prefix = "tokenizer.ggml."
	id := func(name string) *int {
		if n, ok := field[int64](&f, prefix+name+"_token_id"); ok {
			i := int(n)
			return &i
		}
		return nil
	}
	v := &GGUFVocabulary{Model: f.text(prefix + "model"), Pre: f.text(prefix + "pre"),
		BOS: id("bos"), EOS: id("eos"), EOT: id("eot"), Unknown: id("unknown"), Padding: id("padding"),
		AddBOS: f.flag(prefix + "add_bos_token"), AddEOS: f.flag(prefix + "add_eos_token"),
		AddSpacePrefix: f.flag(prefix + "add_space_prefix")}
	v.Tokens, _ = field[[]string](&f, prefix+"tokens")
	v.Scores, _ = field[[]float64](&f, prefix+"scores")
	v.Types, _ = field[[]int64](&f, prefix+"token_type")
	v.Merges, _ = field[[]string](&f, prefix+"merges")
	t := TokenizerMaterial{Kind: TokenizerGGUF, Vocabulary: v, ChatTemplate: f.text("tokenizer.chat_template")}
	if f.err != nil {
		return t, f.err
	}
	if v.Tokens == nil {
		return t, fmt.Errorf("%w: no key %stokens: name a tokenizer", ErrNoTokenizer, prefix)
	}
	return t, v.check(&t)
}

// check checks the lengths of the lists, the types and the ids against the vocabulary, and
// sets the begin and end tokens of t.
func (v *GGUFVocabulary) check(t *TokenizerMaterial) error {
	n := len(v.Tokens)
	if (v.Scores != nil && len(v.Scores) != n) || (v.Types != nil && len(v.Types) != n) {
		return corrupt("%d scores and %d types, expected none or one for each of %d tokens",
			len(v.Scores), len(v.Types), n)
	}
	for i, kind := range v.Types {
		if kind < 1 || kind > 6 {
			return corrupt("token %d has type %d, expected 1 to 6", i, kind)
		}
	}
	for _, x := range []*int{v.BOS, v.EOS, v.EOT, v.Unknown, v.Padding} {
		if x != nil && (*x < 0 || *x >= n) {
			return corrupt("special token %d, expected 0 to %d", *x, n-1)
		}
	}
	if v.BOS != nil {
		t.BOS = []int{*v.BOS}
	}
	for _, x := range []*int{v.EOS, v.EOT} {
		if x != nil {
			t.EOS = append(t.EOS, *x)
		}
	}
	return nil
}
