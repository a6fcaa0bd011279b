// Package quantize makes the integer model from a model in floating point. It merges the
// norms' gains into the weights, chooses exponents by running the float model on a text,
// and rounds the weights: to 16 bits, to bytes in groups (with GPTQ) or to ternary digits.
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
//  1. Gains are merged in float64: the gain of attention into Wq, Wk and Wv, the gain
//     of the feed-forward part into Wgate and Wup, the final gain into Whead. A ternary matrix
//     must stay ternary, so a ternary model has separate gains of 16 bits in its blocks,
//     with exponent floor(log2(32767/max|gain|)).
//  2. Pairs that RoPE rotates are neighbours, rows 2i and 2i+1 of a head.
//  3. The factor 1/sqrt(hd) of the scores: if it is 2^-j, the integers of Wq stay, and the
//     exponents of Wq and of the queries count j more; otherwise it is multiplied into Wq.
//  4. The float model runs on at least 4,096 tokens in windows that start at
//     position 0, and the largest absolute values decide:
//     eq, ek, ev = floor(log2(32767/(2 max))) in each layer, at most 60, eq and ek lowered
//     until eq + ek - t <= 16, ev until ev < en + floor(log2(32767/max|Wv|)), for w8
//     127*1023 instead of 32767; en = floor(log2(32768/sqrt(d)));
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
// Two rules differ from the design that was measured first. The gate has no headroom
// above the largest value seen; the first design had a factor of 1.25. g saturates, and
// SiLU is nearly the identity for large inputs, so a value beyond the range loses only its
// excess, while one more power of two of headroom costs every value a bit. On
// SmolLM2-135M, eg = 9 agrees with the float model in 99.8 % of the choices and eg = 8 in
// 99.5 %; with the factor, eg depended on the words that begin a calibration window.
//
// The exponent of up is limited in favour of down. The shift after the down projection is
// at most 32, so the exponents of up and down share a budget. Without a limit for up, 7
// bits remained for the weights of down in bard, whose activations are small, and top-1
// agreement fell from 99.9 % to 99.2 % (see upLimit).
//
// # What is guaranteed
//
// After an import that succeeds, every layer that the sink received satisfies
// llama.Layer.Validate. Identification, commitment and proofs refer to the model folder
// that was written, not to the source.
//
// # Reproducibility
//
// The result is a function of the source, the options and the platform, bit for
// bit. It does not depend on the number of threads, since all floating-point sums have a
// fixed order. A platform is an architecture with its GOAMD64 or similar setting, the
// versions of Go and of gonum, and on amd64 whether the processor has fused multiply-add,
// which math.Exp uses there. In detail:
//
//   - Given the exponents of rule 4, rules 1 to 3, 5 and 6 without GPTQ give the
//     same integers on every platform: a weight takes products, one division and one
//     rounding in float64; the only sum is the one with 1/2, and no library function is used.
//   - The float model and the sums of GPTQ round product and sum apart: explicit
//     conversions keep compilers from fusing them (the Go language permits fusing, and
//     compilers do it on arm64, ppc64, riscv64, s390x and with GOAMD64=v3). The assembly
//     of llama/float gives the bits of its portable twin; a test compares them.
//   - math.Exp, math.Sincos and math.Pow have several implementations, and the
//     compiler may fuse their operations. Their last bits can change an entry of a
//     table by one unit, where the value is next to the middle of two integers, and an
//     exponent of rule 4, where the largest value seen is next to a power of two.
//   - GPTQ also inverts a Hessian by gonum's Cholesky decomposition in float64, whose
//     kernels on amd64 add in another order than the portable ones. A difference that
//     remains after the inverse is rounded to float32 can change the rounding of a
//     weight, and with it the roundings of later weights in its row.
//
// So imports on two platforms are usually equal, without a guarantee. On amd64, imports of
// bard are equal in every scheme, with and without fused multiply-add in math.Exp, with
// gonum's assembly and with its portable kernels (build tag noasm). Different
// architectures have not been compared.
//
// # What a check means
//
// [Check] compares a model with a source. Without windows it takes the exponents of
// rule 4 from the model and repeats all other rules. Equality then means:
//
//   - The configuration is the source's.
//   - The exponents that follow from the configuration or from other exponents obey the
//     rules, epsI too, and the calibrated ones (er, eg, eq, ek, ev) are in the ranges of
//     rule 4. The check does not calibrate: a model with needlessly small exponents is
//     less exact than it could be, and still passes.
//   - Embedding, w16 and ternary weights, gains, multipliers, and the exponents of
//     all matrices follow the rules, every integer of them; w8 weights, too, if they
//     were rounded to the nearest.
//   - Every entry of a table is its rule's value, rounded to an integer that is no
//     more than 1/2 + 2^-16 away: one of the two next to the value.
//
// W8 weights that GPTQ rounded have no such rule. In GPTQ the distance of weight j of a
// row from the source's weight is sum_{i<=j} e_i u_ij over the columns up to it, with e_i
// up to half a step divided by u_ii. Its size depends on the calibration inputs, and no
// bound follows from the weights alone. The check therefore has bounds that honest
// imports keep by a wide margin: each byte is within [MaxSteps] steps of the nearest
// rounding, and in each matrix the mean of the squared distances is at most
// [MaxMeanSquare]. The largest distance in bard, stories260K and SmolLM2-135M is 5, 2 and
// 14 steps, the largest mean square 0.46, 0.22 and 0.50.
//
// So the matrix equals the source's up to a root mean square error of about one step,
// which is 1/127 of the largest weight in a group of 32. Passing does not prove that GPTQ
// made the matrix: a carefully chosen change within these bounds passes. Exponents and
// multipliers are compared exactly in any case.
//
// With windows Check repeats the whole import and compares scales, tables and weights bit
// for bit. Equality then means that the model is this import. A difference of a few bits
// may come from another platform.
//
// # Memory
//
// An import holds one block as float32 during calibration, one block as integers
// afterwards, the head as integers, and the residual of the calibration tokens: below
// 3 GiB for a LLaMA-3-8B without GPTQ. GPTQ adds a Hessian of Hidden^2 float64 and its
// inverse.
package quantize
