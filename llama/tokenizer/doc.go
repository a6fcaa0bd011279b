// Package tokenizer converts text to token ids and back. The ids equal those of the
// tokenizer with which a LLaMA model was trained.
//
// # What is supported
//
// There are two alphabets. In the alphabet of characters (SentencePiece, LLaMA-2) the
// symbols of a text are its Unicode characters, a space is written U+2581, and a character
// without a token falls back to its UTF-8 bytes. In the alphabet of bytes (GPT-2, LLaMA-3,
// SmolLM) a regular expression splits the text into words, and the symbols of a word are
// its bytes.
//
// Neighbouring symbols of a word are then merged by byte-pair encoding (Sennrich, Haddow,
// Birch 2016): the pair of highest priority first, and the leftmost of equal pairs. The
// priority is the place in a list of pairs (Hugging Face, GGUF) or the rank of the merged
// token (scores of SentencePiece, ranks of tiktoken).
//
// A tokenizer is read from a Hugging Face tokenizer.json ([FromJSON]), a
// tokenizer.model of either kind ([FromModelFile]), the vocabulary of a GGUF
// file ([FromGGUF]) or llama2.c's tokenizer.bin ([FromLlama2C]), and kept in a
// canonical form of this project ([Tokenizer.Marshal]), which all formats reduce to.
//
// # Hostile files
//
// Readers check the whole file. An error wraps [ErrCorrupt] or [ErrUnsupported] and names
// what was found. Readers never panic, and allocate at most a small multiple of the input's
// length: they count the entries of a list before they decode it.
//
// # Limits
//
// A file has at most 2^27 bytes, 2^20 tokens of at most 2^12 bytes each, 2^22
// merges, 64 steps of normalizer and pre-tokenizer together, patterns of at
// most 2^12 bytes; a Hugging Face file a normalizer, pre-tokenizer,
// post-processor and decoder of at most 2^18 bytes each, and 64 named chat
// templates. Normalizer and pre-tokenizer may turn n bytes into at most 256 n: readers
// compute a bound on the growth from the steps (growth.go) and refuse steps beyond it. A
// reading ([Tokenizer.Read]) has at most 2^22 bytes, and at most 2^24 bytes after
// normalizer and pre-tokenizer.
//
// # The digest
//
// [Tokenizer.Digest] identifies a tokenizer with its chat template; it is part
// of a model's id. It is the SHA-256 of the following values of the parsed
// form, after everything above has been checked. A number is 8 bytes,
// little-endian, in two's complement; a text its length in bytes, as a number,
// and its bytes; a flag one byte, 0 or 1; a list its length, as a number, and
// its entries. The encoding is injective: each value determines its own end, and the
// fields are always in this order:
//  1. the text "fold tokenizer 1", whose last word is the version of this
//     encoding;
//  2. the alphabet, a text: "bytes" or "chars"; 3. the list of tokens by id, texts: raw bytes;
//
// in the alphabet of characters
//
//	with U+2581 for a space;
//
// 4. the list of their types, numbers, as SentencePiece counts them; 5. the rule, a text:
// "ranks" or "merges"; then the list of the ranks of all
//
//	tokens, numbers, or the list of merges, two numbers each;
//
// 6. flags: whole words, byte fallback, fuse unknown, drop space; 7. the list of the
// normalizer's steps, each of the texts type, pattern,
//
//	content and behavior, the flag invert, the text prepend, the flag split;
//
// 8. the list of the pre-tokenizer's steps, likewise; 9. the list of trims: the number of the
// token, flags left and right; 10. the begin token, a number, -1 for none, and the flag that
// it is added; 11. the list of end tokens, numbers, ascending; 12. the unknown token, a
// number, -1 for none; 13. the chat template, a text, empty for none.
//
// The digest determines the results of a tokenizer, up to the versions of Unicode's tables
// (character classes, normal forms) and of the template engine.
//
// # What is guaranteed
//
// Encoding a text of n bytes takes O(n log n) steps with every pre-tokenizer that is known
// by name: merging uses a priority queue, and word patterns run on automata without
// backtracking (Go's regexp); pattern.go rewrites the one look-ahead that tokenizers use.
// A pattern that only a file defines may take quadratic time, if it looks far ahead for
// short words, and never exponential time. A pattern that an automaton cannot run is
// refused.
//
// Ordinary text never becomes a control token. Only [Tokenizer.Encode] recognises the
// names of control tokens.
//
// Several lists of tokens may decode to one text, and control tokens decode to no text.
// [Tokenizer.Read] therefore shows tokens unambiguously: every token is visible, and among
// all lists with one text only the tokenizer's own encoding is called exact.
//
// A tokenizer is immutable and may be used concurrently.
package tokenizer
