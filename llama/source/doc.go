// Package source reads LLaMA models as people have them on disk, whatever the
// format, as rows of float32 under one set of names:
//
//   - a Hugging Face folder: config.json and safetensors, single or sharded, in
//     F32, F16, BF16, I8 with its scales, or BitNet's packed ternary layout;
//   - GGUF, versions 2 and 3, single or split, architecture "llama", in F32, F16,
//     BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, TQ1_0 and TQ2_0;
//   - llama2.c's legacy .bin.
//
// # What Open guarantees
//
// Open reads headers and configuration only, but all of them. When it succeeds
// the architecture computes what a LLaMA computes, every tensor the model needs
// is there with the shape that the configuration demands and in a type that can
// be decoded, its bytes lie inside the file and overlap no others, and no tensor
// is left over. Otherwise it says what it found and what it expected:
// [ErrUnsupported] for a sound file of a kind that is not read here,
// [ErrCorrupt] for one that contradicts itself. Lengths in a file are compared
// with the file's size before anything is allocated for them.
//
// Of a GGUF header every value in use must have the type and the range that the
// format gives it. general.alignment is a power of two from 8 to 2^20 (the format
// asks for a multiple of 8, ggml for a power of two); the tensors fill the data as
// its writers lay them out, each at the aligned end of the one before it, with
// less than one alignment after the last.
//
// # Conventions
//
// A matrix W of shape [rows, cols] maps cols inputs to rows outputs, y = W x; a
// gain is one row. Rows of the query and key projections come in the order of
// interleaved pairs: rows 2i and 2i+1 of a head are the pair that RoPE turns by
// p * theta^(-2i/HeadDim) at position p (Su et al. 2021, "RoFormer", section
// 3.4.2). Hugging Face files hold the first elements of all pairs of a head and
// then the second ones; they are reordered while reading.
//
// Values are decoded to float32 by the format's own definition, each operation
// rounded to float32 and none fused, so they are the same on every platform.
package source
