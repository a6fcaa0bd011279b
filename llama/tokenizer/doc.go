// Package tokenizer turns text into token ids and back, exactly as the
// tokenizer that a LLaMA-architecture model was trained with.
//
// # What is supported
//
// Two alphabets. In the alphabet of characters (SentencePiece, LLaMA-2) a text
// is cut into Unicode characters, a space is written U+2581 and a character
// without a token falls back to its UTF-8 bytes. In the alphabet of bytes
// (GPT-2, LLaMA-3, SmolLM) the text is first cut into words by a regular
// expression and every word into bytes.
//
// Either way neighbouring symbols are then merged, the best pair first and the
// leftmost of equals (byte-pair encoding: Sennrich, Haddow, Birch 2016). Which
// pair is best is said by a list of pairs (Hugging Face, GGUF) or by the rank
// of the token that the pair makes (the scores of SentencePiece, the ranks of
// tiktoken).
//
// A tokenizer is read from a Hugging Face tokenizer.json ([FromJSON]), a
// tokenizer.model of either kind ([FromModelFile]), the vocabulary of a GGUF
// file ([FromGGUF]) or llama2.c's tokenizer.bin ([FromLlama2C]), and kept in a
// canonical form of our own ([Tokenizer.Marshal]) that all of them reduce to.
//
// # What is guaranteed
//
// Readers check everything at the boundary: a hostile file is refused with an
// error that wraps [ErrFormat] or [ErrUnsupported] and names what was found.
// They never panic and never allocate more than a small multiple of the
// input's length.
//
// Encoding a text of n bytes takes O(n log n) steps for every pre-tokenizer
// that is known by name, whatever the text: merging uses a queue, and word
// patterns run on automata without backtracking (Go's regexp), for which the
// one look-ahead that tokenizers use is rewritten; see pattern.go. A pattern
// that only a file knows may take a time that is quadratic in the text (when it
// looks far ahead for short words), never an exponential one; a pattern that an
// automaton cannot run is refused.
//
// Ordinary text never becomes a control token. Only [Tokenizer.Encode] parses
// the names of control tokens, and only where they are spelled out in full.
//
// A tokenizer is immutable once configured and may be used concurrently.
package tokenizer
