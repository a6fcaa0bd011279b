// Package float runs a LLaMA model in float32, as it was published: the
// reference that the integer model is calibrated by and compared with.
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
// and the logits are Whead norm(x). RoPE turns the interleaved pair (2i, 2i+1)
// at position p by p times Rope.Frequencies()[i] (Su et al. 2021, "RoFormer").
//
// # Determinism
//
// Every entry of a matrix product adds its products in the order of the inner
// dimension, product and sum rounded apart. So results do not depend on the
// number of threads, on how tokens are batched or on which kernel runs. What
// remains are math.Exp and math.Sincos, whose last bit may differ between
// platforms: results are a function of the input on one platform.
//
// # Memory
//
// [Load] keeps all weights as float32; [Open] keeps one block at a time and
// reads it again for each sweep. A [Pass] keeps the residual of its tokens.
package float
