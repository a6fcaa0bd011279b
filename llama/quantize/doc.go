// Package quantize makes the integer model: it merges the norms' gains into the
// weights, chooses exponents by running the float model on a text, and rounds
// the weights, to 16 bits, to bytes in groups (with GPTQ) or to ternary digits.
//
// # Notation
//
// A tensor with exponent e holds integer = real * 2^e: er of the residual and
// the embedding, en of a norm's output, eg and es around SiLU, eq, ek and ev of
// queries, keys and values of each layer, ew of a matrix. The limits on ew keep
// every shift of a rescale within what the relation can prove. d is the width, hd
// the width of a head.
//
// # The rules (normative)
//
//  1. Gains are merged in float64: Wq, Wk, Wv by that of attention, Wgate and Wup
//     by that of the feed-forward part, Whead by the final one. A ternary matrix
//     must stay ternary, so there the gain is a vector of 16 bits of its own, with
//     exponent floor(log2(32767/max|gain|)).
//  2. Pairs that RoPE turns are neighbours, rows 2i and 2i+1 of a head.
//  3. The scores' 1/sqrt(hd): if it is 2^-j, the exponent of queries counts j more;
//     otherwise it is multiplied into Wq.
//  4. The float model runs on at least 4,096 tokens in windows that start at
//     position 0, and the largest absolute values decide:
//     eq, ek, ev = floor(log2(32767/(2 max))) in each layer, eq and ek lowered until
//     eq + ek - t <= 16; en = floor(log2(32768/sqrt(d)));
//     eg = es = floor(log2(32767/max g)) over all layers; er the largest with
//     8 max|residual| 2^er < 2^31 and max|embedding| 2^er <= 32767; t = 8;
//     epsI = floor(eps d 2^(2er) + 1/2), at least 1; K = 32 up to 256 positions, 48 above.
//  5. Embedding: floor(e 2^er + 1/2).
//  6. Weights, with a limit on ew: v, gate: 16 + e_out - en; o: 16 + er - ev;
//     q: 18 + eq' - en (eq' before rule 3), k: 18 + ek - en; down:
//     32 + er - es - en - ew_up; head: none; up: see below.
//     w16: ew = min(floor(log2(32767/max|w|)), limit), M = floor(w 2^ew + 1/2).
//     w8: groups of 32 columns, ew = min(floor(log2(127*1023/max|w|)), limit),
//     m = max(1, ceil(max_group |w| 2^ew / 127)), W in [-127, 127] by GPTQ or
//     rounding, M = m W. Ternary: digits times one multiplier, as w16.
//  7. The tables of package llama.
//
// Two rules differ from the design that was measured first. The gate has no
// headroom above the largest value seen, where 1.25 was asked for: g saturates by
// rule, SiLU is the identity up there, so that a value beyond the range loses
// only its excess, while a power of two more costs every value a bit. On
// SmolLM2-135M eg = 8 instead of 9 is the difference between 99.5 % and 99.8 % of
// choices, and with the factor it hung on which words begin a calibration window.
//
// And up gives way to down. The shift after the down projection is at most 32, so
// exponents of up and down share a budget; with no limit for up, down starves in
// models with small activations: of bard's weights 7 bits remained and top-1 fell
// to 99.2 %, against 99.9 % (see upLimit).
//
// # What is guaranteed
//
// The result is a function of the source, the options and the platform; it does
// not depend on the number of threads, since all floating-point sums have a
// fixed order. Platforms may differ in the last bit of an exponential, which
// can change a calibrated exponent or a rounding of GPTQ, and a table's entry.
// So an import is not something to be repeated elsewhere and compared: what is
// identified, committed and proven is the model folder that it wrote.
//
// An import that succeeds gave the sink a model that satisfies
// llama.Layer.Validate in every layer.
//
// # Memory
//
// One block as float32 during calibration, one block as integers afterwards,
// the head as integers, and the residual of the calibration tokens: below 3 GiB
// for a LLaMA-3-8B without GPTQ. GPTQ adds a Hessian of Hidden^2 float64 and its
// inverse.
package quantize
