// Package float runs a LLaMA model in float32, as it was published. It is the reference
// for the calibration and the quality of the integer model.
//
// # Notation and shapes
//
// All tensors are row-major with tokens slowest. d is Config.Dim, hd HeadDim. A
// block over T tokens is, with x [T][d] the residual,
//
//	n    = x / sqrt(mean(x^2) + eps) * gain              [T][d]
//	q, k = RoPE(Wq n), RoPE(Wk n), v = Wv n              [T][Heads*hd], [T][KVHeads*hd]
//	x   += Wo softmax(q k^T / sqrt(hd)) v                causal, heads in groups
//	n    = norm of x with the second gain
//	x   += Wdown (silu(Wgate n) * Wup n)                 [T][Hidden] inside
//
// and the logits are Whead norm(x). RoPE rotates the interleaved pair (2i, 2i+1)
// at position p by p times Rope.Frequencies()[i] (Su et al. 2021, "RoFormer").
//
// # Determinism
//
// Every entry of a matrix product adds its products in the order of the inner dimension, and
// rounds product and sum separately. So results do not depend on the number of threads, on the
// batches of tokens or on the kernel. The last bits of math.Exp and math.Sincos may differ
// between platforms, so results are reproducible on one platform only.
//
// # Memory
//
// [Load] keeps all weights as float32; [Open] keeps one block at a time and
// reads it again for each sweep. A [Pass] keeps the residual of its tokens.
package float
