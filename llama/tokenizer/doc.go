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
// # Hostile files
//
// Readers check everything at the boundary: a hostile file is refused with an
// error that wraps [ErrFormat] or [ErrUnsupported] and names what was found.
// They never panic and never allocate more than a small multiple of the
// input's length: lists are counted before they are decoded.
//
// # Limits
//
// A file has at most 2^27 bytes, 2^20 tokens of at most 2^12 bytes each, 2^22
// merges, 64 steps of normalizer and pre-tokenizer together, patterns of at
// most 2^12 bytes; a Hugging Face file a normalizer, pre-tokenizer,
// post-processor and decoder of at most 2^18 bytes each, and 64 named chat
// templates. Normalizer and pre-tokenizer make of n bytes at most 256 n: the
// worst case of the steps is computed when a tokenizer is made (growth.go), and
// steps that may exceed it are refused. A reading ([Tokenizer.Read]) has at
// most 2^22 bytes, which normalizer and pre-tokenizer make 2^24 bytes of at most.
//
// # The digest
//
// [Tokenizer.Digest] identifies a tokenizer with its chat template; it is part
// of a model's id. It is the SHA-256 of the following values of the parsed
// form, after everything above has been checked. A number is 8 bytes,
// little-endian, in two's complement; a text its length in bytes, as a number,
// and its bytes; a flag one byte, 0 or 1; a list its length, as a number, and
// its entries. No two parsed forms have one encoding: each value says where it
// ends, and the fields always follow each other in this order:
//
//  1. the text "fold tokenizer 1", whose last word is the version of this
//     encoding;
//  2. the alphabet, a text: "bytes" or "chars";
//  3. the list of tokens by id, texts: raw bytes, those of the alphabet of
//     characters with U+2581 for a space;
//  4. the list of their types, numbers, as SentencePiece counts them;
//  5. the rule, a text: "ranks" or "merges"; then the list of the ranks of all
//     tokens, numbers, or the list of merges, two numbers each;
//  6. flags: whole words, byte fallback, fuse unknown, drop space;
//  7. the list of the normalizer's steps, each of the texts type, pattern,
//     content and behavior, the flag invert, the text prepend, the flag split;
//  8. the list of the pre-tokenizer's steps, likewise;
//  9. the list of trims: the number of the token, flags left and right;
//  10. the begin token, a number, -1 for none, and the flag that it is added;
//  11. the list of end tokens, numbers, ascending;
//  12. the unknown token, a number, -1 for none;
//  13. the chat template, a text, empty for none.
//
// The digest fixes what the program does with a tokenizer up to the versions of
// Unicode's tables (character classes, normal forms) and of the template engine.
//
// # What is guaranteed
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
// Several lists of tokens may decode to one text, and control tokens decode to
// nothing. [Tokenizer.Read] writes tokens for a reader who must not be misled:
// every token is seen, and of all lists with one text only the tokenizer's own
// encoding is called exact.
//
// A tokenizer is immutable once configured and may be used concurrently.
package tokenizer
