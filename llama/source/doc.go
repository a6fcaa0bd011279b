// Package source reads LLaMA models in the formats in which they are published, as rows
// of float32 under one set of names:
//
//   - a Hugging Face folder: config.json and safetensors, single or sharded, in
//     F32, F16, BF16, I8 with its scales, or BitNet's packed ternary layout;
//   - GGUF, versions 2 and 3, single or split, architecture "llama", in F32, F16,
//     BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, TQ1_0 and TQ2_0;
//   - llama2.c's legacy .bin.
//
// # What Open guarantees
//
// Open reads all headers and the configuration, and no weights. When Open succeeds, the
// architecture computes the function of a LLaMA; every tensor of the model is present,
// with the shape that the configuration demands and in a type that can be decoded; its
// bytes lie inside the file and overlap no others; and no tensor is left over. Otherwise
// the error states what was found and what was expected. It wraps [ErrUnsupported] for a
// well-formed file of another kind and [ErrCorrupt] for a file that contradicts itself.
// Lengths in a file are compared with the file's size before memory is allocated.
//
// Every value in use of a GGUF header must have the type and the range that the format
// gives it. general.alignment must be a power of two from 8 to 2^20 (the format demands a
// multiple of 8, ggml a power of two). The tensors must fill the data as the format's
// writers lay them out: each starts at the aligned end of the previous one, and less than
// one alignment follows the last.
//
// # Conventions
//
// A matrix W of shape [rows, cols] maps cols inputs to rows outputs, y = W x; a
// gain is one row. Rows of the query and key projections come in the order of
// interleaved pairs: rows 2i and 2i+1 of a head are the pair that RoPE rotates by
// p * theta^(-2i/HeadDim) at position p (Su et al. 2021, "RoFormer", section
// 3.4.2). Hugging Face files store the first elements of all pairs of a head, then the
// second ones; ReadRows reorders them.
//
// Values are decoded to float32 by the format's own definition. Each operation is rounded
// to float32 and none is fused, so all platforms decode the same values.
package source
